"""What is told of people whom a room's hosts have banned, muted, evicted, or given a role."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from liveroom.domain.ids import UserId
from liveroom.domain.members import Role
from liveroom.domain.room_access import FOREVER, RoomAccess
from liveroom.domain.rooms import Room
from liveroom.domain.tellings import Telling, written

BANNED: Final = "member.banned"
UNBANNED: Final = "member.unbanned"
MUTED: Final = "member.muted"
UNMUTED: Final = "member.unmuted"
KICKED: Final = "member.kicked"
ROLE_GIVEN: Final = "member.role_given"
KINDS: Final = frozenset({BANNED, UNBANNED, MUTED, UNMUTED, KICKED, ROLE_GIVEN})


class _Done(NamedTuple):
    """To whom, by whom and when."""

    user: UserId
    by: UserId
    at: datetime


def kicked(room: Room, user: UserId, by: UserId, reason: str, *, at: datetime) -> Telling:
    """Tell that somebody was evicted; they may enter again."""
    return _about(KICKED, room, _Done(user, by, at), reason=reason)


def changes(room: Room, before: RoomAccess, after: RoomAccess) -> Sequence[Telling]:
    """Return what is told of an access record that was changed."""
    done, told = _Done(after.user, after.updated_by, after.updated), []
    if (before.banned_until, before.ban_reason) != (after.banned_until, after.ban_reason):
        told.append(_judged(room, done, (BANNED, UNBANNED), after.banned_until, after.ban_reason))
    if (before.muted_until, before.mute_reason) != (after.muted_until, after.mute_reason):
        told.append(_judged(room, done, (MUTED, UNMUTED), after.muted_until, after.mute_reason))
    if before.role is not after.role:
        told.append(_about(ROLE_GIVEN, room, done, role=(after.role or Role.AUDIENCE).value))
    return told


def _judged(room: Room, done: _Done, kinds: tuple[str, str], until: datetime | None, reason: str) -> Telling:
    given, lifted = kinds
    if until is None:
        return _about(lifted, room, done)
    return _about(given, room, done, until=None if until == FOREVER else written(until), reason=reason)


def _about(kind: str, room: Room, done: _Done, **more: Any) -> Telling:
    data = {
        "roomId": room.id,
        "broadcastId": room.broadcast,
        "category": room.category,
        "userId": done.user,
        "by": done.by,
    }
    return Telling(kind, room.category, done.at, data | more)
