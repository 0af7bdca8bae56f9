"""What waits at vendors, tenant by tenant; ``PartitionWorkers`` do it, after the commit and in nobody's path.

Each tenant's work at each vendor is a partition of its own, with its own breaker: what hangs there keeps nobody else
waiting.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from liveroom.domain.tenants.model import Tenant
from liveroom.domain.vendors.model import BreakerState, Vendor, read_partition
from liveroom.ports import Clock, Database, VendorsOf
from liveroom.usecases.partition_state import PartitionState
from liveroom.usecases.partition_workers import PartitionLimits
from liveroom.usecases.tenants.registry import Tenancy
from liveroom.usecases.vendors.claims import CLAIMED, Doer, VendorClaim, WorkCount, WorkTools


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
