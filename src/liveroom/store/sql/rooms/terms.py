"""What rooms are found by: a row for each term of a room; of one that no list shows, terms for the operator only."""

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import BindParameter, and_, bindparam, case, select

from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.parts import parts
from liveroom.domain.rooms.model import RoomStatus
from liveroom.domain.rooms.options import Access
from liveroom.domain.rooms.search import RoomTerm, SearchedRoom
from liveroom.store.sql.dialect import Row, statement
from liveroom.store.sql.show_tables import room_terms
from liveroom.store.sql.tables import rooms, users
from liveroom.store.sql.terms import TermIndex, term_statements

_AT_ONCE: Final = 512
_ROOMS: Final[BindParameter[str]] = bindparam("rooms", expanding=True)
_IS_LISTED: Final = and_(
    rooms.c.state == RoomStatus.LIVE.value,
    rooms.c.access == Access.PUBLIC.value,
    rooms.c.delisted == 0,
    rooms.c.aside == 0,
)
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
_TERMS: Final = term_statements(room_terms, room_terms.c.room)


class SqlRoomTerms(TermIndex[RoomId, RoomTerm]):
    """``ports.RoomTermRows``."""

    statements = _TERMS
    term = RoomTerm

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


def _searched(row: Row) -> SearchedRoom:
    id, tenant, title, category, host, listed = row
    return SearchedRoom(RoomId(id), TenantName(tenant), title, category, host or "", listed == 1)
