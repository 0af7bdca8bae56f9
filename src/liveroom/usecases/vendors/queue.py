"""What waits at vendors, tenant by tenant, and how ``PartitionWorkers`` do it: after the commit, in nobody's path.

Each tenant's work at each vendor is a partition of its own, with its own breaker: what hangs there keeps nobody else
waiting. A row is claimed by one process at a time, so that what is about one room happens in order. A process that dies
leaves its rows to the next when the lease is over; all of it may be done twice.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final, NamedTuple, Protocol

import structlog

from liveroom.domain.errors import Unavailable
from liveroom.domain.ids import new_id
from liveroom.domain.tenants.model import Tenant
from liveroom.domain.vendors.model import (
    NOTHING,
    UNKNOWN_TRIES,
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
from liveroom.usecases.partitions import PartitionLimits, PartitionState
from liveroom.usecases.tenants.registry import Tenancy

log = structlog.get_logger("liveroom.vendors")

LONGEST: Final = timedelta(seconds=12)
"""For one piece of work, which may take several calls."""
LEASE: Final = timedelta(seconds=30)
"""Longer than all that is claimed at once may take."""
CLAIMED: Final = 8


class Doer(Protocol):
    """Does work at one vendor. Raises ``VendorFailure``, ``Unavailable``."""

    async def do(self, work: Work, tenant: Tenant) -> WorkResult: ...


@dataclass(slots=True)
class WorkCount:
    """How much this process has done at vendors since it began."""

    done: int = 0
    outcomes: Counter[tuple[str, ...]] = field(default_factory=Counter)
    """Tries by their vendor and what came of them: ``done``, ``failed``, ``given_up``."""

    def count(self, vendor: Vendor, outcome: str) -> None:
        """Count a try."""
        self.outcomes[vendor.value, outcome] += 1
        self.done += outcome == "done"


class WorkTools(NamedTuple):
    """What all claims of this process share."""

    db: Database
    clock: Clock
    counter: WorkCount
    chance: Callable[[], float]
    """For how long to wait before the next try; from 0 to 1."""
    is_open: Callable[[str], bool]
    """Says whether anything of a partition may be done now."""


class VendorClaim:
    """``partitions.Claim``."""

    is_full: Final = False

    def __init__(
        self, tools: WorkTools, partition: str, state: PartitionState, tenant: Tenant, doer: Doer, *, claimed: int
    ) -> None:
        """``claimed``: so much work is claimed at most."""
        self._db = tools.db
        self._clock = tools.clock
        self._tools = tools
        self._partition = partition
        self._state = state
        self._tenant = tenant
        self._doer = doer
        self._most = claimed
        self._holder = new_id(self._clock.now())
        self._left: dict[Key, Work] = {}

    async def take(self) -> bool:
        """Claim what is due; say whether there is any."""
        now = self._clock.now()
        works = await self._db.vendor_work.claim(self._partition, self._holder, now, now + LEASE, self._most)
        self._left = {work.key: work for work in works}
        return bool(works)

    async def work(self) -> bool:
        """Do what is claimed, some of it at once."""
        running = [self._one(work) for work in list(self._left.values())]
        for failure in await asyncio.gather(*running, return_exceptions=True):
            if failure is not None:
                raise failure
        return True

    async def nack_rest(self) -> None:
        """Release work that was cancelled, for others; what was called may still be carried out."""
        for work in self._left.values():
            await self._db.vendor_work.nack(work, self._holder, self._in_doubt(work).achieved, self._clock.now(), "")

    async def _one(self, work: Work) -> None:
        async with self._state.slots:
            try:
                await self._carry_out(work)
            except Exception:
                del self._left[work.key]
                raise
            del self._left[work.key]

    async def _carry_out(self, work: Work) -> None:
        if work.held:
            work = self._in_doubt(work)
        if not self._tools.is_open(self._partition):
            await self._db.vendor_work.nack(work, self._holder, work.achieved, self._clock.now(), "")
            return
        try:
            result = await self._attempt(work)
        except VendorFailure as failure:
            await self._failed(work, failure)
            return
        if result.asked:
            self._state.answered()
        await self._ack(work, result)
        self._tools.counter.count(work.key.vendor, "done")

    async def _attempt(self, work: Work) -> WorkResult:
        try:
            async with asyncio.timeout(LONGEST.total_seconds()):
                return await self._doer.do(work, self._tenant)
        except TimeoutError as failure:
            raise VendorFailure(Trouble.BUSY, "the vendor takes too long", in_doubt=True) from failure
        except (VendorFailure, Unavailable):
            raise
        except Exception as failure:
            log.exception("vendor.fault", vendor=work.key.vendor.value, about=work.key.subject)
            text = f"a fault of liveroom, {type(failure).__name__}: the log has the rest"
            raise VendorFailure(Trouble.UNKNOWN, text, in_doubt=True) from failure

    async def _ack(self, work: Work, result: WorkResult) -> None:
        if result.again is None and result.achieved == NOTHING:
            await self._db.vendor_work.drop(work, self._holder)
        else:
            await self._db.vendor_work.ack(work, self._holder, result.achieved, result.again)

    async def _failed(self, work: Work, failure: VendorFailure) -> None:
        now = self._clock.now()
        if failure.trouble in (Trouble.BUSY, Trouble.ACCESS):
            self._state.refused(failure, now)
        else:
            self._state.answered()
        if failure.trouble is Trouble.SUBJECT or (
            failure.trouble is Trouble.UNKNOWN and work.tries + 1 >= UNKNOWN_TRIES
        ):
            await self._give_up(work, str(failure))
            return
        self._tools.counter.count(work.key.vendor, "failed")
        known = (self._in_doubt(work) if failure.in_doubt else work).achieved
        again = now + wait_before(work.tries, self._tools.chance())
        await self._db.vendor_work.nack(work, self._holder, known, again, str(failure))

    def _in_doubt(self, work: Work) -> Work:
        """Return the work with the note that a call may have been carried out, or may yet be."""
        if work.key.matter is not Matter.ROOM:
            return work
        return work._replace(achieved=replace(work.achieved, doubt=self._clock.now()))

    async def _give_up(self, work: Work, reason: str) -> None:
        self._tools.counter.count(work.key.vendor, "given_up")
        await self._db.vendor_work.give_up(work, self._holder, reason, self._clock.now())
        if reason != work.reason:
            key = work.key
            about = {"vendor": key.vendor.value, "matter": key.matter.value, "about": key.subject}
            log.warning("vendor.gave_up", **about, tenant=work.tenant, reason=reason)


class VendorQueue:
    """The work of all tenants at the vendors that are set up."""

    name: Final = "vendor"
    limits: Final = PartitionLimits(claims=1, partitions=32, timeout=timedelta(seconds=1))

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
        self._db = db
        self._clock = clock
        self._tenants = tenants
        self._vendors_of = vendors_of
        self._doers = doers
        self._counter = WorkCount()
        self._tools = WorkTools(db, clock, self._counter, chance, self._is_open)
        self._states: dict[str, PartitionState] = {}

    @property
    def done(self) -> int:
        """Return how much was done."""
        return self._counter.done

    def may_rest(self, *, is_idle: bool) -> bool:
        """Say whether no vendor is set up."""
        return not self._doers

    async def next_partition(self, after: str) -> str | None:
        """Return the first partition after that one in which work waits."""
        return await self._db.vendor_work.next_partition(after) if self._doers else None

    def find(self, partition: str) -> "VendorConsumer | None":
        """Return the way to do a tenant's work; None while the vendor is not set up for them."""
        vendor, name = read_partition(partition)
        tenant, doer = self._tenants.get(name), self._doers.get(vendor)
        if tenant is None or doer is None or vendor not in self._vendors_of(tenant):
            return None
        state = self._states.setdefault(partition, PartitionState(self.name, vendor=vendor.value, tenant=name))
        return VendorConsumer(self._tools, partition, state, tenant, doer)

    async def drop_orphaned(self, partition: str) -> None:
        """Drop nothing: the vendor may be set up again."""

    @property
    def outcomes(self) -> Mapping[tuple[str, ...], float]:
        """Return how often this process has tried, by vendor and what came of it."""
        return self._counter.outcomes

    async def waiting(self) -> float:
        """Return how much work is still to be done, by anybody."""
        return sum([partition.number for partition in await self._db.vendor_work.waiting()]) if self._doers else 0

    async def broken(self) -> float:
        """Return how many breakers of this process are open."""
        now = self._clock.now()
        return sum([state.state(now) is not BreakerState.CLOSED for state in self._states.values()])

    def _is_open(self, partition: str) -> bool:
        consumer = self.find(partition)
        return consumer is not None and consumer.state() is not BreakerState.OPEN


@dataclass(frozen=True, slots=True)
class VendorConsumer:
    """The way to do a tenant's work at one vendor."""

    tools: WorkTools
    partition: str
    partition_state: PartitionState
    tenant: Tenant
    doer: Doer

    def state(self) -> BreakerState:
        """Return whether the vendor is called now."""
        return self.partition_state.state(self.tools.clock.now())

    def claim(self, *, is_trying: bool) -> VendorClaim:
        """Return a claim of some work; while the breaker tries, of one row."""
        claimed = 1 if is_trying else CLAIMED
        return VendorClaim(self.tools, self.partition, self.partition_state, self.tenant, self.doer, claimed=claimed)

    def overdue(self) -> None:
        """Give nothing up for its age."""
