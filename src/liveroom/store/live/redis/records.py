"""What the scripts keep, as Python reads and writes it: packed arrays, whose fields scripts call by the same names."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from liveroom.domain.ids import BroadcastId, EntryId, RoomId, SessionId, StayId, TenantName, UserId
from liveroom.domain.moments import at, moment
from liveroom.domain.presence.members import LeaveReason, Member, PresenceEntry, Role, Stay, displayed_role
from liveroom.domain.presence.outside import NUMBERS
from liveroom.domain.presence.sightings import OutsidePresence, see
from liveroom.domain.presence.signs import Source
from liveroom.store.live.redis.schema.answers import MemberEntryRow, TakenRow, UserEntryRow
from liveroom.store.live.redis.schema.given import RestoredStayRow

_ROLES: Final = (Role.AUDIENCE, Role.ANCHOR, Role.OWNER, Role.MODERATOR, Role.SPEAKER)
_REASONS: Final[dict[str, LeaveReason | None]] = {"": None, **{reason.value: reason for reason in LeaveReason}}
_OUTSIDE: Final = {number: source for source, number in NUMBERS.items()}
ROLE_NUMBERS: Final = {role: number for number, role in enumerate(_ROLES)}

pack: Final = msgspec.msgpack.Encoder().encode
unpack: Final = msgspec.msgpack.Decoder().decode


def moment_or_never(when: datetime | None) -> int:
    """Return a time as the store keeps it; 0 for none."""
    return 0 if when is None else moment(when)


class SocketRow(msgspec.Struct, array_like=True, frozen=True):
    """A socket of a session; ``since`` in seconds."""

    client: str
    expires: int
    since: int
    closed: int = 0


class SessionRow(msgspec.Struct, array_like=True, frozen=True):
    """A session in a user's record. ``expires`` is its calls' lease, 0 when none has counted."""

    id: str
    since: int
    expires: int
    keepalive: int
    issued: int = 0
    sockets: tuple[SocketRow, ...] = ()

    def until(self) -> int:
        """Return when the last of its leases is over."""
        return max([self.expires, *(socket.expires for socket in self.sockets)])

    def sources(self) -> list[tuple[str, int, int]]:
        """Return what vouches for the session: what it is, since when, until when."""
        calls = [("keepalive" if self.keepalive else "calls", self.since, self.expires)] if self.expires else []
        return calls + [("socket", socket.since * 1000, socket.expires) for socket in self.sockets]


class EntryRow(msgspec.Struct, array_like=True, frozen=True):
    """A presence entry in a user's record.

    ``session``: an id, or the number of a session of the record, from 1. ``entered`` in seconds. ``going``: since when
    it has been told to end. ``replaced_by``: the entry that took its place in the session. ``restored`` (1): it was
    filled from SQL, and its user has not entered since.
    """

    id: str
    session: str | int
    room: str
    entered: int
    host: int
    going: int = 0
    replaced_by: str | bool = False
    replaced_at: int = 0
    restored: int = 0


class OutsideRow(msgspec.Struct, array_like=True, frozen=True):
    """What an outside source says of a user; ``vouches`` 0: it has ended, which is remembered for a while."""

    source: int
    room: str
    who: str
    started: int
    ended: int
    expires: int
    since: int
    vouches: int

    @classmethod
    def of(cls, one: OutsidePresence) -> "OutsideRow":
        """Return what is kept of a presence."""
        return cls(
            NUMBERS[one.source], one.room or "", one.who, one.started, one.ended, one.expires, one.since,
            int(one.vouches),
        )  # fmt: skip

    def value(self) -> OutsidePresence:
        """Return the presence."""
        room = RoomId(self.room) if self.room else None
        return OutsidePresence(
            _OUTSIDE[self.source], room, self.who, self.since, self.started, self.ended, self.expires,
            self.vouches == 1,
        )  # fmt: skip


class DecidedRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What outside sources say of a user after a report, and what was ``known`` before it."""

    user: UserId
    known: list[OutsideRow]
    outside: list[OutsideRow]


class UserRow(msgspec.Struct, array_like=True, frozen=True):
    """A user's record."""

    name: str | bool
    avatar: str | tuple[str, str]
    """With who has blocked the user, if anybody has."""
    due: int
    sessions: list[SessionRow]
    entries: list[EntryRow]
    online_since: int | bool = 0
    outside: tuple[OutsideRow, ...] = ()

    def since(self) -> int:
        """Return since when the user is online."""
        known = [row.since for row in self.outside if row.vouches]
        known += [self.online_since] if self.online_since else []
        return min([*known, *(row.since for row in self.sessions)])

    def is_online(self, now: int) -> bool:
        """Say whether anything vouches for the user."""
        vouched = any(row.vouches and row.expires > now for row in self.outside)
        return vouched or any(session.until() > now for session in self.sessions)

    def sources(self, now: int) -> list[Source]:
        """Return what every source says of the user."""
        found = [
            Source(SessionId(session.id), source, since=at(since), expires=at(expires), alive=expires > now)
            for session in self.sessions
            for source, since, expires in session.sources()
        ]
        return found + [row.value().value(now) for row in self.outside if row.started]

    def is_seen(self, room: RoomId, now: int) -> bool:
        """Say whether an outside source sees the user in the room."""
        return see([row.value() for row in self.outside if row.expires > now], room)

    def named(self, user: UserId) -> list[PresenceEntry]:
        """Return the presence entries."""
        return [
            PresenceEntry(
                EntryId(row.id),
                user,
                SessionId(row.session if isinstance(row.session, str) else self.sessions[row.session - 1].id),
                RoomId(row.room),
                row.host == 1,
            )
            for row in self.entries
        ]

    def newest(self) -> EntryRow | None:
        """Return the entry made last."""
        return max(reversed(self.entries), key=lambda row: row.entered, default=None)


class MemberRow(msgspec.Struct, array_like=True, frozen=True):
    """A member's record.

    ``role``: 0 audience, 1 anchor, 2 owner. ``stay`` False: the id of the first entry. ``entries``: session and
    presence entry by turns. ``marks``: 1 a moderator, 2 has a seat. ``seat``, ``mutes``: of the seat. As what a member
    is displayed follows from ``role`` and ``marks``.
    """

    role: int
    label: str
    name: str
    avatar: str
    joined: int
    order: int
    stay: str | bool
    entries: list[str]
    keepalive: int = 0
    marks: int = 0
    seat: int = 0
    mutes: int = 0

    def value(self, user: str) -> Member:
        """Return the member."""
        shown, joined = self._displayed_role(), at(self.joined)
        return Member(UserId(user), self.name, self.avatar, shown, joined, self.order, self.seat, self.mutes)

    def _displayed_role(self) -> Role:
        role = _ROLES[self.role]
        return displayed_role(role, moderates=self.marks & 1 == 1, seated=self.marks > 1) if self.marks else role

    def named(self, user: UserId, room: RoomId) -> list[PresenceEntry]:
        """Return the member's presence entries as user records name them."""
        return [
            PresenceEntry(EntryId(entry), user, SessionId(session), room, self.role > 0)
            for session, entry in _pairs(self.entries)
        ]


class StayRow(msgspec.Struct, array_like=True, gc=False):
    """A journaled stay."""

    id: StayId
    tenant: TenantName
    broadcast: BroadcastId
    room: RoomId
    user: UserId
    role: int
    name: str
    avatar: str
    entered: int
    order: int
    entries: list[str]
    version: int
    left: int | bool
    reason: str
    keepalive: int = 0
    seat: int = 0
    mutes: int = 0

    def value(self) -> Stay:
        """Return the stay."""
        texts: Iterator[Any] = iter(self.entries)
        return Stay(
            self.id, self.tenant, self.broadcast, self.room, self.user, _ROLES[self.role], self.name, self.avatar,
            at(self.entered), self.order, tuple(zip(texts, texts, strict=True)), self.version,
            None if self.left is False else at(self.left), _REASONS[self.reason], self.keepalive == 1, self.seat,
            self.mutes,
        )  # fmt: skip


read_user: Final = msgspec.msgpack.Decoder(UserRow).decode
read_member: Final = msgspec.msgpack.Decoder(MemberRow).decode
read_seated: Final = msgspec.msgpack.Decoder(list[tuple[UserId, MemberRow]]).decode
read_stay: Final = msgspec.msgpack.Decoder(StayRow).decode
_read_going: Final = msgspec.msgpack.Decoder(list[UserEntryRow]).decode
_read_member_entries: Final = msgspec.msgpack.Decoder(list[MemberEntryRow]).decode


def write_blockers(blockers: Sequence[UserId]) -> str:
    """Return who has blocked a user as one text, in which a script finds an id between two ends of lines."""
    return "\n" + "\n".join(blockers) + "\n" if blockers else ""


def read_blockers(text: str) -> tuple[UserId, ...]:
    """Return who has blocked a user."""
    return tuple(map(UserId, text.split()))


read_taken: Final = msgspec.msgpack.Decoder(TakenRow).decode


def read_going(packed: bytes) -> tuple[list[PresenceEntry], list[PresenceEntry]]:
    """Return presence entries that are to end, and those that are unless a subscription to their room vouches."""
    rows = _read_going(packed)
    return user_entries([row for row in rows if not row.spared]), user_entries([row for row in rows if row.spared])


def member_entries(room: RoomId, packed: bytes) -> list[PresenceEntry]:
    """Return the presence entries of members of one room."""
    return [PresenceEntry(row.id, row.user, row.session, room, row.host == 1) for row in _read_member_entries(packed)]


def user_entries(rows: Sequence[UserEntryRow]) -> list[PresenceEntry]:
    """Return the presence entries that a script of a user bucket answers."""
    return [PresenceEntry(row.id, row.user, row.session, row.room, row.host == 1) for row in rows]


def read_role(number: int) -> Role:
    """Return the role that has this number."""
    return _ROLES[number]


def restored_stay(stay: Stay) -> RestoredStayRow:
    """Return a stay as a rebuild hands it to its room."""
    entries: list[str] = [text for pair in stay.entries for text in pair]
    return RestoredStayRow(
        stay.id, stay.user, ROLE_NUMBERS[stay.role], stay.name, stay.avatar, moment(stay.entered), stay.order, entries,
        int(stay.keepalive), stay.seat, stay.mutes,
    )  # fmt: skip


def _pairs(texts: Sequence[str]) -> Sequence[tuple[str, str]]:
    return list(zip(texts[::2], texts[1::2], strict=True))
