"""What an enter and a leave ask of the live store, and what they get: two steps, the user's bucket and the room's."""

from typing import NamedTuple

from liveroom.domain.accounts.users import Profile
from liveroom.domain.ids import EntryId, RoomId, SessionId, StayId, TenantName, UserId
from liveroom.domain.presence.members import PresenceEntry, Role
from liveroom.domain.presence.signs import Heartbeat
from liveroom.domain.privacy.visibility import Onlooker
from liveroom.domain.rooms.model import LiveRoom


class PresenceClaim(NamedTuple):
    """A session claims a presence entry of a room, in its user's bucket (the first half of an enter)."""

    heartbeat: Heartbeat
    room: RoomId
    entry: EntryId
    host: bool


class ClaimedPresence(NamedTuple):
    """The presence entry that the session has: the new one, or the one that it had in that room already.

    One that was about to end counts as over: whoever ends it must not end the new one.
    """

    entry: EntryId
    profile: Profile | None
    """What the user's record knows of their name and picture; None when it knows nothing."""
    former: tuple[PresenceEntry, ...]
    """Audience presence entries of the session elsewhere, which this enter ends."""
    keepalive: bool
    """The session has sent a keepalive."""
    blockers: tuple[UserId, ...] = ()
    """Who has blocked the user, as their record keeps it with the profile (``kept_blockers``)."""


class Admission(NamedTuple):
    """A user who asks to be admitted to a room (the second half of an enter)."""

    tenant: TenantName
    """A room of another tenant is not found."""
    room: RoomId
    user: UserId
    session: SessionId
    entry: EntryId
    stay: StayId
    """Of the stay that begins with it, if one does: another each time, also where the session kept its presence
    entry.
    """
    wanted: Role | None
    label: str
    profile: Profile
    admin: bool
    anyone_hosts: bool
    keepalive: bool
    """The session has sent a keepalive."""
    password: str = ""
    """What they gave as the room's password, as a keyed digest."""
    link: str = ""
    """The key of the link by which they come."""
    blockers: tuple[UserId, ...] = ()
    """Who has blocked the user: rooms of theirs do not let the user in."""


class Looked(NamedTuple):
    """A live room, and its viewer; None: the room has no access records, and everybody sees it."""

    room: LiveRoom
    onlooker: Onlooker | None


class Entered(NamedTuple):
    """The member's role, and the room with them in it."""

    role: Role
    room: LiveRoom
    reappeared: bool
    """The room was hidden and is now to be listed again."""


class Left(NamedTuple):
    """What leaving changed: ``entry`` is the presence entry that ended, ``hidden`` says that the room now has no host.

    ``seated``: a seat was left with it.
    """

    entry: PresenceEntry
    room: LiveRoom
    hidden: bool
    seated: bool = False
