"""What waits for webhooks and for the event log, target by target; ``PartitionWorkers`` deliver it.

A worker's partition is a target here: one server, one breaker. Of a target's own partitions, the streams, each round
claims some.

Dead letters, and others that are still kept, are delivered again when an operator asks for it. They come beside their
streams and not in their order. One that is refused again is a dead letter again.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Protocol

import structlog

from liveroom import deadlines
from liveroom.domain.errors import ProviderUnavailable
from liveroom.domain.ids import new_id
from liveroom.domain.vendors.model import BreakerState
from liveroom.domain.webhooks.deliveries import DEAD_LETTERS_KEPT, LOGGED, Backlog, DeadLetter, Undelivered
from liveroom.ports import Clock, Database
from liveroom.usecases.partitions import PartitionLimits
from liveroom.usecases.webhooks.receivers import DeliveryCounts, Receiver, Receivers, TargetState
from liveroom.usecases.webhooks.rounds import LEASE, MARGIN, PARTITIONS, Delivering, OverdueRound, Round

log = structlog.get_logger("liveroom.webhooks")

SELDOM: Final = timedelta(seconds=5)
"""How often the queue is checked while there is no receiver: some of it may have to be dropped."""
_BATCH: Final = 1000


class _Targeted(Protocol):
    async def next_target(self, after: str) -> str | None: ...


class EventQueue:
    """Every target for which something waits."""

    name: Final = "webhook"
    limits: Final = PartitionLimits(claims=3, partitions=64, timeout=timedelta(0))
    """Three rounds of one target at once: one reads while another sends."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        receivers: Receivers,
        *,
        give_up: timedelta,
        chance: Callable[[], float],
    ) -> None:
        """``give_up``: the age at which an event that is not taken becomes a dead letter."""
        self.counts: Final = DeliveryCounts()
        self._db = db
        self._clock = clock
        self._receivers = receivers
        self._delivering = Delivering(db, clock, self.counts, give_up, chance, self._end)
        self._target_states: dict[str, TargetState] = {}
        self._edition = -1
        self._looked = clock.now()
        self._counting: asyncio.Task[Sequence[Backlog]] | None = None

    @property
    def done(self) -> int:
        """Return how many events were delivered."""
        return self.counts.delivered

    def may_rest(self, *, is_idle: bool) -> bool:
        """Say whether a run can be skipped: there is no receiver, and the queue was checked since then."""
        now, edition = self._clock.now(), self._receivers.edition
        is_looked_at = edition == self._edition and timedelta(0) <= now - self._looked < SELDOM
        if self._receivers.is_nobody and is_looked_at and is_idle:
            return True
        self._edition, self._looked = edition, now
        return False

    async def next_partition(self, after: str) -> str | None:
        """Return the first target after that one for which anything waits."""
        return await self._db.event_partitions.next_target(after)

    def find(self, partition: str) -> "EventConsumer | None":
        """Return how to deliver to a target; None while it is switched off."""
        receiver = self._receivers.find(partition)
        return None if receiver is None else EventConsumer(self._delivering, receiver, self._target_state(partition))

    async def drop_orphaned(self, partition: str) -> None:
        """Drop what waits for a target that no longer exists."""
        self._target_states.pop(partition, None)
        await self._clear(partition)

    async def purge(self) -> int:
        """Drop deliveries that are too many to be looked at, and dead letters that nobody asks for; return how many."""
        before, dropped = self._clock.now() - DEAD_LETTERS_KEPT, 0
        async for target in _targets_of(self._db.deliveries):
            dropped += await self._db.deliveries.trim(target, LOGGED, _BATCH)
        async for target in _targets_of(self._db.dead_letters):
            dropped += await self._db.dead_letters.purge(target, before, _BATCH)
        return dropped

    async def oldest(self) -> float:
        """Return for how many seconds the partition that is due first has been."""
        due = min((waiting.since for waiting in await self._waiting()), default=None)
        return 0 if due is None else max((self._clock.now() - due).total_seconds(), 0)

    async def waiting_events(self) -> float:
        """Return how many events wait, for all targets."""
        return sum(waiting.events for waiting in await self._waiting())

    async def waiting_partitions(self) -> float:
        """Return in how many partitions they wait."""
        return sum(waiting.partitions for waiting in await self._waiting())

    async def broken(self) -> float:
        """Return for how many targets this process has an open breaker."""
        found = [consumer for target in list(self._target_states) if (consumer := self.find(target)) is not None]
        return sum(consumer.state() is not BreakerState.CLOSED for consumer in found)

    async def _waiting(self) -> Sequence[Backlog]:
        """Count what waits, once for all figures of one look: among 100,000 partitions that takes 80 ms."""
        if self._counting is None:
            self._counting = deadlines.spawn(self._count())
            self._counting.add_done_callback(self._have_counted)
        return await asyncio.shield(self._counting)

    async def _count(self) -> Sequence[Backlog]:
        return await self._db.event_partitions.waiting()

    def _have_counted(self, task: "asyncio.Task[Sequence[Backlog]]") -> None:
        self._counting = None
        if not task.cancelled():
            task.exception()

    def _target_state(self, target: str) -> TargetState:
        return self._target_states.setdefault(target, TargetState(target))

    async def _end(self, target: str, said: Undelivered) -> None:
        """Switch a receiver off, as it asked for."""
        log.warning("webhook.gone", target=target, reason=str(said))
        await self._receivers.gone(target, str(said))
        await self._clear(target)

    async def _clear(self, target: str) -> None:
        if await self._receivers.is_over(target):
            dropped = _BATCH
            while dropped == _BATCH:
                dropped = await self._db.event_partitions.drop(target, _BATCH)
                await asyncio.sleep(0)


@dataclass(frozen=True, slots=True)
class EventConsumer:
    """The way to one target."""

    delivering: Delivering
    receiver: Receiver
    target_state: TargetState

    def state(self) -> BreakerState:
        """Return whether anything is sent now."""
        return self.target_state.state(self.delivering.clock.now())

    def claim(self, *, is_trying: bool) -> Round:
        """Return a round of deliveries; while the breaker tries, of one stream."""
        return Round(self.delivering, self.receiver, self.target_state, partitions=1 if is_trying else PARTITIONS)

    def overdue(self) -> OverdueRound | None:
        """Return a round that dead-letters what is too old, where the receiver gives up."""
        return OverdueRound(self.delivering, self.receiver, self.target_state) if self.receiver.gives_up else None


async def _targets_of(rows: _Targeted) -> AsyncIterator[str]:
    """Yield every target that has any of these rows, and others their turn."""
    target = ""
    while (found := await rows.next_target(target)) is not None:
        target = found
        yield target
        await asyncio.sleep(0)


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
