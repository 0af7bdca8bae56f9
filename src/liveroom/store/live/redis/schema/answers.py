"""What scripts answer, packed or as lists."""

from typing import NamedTuple

import msgspec

from liveroom.domain.ids import EntryId, RoomId, SessionId, UserId


class UserEntryRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A presence entry that is to end. ``spared`` (1): unless its user is subscribed to the room."""

    user: UserId
    id: EntryId
    session: SessionId
    room: RoomId
    host: int
    spared: int = 0


class MemberEntryRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A presence entry of a member of the room that the script was about."""

    user: UserId
    session: SessionId
    id: EntryId
    host: int


class TakenRow(msgspec.Struct, array_like=True, frozen=True):
    """The presence entry that a session has in a room now. ``name`` False: no profile is known;
    ``avatar``: as in the record; ``former``: its other
    audience entries; ``keepalive`` (1): it sends keepalives."""

    id: EntryId
    name: str | bool
    avatar: str | tuple[str, str]
    former: list[UserEntryRow]
    keepalive: int


class OnlookerRow(NamedTuple):
    """What a user is to a room for which something was arranged; ``role``: the one that they were appointed to."""

    owner: int
    holder: int
    member: int
    role: int
    banned_until: int
    invited: int


class HeirCandidateRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A member who may inherit their room. ``appointed``: 0 to nothing, 1 anchor, 3 moderator; ``hosts`` (1)."""

    user: UserId
    order: int
    appointed: int
    hosts: int


class KeptMetadataRow(NamedTuple):
    """A room's metadata; ``announced`` (1): an event told the room of it."""

    version: int
    value: str | bytes
    announced: int
