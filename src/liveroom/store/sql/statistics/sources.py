"""What statistics are counted from: broadcasts, their stays and messages, accounts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
from sqlalchemy import BigInteger, BindParameter, Integer, bindparam, func, or_, select

from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.messages.model import MessageType
from liveroom.domain.parts import parts
from liveroom.domain.presence.members import Role
from liveroom.domain.statistics.attendance import HOUR, CountedBroadcast, CountedStay
from liveroom.store.sql.dialect import Row, Value, statement
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.show_tables import erasures, messages
from liveroom.store.sql.statistics_tables import statistics_broadcast_days
from liveroom.store.sql.tables import broadcasts, stays, users

_LIMIT: Final = bindparam("limit", type_=Integer)
_BEGIN: Final = bindparam("begin", type_=BigInteger)
_END: Final = bindparam("end", type_=BigInteger)
_USERS: Final[BindParameter[str]] = bindparam("users", expanding=True)
_B: Final = broadcasts.c
_S: Final = stays.c
_BROADCAST: Final = (_B.id, _B.tenant, _B.room, _B.owner, _B.category, _B.opened, _B.closed, _B.likes)
_GET: Final = statement(select(*_BROADCAST).where(_B.id == bindparam("which")))
_IDS: Final = statement(select(_B.id).where(_B.id > bindparam("after")).order_by(_B.id).limit(_LIMIT))
_DAYS: Final = statistics_broadcast_days.c
_ON_DAY: Final = statement(
    select(*_BROADCAST, _DAYS.messages)
    .select_from(statistics_broadcast_days.join(broadcasts, _B.id == _DAYS.broadcast))
    .where(_DAYS.tenant == bindparam("of"), _DAYS.day == bindparam("which"))
)
_STAY: Final = (_S.user_id, _S.role, _S.entered, _S.left_at, _S.sat)
_OF_BROADCAST: Final = select(*_STAY).where(_S.broadcast == bindparam("which"))
_BEHIND: Final = _OF_BROADCAST.where(_S.user_id > bindparam("after")).order_by(_S.user_id).limit(_LIMIT)
_WITHIN: Final = (_S.entered < _END, or_(_S.left_at.is_(None), _S.left_at >= _BEGIN))
_STAYS: Final = statement(_BEHIND)
_STAYS_WITHIN: Final = statement(_BEHIND.where(*_WITHIN))
_STAYS_OF_ONE: Final = statement(_OF_BROADCAST.where(_S.user_id == bindparam("user")))
_STAYS_OF_ONE_WITHIN: Final = statement(_OF_BROADCAST.where(_S.user_id == bindparam("user"), *_WITHIN))
_M: Final = messages.c
_MESSAGES: Final = statement(
    select(_M.number, _M.at, _M.kind)
    .where(_M.broadcast == bindparam("which"), _M.number > bindparam("after", type_=BigInteger))
    .order_by(_M.number)
    .limit(_LIMIT)
)
_PSEUDONYMS: Final = statement(select(erasures.c.user_id, erasures.c.pseudonym).where(erasures.c.user_id > ""))
_HOUR: Final = users.c.created - users.c.created % HOUR
_ACCOUNTS: Final = statement(
    select(_HOUR, func.count())
    .where(users.c.tenant == bindparam("of"), users.c.created >= _BEGIN, users.c.created < _END)
    .group_by(_HOUR)
)
_FIRST_ACCOUNT: Final = statement(
    select(users.c.created).where(users.c.tenant == bindparam("of")).order_by(users.c.created).limit(1)
)
_SIGNED_UP: Final = statement(select(users.c.id, users.c.created).where(users.c.id.in_(_USERS)))
_CAME: Final = statement(
    select(_S.user_id).where(_S.user_id.in_(_USERS), _S.entered >= _BEGIN, _S.entered < _END).group_by(_S.user_id)
)
_NAMES: Final = statement(
    select(_S.user_id, func.max(_S.name))
    .where(_S.broadcast == bindparam("which"), _S.user_id.in_(_USERS))
    .group_by(_S.user_id)
)
_AT_ONCE: Final = 500
_ROLES: Final = {role.value: role for role in Role}
_COUNTS: Final = msgspec.json.Decoder(tuple[int, ...])


@dataclass(frozen=True, slots=True)
class SqlStatisticsSources:
    """``ports.StatisticsSources``."""

    _runner: Runner

    async def broadcast(self, broadcast: BroadcastId) -> CountedBroadcast | None:
        row = await self._runner.row(_GET, which=broadcast)
        return _read_broadcast(row) if row is not None and row[0] == broadcast else None

    async def broadcasts(self, after: BroadcastId, limit: int) -> Sequence[BroadcastId]:
        return [BroadcastId(row[0]) for row in await self._runner.rows(_IDS, after=after, limit=limit)]

    async def on_day(self, tenant: TenantName, day: str) -> Sequence[tuple[CountedBroadcast, Sequence[int]]]:
        rows = await self._runner.rows(_ON_DAY, of=tenant, which=day)
        return [(_read_broadcast(row), _COUNTS.decode(row[8])) for row in rows]

    async def stays(
        self, broadcast: BroadcastId, after: UserId | None, limit: int, within: tuple[int, int] | None = None
    ) -> tuple[Sequence[CountedStay], UserId | None]:
        """A page ends with the last user whose stays are all on it."""
        bounds: dict[str, Value] = {} if within is None else {"begin": within[0], "end": within[1]}
        asked = _STAYS if within is None else _STAYS_WITHIN
        rows = await self._runner.rows(asked, which=broadcast, after=after or "", limit=limit, **bounds)
        if len(rows) < limit:
            return list(map(_read_stay, rows)), None
        last = rows[-1][0]
        whole = [row for row in rows if row[0] != last]
        if not whole:
            of_one = _STAYS_OF_ONE if within is None else _STAYS_OF_ONE_WITHIN
            whole = list(await self._runner.rows(of_one, which=broadcast, user=last, **bounds))
        return list(map(_read_stay, whole)), UserId(whole[-1][0])

    async def messages(self, broadcast: BroadcastId, after: int, limit: int) -> tuple[Sequence[int], int | None]:
        rows = await self._runner.rows(_MESSAGES, which=broadcast, after=after, limit=limit)
        said = [row[1] for row in rows if row[2] != MessageType.NOTICE.value]
        return said, rows[-1][0] if len(rows) == limit else None

    async def pseudonyms(self) -> Mapping[UserId, UserId]:
        return {UserId(row[0]): UserId(row[1]) for row in await self._runner.rows(_PSEUDONYMS)}

    async def accounts(self, tenant: TenantName, begin: int, end: int) -> Mapping[int, int]:
        return {row[0]: row[1] for row in await self._runner.rows(_ACCOUNTS, of=tenant, begin=begin, end=end)}

    async def first_day(self, tenant: TenantName) -> int | None:
        row = await self._runner.row(_FIRST_ACCOUNT, of=tenant)
        return None if row is None else row[0]

    async def signed_up(self, users: Collection[UserId]) -> Mapping[UserId, int]:
        found: dict[UserId, int] = {}
        for some in parts(sorted(users), _AT_ONCE):
            found |= {UserId(row[0]): row[1] for row in await self._runner.rows(_SIGNED_UP, users=some)}
        return found

    async def came(self, users: Collection[UserId], begin: int, end: int) -> Collection[UserId]:
        found: set[UserId] = set()
        for some in parts(sorted(users), _AT_ONCE):
            found |= {UserId(row[0]) for row in await self._runner.rows(_CAME, users=some, begin=begin, end=end)}
        return found

    async def names(self, broadcast: BroadcastId, users: Collection[UserId]) -> Mapping[UserId, str]:
        found: dict[UserId, str] = {}
        for some in parts(sorted(users), _AT_ONCE):
            found |= {UserId(row[0]): row[1] for row in await self._runner.rows(_NAMES, which=broadcast, users=some)}
        return found


def _read_broadcast(row: Row) -> CountedBroadcast:
    return CountedBroadcast(
        BroadcastId(row[0]), TenantName(row[1]), RoomId(row[2]), UserId(row[3]), row[4], row[5], row[6], row[7]
    )


def _read_stay(row: Row) -> CountedStay:
    return CountedStay(row[0], _ROLES[row[1]], row[2], row[3], row[4] == 1)
