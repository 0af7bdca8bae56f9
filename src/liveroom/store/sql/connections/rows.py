"""Connections, found by the rows of their rooms, and requests for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Integer, bindparam, delete, insert, select

from liveroom.domain.connections.model import ROOMS_MAX, ConnectionRequest, RoomConnection
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.store.sql.connection_tables import connection_requests as requests
from liveroom.store.sql.connections.stored import read_connection
from liveroom.store.sql.dialect import Row, statement
from liveroom.store.sql.instants import instant, millis
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.tables import rooms

_LIMIT: Final = bindparam("limit", type_=Integer)
_PAGE: Final = statement(
    select(rooms.c.connection)
    .where(rooms.c.tenant == bindparam("of"), rooms.c.connection_id > bindparam("after"))
    .order_by(rooms.c.connection_id, rooms.c.id)
    .limit(_LIMIT)
)
_ADD: Final = statement(insert(requests))
_GET: Final = statement(select(requests).where(requests.c.id == bindparam("of")))
_BETWEEN: Final = statement(
    select(requests).where(requests.c.room == bindparam("by"), requests.c.target == bindparam("of")).with_for_update()
)
_BY: Final = statement(select(requests).where(requests.c.room == bindparam("of")))
_TO: Final = statement(select(requests).where(requests.c.target == bindparam("of")))
_DROP: Final = statement(delete(requests).where(requests.c.id == bindparam("of")))
_EXPIRED: Final = statement(
    select(requests)
    .where(requests.c.expires <= bindparam("now"))
    .order_by(requests.c.expires, requests.c.id)
    .limit(_LIMIT)
)


@dataclass(frozen=True, slots=True)
class SqlConnections:
    """``ports.ConnectionRows``."""

    _runner: Runner

    async def page(self, tenant: TenantName, after: str, limit: int) -> Sequence[RoomConnection]:
        rows = await self._runner.rows(_PAGE, of=tenant, after=after, limit=limit * ROOMS_MAX)
        found = {connection.id: connection for row in rows if (connection := read_connection(row[0])) is not None}
        return list(found.values())[:limit]

    async def add_request(self, request: ConnectionRequest) -> None:
        await self._runner.run(
            _ADD,
            id=request.id,
            tenant=request.tenant,
            room=request.room,
            target=request.asked,
            made_by=request.by,
            created=millis(request.created),
            expires=millis(request.expires),
        )

    async def request(self, id: str) -> ConnectionRequest | None:
        row = await self._runner.row(_GET, of=id)
        return _read(row) if row else None

    async def request_between(self, room: RoomId, asked: RoomId) -> ConnectionRequest | None:
        row = await self._runner.row(_BETWEEN, by=room, of=asked)
        return _read(row) if row else None

    async def requests_of(self, room: RoomId) -> Sequence[ConnectionRequest]:
        rows = [*await self._runner.rows(_BY, of=room), *await self._runner.rows(_TO, of=room)]
        return sorted((_read(row) for row in rows), key=lambda request: (request.created, request.id))

    async def drop_request(self, id: str) -> bool:
        return await self._runner.run(_DROP, of=id) > 0

    async def expired_requests(self, now: datetime, limit: int) -> Sequence[ConnectionRequest]:
        return [_read(row) for row in await self._runner.rows(_EXPIRED, now=millis(now), limit=limit)]


def _read(row: Row) -> ConnectionRequest:
    id, tenant, room, asked, by, created, expires = row
    who = TenantName(tenant), RoomId(room), RoomId(asked), UserId(by)
    return ConnectionRequest(id, *who, instant(created), instant(expires))
