"""What a room is connected with: reading that, finding rooms to ask, leaving, and ending a connection."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.connections.model import ConnectionRequest, LeaveCause, RoomConnection
from liveroom.domain.errors import NotConnected, RoomNotFound
from liveroom.domain.ids import RoomId, TenantName
from liveroom.domain.operators.caller import Operator
from liveroom.domain.rooms.model import LiveRoom, RoomStatus, present_room
from liveroom.domain.rooms.paging import RoomOrder, RoomQuery, cut
from liveroom.domain.rooms.permissions import Right, may
from liveroom.ports import Live, Tx
from liveroom.usecases.connections.changes import ConnectionChanges, TransactionResult
from liveroom.usecases.connections.requests import ConnectionRequests
from liveroom.usecases.connections.rows import leave, lock_rooms
from liveroom.usecases.rooms.listings import Listings
from liveroom.usecases.rooms.ranks import Ranks, check_in, role_of


class Current(NamedTuple):
    """With what a room is connected, and what waits for an answer."""

    connection: RoomConnection | None
    requests: Sequence[ConnectionRequest]
    """Of the room and to it; none for who may not answer them."""


class _Card(msgspec.Struct, rename="camel"):
    """What of a listed room's card says which it is."""

    room_id: str


_read_cards = msgspec.json.Decoder(list[_Card]).decode


@dataclass(frozen=True, slots=True)
class RoomConnections:
    """Reads connections, and takes rooms out of them."""

    changes: ConnectionChanges
    requests: ConnectionRequests
    live: Live
    ranks: Ranks
    listings: Listings

    async def current(self, actor: Actor, room: RoomId) -> Current:
        """Return what a room is connected with, to its members. Raises ``RoomNotFound``, ``NotInRoom``."""
        found = await self.ranks.check_reader(actor, room)
        may_answer = may(found.rank, Right.CONNECT) or await self.ranks.is_admin(actor.user)
        return Current(found.room.options.connection, await self.requests.waiting(room) if may_answer else ())

    async def candidates(
        self, actor: Actor, room: RoomId, *, category: str, cursor: str, limit: int
    ) -> tuple[Sequence[LiveRoom], str]:
        """Return listed rooms that could be asked, hottest first, and the cursor of the next page.

        A page may have fewer of them than asked for. Raises ``RoomNotFound``, ``PermissionDenied``, ``BadRequest``.
        """
        await self.ranks.check(actor, room, Right.CONNECT)
        tenant = actor.tenant.name
        page = await self.listings.rooms(
            RoomQuery(tenant, category=category, order=RoomOrder.HEAT, cursor=cursor, limit=limit)
        )
        ids = [RoomId(card.room_id) for card in _read_cards(b"[%b]" % page.cards)]
        found = {one.id: one for one in await self.live.rooms([id for id in ids if id != room])}
        rooms = [one for id in ids if (one := found.get(id)) is not None and not one.hidden]
        return [one for one in rooms if one.options.connection is None], page.cursor

    async def leave(self, actor: Actor, room: RoomId) -> None:
        """Take a room out of its connection. Raises ``NotConnected``, ``RoomNotFound``, ``PermissionDenied``."""
        ranked = await self.requests.check(actor, room)

        async def work(tx: Tx) -> TransactionResult[None]:
            rooms = await lock_rooms(tx, [room])
            own = present_room(rooms.get(room), actor.tenant.name)
            if own.state is not RoomStatus.LIVE:
                raise RoomNotFound
            await check_in(tx, own, actor, Right.CONNECT, role_of(ranked))
            if own.options.connection is None:
                raise NotConnected
            now = self.changes.now()
            return TransactionResult(None, await leave(tx, self.changes.recorder, rooms, [room], now, LeaveCause.LEFT))

        await self.changes.commit(actor.tenant.name, work)

    async def end(self, operator: Operator, room: RoomId) -> None:
        """End the connection that a room is in, for the operator. Raises ``RoomNotFound``, ``NotConnected``."""

        async def work(tx: Tx) -> TransactionResult[None]:
            rooms = await lock_rooms(tx, [room])
            connection = present_room(rooms.get(room), operator.tenant.name).options.connection
            if connection is None:
                raise NotConnected
            now = self.changes.now()
            changed = await leave(tx, self.changes.recorder, rooms, connection.ids, now, LeaveCause.ENDED)
            operator.change.note({"rooms": list(connection.ids)}, {"rooms": []})
            return TransactionResult(None, changed)

        await self.changes.commit(operator.tenant.name, work)

    async def of(self, tenant: TenantName, room: RoomId) -> RoomConnection:
        """Return the connection that a room is in. Raises ``RoomNotFound``, ``NotConnected``."""
        connection = present_room(await self.changes.db.rooms.get(room), tenant).options.connection
        if connection is None:
            raise NotConnected
        return connection

    async def page(self, tenant: TenantName, *, cursor: str, limit: int) -> tuple[Sequence[RoomConnection], str]:
        """Return connections of a tenant, the oldest first, and the cursor of the next page."""
        found = await self.changes.db.connections.page(tenant, cursor, limit + 1)
        return cut(found, limit, lambda connection: connection.id)
