"""Works off what waits in partitions: events for webhooks and the event log, and work at vendors.

What waits is divided so that one server that hangs keeps nothing else waiting: each partition is worked off by itself,
and one whose server takes nothing is left alone by a breaker and tried now and then with a single claim. Any number of
processes share the work. Each claims some of it with a lease; a process that dies leaves it to the next when the lease
is over. What waits, how it is done, and how it is acked, nacked or made a dead letter is the queue's matter.
"""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final, Generic, NamedTuple, Protocol, TypeVar

import structlog

from liveroom import deadlines
from liveroom.domain.errors import Unavailable
from liveroom.domain.vendors.model import Breaker, BreakerState, VendorFailure

AT_ONCE: Final = 4
"""Calls of one partition under way in this process: enough for 80 a second. Tencent allows a tenant 200 in all."""
TICK_TIMEOUT: Final = timedelta(seconds=10)
"""How long a tick waits for what it has begun."""
GOODBYE: Final = timedelta(seconds=2)
"""How long a stop may take to release what is claimed."""


class PartitionState:
    """The breaker and the free slots of one partition. The log says when its server goes, and when it is back."""

    def __init__(self, queue: str, **about: str) -> None:
        """``queue``: what the log's events begin with. ``about``: what they say of the partition."""
        self.breaker: Final = Breaker()
        self.slots: Final = asyncio.Semaphore(AT_ONCE)
        self._quiet: datetime | None = None
        self._queue: Final = queue
        self._about: Final = about
        self._log: Final = structlog.get_logger(f"liveroom.{queue}s")

    def state(self, now: datetime) -> BreakerState:
        """Return whether anything may be called now."""
        is_quiet = self._quiet is not None and now < self._quiet
        return BreakerState.OPEN if is_quiet else self.breaker.state(now)

    def refused(self, failure: VendorFailure, now: datetime, quiet: timedelta | None = None) -> None:
        """Note a failure that is not what was sent's own. ``quiet``: how long the server wants to be left alone."""
        if quiet is not None:
            self._quiet = now + quiet
        if self.breaker.failed(failure, now):
            self._log.warning(f"{self._queue}.unavailable", **self._about, reason=str(failure))

    def answered(self) -> None:
        """Note that the server answers."""
        if self.breaker.succeeded():
            self._log.info(f"{self._queue}.recovered", **self._about)


class Claim(Protocol):
    """What this process has claimed of a partition, until its lease ends."""

    @property
    def is_full(self) -> bool:
        """Say whether more is due than was claimed, probably."""

    async def take(self) -> bool:
        """Claim what is due; say whether there is any."""

    async def work(self) -> bool:
        """Do it, and ack, nack or dead-letter all of it; say whether there was anything to do."""

    async def nack_rest(self) -> None:
        """Release what is not done: others may go on with it at once."""


class Consumer(Protocol):
    """The way in which a partition is worked off now."""

    def state(self) -> BreakerState:
        """Return whether anything may be done now."""

    def claim(self, *, is_trying: bool) -> Claim:
        """Return a claim, not yet taken; while the breaker tries, of as little as possible."""

    def overdue(self) -> Claim | None:
        """Return a claim that dead-letters, untried, what has waited too long; None where nothing is given up so."""


class PartitionLimits(NamedTuple):
    """How much of a queue one process does at once."""

    claims: int
    """Of one partition under way."""
    partitions: int
    """Looked at in one run; others the next time."""
    timeout: timedelta
    """How long a run waits for what it has begun, which goes on by itself."""


class PartitionQueue(Protocol):
    """What waits, in partitions."""

    @property
    def name(self) -> str:
        """Return how its tasks are called."""

    @property
    def limits(self) -> PartitionLimits: ...

    @property
    def done(self) -> int:
        """Return how much this process has done since it began."""

    def may_rest(self, *, is_idle: bool) -> bool:
        """Say whether a run need not even look. ``is_idle``: nothing is under way."""

    async def next_partition(self, after: str) -> str | None:
        """Return the first partition after that one in which anything waits."""

    def find(self, partition: str) -> Consumer | None:
        """Return the way to work a partition off; None while it is not to be worked off."""

    async def drop_orphaned(self, partition: str) -> None:
        """Drop what waits in a partition that is not found, if it will never be worked off."""


Q = TypeVar("Q", bound=PartitionQueue)


class PartitionWorkers(Generic[Q]):
    """Works off a queue, together with the workers of other processes."""

    def __init__(self, queue: Q) -> None:
        self.queue: Final = queue
        self._running: dict[str, set[asyncio.Task[None]]] = {}
        self._held: set[Claim] = set()
        self._after = ""

    async def run(self, timeout: timedelta | None = None) -> int:
        """Begin with what is due, and return how much was done since; the rest goes on behind.

        ``timeout``: how long to wait for what was begun; None means the queue's own.
        """
        if timeout is None and self.queue.may_rest(is_idle=not self._running and not self._after):
            return 0
        before = self.queue.done
        await self._look()
        await self._wait(self.queue.limits.timeout if timeout is None else timeout)
        return self.queue.done - before

    async def run_once(self, timeout: timedelta = TICK_TIMEOUT) -> int:
        """Work off what is due in all partitions, and cancel what has not finished by then."""
        before = self.queue.done
        try:
            await self._look()
            while self._after:
                await self._look()
            await self._wait(timeout)
        finally:
            await self.close()
        return self.queue.done - before

    async def close(self) -> None:
        """Cancel what is under way and release it to others: at once, if the database answers."""
        tasks = [task for tasks in self._running.values() for task in tasks]
        self._running.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        held = list(self._held)
        self._held.clear()
        with suppress(Unavailable, TimeoutError):
            async with asyncio.timeout(GOODBYE.total_seconds()):
                for claim in held:
                    await claim.nack_rest()

    async def _look(self) -> None:
        """Begin with the next partitions in which anything waits."""
        for partition in await self._next_partitions():
            consumer = self.queue.find(partition)
            if consumer is not None:
                self._begin(partition, consumer)
            else:
                await self.queue.drop_orphaned(partition)

    async def _next_partitions(self) -> list[str]:
        most, found = self.queue.limits.partitions, list[str]()
        while len(found) < most and (partition := await self.queue.next_partition(self._after)):
            found.append(partition)
            self._after = partition
        if len(found) < most:
            self._after = ""
        return found

    async def _wait(self, timeout: timedelta) -> None:
        """Wait for what is under way; raises what ended any of it early."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout.total_seconds()):
                while tasks := [task for tasks in self._running.values() for task in tasks if not task.done()]:
                    await asyncio.wait(tasks)
        self._reap()

    def _reap(self) -> None:
        """Forget tasks that are done; raises what ended one of them early."""
        failures: list[BaseException] = []
        for partition, tasks in list(self._running.items()):
            over = {task for task in tasks if task.done()}
            failures += [failure for task in over if (failure := task.exception()) is not None]
            self._running[partition] = tasks - over
            if not self._running[partition]:
                del self._running[partition]
        if failures:
            raise failures[0]

    def _under_way(self, partition: str) -> int:
        return sum(not task.done() for task in self._running.get(partition, ()))

    def _begin(self, partition: str, consumer: Consumer) -> None:
        """Begin one more task, unless there are enough, or the partition is left alone."""
        most = {BreakerState.CLOSED: self.queue.limits.claims, BreakerState.TRYING: 1, BreakerState.OPEN: 0}
        if self._under_way(partition) < most[consumer.state()]:
            task = deadlines.spawn(self._work_off(partition), name=f"{self.queue.name}:{partition}")
            self._running.setdefault(partition, set()).add(task)

    async def _work_off(self, partition: str) -> None:
        """Claim and work until nothing is due or the breaker opens.

        Where it opens again at once, what has waited too long by now becomes dead letters. Between two claims the
        partition may have been changed, or switched off.
        """
        was_trying = False
        while (consumer := self.queue.find(partition)) is not None:
            state = consumer.state()
            if state is BreakerState.OPEN:
                break
            was_trying = state is BreakerState.TRYING
            if was_trying and self._under_way(partition) > 1:
                return  # one task at a time tries
            if not await self._do(partition, consumer, consumer.claim(is_trying=was_trying)):
                return
            await asyncio.sleep(0)  # without it, nobody else gets a turn on SQLite
        if was_trying:
            await self._dead_letter_overdue(partition)

    async def _dead_letter_overdue(self, partition: str) -> None:
        """Give up what is too old, until none is found or it is time for the next try."""
        while (consumer := self.queue.find(partition)) is not None and consumer.state() is BreakerState.OPEN:
            claim = consumer.overdue()
            if claim is None or not await self._do(partition, consumer, claim):
                return
            await asyncio.sleep(0)

    async def _do(self, partition: str, consumer: Consumer, claim: Claim) -> bool:
        """Take a claim and work on it; say whether there was anything to do. One that is cancelled stays held."""
        self._held.add(claim)
        try:
            is_any = await claim.take()
            if is_any and claim.is_full:
                self._begin(partition, consumer)
            is_any = is_any and await claim.work()
        except Exception:
            self._held.discard(claim)
            raise
        self._held.discard(claim)
        return is_any
