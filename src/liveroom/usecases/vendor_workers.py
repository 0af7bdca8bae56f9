"""Works off what waits at vendors, after the commit and in nobody's path.

Each tenant's work at each vendor is a partition of its own, with its own breaker: what hangs there keeps nobody else
waiting. A row is claimed by a lease, one process at a time, so that what is about one room happens in order; a process
that dies leaves its rows to the next when the lease is over, and all of it may be done twice.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Final, Protocol

import structlog

from liveroom import deadlines
from liveroom.domain.errors import Unavailable
from liveroom.domain.ids import new_id
from liveroom.domain.tenants import Tenant
from liveroom.domain.vendors import (
    NOTHING,
    UNKNOWN_TRIES,
    Breaker,
    BreakerState,
    Key,
    Matter,
    Trouble,
    Vendor,
    VendorFailure,
    Work,
    WorkResult,
    read_partition,
    wait_before,
)
from liveroom.ports import Clock, Database, VendorsOf
from liveroom.usecases.tenancy import Tenancy
from liveroom.usecases.vendor_review import VendorReview

log = structlog.get_logger("liveroom.vendors")

LONGEST: Final = timedelta(seconds=12)
"""For one piece of work, which may take several calls."""
LEASE: Final = timedelta(seconds=30)
"""Longer than all that is claimed at once may take."""
CLAIMED: Final = 8
AT_ONCE: Final = 4
"""Work of a partition under way in this process: enough for 80 a second, and below Tencent's limits."""
PARTITIONS: Final = 32
TIMEOUT: Final = timedelta(seconds=1)
"""How long the job waits for partitions; they go on by themselves."""

GOODBYE: Final = timedelta(seconds=2)
"""How long a stop may take to give back what is claimed."""
TICK_TIMEOUT: Final = timedelta(seconds=10)


class Doer(Protocol):
    """Does pieces of work at one vendor. Raises ``VendorFailure``, ``Unavailable``."""

    async def do(self, work: Work, tenant: Tenant) -> WorkResult: ...


class VendorWorkers:
    """Does the work of all tenants at the vendors that are set up."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        tenants: Tenancy,
        vendors_of: VendorsOf,
        doers: Mapping[Vendor, Doer],
        *,
        chance: Callable[[], float],
    ) -> None:
        self.review: Final = VendorReview(db, clock, tenants, vendors_of)
        self._db = db
        self._clock = clock
        self._tenants = tenants
        self._vendors_of = vendors_of
        self._doers = doers
        self._chance = chance
        self._breakers: dict[str, Breaker] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._held: dict[Key, tuple[Work, str]] = {}
        self._after = ""
        self._done = 0

    async def run(self, timeout: timedelta = TIMEOUT) -> int:
        """Start what is due, and return how much was done since; what takes longer goes on behind."""
        if not self._doers:
            return 0
        before = self._done
        for partition in await self._partitions():
            if partition not in self._running and self._is_open_to(partition):
                self._running[partition] = deadlines.spawn(self._work_off(partition), name=f"vendor:{partition}")
        if self._running:
            await asyncio.wait(self._running.values(), timeout=timeout.total_seconds())
        self._reap()
        return self._done - before

    async def run_once(self, timeout: timedelta = TICK_TIMEOUT) -> int:
        """Do what is due, and break off what has not come to an end by then: nobody may be there to go on with it."""
        try:
            return await self.run(timeout)
        finally:
            await self.close()

    async def close(self) -> None:
        """Break off what is under way, and let others do it: at once, if the database answers."""
        tasks = list(self._running.values())
        self._running.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        held = list(self._held.values())
        self._held.clear()
        with suppress(Unavailable, TimeoutError):
            async with asyncio.timeout(GOODBYE.total_seconds()):
                for work, holder in held:
                    await self._nack_cancelled(work, holder)

    async def waiting(self) -> float:
        """Return how many pieces of work are still to be done, by anybody."""
        return sum([partition.number for partition in await self._db.vendor_work.waiting()]) if self._doers else 0

    async def broken(self) -> float:
        """Return how many breakers of this process are open."""
        now = self._clock.now()
        return sum([breaker.state(now) is not BreakerState.CLOSED for breaker in self._breakers.values()])

    async def _partitions(self) -> list[str]:
        """Return some partitions in which work waits, and others the next time."""
        partitions: list[str] = []
        while len(partitions) < PARTITIONS and (partition := await self._db.vendor_work.next_partition(self._after)):
            partitions.append(partition)
            self._after = partition
        if len(partitions) < PARTITIONS:
            self._after = ""
        return partitions

    def _is_open_to(self, partition: str) -> bool:
        return (
            self._tenant(partition) is not None
            and self._breaker(partition).state(self._clock.now()) is not BreakerState.OPEN
        )

    def _tenant(self, partition: str) -> Tenant | None:
        """Return the tenant of a partition; None while the vendor is not set up for them."""
        vendor, name = read_partition(partition)
        tenant = self._tenants.get(name)
        is_served = tenant is not None and vendor in self._doers and vendor in self._vendors_of(tenant)
        return tenant if is_served else None

    def _breaker(self, partition: str) -> Breaker:
        return self._breakers.setdefault(partition, Breaker())

    def _reap(self) -> None:
        """Forget partitions that are done; raises what ended one early."""
        over = [partition for partition, task in self._running.items() if task.done()]
        failures = [failure for partition in over if (failure := self._running.pop(partition).exception()) is not None]
        if failures:
            raise failures[0]

    async def _work_off(self, partition: str) -> None:
        while self._is_open_to(partition) and (tenant := self._tenant(partition)) is not None:
            now = self._clock.now()
            is_trying = self._breaker(partition).state(now) is BreakerState.TRYING
            holder = new_id(now)
            claimed = 1 if is_trying else CLAIMED
            works = await self._db.vendor_work.claim(partition, holder, now, now + LEASE, claimed)
            if not works:
                return
            self._held.update((work.key, (work, holder)) for work in works)
            slots = asyncio.Semaphore(AT_ONCE)
            running = [self._one(work, holder, tenant, partition, slots) for work in works]
            for failure in await asyncio.gather(*running, return_exceptions=True):
                if failure is not None:
                    raise failure

    async def _one(self, work: Work, holder: str, tenant: Tenant, partition: str, slots: asyncio.Semaphore) -> None:
        async with slots:
            try:
                await self._carry_out(work, holder, tenant, partition)
            except Exception:
                del self._held[work.key]
                raise
            del self._held[work.key]

    async def _carry_out(self, work: Work, holder: str, tenant: Tenant, partition: str) -> None:
        if work.held:
            work = self._in_doubt(work)
        if not self._is_open_to(partition):
            await self._db.vendor_work.nack(work, holder, work.achieved, self._clock.now(), "")
            return
        try:
            result = await self._attempt(work, tenant)
        except VendorFailure as failure:
            await self._failed(work, holder, partition, failure)
            return
        if result.asked:
            self._answered(partition)
        await self._ack(work, holder, result)
        self._done += 1

    async def _attempt(self, work: Work, tenant: Tenant) -> WorkResult:
        try:
            async with asyncio.timeout(LONGEST.total_seconds()):
                return await self._doers[work.key.vendor].do(work, tenant)
        except TimeoutError as failure:
            raise VendorFailure(Trouble.BUSY, "the vendor takes too long", in_doubt=True) from failure
        except (VendorFailure, Unavailable):
            raise
        except Exception as failure:
            log.exception("vendor.fault", vendor=work.key.vendor.value, about=work.key.subject)
            text = f"a fault of liveroom, {type(failure).__name__}: the log has the rest"
            raise VendorFailure(Trouble.UNKNOWN, text, in_doubt=True) from failure

    async def _ack(self, work: Work, holder: str, result: WorkResult) -> None:
        if result.again is None and result.achieved == NOTHING:
            await self._db.vendor_work.drop(work, holder)
        else:
            await self._db.vendor_work.ack(work, holder, result.achieved, result.again)

    async def _failed(self, work: Work, holder: str, partition: str, failure: VendorFailure) -> None:
        now = self._clock.now()
        if failure.trouble in (Trouble.BUSY, Trouble.ACCESS):
            self._refused(partition, failure)
        else:
            self._answered(partition)
        if failure.trouble is Trouble.SUBJECT or (
            failure.trouble is Trouble.UNKNOWN and work.tries + 1 >= UNKNOWN_TRIES
        ):
            await self._give_up(work, holder, str(failure))
            return
        known = (self._in_doubt(work) if failure.in_doubt else work).achieved
        again = now + wait_before(work.tries, self._chance())
        await self._db.vendor_work.nack(work, holder, known, again, str(failure))

    def _in_doubt(self, work: Work) -> Work:
        """Return the work with the note that a call may have been carried out, or may yet be."""
        if work.key.matter is not Matter.ROOM:
            return work
        return work._replace(achieved=replace(work.achieved, doubt=self._clock.now()))

    async def _nack_cancelled(self, work: Work, holder: str) -> None:
        """Release work that was cancelled, for others; what was called may still be carried out."""
        await self._db.vendor_work.nack(work, holder, self._in_doubt(work).achieved, self._clock.now(), "")

    async def _give_up(self, work: Work, holder: str, reason: str) -> None:
        await self._db.vendor_work.give_up(work, holder, reason, self._clock.now())
        if reason != work.reason:
            key = work.key
            about = {"vendor": key.vendor.value, "matter": key.matter.value, "about": key.subject}
            log.warning("vendor.gave_up", **about, tenant=work.tenant, reason=reason)

    def _refused(self, partition: str, failure: VendorFailure) -> None:
        if self._breaker(partition).failed(failure, self._clock.now()):
            vendor, name = read_partition(partition)
            log.warning("vendor.unavailable", vendor=vendor.value, tenant=name, reason=str(failure))

    def _answered(self, partition: str) -> None:
        if self._breaker(partition).succeeded():
            vendor, name = read_partition(partition)
            log.info("vendor.recovered", vendor=vendor.value, tenant=name)
