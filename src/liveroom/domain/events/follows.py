"""Events of who follows whom, in the stream of the user who follows."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from liveroom.domain.events.records import EventPayload, NewEvent
from liveroom.domain.follows.model import Pair
from liveroom.domain.ids import UserId
from liveroom.domain.payloads import Instant, instant_text
from liveroom.domain.rooms.alerts import RoomAlert
from liveroom.domain.rooms.model import Room


class FollowEventPayload(EventPayload):
    """Who follows, and whom."""

    user_id: str
    """Who follows."""
    followed_id: str
    """Whom."""


class AddedFollow(FollowEventPayload):
    """A user follows another now."""

    kind: ClassVar[str] = "follow.added"
    mutual: bool
    """The other one follows them too."""


class RemovedFollow(FollowEventPayload):
    """A user follows another no longer."""

    kind: ClassVar[str] = "follow.removed"


class LiveFollow(EventPayload):
    """A host is live, and these followers have not been named yet: for push services.

    It is recorded some followers at a time, in the host's stream, until all were named once or the broadcast is over.
    """

    kind: ClassVar[str] = "follow.live"
    host_id: str
    room_id: str
    broadcast_id: str
    category: str
    title: str
    cover: str
    opened_at: Instant
    follower_ids: list[str]
    """At most 1000, those first who have followed longest."""


def added(pair: Pair, at: datetime, *, mutual: bool) -> NewEvent:
    """Return the event of a new follow."""
    payload = AddedFollow(user_id=pair.follower, followed_id=pair.followed, mutual=mutual)
    return NewEvent(payload.kind, "", at, payload)


def removed(pair: Pair, at: datetime) -> NewEvent:
    """Return the event of a follow that is over."""
    payload = RemovedFollow(user_id=pair.follower, followed_id=pair.followed)
    return NewEvent(payload.kind, "", at, payload)


def live(room: Room, alert: RoomAlert, followers: Sequence[UserId], at: datetime) -> NewEvent:
    """Return the event for followers of a host who is live."""
    payload = LiveFollow(
        host_id=alert.host,
        room_id=room.id,
        broadcast_id=room.broadcast,
        category=room.category,
        title=room.title,
        cover=room.cover,
        opened_at=instant_text(alert.when),
        follower_ids=list(followers),
    )
    return NewEvent(payload.kind, room.category, at, payload)
