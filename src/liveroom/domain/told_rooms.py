"""What is told of rooms. Each telling has the whole room as it is after it, so that the newest one says it all."""

from datetime import timedelta
from typing import Any, Final

from liveroom.domain.ids import UserId
from liveroom.domain.rooms import CloseReason, Room
from liveroom.domain.tellings import Telling, written

_SECOND: Final = timedelta(seconds=1)


def opened(room: Room) -> Telling:
    """Tell that a broadcast has begun."""
    return _about("room.opened", room)


def updated(room: Room) -> Telling:
    """Tell that title, cover or another field has changed."""
    return _about("room.updated", room)


def closed(room: Room, reason: CloseReason) -> Telling:
    """Tell that the broadcast is over."""
    return _about("room.closed", room, reason=reason.value)


def owner_changed(room: Room, former: UserId) -> Telling:
    """Tell that the broadcast has another owner."""
    return _about("room.owner_changed", room, formerOwnerId=former)


def delisted(room: Room) -> Telling:
    """Tell whether the operator keeps the room off the list."""
    return _about("room.barred" if room.delisted else "room.unbarred", room)


def _about(kind: str, room: Room, **more: Any) -> Telling:
    data: dict[str, Any] = {
        "roomId": room.id,
        "broadcastId": room.broadcast,
        "state": room.state.value,
        "holderId": room.holder,
        "ownerId": room.owner,
        "createdBy": room.created_by,
        "updatedBy": room.updated_by,
        "category": room.category,
        "title": room.title,
        "cover": room.cover,
        "subject": room.subject,
        "description": room.description,
        "capacity": room.capacity,
        "type": room.kind,
        "star": room.star,
        "barred": room.delisted,
        "access": room.options.access.value,
        "hasPassword": bool(room.options.password),
        "seats": room.options.seats,
        "seatMode": room.options.seat_mode.value,
        "slowMode": room.options.slow // _SECOND,
        "muted": room.options.muted,
        "endsAt": written(room.options.ends) if room.options.ends is not None else None,
        "openedAt": written(room.opened),
        "updatedAt": written(room.updated),
        "rev": room.rev,
    }
    return Telling(kind, room.category, room.updated, data | more)
