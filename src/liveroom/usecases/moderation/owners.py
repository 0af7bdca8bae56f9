"""Whoever owns a room is neither banned from it nor muted in it: what others did to them before is lifted."""

from collections.abc import Sequence
from datetime import datetime

from liveroom.domain.events import moderation as moderation_events
from liveroom.domain.events.outbox import OutboxRow, RoomAccessChanged
from liveroom.domain.rooms.model import Room
from liveroom.ports import Tx
from liveroom.usecases.events.recorder import EventRecorder


async def free_owner(tx: Tx, recorder: EventRecorder, room: Room, now: datetime) -> Sequence[OutboxRow]:
    """Lift ban and mute of a room's new owner within the caller's transaction; return the outbox rows."""
    known = await tx.room_access.get(room.id, room.owner) if room.options.guarded else None
    if known is None or (known.banned_until is None and known.muted_until is None):
        return ()
    freed = known.banned(None).muted(None).written_by(room.owner, now)
    await tx.room_access.put(freed)
    row = await tx.outbox.add(room.tenant, RoomAccessChanged(room.id, room.owner, room.owner), now)
    await recorder.record_for_room(tx, room, *moderation_events.changes(room, known, freed))
    return [row]
