"""Events of who follows whom, in the stream of the user who follows."""

from datetime import datetime
from typing import ClassVar

from liveroom.domain.events.records import EventPayload, NewEvent
from liveroom.domain.follows.model import Pair


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


def added(pair: Pair, at: datetime, *, mutual: bool) -> NewEvent:
    """Return the event of a new follow."""
    payload = AddedFollow(user_id=pair.follower, followed_id=pair.followed, mutual=mutual)
    return NewEvent(payload.kind, "", at, payload)


def removed(pair: Pair, at: datetime) -> NewEvent:
    """Return the event of a follow that is over."""
    payload = RemovedFollow(user_id=pair.follower, followed_id=pair.followed)
    return NewEvent(payload.kind, "", at, payload)
