"""The SQL seams of connected rooms. A connection itself is in the row of each of its rooms (``RoomRows``)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from liveroom.domain.connections.model import ConnectionRequest, RoomConnection
from liveroom.domain.ids import RoomId, TenantName


class ConnectionRows(Protocol):
    """Requests for connections, and looking up connections. Whoever adds a request, or ends one, holds the locks of
    both rooms.
    """

    async def page(self, tenant: TenantName, after: str, limit: int) -> Sequence[RoomConnection]:
        """Return a tenant's connections, in the order of their ids: those behind that one ("": all)."""

    async def add_request(self, request: ConnectionRequest) -> None:
        """Add a request; there is at most one of a room to another."""

    async def request(self, id: str) -> ConnectionRequest | None: ...
    async def request_between(self, room: RoomId, asked: RoomId) -> ConnectionRequest | None:
        """Return what one room has asked another, over or not, and keep it from others until the transaction ends."""

    async def requests_of(self, room: RoomId) -> Sequence[ConnectionRequest]:
        """Return requests of a room and to it, those made first first, over or not."""

    async def drop_request(self, id: str) -> bool:
        """Drop a request; say whether it was there."""

    async def expired_requests(self, now: datetime, limit: int) -> Sequence[ConnectionRequest]:
        """Return requests of all tenants that are over, those that ended first first."""
