"""The SQL seam of pushed streams."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.streams.covers import DueCover
from liveroom.domain.streams.lifecycle import PushedStream
from liveroom.domain.streams.model import StreamName, StreamServerName


class PushStreamRows(Protocol):
    """Rows of streams. Whoever changes one that is shown holds the lock of its room's row, then of its own.

    ``due``: when something is to be done about it.
    """

    async def add(self, stream: PushedStream, due: datetime | None) -> None: ...
    async def get(self, id: str) -> PushedStream | None: ...
    async def lock(self, id: str) -> PushedStream | None:
        """Return a stream and keep it from others until the transaction ends."""

    async def named(self, names: Collection[StreamName]) -> Sequence[PushedStream]:
        """Return the streams of these names that there are."""

    async def put(self, stream: PushedStream, due: datetime | None) -> None: ...
    async def drop(self, id: str) -> None: ...
    async def remove_of(self, user: UserId) -> None:
        """Mark all streams of a user as to be removed, at once; no encoder is let in from then on."""

    async def cut_off(self, user: UserId, room: RoomId | None = None) -> None:
        """Mark the streams of a user, in one room or in all, as stopped and to be cut off at once."""

    async def look_at_seats(self, users: Collection[UserId]) -> None:
        """Mark the streams of seats that these users have as due: they may have left their seat."""

    async def of_room(self, room: RoomId) -> Sequence[PushedStream]:
        """Return a room's streams, the oldest first, removed ones too."""

    async def page(self, tenant: TenantName, after: str, limit: int) -> Sequence[PushedStream]:
        """Return a tenant's streams in the order of their ids: those behind that one ("": all)."""

    async def has_any(self, server: StreamServerName) -> bool:
        """Say whether there is any stream at a server, in whatever state."""

    async def live(self, server: StreamServerName, after: str, limit: int) -> Sequence[PushedStream]:
        """Return streams that are live at a server, in the order of their ids: those behind that one ("": all)."""

    async def want_cover(self, id: str, now: datetime) -> None:
        """Have a frame of a stream taken as its room's picture now, and from then on."""

    async def covers_due(self, now: datetime, limit: int) -> Sequence[DueCover]:
        """Return streams of which a frame is due, the longest due first."""

    async def put_cover_off(self, id: str, was: datetime, until: datetime | None) -> bool:
        """Have the next frame taken then, None: no more, unless another has put it off meanwhile; say whether not."""

    async def due(self, now: datetime, limit: int) -> Sequence[PushedStream]:
        """Return streams about which something is to be done, of all tenants, the longest due first."""
