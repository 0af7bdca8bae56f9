"""Rooms as the scripts keep them: what a row fixes, options, access records, and the picture that scripts draw."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from liveroom.caches import short_cache
from liveroom.domain.activities.model import read_running, write_running
from liveroom.domain.battles.model import BattleRoom, BattleState, EndReason, LeftWhy, RoomBattle
from liveroom.domain.connections.model import ConnectedRoom, RoomConnection
from liveroom.domain.envelopes.model import read_shown, write_shown
from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.moderation.room_access import RoomAccess
from liveroom.domain.moments import at, milliseconds, moment
from liveroom.domain.privacy.visibility import Onlooker
from liveroom.domain.recordings.model import read_shown as read_recording
from liveroom.domain.recordings.model import write_shown as write_recording
from liveroom.domain.rooms.model import HostPolicy, LiveRoom, Room
from liveroom.domain.rooms.options import DEFAULTS, Access, PinnedMessage, RoomOptions, SeatMode
from liveroom.domain.rooms.placement import NORMAL
from liveroom.domain.streams.shown import read_streams, write_streams
from liveroom.store.live.redis.records import ROLE_NUMBERS, moment_or_never, pack
from liveroom.store.live.redis.schema.answers import OnlookerRow
from liveroom.store.live.redis.schema.given import UserAccessRow

_ACCESSES: Final = tuple(Access)
_MODES: Final = tuple(SeatMode)
_STATES: Final = tuple(BattleState)
_REASONS: Final = (None, *EndReason)
_LEFT: Final = (None, *LeftWhy)


class PinnedRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The message of a room that is pinned."""

    number: int
    user: UserId
    name: str
    text: str
    by: UserId


class ConnectedRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One of several rooms that are connected."""

    room: RoomId
    owner: UserId
    name: str
    avatar: str


class ConnectionRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """With which rooms a room is connected."""

    id: str
    version: int
    began: int
    rooms: list[ConnectedRow]

    @classmethod
    def of(cls, connection: RoomConnection) -> "ConnectionRow":
        """Return what is kept of a connection."""
        id, version, began, rooms = connection
        return cls(id, version, moment(began), [ConnectedRow(*one) for one in rooms])

    def value(self) -> RoomConnection:
        """Return the connection."""
        rooms = tuple(ConnectedRoom(*msgspec.structs.astuple(one)) for one in self.rooms)
        return RoomConnection(self.id, self.version, at(self.began), rooms)


class BattlingRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One of the rooms of a battle."""

    room: RoomId
    owner: UserId
    name: str
    avatar: str
    side: int
    score: int
    likes: int
    left: int


class RoomBattleRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """The battle that a room is in. ``state``: 1 it runs, 2 its result is shown. ``closes`` 0: it runs."""

    id: str
    version: int
    state: int
    begins: int
    ends: int
    closes: int
    rooms: list[BattlingRow]
    winner: int
    reason: int
    likes_max: int

    @classmethod
    def of(cls, battle: RoomBattle) -> "RoomBattleRow":
        """Return what is kept of a battle."""
        rooms = [BattlingRow(*one[:-1], _LEFT.index(one.left)) for one in battle.rooms]
        return cls(
            battle.id, battle.version, _STATES.index(battle.state), moment(battle.begins), moment(battle.ends),
            moment_or_never(battle.closes), rooms, battle.winner, _REASONS.index(battle.reason), battle.likes_max,
        )  # fmt: skip

    def value(self) -> RoomBattle:
        """Return the battle."""
        rooms = tuple(
            BattleRoom(one.room, one.owner, one.name, one.avatar, one.side, one.score, one.likes, _LEFT[one.left])
            for one in self.rooms
        )
        return RoomBattle(
            self.id, self.version, _STATES[self.state], at(self.begins), at(self.ends),
            at(self.closes) if self.closes else None, rooms, self.winner, _REASONS[self.reason], self.likes_max,
        )  # fmt: skip


class OptionsRow(msgspec.Struct, array_like=True, frozen=True):
    """A room's options."""

    access: int
    password: str
    seats: int
    seat_mode: int
    seat_locks: int
    slow: int
    muted: int
    ends: int
    guarded: int
    link_key: str = ""
    """Not there, as what follows, in what a former release has written."""
    pinned: PinnedRow | bool = False
    gifts: int = 1
    connection: ConnectionRow | bool = False
    battle: RoomBattleRow | bool = False
    open_battles: int = 0
    envelopes: str = ""
    """As a room's row has them; scripts do not look into it."""
    followers_chat: int = 0
    followers_seats: int = 0
    streams: str = ""
    """As a room's row has them; scripts only compare it."""
    recorded: int = 0
    recording: str = ""
    """Likewise."""
    activities: str = ""
    """As a room's row has them; scripts look for nothing but an id."""
    live_cover: str | bool = False
    """False: the room allows none."""

    @classmethod
    def of(cls, options: RoomOptions) -> "OptionsRow":
        """Return what is kept of options; when a scheduled broadcast begins says nothing of one that runs."""
        return cls(
            _ACCESSES.index(options.access), options.password, options.seats, _MODES.index(options.seat_mode),
            options.seat_locks, milliseconds(options.slow), int(options.muted), moment_or_never(options.ends),
            int(options.guarded), options.link_key, PinnedRow(*options.pinned) if options.pinned else False,
            int(options.gifts),
            ConnectionRow.of(options.connection) if options.connection else False,
            RoomBattleRow.of(options.battle) if options.battle else False, int(options.open_battles),
            write_shown(options.envelopes), int(options.followers_chat), int(options.followers_seats),
            write_streams(options.streams),
            int(options.recorded), write_recording(options.recording),
            write_running(options.activities), False if options.live_cover is None else options.live_cover,
        )  # fmt: skip

    def value(self) -> RoomOptions:
        """Return the options."""
        return RoomOptions(
            _ACCESSES[self.access], self.password, self.seats, _MODES[self.seat_mode], self.seat_locks,
            timedelta(milliseconds=self.slow), self.muted == 1, None, at(self.ends) if self.ends else None,
            self.guarded == 1, self.link_key,
            None if isinstance(self.pinned, bool) else PinnedMessage(*msgspec.structs.astuple(self.pinned)),
            self.gifts == 1,
            None if isinstance(self.connection, bool) else self.connection.value(),
            None if isinstance(self.battle, bool) else self.battle.value(), self.open_battles == 1,
            read_shown(self.envelopes), self.followers_chat == 1, self.followers_seats == 1,
            read_streams(self.streams),
            self.recorded == 1, read_recording(self.recording),
            read_running(self.activities), None if isinstance(self.live_cover, bool) else self.live_cover,
        )  # fmt: skip


class FixedRow(msgspec.Struct, array_like=True, frozen=True):
    """What only a newer row changes of a room."""

    tenant: TenantName
    owner: UserId
    holder: UserId
    hosts: int
    capacity: int
    broadcast: BroadcastId
    rev: int
    category: str
    opened: int
    delisted: int = 0
    zone: int = NORMAL

    @classmethod
    def of(cls, room: Room, policy: HostPolicy) -> "FixedRow":
        """Return what is kept of a row."""
        return cls(
            room.tenant, room.owner, room.holder, int(policy is HostPolicy.HOSTS), room.capacity,
            room.broadcast, room.rev, room.category, moment(room.opened),
            int(room.is_unlisted), room.placement.zone,
        )  # fmt: skip

    def live(
        self,
        room: RoomId,
        card: bytes,
        hidden: bool,
        counted: tuple[int, int, int, int],
        version: int,
        options: RoomOptions,
    ) -> LiveRoom:
        """Return the live room, with what only its scripts know; ``counted``: members, joined, likes and heat."""
        members, joined, likes, heat = counted
        return LiveRoom(
            room, self.tenant, self.owner, self.holder, self.broadcast, self.category, at(self.opened), card, hidden,
            members, joined, version, self.delisted == 1, options, likes,
            self.zone, heat,
        )  # fmt: skip


_read_fixed: Final = msgspec.msgpack.Decoder(FixedRow).decode
_read_options: Final = msgspec.msgpack.Decoder(OptionsRow).decode
_PLAIN: Final = OptionsRow.of(DEFAULTS)
ARRANGED: Final = pack(OptionsRow.of(RoomOptions(guarded=True)))
"""The options of a room of which nothing is arranged but that somebody has an access record."""
PLAIN: Final = pack(_PLAIN)


def packed_options(options: RoomOptions) -> bytes:
    """Return options as scripts take them: nothing, where nothing was arranged."""
    row = OptionsRow.of(options)
    return b"" if row == _PLAIN else pack(row)


def room_access_row(access: RoomAccess) -> UserAccessRow:
    """Return what is arranged for a user as scripts take it."""
    role = ROLE_NUMBERS[access.role] if access.role else 0
    until = moment_or_never(access.banned_until), moment_or_never(access.muted_until)
    return UserAccessRow(access.user, role, *until, int(access.invited), access.rev)


def read_room(room: RoomId, summary: Sequence[Any]) -> LiveRoom:
    """Return a room as a script answers it (``SUMMARY``)."""
    packed, card, version, hidden, members, joined, options, likes, heat = summary
    known = read_options(options) if options else DEFAULTS
    return _read_fixed(packed).live(room, card, hidden == 1, (members, joined, likes, heat), int(version), known)


def read_onlooker(answer: Sequence[int], now: datetime) -> Onlooker:
    """Return what ``lua/modules/onlookers.lua`` says of somebody."""
    row = OnlookerRow(*answer)
    is_banned = row.banned_until > moment(now)
    return Onlooker(row.owner == 1, row.holder == 1, row.member == 1, row.role > 0, row.invited == 1, is_banned)


def read_seat_mode(number: int) -> SeatMode:
    """Return the mode of seats that has this number."""
    return _MODES[number]


def rev_of(summary: Sequence[Any]) -> int:
    """Return the revision of the row from which a room is."""
    fixed, *_ = summary
    return _read_fixed(fixed).rev


@short_cache(4096, 1024)
def read_options(packed: bytes) -> RoomOptions:
    """Return options, most of which are those of the call before."""
    return _read_options(packed).value()
