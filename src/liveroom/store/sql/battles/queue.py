"""Rooms that wait for an opponent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Integer, bindparam, delete, func, select

from liveroom.domain.battles.model import WaitingRoom
from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.store.sql.battle_tables import battle_queue as queue
from liveroom.store.sql.dialect import Row, put_row, statement
from liveroom.store.sql.instants import instant, millis
from liveroom.store.sql.runner import Runner

_C: Final = queue.c
_LIMIT: Final = bindparam("limit", type_=Integer)
_PUT: Final = put_row(queue)
_GET: Final = statement(select(queue).where(_C.room == bindparam("of")))
_FIRST: Final = statement(
    select(queue)
    .where(_C.tenant == bindparam("whose"), _C.category == bindparam("of"), _C.expires > bindparam("now"))
    .order_by(_C.created, _C.room)
    .limit(_LIMIT)
)
_DROP: Final = statement(delete(queue).where(_C.room == bindparam("of")))
_CATEGORIES: Final = statement(
    select(_C.tenant, _C.category)
    .where(_C.expires > bindparam("now"))
    .group_by(_C.tenant, _C.category)
    .having(func.count() > 1)
    .limit(_LIMIT)
)
_EXPIRED: Final = statement(delete(queue).where(_C.expires <= bindparam("now")))


@dataclass(frozen=True, slots=True)
class SqlBattleQueue:
    """``ports.BattleQueueRows``."""

    _runner: Runner

    async def put(self, waiting: WaitingRoom) -> None:
        await self._runner.run(
            _PUT,
            room=waiting.room,
            tenant=waiting.tenant,
            category=waiting.category,
            owner=waiting.owner,
            made_by=waiting.by,
            broadcast=waiting.broadcast,
            created=millis(waiting.created),
            expires=millis(waiting.expires),
        )

    async def get(self, room: RoomId) -> WaitingRoom | None:
        row = await self._runner.row(_GET, of=room)
        return _read(row) if row else None

    async def first(self, tenant: TenantName, category: str, now: datetime, limit: int) -> Sequence[WaitingRoom]:
        rows = await self._runner.rows(_FIRST, whose=tenant, of=category, now=millis(now), limit=limit)
        return [_read(row) for row in rows]

    async def drop(self, room: RoomId) -> bool:
        return await self._runner.run(_DROP, of=room) > 0

    async def categories(self, now: datetime, limit: int) -> Sequence[tuple[TenantName, str]]:
        rows = await self._runner.rows(_CATEGORIES, now=millis(now), limit=limit)
        return [(TenantName(tenant), category) for tenant, category in rows]

    async def drop_expired(self, now: datetime) -> int:
        return await self._runner.run(_EXPIRED, now=millis(now))


def _read(row: Row) -> WaitingRoom:
    room, tenant, category, owner, by, broadcast, created, expires = row
    return WaitingRoom(
        RoomId(room), TenantName(tenant), category, UserId(owner), UserId(by), BroadcastId(broadcast),
        instant(created), instant(expires),
    )  # fmt: skip
