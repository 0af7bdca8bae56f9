"""Broadcasts, as they are looked up: those of a room, and those of a host."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Integer, bindparam, select

from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.rooms.model import Broadcast
from liveroom.store.sql.dialect import BEHIND_ALL, Row, statement
from liveroom.store.sql.instants import instant, optional_instant
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.tables import broadcasts

_C: Final = broadcasts.c
_ALL: Final = select(
    _C.id, _C.room, _C.tenant, _C.owner, _C.category, _C.title, _C.opened, _C.closed, _C.reason, _C.likes
)
_GET: Final = statement(_ALL.where(_C.id == bindparam("key")))
_NEWEST: Final = _ALL.where(_C.id < bindparam("before")).order_by(_C.id.desc()).limit(bindparam("limit", type_=Integer))
_OF_ROOM: Final = statement(_NEWEST.where(_C.room == bindparam("whose")))
_OF_OWNER: Final = statement(_NEWEST.where(_C.owner == bindparam("whose")))


@dataclass(frozen=True, slots=True)
class SqlBroadcasts:
    """``ports.BroadcastRows``."""

    _runner: Runner

    async def get(self, id: BroadcastId) -> Broadcast | None:
        row = await self._runner.row(_GET, key=id)
        return _read(row) if row and row[0] == id else None

    async def of_room(self, room: RoomId, before: str, limit: int) -> Sequence[Broadcast]:
        rows = await self._runner.rows(_OF_ROOM, whose=room, before=before or BEHIND_ALL, limit=limit)
        return list(map(_read, rows))

    async def of_owner(self, owner: UserId, before: str, limit: int) -> Sequence[Broadcast]:
        rows = await self._runner.rows(_OF_OWNER, whose=owner, before=before or BEHIND_ALL, limit=limit)
        return list(map(_read, rows))


def _read(row: Row) -> Broadcast:
    id, room, tenant, owner, category, title, opened, closed, reason, likes = row
    return Broadcast(
        BroadcastId(id), RoomId(room), TenantName(tenant), UserId(owner), category, title,
        instant(opened), optional_instant(closed), reason or "", likes,
    )  # fmt: skip
