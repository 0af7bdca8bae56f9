"""Evicting somebody from a room: every presence entry that they have in it ends, on every device."""

from liveroom import faults
from liveroom.domain.ids import EntryId, RoomId, SessionId, UserId
from liveroom.domain.presence.members import LeaveReason
from liveroom.ports import Live
from liveroom.usecases.rooms.listings import Listings


async def evict(live: Live, listings: Listings, room_id: RoomId, user: UserId) -> bool:
    """End all that a user has in the room; say False when they are not in it.

    One presence entry after the other: whoever is entering meanwhile by another session keeps the presence entry that
    the index has.
    """
    held = [entry for entry in await live.entries(user) if entry.room == room_id]
    ends: list[tuple[SessionId | None, EntryId | None]] = [(entry.session, entry.id) for entry in held]
    found = [await live.leave(room_id, user, *end, LeaveReason.KICKED) for end in [*ends, (None, None)]]
    left = [one for one in found if one is not None]
    if not left:
        return False
    faults.point("leave.left")
    await live.drop_entries([one.entry for one in left])
    await listings.update([(left[-1].room, any(one.hidden for one in left))])
    await live.persist()
    return True
