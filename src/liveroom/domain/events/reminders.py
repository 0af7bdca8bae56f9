"""Events of reminders, in the stream of the user whose broadcast it is."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from liveroom.domain.events.records import EventPayload, NewEvent
from liveroom.domain.ids import UserId
from liveroom.domain.payloads import Instant, instant_text
from liveroom.domain.rooms.alerts import RoomAlert
from liveroom.domain.rooms.model import Room


class DueReminders(EventPayload):
    """A scheduled broadcast begins soon, has begun or was cancelled, and these users want to hear of it: for push
    services.

    It is recorded some users at a time, in the host's stream, until all were named once for each reason.
    """

    kind: ClassVar[str] = "reminder.due"
    reason: str
    """``soon``, ``live`` or ``cancelled``."""
    host_id: str
    room_id: str
    broadcast_id: str
    """Empty until it has begun."""
    category: str
    title: str
    cover: str
    starts_at: Instant
    """When it begins or was to begin; for ``live``, when it has begun."""
    user_ids: list[str]
    """At most 1000, those first who asked first."""


def due(room: Room, alert: RoomAlert, users: Sequence[UserId], at: datetime) -> NewEvent:
    """Return the event for users who want to be reminded."""
    payload = DueReminders(
        reason=alert.kind.value,
        host_id=alert.host,
        room_id=room.id,
        broadcast_id=alert.broadcast,
        category=room.category,
        title=room.title,
        cover=room.cover,
        starts_at=instant_text(alert.when),
        user_ids=list(users),
    )
    return NewEvent(payload.kind, room.category, at, payload)
