"""The sums of which statements are made: entries by the index of their account, broadcasts by that of their owner."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from typing import Final

from sqlalchemy import BigInteger, BindParameter, bindparam, func, or_, select

from liveroom.domain.ids import UserId, first_id
from liveroom.domain.ledger.accounts import AccountId
from liveroom.domain.ledger.journals import MoveKind
from liveroom.domain.settlement.model import MovedPoints, moved_points
from liveroom.domain.settlement.periods import SettlementPeriod
from liveroom.store.sql.dialect import statement
from liveroom.store.sql.instants import millis
from liveroom.store.sql.ledger_tables import entries, journals
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.tables import broadcasts

_E: Final = entries.c
_B: Final = broadcasts.c
_WHOSE: Final[BindParameter[str]] = bindparam("whose", expanding=True)
_MILLIS: Final = 1000
_MOVED: Final = statement(
    select(_E.account, journals.c.kind, func.sum(_E.amount))
    .join_from(entries, journals, journals.c.id == _E.journal)
    .where(_E.account.in_(_WHOSE), _E.journal >= bindparam("begin"), _E.journal < bindparam("end"))
    .group_by(_E.account, journals.c.kind)
)
_BEFORE: Final = statement(
    select(_E.account, func.sum(_E.amount))
    .where(_E.account.in_(_WHOSE), _E.journal < bindparam("begin"))
    .group_by(_E.account)
)
_LIVE: Final = statement(
    select(_B.owner, _B.opened, _B.closed).where(
        _B.owner.in_(_WHOSE),
        _B.opened < bindparam("until", type_=BigInteger),
        or_(_B.closed.is_(None), _B.closed > bindparam("since", type_=BigInteger)),
    )
)


async def points_moved(
    runner: Runner, accounts: Collection[AccountId], period: SettlementPeriod
) -> Mapping[AccountId, MovedPoints]:
    """Return what has moved in accounts in a period; those in which nothing has are not in it."""
    if not accounts:
        return {}
    begin, end = first_id(period.begins), first_id(period.ends)
    sums = defaultdict[AccountId, dict[MoveKind, int]](dict)
    for account, kind, amount in await runner.rows(_MOVED, whose=sorted(accounts), begin=begin, end=end):
        sums[AccountId(account)][MoveKind(kind)] = int(amount)
    if not sums:
        return {}
    rows = await runner.rows(_BEFORE, whose=sorted(sums), begin=begin)
    opening = {AccountId(row[0]): int(row[1]) for row in rows}
    return {account: moved_points(opening.get(account, 0), moved) for account, moved in sums.items()}


async def live_seconds(runner: Runner, hosts: Collection[UserId], period: SettlementPeriod) -> Mapping[UserId, int]:
    """Return for how many seconds of a period hosts were live; a broadcast that runs still counts up to its end."""
    if not hosts:
        return {}
    since, until = millis(period.begins), millis(period.ends)
    live = Counter[UserId]()
    for owner, opened, closed in await runner.rows(_LIVE, whose=sorted(hosts), since=since, until=until):
        live[UserId(owner)] += min(until if closed is None else closed, until) - max(opened, since)
    return {host: millis // _MILLIS for host, millis in live.items()}
