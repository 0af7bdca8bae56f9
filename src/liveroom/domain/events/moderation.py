"""Events of moderation in a room: bans, mutes, removals, and roles that were given."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar, NamedTuple

import msgspec

from liveroom.domain.events.records import EventPayload, NewEvent
from liveroom.domain.ids import UserId
from liveroom.domain.moderation.room_access import FOREVER, RoomAccess
from liveroom.domain.payloads import Instant, instant_text
from liveroom.domain.presence.members import Role
from liveroom.domain.rooms.model import Room

_Given = Annotated[str, msgspec.Meta(extra_json_schema={"enum": ["moderator", "anchor", "audience"]})]


class ModerationEventPayload(EventPayload):
    """What a room's owner or moderators did to a user, who need not be in it."""

    room_id: str
    broadcast_id: str
    """The broadcast in which it happened; bans, mutes and roles last beyond it."""
    category: str
    """The room's."""
    user_id: str
    by: str
    """Who did it; empty: the operator."""


class BannedMember(ModerationEventPayload):
    """The user was banned from the room."""

    kind: ClassVar[str] = "member.banned"
    until: Instant | None
    """Until when; null: permanently."""
    reason: str


class UnbannedMember(ModerationEventPayload):
    """The user's ban was lifted."""

    kind: ClassVar[str] = "member.unbanned"


class MutedMember(ModerationEventPayload):
    """The user was muted in the room."""

    kind: ClassVar[str] = "member.muted"
    until: Instant | None
    """Until when; null: permanently."""
    reason: str


class UnmutedMember(ModerationEventPayload):
    """The user was unmuted."""

    kind: ClassVar[str] = "member.unmuted"


class KickedMember(ModerationEventPayload):
    """The user was removed. They may enter again."""

    kind: ClassVar[str] = "member.kicked"
    reason: str


class AppointedMember(ModerationEventPayload):
    """The owner has appointed the user, or revoked it."""

    kind: ClassVar[str] = "member.role_given"
    role: _Given
    """``moderator`` or ``anchor``; ``audience``: no longer either."""


class _Done(NamedTuple):
    """A moderation action: where, to whom, by whom and when."""

    room: Room
    user: UserId
    by: UserId
    at: datetime

    def fields(self) -> dict[str, Any]:
        """Return the fields that every payload here has."""
        return {
            "room_id": self.room.id,
            "broadcast_id": self.room.broadcast,
            "category": self.room.category,
            "user_id": self.user,
            "by": self.by,
        }

    def event(self, payload: ModerationEventPayload) -> NewEvent:
        """Return the event with this payload."""
        return NewEvent(payload.kind, self.room.category, self.at, payload)


def kicked(room: Room, user: UserId, by: UserId, reason: str, *, at: datetime) -> NewEvent:
    """Return the event of a user who was removed and may enter again."""
    done = _Done(room, user, by, at)
    return done.event(KickedMember(**done.fields(), reason=reason))


def changes(room: Room, before: RoomAccess, after: RoomAccess) -> Sequence[NewEvent]:
    """Return the events of a changed access record."""
    done = _Done(room, after.user, after.updated_by, after.updated)
    payloads: list[ModerationEventPayload] = []
    if (before.banned_until, before.ban_reason) != (after.banned_until, after.ban_reason):
        payloads.append(_ban(done, after))
    if (before.muted_until, before.mute_reason) != (after.muted_until, after.mute_reason):
        payloads.append(_mute(done, after))
    if before.role is not after.role:
        payloads.append(AppointedMember(**done.fields(), role=(after.role or Role.AUDIENCE).value))
    return [done.event(payload) for payload in payloads]


def _ban(done: _Done, after: RoomAccess) -> ModerationEventPayload:
    if after.banned_until is None:
        return UnbannedMember(**done.fields())
    return BannedMember(**done.fields(), until=_end(after.banned_until), reason=after.ban_reason)


def _mute(done: _Done, after: RoomAccess) -> ModerationEventPayload:
    if after.muted_until is None:
        return UnmutedMember(**done.fields())
    return MutedMember(**done.fields(), until=_end(after.muted_until), reason=after.mute_reason)


def _end(until: datetime) -> str | None:
    return None if until == FOREVER else instant_text(until)
