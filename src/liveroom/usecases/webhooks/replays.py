"""Delivers events again that an operator has asked for: dead letters, and others that are still kept.

They come beside their streams and not in their order. One that is refused again is a dead letter again.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from liveroom import deadlines
from liveroom.domain.errors import ProviderUnavailable
from liveroom.domain.ids import new_id
from liveroom.domain.webhooks.deliveries import DeadLetter, Undelivered
from liveroom.ports import Clock, Database
from liveroom.usecases.webhooks.receivers import Receiver, Receivers
from liveroom.usecases.webhooks.rounds import LEASE, MARGIN


class Replays:
    """One process at a time delivers to one target."""

    def __init__(self, db: Database, clock: Clock, receivers: Receivers) -> None:
        self._db = db
        self._clock = clock
        self._receivers = receivers
        self._running: dict[str, asyncio.Task[None]] = {}
        self._done = 0

    async def run(self, timeout: timedelta = timedelta(0)) -> int:
        """Begin with what is due, and return how many events were delivered since."""
        before = self._done
        for target in await self._db.dead_letters.due(self._clock.now()):
            receiver = self._receivers.find(target)
            if receiver is not None and target not in self._running:
                self._running[target] = deadlines.spawn(self._deliver(receiver), name=f"replay:{target}")
        if self._running:
            await asyncio.wait(self._running.values(), timeout=timeout.total_seconds())
        over = [target for target, task in self._running.items() if task.done()]
        for failure in [self._running.pop(target).exception() for target in over]:
            if failure is not None:
                raise failure
        return self._done - before

    async def run_once(self, timeout: timedelta) -> int:
        """Deliver what is due, and break off what has not come to an end by then."""
        try:
            return await self.run(timeout)
        finally:
            await self.close()

    async def close(self) -> None:
        """Break off what is under way; it is due as before."""
        tasks = list(self._running.values())
        self._running.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _deliver(self, receiver: Receiver) -> None:
        began = self._clock.now()
        name, holder = f"replay:{receiver.target.id}", new_id(began)
        if not await self._db.leases.claim(name, holder, began, began + LEASE):
            return
        try:
            while self._clock.now() + receiver.longest + MARGIN < began + LEASE:
                dead = await self._db.dead_letters.take(receiver.target.id, self._clock.now(), receiver.batch)
                if not dead:
                    break
                await self._again(receiver, dead)
        finally:
            await self._db.leases.release(name, holder)

    async def _again(self, receiver: Receiver, dead: Sequence[DeadLetter]) -> None:
        """Deliver them together, or one of them alone where that is refused."""
        target = receiver.target.id
        if not await self._is_taken(receiver, dead):
            is_one, dead = len(dead) == 1, dead[:1]
            if is_one or not await self._is_taken(receiver, dead):
                await self._db.dead_letters.reschedule(target, [dead[0].id], None)
                return
        self._done += len(dead)
        await self._db.dead_letters.remove(target, [one.id for one in dead])

    @staticmethod
    async def _is_taken(receiver: Receiver, dead: Sequence[DeadLetter]) -> bool:
        try:
            await receiver.send([one.event for one in dead])
        except (Undelivered, ProviderUnavailable):
            return False
        return True
