"""What is read here before a provider's lists are compared with it, some at a time."""

from collections.abc import Collection, Mapping
from typing import Final

from liveroom.domain.drift.media import SeenInMedia
from liveroom.domain.ids import USER_BUCKETS, RoomId, TenantName
from liveroom.domain.presence.outside import OutsideSource
from liveroom.ports import Database, Live, Rest

PAUSE: Final = 0.01
"""Seconds after each room, group or bucket: no more than 100 calls a second, of 200 that Tencent takes."""
ROOMS: Final = 500
"""Rooms that one statement reads."""


async def live_rooms(db: Database, tenants: Collection[TenantName], rest: Rest) -> Mapping[RoomId, TenantName]:
    """Return the live rooms of tenants."""
    found, after = dict[RoomId, TenantName](), RoomId("")
    while some := await db.rooms.live(None, after, ROOMS):
        found |= {room.id: room.tenant for room in some if room.tenant in tenants}
        after = some[-1].id
        await rest(PAUSE)
    return found


async def seen_by(live: Live, source: OutsideSource, rest: Rest) -> Collection[SeenInMedia]:
    """Return whom a source's callbacks have said to be in which room."""
    found = set[SeenInMedia]()
    for bucket in range(USER_BUCKETS):
        some = await live.comparing.seen(bucket)
        found |= {SeenInMedia(one.user, one.room, one.who) for one in some if one.source is source}
        await rest(PAUSE if some else 0)
    return found
