"""Events of rooms. Each holds the whole room after the change, so that the newest event of a room is enough."""

from datetime import timedelta
from typing import Annotated, Any, ClassVar, Final

import msgspec

from liveroom.domain.events.records import EventPayload, NewEvent
from liveroom.domain.ids import UserId
from liveroom.domain.payloads import Counter, Instant, instant_text
from liveroom.domain.rooms.model import CloseReason, Room, RoomStatus
from liveroom.domain.rooms.options import Access, SeatMode

_SECOND: Final = timedelta(seconds=1)
_RoomStatus = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(RoomStatus)})]
_Access = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(Access)})]
_SeatMode = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(SeatMode)})]
_CloseReason = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(CloseReason)})]


class RoomEventPayload(EventPayload):
    """A room after the event."""

    room_id: str
    broadcast_id: str
    """The broadcast: from opening to closing; the same room opened again has another."""
    state: _RoomStatus
    """``live`` or ``closed``; ``reserved`` before its first broadcast."""
    holder_id: str
    """The holder of the room's id, who may open it again."""
    owner_id: str
    """Who owns the broadcast."""
    created_by: str
    updated_by: str
    category: str
    title: str
    cover: str
    subject: str
    description: str
    capacity: int
    """Maximum members; 0 for no limit."""
    type: str
    """Chosen by the client, such as TIMER_ROOM."""
    star: int
    barred: bool
    """The operator has hidden it from lists."""
    access: _Access
    """Who may enter; only ``public`` rooms are listed."""
    has_password: bool
    """Entering requires a password."""
    seats: int
    """The number of seats."""
    seat_mode: _SeatMode
    """How the audience gets a seat."""
    slow_mode: int
    """Slow mode: seconds between two messages of one member; 0: off."""
    muted: bool
    """Everyone is muted: only hosts and moderators can write."""
    pinned_message_id: str
    """The message that is pinned in the room; empty: none."""
    gifts: bool
    """Gifts may be sent, where the service offers them."""
    followers_chat: bool
    """Of the audience, only followers of the owner can write."""
    followers_seats: bool
    """Of the audience, only followers of the owner can take a seat or apply for one."""
    recorded: bool
    """Every broadcast is recorded, where the service records."""
    live_cover: bool
    """Lists show frames of the stream as the room's picture; ``cover`` is its own."""
    ends_at: Instant | None
    """When the broadcast ends; null: no set end."""
    opened_at: Instant
    updated_at: Instant
    rev: Counter
    """Increases with every change of the room."""


class OpenedRoom(RoomEventPayload):
    """A broadcast has begun."""

    kind: ClassVar[str] = "room.opened"


class UpdatedRoom(RoomEventPayload):
    """Title, cover or another field has changed."""

    kind: ClassVar[str] = "room.updated"


class ClosedRoom(RoomEventPayload):
    """The broadcast has ended. Events for its leaving members follow."""

    kind: ClassVar[str] = "room.closed"
    reason: _CloseReason
    """``destroyed`` by its owner, ``owner_gone`` for too long, ``owner_deleted``, ``closed_by_admin``, or
    ``time_over`` at the end of its set time.
    """


class HandedRoom(RoomEventPayload):
    """The broadcast's owner has changed."""

    kind: ClassVar[str] = "room.owner_changed"
    former_owner_id: str


class BarredRoom(RoomEventPayload):
    """The operator has hidden the room from lists."""

    kind: ClassVar[str] = "room.barred"


class UnbarredRoom(RoomEventPayload):
    """The room may be listed again."""

    kind: ClassVar[str] = "room.unbarred"


def opened(room: Room) -> NewEvent:
    """Return the event of a broadcast that has begun."""
    return _about(room, OpenedRoom(**_fields(room)))


def updated(room: Room) -> NewEvent:
    """Return the event of a changed room."""
    return _about(room, UpdatedRoom(**_fields(room)))


def closed(room: Room, reason: CloseReason) -> NewEvent:
    """Return the event of a broadcast that has ended."""
    return _about(room, ClosedRoom(**_fields(room), reason=reason.value))


def owner_changed(room: Room, former: UserId) -> NewEvent:
    """Return the event of a broadcast that has another owner."""
    return _about(room, HandedRoom(**_fields(room), former_owner_id=former))


def delisted(room: Room) -> NewEvent:
    """Return the event of a room that the operator has hidden from lists, or has let back."""
    return _about(room, (BarredRoom if room.delisted else UnbarredRoom)(**_fields(room)))


def _about(room: Room, payload: RoomEventPayload) -> NewEvent:
    return NewEvent(payload.kind, room.category, room.updated, payload)


def _fields(room: Room) -> dict[str, Any]:
    options = room.options
    return {
        "room_id": room.id,
        "broadcast_id": room.broadcast,
        "state": room.state.value,
        "holder_id": room.holder,
        "owner_id": room.owner,
        "created_by": room.created_by,
        "updated_by": room.updated_by,
        "category": room.category,
        "title": room.title,
        "cover": room.cover,
        "subject": room.subject,
        "description": room.description,
        "capacity": room.capacity,
        "type": room.kind,
        "star": room.star,
        "barred": room.delisted,
        "access": options.access.value,
        "has_password": bool(options.password),
        "seats": options.seats,
        "seat_mode": options.seat_mode.value,
        "slow_mode": options.slow // _SECOND,
        "muted": options.muted,
        "pinned_message_id": "" if options.pinned is None else str(options.pinned.number),
        "gifts": options.gifts,
        "followers_chat": options.followers_chat,
        "followers_seats": options.followers_seats,
        "recorded": options.recorded,
        "live_cover": options.live_cover is not None,
        "ends_at": instant_text(options.ends) if options.ends is not None else None,
        "opened_at": instant_text(room.opened),
        "updated_at": instant_text(room.updated),
        "rev": room.rev,
    }
