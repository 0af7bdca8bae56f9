"""Who may do what in a room: one table, read by every use case and by the docs.

A rank is what somebody is to the room, whether they are in it or not, but for anchors and speakers, who have to be.
Whoever hosts only because the category lets anybody host has a label, a seat and the right to publish, and no authority
over others: they rank as audience.
"""

from enum import IntEnum, StrEnum
from typing import Final

from liveroom.domain.errors import PermissionDenied
from liveroom.domain.ids import UserId
from liveroom.domain.presence.members import Role


class Rank(IntEnum):
    """What somebody is to a room; the higher one outranks the lower."""

    AUDIENCE = 0
    """Anybody, member or not."""
    SPEAKER = 1
    """A member in a seat."""
    ANCHOR = 2
    """A host whom the owner has appointed. Hosts whom only the category allows to host rank as audience."""
    MODERATOR = 3
    """Appointed by the owner, in the room or not."""
    OWNER = 4
    """The owner of the broadcast."""
    ADMIN = 5
    """An admin of the tenant."""


class Right(StrEnum):
    """What one may do."""

    APPOINT = "appoint"
    """Appointing moderators and anchors, and revoking that."""
    TRANSFER = "transfer"
    """Handing the broadcast over to another owner."""
    CONFIGURE = "configure"
    """Changing the room's texts, picture, access, password and end time; closing the room."""
    ARRANGE = "arrange"
    """Changing slow mode, the room-wide mute, what is for followers only, the number and mode of seats, and the
    metadata."""
    SEAT = "seat"
    """Approving and declining applications for seats; inviting to, moving, locking, muting and clearing seats."""
    RECORD = "record"
    """Starting a recording of the broadcast."""
    CONNECT = "connect"
    """Connecting the room with others: asking them, answering them, leaving."""
    STREAM = "stream"
    """Pushing a stream of one's own to the room. Those of others are stopped by whoever may ``oversee``."""
    ACTIVITIES = "activities"
    """Starting polls, predictions and other activities; steering and ending them; reading who has voted what."""
    INVITE = "invite"
    """Inviting users to an invitation-only room."""
    SPEAK_UP = "speak_up"
    """Sending messages of high priority; ignoring slow mode, the room-wide mute and that only followers write."""
    RECALL = "recall"
    """Recalling other users' messages."""
    PIN = "pin"
    """Pinning a message for everybody in the room, and unpinning it."""
    MUTE = "mute"
    """Muting and unmuting users."""
    KICK = "kick"
    """Removing users, who may enter again."""
    BAN = "ban"
    """Banning users, and lifting bans."""
    OVERSEE = "oversee"
    """Reading reports, the audit log, and who is muted or banned."""


LEAST: Final[dict[Right, Rank]] = {
    Right.APPOINT: Rank.OWNER,
    Right.TRANSFER: Rank.OWNER,
    Right.CONFIGURE: Rank.OWNER,
    Right.ARRANGE: Rank.MODERATOR,
    Right.SEAT: Rank.ANCHOR,
    Right.RECORD: Rank.OWNER,
    Right.CONNECT: Rank.OWNER,
    Right.STREAM: Rank.ANCHOR,
    Right.ACTIVITIES: Rank.ANCHOR,
    Right.INVITE: Rank.ANCHOR,
    Right.SPEAK_UP: Rank.ANCHOR,
    Right.RECALL: Rank.MODERATOR,
    Right.PIN: Rank.ANCHOR,
    Right.MUTE: Rank.MODERATOR,
    Right.KICK: Rank.MODERATOR,
    Right.BAN: Rank.MODERATOR,
    Right.OVERSEE: Rank.MODERATOR,
}
"""The least rank that has each right."""


def rank_of(user: UserId, *, owner: UserId, role: Role | None, appointed: Role | None, admin: bool = False) -> Rank:
    """Return a user's rank: ``role`` is theirs as a member (None: not in the room), ``appointed`` by the owner.

    A host who was not appointed is none by rank: what such a role gives is their own seat and what they publish.
    """
    if admin:
        return Rank.ADMIN
    if user == owner:
        return Rank.OWNER
    if appointed is Role.MODERATOR or role is Role.MODERATOR:
        return Rank.MODERATOR
    if appointed is Role.ANCHOR and role is not None and role.is_host:
        return Rank.ANCHOR
    return Rank.SPEAKER if role is Role.SPEAKER else Rank.AUDIENCE


def may(rank: Rank, right: Right) -> bool:
    """Say whether somebody of that rank may do it."""
    return rank >= LEAST[right]


def check_outranks(rank: Rank, other: Rank) -> None:
    """Raise ``PermissionDenied`` unless the actor outranks the target."""
    if rank <= other:
        raise PermissionDenied
