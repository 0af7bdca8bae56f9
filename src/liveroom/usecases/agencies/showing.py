"""What hosts see of their agencies, and agencies of their hosts: sums of those alone, and no gifts or senders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NamedTuple

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.agencies.model import Agency, AgencyId, Membership
from liveroom.domain.ids import TenantName, UserId, first_id
from liveroom.domain.ledger.journals import JournalId
from liveroom.domain.ledger.wallets import accounts_of
from liveroom.domain.rooms.paging import cut
from liveroom.domain.settlement.periods import SettlementPeriod
from liveroom.ports import Clock, Database, HostTotal, Live
from liveroom.usecases.agencies.hosts import own_agency
from liveroom.usecases.rates import check_rate
from liveroom.usecases.settlement.spans import SettlementSpans

SHOWN: Final = 50
"""Of a host's invitations and agencies, the newest."""
CALLS: Final = 30
"""Pages of totals that one user may ask for in a minute: they are added up each time."""
_MINUTE: Final = timedelta(minutes=1)
_NOTHING: Final = HostTotal(0, 0, 0)


class HostMembership(NamedTuple):
    """A host's time with an agency, or an invitation."""

    membership: Membership
    agency: Agency


class AgencyPoints(NamedTuple):
    """An agency, and what it has earned and not been paid."""

    agency: Agency
    points: int
    account: str
    """Where the points are; "": it has never earned any."""


class OwnAgencies(NamedTuple):
    """What a user has to do with agencies."""

    owned: Sequence[AgencyPoints]
    memberships: Sequence[HostMembership]
    """As a host, the newest first: open invitations, the agency that they are with, and former ones."""


class AgencyHost(NamedTuple):
    """A host of an agency, and what gifts of a period have earned."""

    host: UserId
    name: str
    """As it is now; "" of who is gone."""
    total: HostTotal


@dataclass(frozen=True, slots=True)
class AgencyViews:
    """Shows agencies."""

    db: Database
    live: Live
    clock: Clock
    spans: SettlementSpans

    async def mine(self, tenant: TenantName, user: UserId) -> OwnAgencies:
        """Return what a user has to do with agencies."""
        owned = [agency for agency in await self.db.agencies.owned(user) if agency.tenant == tenant]
        found = await self.db.agencies.of_host(user, SHOWN)
        agencies = await self.db.agencies.some({one.agency for one in found})
        memberships = [HostMembership(one, agencies[one.agency]) for one in found if one.agency in agencies]
        return OwnAgencies(await self.with_points(owned), memberships)

    async def with_points(self, agencies: Sequence[Agency]) -> Sequence[AgencyPoints]:
        """Return agencies with what each has."""
        held = await self.db.ledger_accounts.holdings([agency.account for agency in agencies])
        found = [(agency, held.get(agency.account)) for agency in agencies]
        return [
            AgencyPoints(agency, 0 if one is None else one.total, "" if one is None else one.account.id)
            for agency, one in found
        ]

    async def open(
        self, tenant: TenantName, id: AgencyId, owner: UserId | None, *, cursor: str, limit: int
    ) -> tuple[Sequence[tuple[Membership, str]], str]:
        """Return hosts of an agency and whom it has invited, each with their name, and the next page's cursor.

        ``owner``: the user who asks; None: an operator. Raises ``AgencyNotFound``.
        """
        agency = own_agency(await self.db.agencies.get(id), tenant, owner)
        found, after = cut(await self.db.agencies.open_of(agency.id, cursor, limit + 1), limit, lambda one: one.id)
        names = await self._names({one.host for one in found})
        return [(one, names.get(one.host, "")) for one in found], after

    async def totals(
        self, actor: Actor, id: AgencyId, text: str, *, cursor: str, limit: int
    ) -> tuple[SettlementPeriod, Sequence[AgencyHost], str]:
        """Return what gifts of a period ("": the running one) have earned the hosts of an agency and the agency, for
        its owner, and the next page's cursor.

        Raises ``BadRequest``, ``AgencyNotFound``, ``RateLimited``.
        """
        spans, tenant = self.spans, actor.tenant
        period = await (spans.read(tenant, text) if text else spans.at(tenant, self.clock.now()))
        agency = own_agency(await self.db.agencies.get(id), tenant.name, actor.user)
        await check_rate(self.live, f"agencies:{actor.user}", limit=CALLS, window=_MINUTE)
        found = await self.db.agencies.hosts(id, period.begins, period.ends, cursor, limit + 1)
        hosts, after = cut(found, limit, str)
        totals = await self._totals(agency, hosts, period)
        names = await self._names(set(hosts))
        return period, [AgencyHost(host, names.get(host, ""), totals.get(host, _NOTHING)) for host in hosts], after

    async def _totals(
        self, agency: Agency, hosts: Sequence[UserId], period: SettlementPeriod
    ) -> dict[UserId, HostTotal]:
        names = {accounts_of(agency.tenant, host).points: host for host in hosts}
        accounts = await self.db.ledger_accounts.find({agency.account, *names})
        if agency.account not in accounts:
            return {}
        by_id = {account.id: names[name] for name, account in accounts.items() if name in names}
        begin, end = JournalId(first_id(period.begins)), JournalId(first_id(period.ends))
        found = await self.db.agencies.totals(accounts[agency.account].id, list(by_id), begin, end)
        return {by_id[account]: total for account, total in found.items()}

    async def _names(self, users: set[UserId]) -> dict[UserId, str]:
        return {user.id: user.name for user in await self.db.users.list(sorted(users))} if users else {}
