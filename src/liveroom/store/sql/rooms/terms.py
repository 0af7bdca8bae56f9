"""What rooms are found by: a row for each term of a room; of one that no list shows, terms for the operator only."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import BindParameter, Integer, and_, bindparam, case, delete, select

from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.parts import parts
from liveroom.domain.rooms.model import RoomStatus
from liveroom.domain.rooms.options import Access
from liveroom.domain.rooms.search import RoomTerm, SearchedRoom
from liveroom.store.sql.dialect import Row, Statement, Values, statement
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.show_tables import room_terms
from liveroom.store.sql.tables import rooms, users

_AT_ONCE: Final = 512
_LAST: Final = "\U0010ffff"
"""Sorts behind every letter."""
_C: Final = room_terms.c
_ROOMS: Final[BindParameter[str]] = bindparam("rooms", expanding=True)
_IS_LISTED: Final = and_(
    rooms.c.state == RoomStatus.LIVE.value,
    rooms.c.access == Access.PUBLIC.value,
    rooms.c.delisted == 0,
    rooms.c.aside == 0,
)
_BEGINS: Final = and_(_C.term >= bindparam("first"), _C.term < bindparam("last"))
_SEARCHED: Final = statement(
    select(rooms.c.id, rooms.c.tenant, rooms.c.title, rooms.c.category, users.c.name, case((_IS_LISTED, 1), else_=0))
    .select_from(rooms.outerjoin(users, users.c.id == rooms.c.owner))
    .where(rooms.c.id.in_(_ROOMS))
)
_HOSTED: Final = statement(
    select(rooms.c.id).where(
        rooms.c.owner.in_(bindparam("owners", expanding=True)), rooms.c.state == RoomStatus.LIVE.value
    )
)
_OF: Final = statement(select(_C.tenant, _C.term, _C.room).where(_C.room.in_(_ROOMS)))
_PUT: Final = Statement(lambda dialect: dialect.insert_or_keep(room_terms))
_DROP: Final = statement(
    delete(room_terms).where(_C.tenant == bindparam("of"), _C.term == bindparam("which"), _C.room == bindparam("about"))
)
_FIND: Final = statement(
    select(_C.room)
    .where(_C.tenant == bindparam("of"), _BEGINS)
    .order_by(_C.term, _C.room)
    .limit(bindparam("limit", type_=Integer))
)
_AMONG: Final = statement(select(_C.room).where(_C.room.in_(_ROOMS), _BEGINS))
_COLUMNS: Final = ("tenant", "term", "room")
_NAMES: Final = ("of", "which", "about")


@dataclass(frozen=True, slots=True)
class SqlRoomTerms:
    """``ports.RoomTermRows``."""

    _runner: Runner

    async def searched(self, rooms: Collection[RoomId]) -> Sequence[SearchedRoom]:
        found: list[SearchedRoom] = []
        for some in parts(sorted(rooms), _AT_ONCE):
            rows = await self._runner.rows(_SEARCHED, rooms=some)
            found += [_searched(row) for row in rows]
        return found

    async def hosted(self, owners: Collection[UserId]) -> Sequence[RoomId]:
        found: list[RoomId] = []
        for some in parts(sorted(owners), _AT_ONCE):
            found += [RoomId(row[0]) for row in await self._runner.rows(_HOSTED, owners=some)]
        return found

    async def of(self, rooms: Collection[RoomId]) -> Sequence[RoomTerm]:
        found: list[RoomTerm] = []
        for some in parts(sorted(rooms), _AT_ONCE):
            rows = await self._runner.rows(_OF, rooms=some)
            found += [RoomTerm(TenantName(tenant), term, RoomId(room)) for tenant, term, room in rows]
        return found

    async def put(self, terms: Collection[RoomTerm]) -> None:
        many: list[Values] = [dict(zip(_COLUMNS, term, strict=True)) for term in sorted(terms)]
        if many:
            await self._runner.put_many(_PUT, many)

    async def drop(self, terms: Collection[RoomTerm]) -> None:
        many: list[Values] = [dict(zip(_NAMES, term, strict=True)) for term in sorted(terms)]
        if many:
            await self._runner.put_many(_DROP, many)

    async def find(self, tenant: TenantName, word: str, limit: int) -> Sequence[RoomId]:
        rows = await self._runner.rows(_FIND, of=tenant, first=word, last=word + _LAST, limit=limit)
        return [RoomId(row[0]) for row in rows]

    async def among(self, rooms: Collection[RoomId], word: str) -> Collection[RoomId]:
        if not rooms:
            return ()
        rows = await self._runner.rows(_AMONG, rooms=sorted(rooms), first=word, last=word + _LAST)
        return {RoomId(row[0]) for row in rows}


def _searched(row: Row) -> SearchedRoom:
    id, tenant, title, category, host, listed = row
    return SearchedRoom(RoomId(id), TenantName(tenant), title, category, host or "", listed == 1)
