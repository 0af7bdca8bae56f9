"""What Python packs for scripts: a list of such records is one argument."""

import msgspec

from liveroom.domain.ids import EntryId, RoomId, SessionId, StayId, UserId


class HeartbeatRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A heartbeat. ``kind``: 0 a call, 1 a keepalive, 2 a call by a socket; ``issued``: when the token was, in ms."""

    user: UserId
    session: SessionId
    kind: int
    issued: int


class OpeningRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A socket that is opened.

    ``devices``: what happens to the user's others: 0 nothing, 1 they end, 2 it is refused.
    """

    user: UserId
    session: SessionId
    client: str
    issued: int
    devices: int


class NamedSocketRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A socket that is renewed, or closed."""

    user: UserId
    session: SessionId
    client: str


class NamedEntryRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A presence entry that is dropped, or spared."""

    user: UserId
    id: EntryId


class EndedRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Sessions of a user that are over, and those of the original that were issued before a time (False: none)."""

    user: UserId
    sessions: list[SessionId]
    at: int
    original_before: int | bool


class RestoredEntryRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A presence entry as SQL knows it, when its user's bucket is rebuilt."""

    id: EntryId
    session: SessionId
    room: RoomId
    host: int
    keepalive: int


class RestoredUserRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A user's presence entries as SQL knows them."""

    user: UserId
    entries: list[RestoredEntryRow]


class RestoredStayRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A stay as SQL knows it, when its room's bucket is rebuilt. ``entries``: session and presence entry by turns."""

    id: StayId
    user: UserId
    role: int
    name: str
    avatar: str
    entered: int
    order: int
    entries: list[str]
    keepalive: int
    seat: int
    mutes: int


class UserAccessRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What was arranged for a user in a room. ``role``: 0 none, 1 anchor, 3 moderator; times 0: not."""

    user: UserId
    role: int
    banned_until: int
    muted_until: int
    invited: int
    rev: int


class AnnouncedRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """An event about a request for a seat; ``data`` is JSON."""

    kind: str
    data: str
    by: str


class LikeRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Likes of one user; ``batch`` names them, so that they count once ("": it has no name)."""

    user: UserId
    batch: str
    likes: int


class GiftRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A gift. ``data``: JSON of its event; ``urgent`` (1): that leaves at once."""

    sender: UserId
    receiver: UserId
    coins: int
    count: int
    data: str
    urgent: int


class RankRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A user and the coins that they have sent or were sent, when a room's bucket is rebuilt."""

    user: UserId
    coins: int


class ListedRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A room for the list. ``opened`` in ms."""

    room: RoomId
    version: int
    category: str
    opened: int
    joined: int
    listed: int
    members: int
    likes: int
    heat: int
    zone: int
