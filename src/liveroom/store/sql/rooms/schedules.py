"""Scheduled rooms: found by their start, which only rooms have that are reserved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Integer, and_, bindparam, func, or_, select

from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.rooms.model import Room, RoomStatus
from liveroom.domain.rooms.options import Access
from liveroom.domain.rooms.schedules import Mark
from liveroom.store.sql.dialect import Value, statement
from liveroom.store.sql.instants import millis
from liveroom.store.sql.rooms.rows import ROOM, read_room
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.tables import rooms

_LIMIT: Final = bindparam("limit", type_=Integer)
_RESERVED: Final = rooms.c.state == RoomStatus.RESERVED.value
_BEHIND: Final = and_(
    rooms.c.starts >= bindparam("since"),
    or_(rooms.c.starts > bindparam("since"), rooms.c.id > bindparam("after")),
)
_LISTED: Final = (
    select(*ROOM)
    .where(
        rooms.c.tenant == bindparam("of"),
        _BEHIND,
        rooms.c.starts <= bindparam("until"),
        _RESERVED,
        rooms.c.access == Access.PUBLIC.value,
        rooms.c.delisted == 0,
    )
    .order_by(rooms.c.starts, rooms.c.id)
    .limit(_LIMIT)
)
_PAGE: Final = statement(_LISTED)
_OF_CATEGORY: Final = statement(_LISTED.where(rooms.c.category == bindparam("kind")))
_OF: Final = statement(
    select(rooms.c.id).where(rooms.c.holder == bindparam("by"), rooms.c.starts.is_not(None), _RESERVED)
)
# Few rooms have a start: by their state as such MariaDB would go through every reserved one.
_OVERDUE: Final = statement(
    select(rooms.c.id)
    .where(rooms.c.starts < bindparam("before"), func.coalesce(rooms.c.state, "") == RoomStatus.RESERVED.value)
    .order_by(rooms.c.starts, rooms.c.id)
    .limit(_LIMIT)
)


@dataclass(frozen=True, slots=True)
class SqlSchedules:
    """``ports.Schedules``."""

    _runner: Runner

    async def page(self, tenant: TenantName, category: str, after: Mark, until: datetime, limit: int) -> Sequence[Room]:
        bounds: dict[str, Value] = {
            "of": tenant,
            "since": millis(after.starts),
            "after": after.room,
            "until": millis(until),
        }
        if category:
            found = await self._runner.rows(_OF_CATEGORY, kind=category, limit=limit, **bounds)
        else:
            found = await self._runner.rows(_PAGE, limit=limit, **bounds)
        return [read_room(row) for row in found]

    async def of(self, holder: UserId) -> Sequence[RoomId]:
        return [RoomId(row[0]) for row in await self._runner.rows(_OF, by=holder)]

    async def overdue(self, before: datetime, limit: int) -> Sequence[RoomId]:
        return [RoomId(row[0]) for row in await self._runner.rows(_OVERDUE, before=millis(before), limit=limit)]
