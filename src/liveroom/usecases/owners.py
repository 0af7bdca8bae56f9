"""Whoever owns a room is neither banned from it nor muted in it: what others did to them before is lifted."""

from collections.abc import Sequence
from datetime import datetime

from liveroom.domain import moderation_events
from liveroom.domain.outbox import OutboxRow, StandingChanged
from liveroom.domain.rooms import Room
from liveroom.ports import Tx
from liveroom.usecases.chronicle import Chronicle


async def free_owner(tx: Tx, chronicle: Chronicle, room: Room, now: datetime) -> Sequence[OutboxRow]:
    """Lift ban and mute of a room's new owner within the caller's transaction; return the rows that tell of it."""
    known = await tx.standings.get(room.id, room.owner) if room.options.guarded else None
    if known is None or (known.banned_until is None and known.muted_until is None):
        return ()
    freed = known.banned(None).muted(None).written_by(room.owner, now)
    await tx.standings.put(freed)
    row = await tx.outbox.add(room.tenant, StandingChanged(room.id, room.owner, room.owner), now)
    await chronicle.about_room(tx, room, *moderation_events.changes(room, known, freed))
    return [row]
