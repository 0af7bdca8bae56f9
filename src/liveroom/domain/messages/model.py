"""Messages of a room: what one is, how many may be said in what time, and who may take one back.

How they are counted is in ``pace``; the numbers stand here.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple
from zlib import crc32

from liveroom.domain.errors import BadRequest, RateLimited, SlowMode, UserMuted
from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.moderation.room_access import FOREVER
from liveroom.domain.moments import seconds_to_wait
from liveroom.domain.presence.members import Role

TEXT_MAX: Final = 500
DATA_MAX: Final = 2048
"""Bytes of JSON."""
KEY_MAX: Final = 64
PAGE_MAX: Final = 100
KEPT: Final = 200
"""A room's newest messages, which history shows without SQL."""
KEYS_KEPT: Final = 8
"""Keys of a member's last messages, by which one that is sent again is known."""
REMEMBERED: Final = timedelta(minutes=10)
"""How long a room remembers the times and keys of a user's last messages, even after they left."""
RECALLED_WITHIN: Final = timedelta(minutes=2)
"""How long people may take back what they said."""
QUOTED: Final = 80
"""Characters of a message that a reply to it shows."""
MENTIONS_MAX: Final = 10
"""Users whom one message mentions."""

EACH_WINDOW: Final = timedelta(seconds=10)
ROOM_WINDOW: Final = timedelta(seconds=1)
HIGH_A_SECOND: Final = 20
"""Messages of high priority in a second: they have an allowance of their own, which a flood of others leaves alone."""
CROWD_BYTES: Final = 48 * 1024
"""Bytes of all other events in a second."""
HIGH_BYTES: Final = 16 * 1024
"""Bytes of their events in a second: together 64 KB, what a returning subscriber is given at most."""


class MessageType(StrEnum):
    """Whose a message is."""

    TEXT = "text"
    CUSTOM = "custom"
    """JSON that the apps agree on."""
    NOTICE = "notice"
    """The operator's, of nobody in the room."""


class Priority(StrEnum):
    """What gives way in a flood."""

    LOW = "low"
    """Is said only while the room's second is less than half used."""
    NORMAL = "normal"
    HIGH = "high"
    """Hosts and moderators only: leaves at once."""


class Draft(NamedTuple):
    """What somebody is about to say."""

    type: MessageType
    priority: Priority
    text: str = ""
    data: bytes = b""
    """JSON, b"" for none."""
    key: str = ""
    """Sent again with the same key it is the same message."""
    reply_to: int = 0
    """The number of the message that it answers; 0: none."""
    mentions: tuple[UserId, ...] = ()
    """Users to be mentioned: those who are in the room are."""


class Quote(NamedTuple):
    """What a reply shows of the message that it answers."""

    number: int
    broadcast: BroadcastId
    user: UserId
    name: str
    text: str
    """At most ``QUOTED`` characters; "" of a message that has only data or was taken back."""


class Message(NamedTuple):
    """What was said. In its room a greater ``number`` is later; no other message of the room ever has it."""

    room: RoomId
    tenant: TenantName
    broadcast: BroadcastId
    number: int
    at: datetime
    user: UserId
    """"" for a notice."""
    name: str
    avatar: str
    role: Role | None
    """As what they said it; None for a notice."""
    type: MessageType
    priority: Priority
    text: str
    data: bytes
    recalled: datetime | None = None
    """When it was taken back; ``text`` and ``data`` are empty then."""
    recalled_by: UserId = UserId("")
    reply_to: int = 0
    """The number of the message that it answers; 0: none."""
    mentions: tuple[UserId, ...] = ()
    quote: Quote | None = None
    """What it shows of that message: looked up when it is said or read, and kept nowhere."""

    @property
    def id(self) -> str:
        """Return what clients call it."""
        return str(self.number)

    @property
    def fingerprint(self) -> int:
        """Return 32 bits by which a vendor knows it again when it is sent twice."""
        return crc32(f"{self.room}:{self.number}".encode())


class Allowed(NamedTuple):
    """How much may be said."""

    each: int = 10
    """Messages of one member in ``EACH_WINDOW``; 0: no limit."""
    room: int = 40
    """Of a room in a second, without those of high priority."""
    unsaved: int = 20_000
    """Messages of a bucket of rooms that may wait for SQL; at this limit further ones are refused, so that none is
    lost."""


def read_number(id: str) -> int | None:
    """Return the number of a message's id; None for what is none."""
    if not (id.isascii() and id.isdigit() and len(id) <= 15):
        return None
    return int(id)


def check_draft(draft: Draft) -> None:
    """Raise ``BadRequest`` for what nobody can say."""
    if draft.type is MessageType.NOTICE:
        raise BadRequest("type: must be text or custom")
    if draft.type is MessageType.TEXT and not draft.text.strip():
        raise BadRequest("text: required")
    if draft.type is MessageType.CUSTOM and not draft.data:
        raise BadRequest("data: required")


def muted_until(until: datetime) -> UserMuted:
    """Return the refusal of somebody who is muted until then."""
    is_for_ever = until.year == FOREVER.year
    return UserMuted("" if is_for_ever else f"{until.isoformat(' ', 'seconds')[:19]} UTC")


def too_often(wait: timedelta) -> RateLimited:
    """Return the refusal of a message that comes too early by this time."""
    return RateLimited(f"{seconds_to_wait(wait)} s", retry_after=wait)


def slowed(wait: timedelta) -> SlowMode:
    """Return the refusal of a message that slow mode holds back for this time."""
    return SlowMode(str(seconds_to_wait(wait)), retry_after=wait)


def is_still_theirs(message: Message, user: UserId, now: datetime) -> bool:
    """Say whether the user may take it back because they said it, a moment ago."""
    return message.user == user and now - message.at <= RECALLED_WITHIN


def recalled(message: Message, by: UserId, at: datetime) -> Message:
    """Return the message without its words."""
    return _emptied(message)._replace(recalled=at, recalled_by=by)


def quote_of(message: Message) -> Quote:
    """Return what replies show of a message."""
    text = message.text if len(message.text) <= QUOTED else message.text[: QUOTED - 1] + "…"
    return Quote(message.number, message.broadcast, message.user, message.name, text)


def forgotten(message: Message, user: UserId, pseudonym: UserId) -> Message:
    """Return the message without what it says of a user, or what they said."""
    if message.recalled_by == user:
        message = message._replace(recalled_by=pseudonym)
    if message.user == user:
        message = _emptied(message)._replace(user=pseudonym, name="", avatar="")
    return message


def _emptied(message: Message) -> Message:
    return message._replace(text="", data=b"", reply_to=0, mentions=())
