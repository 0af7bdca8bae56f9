"""Delivers what was told, behind everybody's back: to webhooks, and to the log of events.

Each target is worked off by itself, so that one whose server hangs keeps no other waiting; one that takes nothing is
left alone by a breaker and asked now and then with one message. Any number of processes share a target's partitions.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final, Protocol

import structlog

from liveroom import deadlines
from liveroom.domain.deliveries import DEAD_LETTERS_KEPT, LOGGED, Backlog, Undelivered
from liveroom.domain.errors import Unavailable
from liveroom.domain.vendors import BreakerState
from liveroom.ports import Clock, Database
from liveroom.usecases.event_rounds import DeliveryCounts, Receiver, Round, TargetState

log = structlog.get_logger("liveroom.webhooks")

ROUNDS: Final = 3
"""Rounds of one target at once in this process: one reads while another sends."""
TARGETS: Final = 64
"""Looked at in one run of the job; others the next time."""
NO_TIMEOUT: Final = timedelta(0)
SELDOM: Final = timedelta(seconds=5)
"""How often it is looked what waits while nobody is told: some of it may be to be dropped."""
TICK_TIMEOUT: Final = timedelta(seconds=10)
GOODBYE: Final = timedelta(seconds=2)
_BATCH: Final = 1000


class Receivers(Protocol):
    """Who is told."""

    @property
    def edition(self) -> int:
        """Grows whenever others may be told."""

    @property
    def is_nobody(self) -> bool:
        """Say whether nobody is told anything now."""

    def find(self, target: str) -> Receiver | None:
        """Return the way to a target; None while it is not to be told."""

    async def is_over(self, target: str) -> bool:
        """Say whether a target that is not found will never be told again: nothing has to wait for it."""

    async def gone(self, target: str, reason: str) -> None:
        """Note that the receiver wants nothing any more."""


class _Targeted(Protocol):
    async def next_target(self, after: str) -> str | None: ...


class EventWorkers:
    """Delivers to every target for which something waits."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        receivers: Receivers,
        *,
        give_up: timedelta,
        chance: Callable[[], float],
    ) -> None:
        self.counts: Final = DeliveryCounts()
        self._db = db
        self._clock = clock
        self._receivers = receivers
        self._give_up = give_up
        self._chance = chance
        self._target_states: dict[str, TargetState] = {}
        self._running: dict[str, set[asyncio.Task[None]]] = {}
        self._held: set[Round] = set()
        self._after = ""
        self._edition = -1
        self._looked = clock.now()
        self._counting: asyncio.Task[Sequence[Backlog]] | None = None

    async def run(self, timeout: timedelta = NO_TIMEOUT) -> int:
        """Begin with what is due, and return how many events were delivered since; the rest goes on behind."""
        if not timeout and self._may_rest():
            return 0
        before = self.counts.delivered
        await self._look()
        while timeout and self._after:
            await self._look()
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout.total_seconds()):
                while tasks := self._under_way():
                    await asyncio.wait(tasks)
        self._reap()
        return self.counts.delivered - before

    async def run_once(self, timeout: timedelta = TICK_TIMEOUT) -> int:
        """Deliver what is due, and break off what has not come to an end by then."""
        try:
            return await self.run(timeout)
        finally:
            await self.close()

    async def close(self) -> None:
        """Break off what is under way, and let others go on: at once, if the database answers."""
        tasks = [task for tasks in self._running.values() for task in tasks]
        self._running.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        held = list(self._held)
        self._held.clear()
        with suppress(Unavailable, TimeoutError):
            async with asyncio.timeout(GOODBYE.total_seconds()):
                for one in held:
                    await one.nack_rest()

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
        """Return how many targets this process leaves alone."""
        found = [target for target in self._target_states if self._receivers.find(target) is not None]
        return sum(self._state(target) is not BreakerState.CLOSED for target in found)

    def _may_rest(self) -> bool:
        """Say whether nothing has to be looked at now: nobody is told, and it was looked at since that is so."""
        now, edition = self._clock.now(), self._receivers.edition
        is_looked_at = edition == self._edition and timedelta(0) <= now - self._looked < SELDOM
        if self._receivers.is_nobody and is_looked_at and not self._running and not self._after:
            return True
        self._edition, self._looked = edition, now
        return False

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

    async def _look(self) -> None:
        """Begin with the next targets for which anything waits."""
        for target in await self._targets():
            receiver = self._receivers.find(target)
            if receiver is not None:
                self._begin(receiver)
            else:
                self._target_states.pop(target, None)
                await self._clear(target)

    async def _targets(self) -> list[str]:
        targets: list[str] = []
        while len(targets) < TARGETS and (target := await self._db.event_partitions.next_target(self._after)):
            targets.append(target)
            self._after = target
        if len(targets) < TARGETS:
            self._after = ""
        return targets

    def _target_state(self, target: str) -> TargetState:
        return self._target_states.setdefault(target, TargetState())

    def _state(self, target: str) -> BreakerState:
        return self._target_state(target).state(self._clock.now())

    def _reap(self) -> None:
        """Let go of targets that are through; raises what ended one before its time."""
        failures: list[BaseException] = []
        for target, tasks in list(self._running.items()):
            over = {task for task in tasks if task.done()}
            failures += [failure for task in over if (failure := task.exception()) is not None]
            self._running[target] = tasks - over
            if not self._running[target]:
                del self._running[target]
        if failures:
            raise failures[0]

    def _under_way(self) -> list[asyncio.Task[None]]:
        return [task for tasks in self._running.values() for task in tasks if not task.done()]

    def _begin(self, receiver: Receiver) -> None:
        """Begin one more round, unless there are enough, or the receiver is left alone."""
        target = receiver.target.id
        state, tasks = self._state(target), self._running.setdefault(target, set())
        under_way = sum(not task.done() for task in tasks)
        if state is BreakerState.CLOSED and under_way < ROUNDS:
            tasks.add(deadlines.spawn(self._go_on(receiver), name=f"webhook:{target}"))
        elif state is BreakerState.TRYING and not under_way:
            tasks.add(deadlines.spawn(self._probe(receiver), name=f"webhook:{target}"))

    async def _go_on(self, receiver: Receiver | None) -> None:
        """Do rounds until nothing is due; between two of them the receiver may have been changed, or switched off."""
        while receiver is not None and self._state(receiver.target.id) is BreakerState.CLOSED:
            if not await self._round(receiver):
                return
            await asyncio.sleep(0)  # SQLite lets nobody else have a turn, nor does a round that sends nothing
            receiver = self._receivers.find(receiver.target.id)

    async def _probe(self, receiver: Receiver) -> None:
        """See whether the receiver is back; if it is not, give up what has waited for too long."""
        if await self._round(receiver, partitions=1) and self._state(receiver.target.id) is BreakerState.CLOSED:
            await self._go_on(receiver)
        elif receiver.gives_up:
            await self._give_up_old(receiver)

    async def _give_up_old(self, receiver: Receiver | None) -> None:
        """Give up what is too old, until none is found or it is time for the next probe."""
        while receiver is not None and self._state(receiver.target.id) is BreakerState.OPEN:
            if not await self._round(receiver, is_over=True):
                return
            await asyncio.sleep(0)
            receiver = self._receivers.find(receiver.target.id)

    async def _round(self, receiver: Receiver, *, partitions: int | None = None, is_over: bool = False) -> bool:
        """Do a round; say whether there was anything to do."""
        target, is_any = receiver.target.id, True
        one = Round(
            *(self._db, self._clock, receiver, self._target_state(target), self.counts),
            give_up=self._give_up,
            chance=self._chance,
        )
        self._held.add(one)
        try:
            if not (await one.claim() if partitions is None else await one.claim(partitions)):
                self._held.discard(one)
                return False
            if one.is_full:
                self._begin(receiver)
            if is_over:
                is_any = await one.give_up_old()
            else:
                await one.go()
        except Exception:
            self._held.discard(one)
            raise
        self._held.discard(one)
        if one.gone is not None:
            await self._end(target, one.gone)
        return is_any

    async def _end(self, target: str, said: Undelivered) -> None:
        log.warning("webhook.gone", target=target, reason=str(said))
        await self._receivers.gone(target, str(said))
        await self._clear(target)

    async def _clear(self, target: str) -> None:
        """Drop what waits for a target that nobody is any more."""
        if await self._receivers.is_over(target):
            dropped = _BATCH
            while dropped == _BATCH:
                dropped = await self._db.event_partitions.drop(target, _BATCH)
                await asyncio.sleep(0)


async def _targets_of(rows: _Targeted) -> AsyncIterator[str]:
    """Yield every target that has any of these rows, and others their turn."""
    target = ""
    while (found := await rows.next_target(target)) is not None:
        target = found
        yield target
        await asyncio.sleep(0)
