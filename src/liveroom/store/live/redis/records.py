"""What the scripts keep, as Python reads and writes it: packed arrays, whose fields the Lua preludes name."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from liveroom.domain.ids import BroadcastId, PlaceId, RoomId, SessionId, StayId, TenantName, UserId
from liveroom.domain.members import LeaveReason, Member, Place, Role, Stay
from liveroom.domain.rooms import HostPolicy, LiveRoom, Room

_EPOCH: Final = datetime.fromtimestamp(0, UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_ROLES: Final = (Role.AUDIENCE, Role.ANCHOR, Role.OWNER)
ROLE_NUMBERS: Final = {role: number for number, role in enumerate(_ROLES)}

pack: Final = msgspec.msgpack.Encoder().encode
unpack: Final = msgspec.msgpack.Decoder().decode


def milliseconds(span: timedelta) -> int:
    """Return a span in whole milliseconds."""
    return span // _MILLISECOND


def moment(when: datetime) -> int:
    """Return a time as the store keeps it: in milliseconds."""
    return (when - _EPOCH) // _MILLISECOND


def at(when: int) -> datetime:
    """Return a time that the store kept."""
    return _EPOCH + when * _MILLISECOND


class SessionRow(msgspec.Struct, array_like=True, frozen=True):
    """A session in a user's record."""

    id: str
    since: int
    expires: int
    keepalive: int
    issued: int = 0


class PlaceRow(msgspec.Struct, array_like=True, frozen=True):
    """A place in a user's record; ``session`` is an id, or the number of a session of the record, from 1."""

    id: str
    session: str | int
    room: str
    entered: int
    host: int
    going: int = 0
    superseded_by: str | bool = False
    superseded_at: int = 0


class UserRow(msgspec.Struct, array_like=True, frozen=True):
    """A user's record."""

    name: str | bool
    avatar: str
    due: int
    sessions: list[SessionRow]
    places: list[PlaceRow]
    online_since: int = 0

    def since(self) -> int:
        """Return since when the user is online."""
        return min([*([self.online_since] if self.online_since else []), *(row.since for row in self.sessions)])

    def named(self, user: UserId) -> list[Place]:
        """Return the places."""
        return [
            Place(
                PlaceId(row.id),
                user,
                SessionId(row.session if isinstance(row.session, str) else self.sessions[row.session - 1].id),
                RoomId(row.room),
                row.host == 1,
            )
            for row in self.places
        ]

    def newest(self) -> PlaceRow | None:
        """Return the place taken last."""
        return max(reversed(self.places), key=lambda row: row.entered, default=None)


class MemberRow(msgspec.Struct, array_like=True, frozen=True):
    """A member's record. ``places``: session and place by turns."""

    role: int
    label: str
    name: str
    avatar: str
    joined: int
    order: int
    stay: str | bool
    places: list[str]
    keepalive: int = 0

    def value(self, user: str) -> Member:
        """Return the member."""
        return Member(UserId(user), self.name, self.avatar, _ROLES[self.role], at(self.joined), self.order)

    def named(self, user: UserId, room: RoomId) -> list[Place]:
        """Return the member's places as user records name them."""
        return [
            Place(PlaceId(place), user, SessionId(session), room, self.role > 0)
            for session, place in _pairs(self.places)
        ]


class StayRow(msgspec.Struct, array_like=True, frozen=True):
    """A journaled stay."""

    id: str
    tenant: str
    broadcast: str
    room: str
    user: str
    role: int
    name: str
    avatar: str
    entered: int
    order: int
    places: list[str]
    version: int
    left: int | bool
    reason: str
    keepalive: int = 0

    def value(self) -> Stay:
        """Return the stay."""
        left = None if self.left is False else at(self.left)
        return Stay(
            id=StayId(self.id),
            tenant=TenantName(self.tenant),
            broadcast=BroadcastId(self.broadcast),
            room=RoomId(self.room),
            user=UserId(self.user),
            role=_ROLES[self.role],
            name=self.name,
            avatar=self.avatar,
            entered=at(self.entered),
            order=self.order,
            places=tuple((SessionId(session), PlaceId(place)) for session, place in _pairs(self.places)),
            version=self.version,
            left=left,
            reason=LeaveReason(self.reason) if self.reason else None,
            keepalive=self.keepalive == 1,
        )


class FixedRow(msgspec.Struct, array_like=True, frozen=True):
    """What only a newer row changes of a room."""

    tenant: str
    owner: str
    holder: str
    hosts: int
    capacity: int
    broadcast: str
    rev: int
    category: str
    opened: int

    @classmethod
    def of(cls, room: Room, policy: HostPolicy) -> "FixedRow":
        """Return what is kept of a row."""
        return cls(
            room.tenant, room.owner, room.holder, int(policy is HostPolicy.HOSTS), room.capacity,
            room.broadcast, room.rev, room.category, moment(room.opened),
        )  # fmt: skip


read_user: Final = msgspec.msgpack.Decoder(UserRow).decode
read_member: Final = msgspec.msgpack.Decoder(MemberRow).decode
read_stay: Final = msgspec.msgpack.Decoder(StayRow).decode
_read_fixed: Final = msgspec.msgpack.Decoder(FixedRow).decode
_read_named: Final = msgspec.msgpack.Decoder(list[tuple[str, str, str, str, int]]).decode
_read_member_places: Final = msgspec.msgpack.Decoder(list[tuple[str, str, str, int]]).decode
_read_placed: Final = msgspec.msgpack.Decoder(
    tuple[str, str | bool, str, list[tuple[str, str, str, str, int]], int]
).decode


def read_places(packed: bytes) -> list[Place]:
    """Return places that a script named."""
    return _places(_read_named(packed))


def member_places(room: RoomId, packed: bytes) -> list[Place]:
    """Return the places of members of one room."""
    return [
        Place(PlaceId(place), UserId(user), SessionId(session), room, host == 1)
        for user, session, place, host in _read_member_places(packed)
    ]


def read_placed(packed: bytes) -> tuple[PlaceId, str | bool, str, list[Place], bool]:
    """Return the place, name, avatar and former places of a session that takes a place, and if it sends keepalives."""
    place, name, avatar, former, keepalive = _read_placed(packed)
    return PlaceId(place), name, avatar, _places(former), keepalive == 1


def _places(rows: Sequence[tuple[str, str, str, str, int]]) -> list[Place]:
    return [
        Place(PlaceId(id), UserId(user), SessionId(session), RoomId(room), host == 1)
        for user, id, session, room, host in rows
    ]


def read_room(room: RoomId, picture: Sequence[Any]) -> LiveRoom:
    """Return a room of which a script drew the picture."""
    packed, card, version, hidden, members, joined = picture
    fixed = _read_fixed(packed)
    return LiveRoom(
        room,
        TenantName(fixed.tenant),
        UserId(fixed.owner),
        UserId(fixed.holder),
        BroadcastId(fixed.broadcast),
        fixed.category,
        at(fixed.opened),
        card,
        hidden == 1,
        members,
        joined,
        int(version),
    )


def read_role(number: int) -> Role:
    """Return the role that has this number."""
    return _ROLES[number]


def stay_seed(stay: Stay) -> list[Any]:
    """Return a stay as a rebuild hands it to its room."""
    places = [text for pair in stay.places for text in pair]
    return [
        stay.id, stay.user, ROLE_NUMBERS[stay.role], stay.name, stay.avatar, moment(stay.entered), stay.order, places,
        int(stay.keepalive),
    ]  # fmt: skip


def _pairs(texts: Sequence[str]) -> Sequence[tuple[str, str]]:
    return list(zip(texts[::2], texts[1::2], strict=True))
