"""What people see of rooms who have not signed in: the list, and title, host and cover in the link of a room.

Only of rooms that the list shows to everybody. Of all others nothing is said, not even whether they exist.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from liveroom.caches import ByteCache
from liveroom.domain.addresses import network_of
from liveroom.domain.errors import NotOffered, Unavailable
from liveroom.domain.ids import RoomId, TenantName
from liveroom.domain.rooms.model import LiveRoom, RoomStatus
from liveroom.domain.rooms.paging import RoomPage, RoomQuery
from liveroom.ports import Clock, Database, Live
from liveroom.usecases.rates import check_rate
from liveroom.usecases.rooms.listings import Listings

KEPT: Final = timedelta(seconds=10)
"""How long a preview is kept: a link that many open at once is looked up once."""
PAGES: Final = 600
"""Pages of the list within ``WINDOW`` for an address: carriers put thousands of people behind one."""
WINDOW: Final = timedelta(minutes=1)
_KEPT_BYTES: Final = 4 * 1024 * 1024
_PREVIEW_BYTES: Final = 1024


class RoomPreview(NamedTuple):
    """A public live room, as a link to it is shown."""

    title: str
    host: str
    """The owner's name."""
    cover: str
    description: str


@dataclass(frozen=True, slots=True)
class PublicRooms:
    """Shows rooms to people who have not signed in; ``is_open``: the operator allows that."""

    db: Database
    live: Live
    clock: Clock
    listings: Listings
    is_open: bool
    _kept: ByteCache[tuple[TenantName, RoomId], tuple[datetime, RoomPreview | None]] = field(
        default_factory=lambda: ByteCache(_KEPT_BYTES)
    )

    async def page(self, query: RoomQuery, address: str) -> RoomPage:
        """Return a page of a tenant's visible rooms.

        Raises ``NotOffered``, ``RateLimited``; ``BadRequest`` for an invalid cursor.
        """
        if not self.is_open:
            raise NotOffered
        await check_rate(self.live, f"browse:{network_of(address)}", limit=PAGES, window=WINDOW)
        return await self.listings.rooms(query)

    async def preview(self, tenant: TenantName, room_id: RoomId) -> RoomPreview | None:
        """Return the preview of a room; None for one that is not public, not live, hidden, or cannot be read now."""
        if not self.is_open:
            return None
        now, key = self.clock.now(), (tenant, room_id)
        kept = self._kept.get(key)
        if kept is not None and now < kept[0]:
            return kept[1]
        try:
            found = await self._look(tenant, room_id)
        except Unavailable:
            return None
        self._kept.put(key, (now + KEPT, found), _PREVIEW_BYTES)
        return found

    async def _look(self, tenant: TenantName, room_id: RoomId) -> RoomPreview | None:
        room = await self.live.room(room_id)
        if room is None or room.tenant != tenant or not _is_public(room):
            return None
        row, owner = await self.db.rooms.get(room_id), await self.db.users.get(room.owner)
        if row is None or row.state is not RoomStatus.LIVE:
            return None
        return RoomPreview(row.title, "" if owner is None else owner.name, row.cover, row.description)


def _is_public(room: LiveRoom) -> bool:
    return room.options.is_listed and not room.hidden and not room.delisted
