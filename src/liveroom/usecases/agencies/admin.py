"""What operators do with agencies: make, change and close them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from liveroom import faults
from liveroom.domain.accounts.users import present
from liveroom.domain.agencies.failures import AgencyNotFound
from liveroom.domain.agencies.model import AGENCIES_MAX, Agency, AgencyId, AgencyState, read_name
from liveroom.domain.errors import QuotaExceeded
from liveroom.domain.ids import TenantName, UserId, new_id
from liveroom.domain.operators.caller import Operator
from liveroom.domain.rooms.paging import cut
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.agencies.hosts import AgencyHosts, own_agency

_AT_ONCE: Final = 100


class AgencyChange(NamedTuple):
    """What an operator says of an agency; None: as it is."""

    name: str | None = None
    owner: UserId | None = None
    terms: str | None = None


class ChangedAgency(NamedTuple):
    """An agency before and after."""

    before: Agency
    after: Agency


@dataclass(frozen=True, slots=True)
class AdminAgencies:
    """Makes, changes and closes agencies."""

    db: Database
    clock: Clock
    hosts: AgencyHosts

    async def create(self, operator: Operator, name: str, owner: UserId, terms: str) -> Agency:
        """Make an agency, which a user owns. Raises ``BadRequest``, ``UserNotFound``, ``QuotaExceeded``."""
        tenant, read = operator.tenant.name, read_name(name)

        async def work(tx: Tx) -> Agency:
            user, now = present(await tx.users.get(owner), tenant), self.clock.now()
            if await tx.agencies.count(tenant) >= AGENCIES_MAX:
                raise QuotaExceeded(f"at most {AGENCIES_MAX} agencies")
            made = Agency(AgencyId(new_id(now)), tenant, read, user.id, terms, AgencyState.OPEN, now, now)
            await tx.agencies.put(made)
            return made

        return await self.db.transact(work)

    async def update(self, operator: Operator, id: AgencyId, change: AgencyChange) -> ChangedAgency:
        """Change an agency; new terms are for who joins later. Raises ``BadRequest``, ``AgencyNotFound``,
        ``UserNotFound``.
        """
        tenant = operator.tenant.name

        async def work(tx: Tx) -> ChangedAgency:
            agency = own_agency(await tx.agencies.lock(id), tenant, None)
            if agency.state is not AgencyState.OPEN:
                raise AgencyNotFound
            owner = agency.owner if change.owner is None else present(await tx.users.get(change.owner), tenant).id
            after = replace(
                agency,
                name=agency.name if change.name is None else read_name(change.name),
                owner=owner,
                terms=agency.terms if change.terms is None else change.terms,
                updated=self.clock.now(),
            )
            await tx.agencies.put(after)
            return ChangedAgency(agency, after)

        return await self.db.transact(work)

    async def close(self, operator: Operator, id: AgencyId) -> ChangedAgency:
        """Close an agency for good. Raises ``AgencyNotFound``.

        No gift earns it anything whose payment begins after the commit; one that was being paid counts as before it.
        Then its hosts are let go, some at a time: a call that broke off is repeated, and goes on.
        """

        async def work(tx: Tx) -> ChangedAgency:
            agency = own_agency(await tx.agencies.lock(id), operator.tenant.name, None)
            after = replace(agency, state=AgencyState.CLOSED, updated=self.clock.now())
            if agency.state is AgencyState.OPEN:
                await tx.agencies.put(after)
            return ChangedAgency(agency, after if agency.state is AgencyState.OPEN else agency)

        closed = await self.db.transact(work)
        faults.point("agency.closed")
        after = await self.hosts.end_some(id, "", _AT_ONCE)
        while after:
            after = await self.hosts.end_some(id, after, _AT_ONCE)
        return closed

    async def page(self, tenant: TenantName, *, cursor: str, limit: int) -> tuple[Sequence[Agency], str]:
        """Return a tenant's agencies, newest first, and the next page's cursor."""
        return cut(await self.db.agencies.page(tenant, cursor, limit + 1), limit, lambda agency: agency.id)
