"""The arguments of scripts on the records of users."""

from typing import NamedTuple

from liveroom.domain.ids import EntryId, RoomId, SessionId, UserId


class UserWaits(NamedTuple):
    """The timeouts that every script on users' records goes by, in ms."""

    wait_keepalive: int
    wait_silent: int
    wait_host: int
    wait_audience: int


class SocketsArguments(NamedTuple):
    """Sockets that are opened, renewed or closed, packed, and how long they count, in ms."""

    sockets: bytes
    lease: int
    grace: int


class TakeEntryArguments(NamedTuple):
    """A session enters a room. ``kind``, ``issued``: as in ``HeartbeatRow``."""

    user: UserId
    session: SessionId
    kind: int
    issued: int
    room: RoomId
    entry: EntryId
    host: int


class DropEntriesArguments(NamedTuple):
    """Presence entries that are over. ``entries``: packed ``NamedEntryRow``."""

    entries: bytes
    refused: int


class EndSessionsArguments(NamedTuple):
    """Sessions of a user that end. ``sessions``: packed ids. ``original_before``: "" for never."""

    user: UserId
    sessions: bytes
    at: int
    original_before: int | str
    remembered: int


class ExpireUsersArguments(NamedTuple):
    """How much one expiry does in a bucket."""

    looks: int
    most: int
    gap: int
    remembered: int


class LoadUsersArguments(NamedTuple):
    """A part of a bucket that is rebuilt: packed ``RestoredUserRow``, ``NamedEntryRow`` and ``EndedRow``."""

    users: bytes
    dropped: bytes
    ended: bytes


class PutProfileArguments(NamedTuple):
    """A user's name and picture for their record, and who has blocked them. ``blockers``: each behind a line's end, and
    one more behind the last; "" for nobody. ``first`` (1): only if the record has no name.
    """

    user: UserId
    name: str
    avatar: str
    blockers: str
    first: int


class ProfileArguments(NamedTuple):
    """A user's name and picture, for a room that they are in."""

    user: UserId
    name: str
    avatar: str
