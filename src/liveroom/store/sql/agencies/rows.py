"""Agencies and their hosts: found by id, by owner, by tenant, and by the slot that only one can have."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, BindParameter, Integer, and_, bindparam, func, or_, select

from liveroom.domain.agencies.model import Agency, AgencyId, AgencyState, Membership, MembershipState
from liveroom.domain.gifts.sending import SentGiftState
from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.ledger.accounts import AccountId
from liveroom.domain.ledger.journals import JournalId
from liveroom.ports.agencies import HostTotal
from liveroom.store.sql.agency_tables import agencies, agency_hosts
from liveroom.store.sql.dialect import BEHIND_ALL, Row, Values, put_row, statement
from liveroom.store.sql.instants import instant, millis, optional_instant, optional_millis
from liveroom.store.sql.ledger_tables import journals
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.sent_gift_tables import sent_gifts

_A: Final = agencies.c
_H: Final = agency_hosts.c
_G: Final = sent_gifts.c
_IDS: Final[BindParameter[str]] = bindparam("ids", expanding=True)
_HOSTS: Final[BindParameter[str]] = bindparam("hosts", expanding=True)
_LIMIT: Final = bindparam("limit", type_=Integer)
_NOW: Final = bindparam("now", type_=BigInteger)
_OPEN: Final = _H.state.in_([MembershipState.INVITED.value, MembershipState.JOINED.value])
_PUT: Final = put_row(agencies)
_GET: Final = statement(select(agencies).where(_A.id == bindparam("which")))
_LOCK: Final = statement(select(agencies).where(_A.id == bindparam("which")).with_for_update())
_SOME: Final = statement(select(agencies).where(_A.id.in_(_IDS)))
_COUNT: Final = statement(select(func.count()).select_from(agencies).where(_A.tenant == bindparam("of")))
_PAGE: Final = statement(
    select(agencies)
    .where(_A.tenant == bindparam("of"), _A.id < bindparam("before"))
    .order_by(_A.id.desc())
    .limit(_LIMIT)
)
_OWNED: Final = statement(
    select(agencies).where(_A.owner == bindparam("whose"), _A.state == AgencyState.OPEN.value).order_by(_A.id)
)
OF_HOSTS: Final = statement(
    select(_H.host, _H.agency)
    .join_from(agency_hosts, agencies, _A.id == _H.agency)
    .where(_H.slot.in_(_HOSTS), _A.state == AgencyState.OPEN.value, or_(_H.ends.is_(None), _H.ends > _NOW))
)
_PUT_MEMBERSHIP: Final = put_row(agency_hosts)
_LOCK_HOST: Final = statement(
    select(agency_hosts).where(_H.host == bindparam("whose"), _OPEN).order_by(_H.id).with_for_update()
)
_OF_HOST: Final = statement(
    select(agency_hosts).where(_H.host == bindparam("whose")).order_by(_H.id.desc()).limit(_LIMIT)
)
_OPEN_OF: Final = statement(
    select(agency_hosts)
    .where(_H.agency == bindparam("of"), _OPEN, _H.id > bindparam("after"))
    .order_by(_H.id)
    .limit(_LIMIT)
)
_OPEN_COUNT: Final = statement(
    select(func.count()).select_from(agency_hosts).where(_H.agency == bindparam("of"), _OPEN)
)
_WERE_HOSTS: Final = statement(
    select(_H.host)
    .distinct()
    .where(
        _H.agency == bindparam("of"),
        _H.host > bindparam("after"),
        _H.state.in_([MembershipState.JOINED.value, MembershipState.LEFT.value]),
        _H.decided < bindparam("until", type_=BigInteger),
        or_(_H.ends.is_(None), _H.ends > bindparam("since", type_=BigInteger)),
    )
    .order_by(_H.host)
    .limit(_LIMIT)
)
_TOTALS: Final = statement(
    select(_G.receiver, func.sum(_G.count), func.sum(_G.host_points), func.sum(_G.agency_points))
    .join_from(sent_gifts, journals, and_(journals.c.tenant == _G.tenant, journals.c.reverses == _G.id), isouter=True)
    .where(
        _G.receiver.in_(_HOSTS),
        _G.id >= bindparam("begin"),
        _G.id < bindparam("end"),
        _G.agency == bindparam("of"),
        _G.state == SentGiftState.SENT.value,
        journals.c.id.is_(None),
    )
    .group_by(_G.receiver)
)


@dataclass(frozen=True, slots=True)
class SqlAgencies:
    """``ports.AgencyRows``."""

    _runner: Runner

    async def put(self, agency: Agency) -> None:
        await self._runner.run(_PUT, **_values(agency))

    async def get(self, id: AgencyId) -> Agency | None:
        row = await self._runner.row(_GET, which=id)
        return _agency(row) if row and row[0] == id else None

    async def lock(self, id: AgencyId) -> Agency | None:
        row = await self._runner.row(_LOCK, which=id)
        return _agency(row) if row and row[0] == id else None

    async def some(self, ids: Collection[AgencyId]) -> Mapping[AgencyId, Agency]:
        rows = await self._runner.rows(_SOME, ids=sorted(ids)) if ids else ()
        return {agency.id: agency for agency in map(_agency, rows)}

    async def count(self, tenant: TenantName) -> int:
        row = await self._runner.row(_COUNT, of=tenant)
        return int(row[0]) if row else 0

    async def page(self, tenant: TenantName, before: str, limit: int) -> Sequence[Agency]:
        return list(map(_agency, await self._runner.rows(_PAGE, of=tenant, before=before or BEHIND_ALL, limit=limit)))

    async def owned(self, owner: UserId) -> Sequence[Agency]:
        return list(map(_agency, await self._runner.rows(_OWNED, whose=owner)))

    async def put_membership(self, membership: Membership) -> None:
        await self._runner.run(_PUT_MEMBERSHIP, **_membership_values(membership))

    async def lock_host(self, host: UserId) -> Sequence[Membership]:
        return list(map(_membership, await self._runner.rows(_LOCK_HOST, whose=host)))

    async def of_host(self, host: UserId, limit: int) -> Sequence[Membership]:
        return list(map(_membership, await self._runner.rows(_OF_HOST, whose=host, limit=limit)))

    async def open_of(self, agency: AgencyId, after: str, limit: int) -> Sequence[Membership]:
        return list(map(_membership, await self._runner.rows(_OPEN_OF, of=agency, after=after, limit=limit)))

    async def open_count(self, agency: AgencyId) -> int:
        row = await self._runner.row(_OPEN_COUNT, of=agency)
        return int(row[0]) if row else 0

    async def hosts(self, agency: AgencyId, begin: datetime, end: datetime, after: str, limit: int) -> Sequence[UserId]:
        span = {"since": millis(begin), "until": millis(end)}
        rows = await self._runner.rows(_WERE_HOSTS, of=agency, after=after, limit=limit, **span)
        return [UserId(row[0]) for row in rows]

    async def totals(
        self, agency: AccountId, hosts: Collection[AccountId], begin: JournalId, end: JournalId
    ) -> Mapping[AccountId, HostTotal]:
        if not hosts:
            return {}
        rows = await self._runner.rows(_TOTALS, of=agency, hosts=sorted(hosts), begin=begin, end=end)
        return {AccountId(row[0]): HostTotal(int(row[1]), int(row[2]), int(row[3])) for row in rows}


def agencies_by_host(rows: Iterable[Row]) -> Mapping[UserId, AgencyId]:
    """Return what ``OF_HOSTS`` has found."""
    return {UserId(host): AgencyId(agency) for host, agency in rows}


def _values(agency: Agency) -> Values:
    return {
        "id": agency.id,
        "tenant": agency.tenant,
        "name": agency.name,
        "owner": agency.owner,
        "terms": agency.terms,
        "state": agency.state.value,
        "created": millis(agency.created),
        "updated": millis(agency.updated),
    }


def _agency(row: Row) -> Agency:
    id, tenant, name, owner, terms, state, created, updated = row
    times = (instant(created), instant(updated))
    return Agency(AgencyId(id), TenantName(tenant), name, UserId(owner), terms, AgencyState(state), *times)


def _membership_values(one: Membership) -> Values:
    return {
        "id": one.id,
        "tenant": one.tenant,
        "agency": one.agency,
        "host": one.host,
        "state": one.state.value,
        "created": millis(one.created),
        "invited_by": one.invited_by,
        "terms": one.terms,
        "decided": optional_millis(one.decided),
        "ends": optional_millis(one.ends),
        "slot": one.slot,
    }


def _membership(row: Row) -> Membership:
    id, tenant, agency, host, state, created, invited_by, terms, decided, ends, _ = row
    return Membership(
        id=id,
        tenant=TenantName(tenant),
        agency=AgencyId(agency),
        host=UserId(host),
        state=MembershipState(state),
        created=instant(created),
        invited_by=invited_by,
        terms=terms,
        decided=optional_instant(decided),
        ends=optional_instant(ends),
    )
