"""What rooms tell, as the scripts pack it (``lua/modules/events.lua``): publications, and what else a channel says."""

from typing import Any, Final, NamedTuple

import msgspec

from liveroom.domain.events.model import (
    Counts,
    Event,
    EventKind,
    MemberSummary,
    Position,
    Publication,
    Socket,
    announced_cause,
    cause_of,
    known_kind,
)
from liveroom.domain.gifts.events import GiftTotals
from liveroom.domain.gifts.payloads import write_gift_sums, write_more_gifts
from liveroom.domain.ids import RoomId, SessionId, UserId
from liveroom.domain.moments import at
from liveroom.domain.rooms.likes import write_likes
from liveroom.domain.rooms.model import LiveRoom
from liveroom.domain.rooms.options import DEFAULTS
from liveroom.store.live.redis.message_rows import MessageEventRow
from liveroom.store.live.redis.records import read_role
from liveroom.store.live.redis.room_rows import FixedRow, OptionsRow
from liveroom.store.live.redis.stage_rows import SeatsRow


class MemberSummaryRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A member in an event; ``role``: as what they are shown."""

    user: UserId
    name: str
    avatar: str
    role: int

    def value(self) -> MemberSummary:
        """Return the member."""
        return MemberSummary(self.user, self.name, self.avatar, read_role(self.role))


class CountsRow(msgspec.Struct, array_like=True, frozen=True):
    """How many there are in the room, how many have been, and some of those who are."""

    members: int
    joined: int
    sample: list[MemberSummaryRow]

    def value(self) -> Counts:
        """Return the counts."""
        return Counts(self.members, self.joined, tuple(row.value() for row in self.sample))


class RoomRow(msgspec.Struct, array_like=True, frozen=True):
    """A room in an event."""

    fixed: FixedRow
    card: str
    version: int
    hidden: int
    members: int
    joined: int
    options: OptionsRow | bool = False
    likes: int = 0
    heat: int = 0

    def value(self, room: RoomId) -> LiveRoom:
        """Return the room."""
        options = DEFAULTS if isinstance(self.options, bool) else self.options.value()
        counted = self.members, self.joined, self.likes, self.heat
        return self.fixed.live(room, self.card.encode(), self.hidden == 1, counted, self.version, options)


class LikesEventRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Likes in an event: all of the broadcast, and how many are new."""

    likes: int
    added: int

    def json(self) -> bytes:
        """Return what the event says."""
        return write_likes(self.likes, self.added)


class MoreGiftsRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Gifts without events of their own: how many, and what they cost."""

    count: int
    coins: int

    def json(self) -> bytes:
        """Return what the event says."""
        return write_more_gifts(self.count, self.coins)


class GiftTotalsRow(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What was sent in the broadcast."""

    coins: int
    gifts: int
    senders: int

    def value(self) -> GiftTotals:
        """Return the totals."""
        return GiftTotals(self.coins, self.gifts, self.senders)

    def json(self) -> bytes:
        """Return what the event says."""
        return write_gift_sums(self.value())


_DATA: Final[dict[str, Any]] = {
    EventKind.MESSAGE_SENT: MessageEventRow,
    EventKind.MESSAGE_RECALLED: MessageEventRow,
    EventKind.ROOM_NOTICE: MessageEventRow,
    EventKind.LIKES: LikesEventRow,
    EventKind.MORE_GIFTS: MoreGiftsRow,
    EventKind.GIFT_TOTALS: GiftTotalsRow,
    EventKind.SEATS_CHANGED: SeatsRow,
}
"""What events of these kinds carry, where it is not JSON already, as a notice of a module is."""
_READERS: Final = {kind: msgspec.msgpack.Decoder(str | row).decode for kind, row in _DATA.items()}
_read_json: Final = msgspec.msgpack.Decoder(str).decode
_NO_DATA: Final = msgspec.Raw()


class EventRow(msgspec.Struct, array_like=True, frozen=True):
    """An event."""

    kind: str
    seq: int
    at: int
    reason: str
    member: MemberSummaryRow | bool
    room: RoomRow | bool
    counts: CountsRow | bool
    data: msgspec.Raw = _NO_DATA
    """What was announced (``_DATA``)."""
    by: str = ""

    def value(self, room: RoomId) -> Event:
        """Return the event."""
        if self.data is not _NO_DATA:
            return self._announced(_READERS.get(self.kind, _read_json)(self.data))
        return Event(
            known_kind(self.kind),
            self.seq,
            at(self.at),
            cause_of(self.kind, self.reason),
            reason=self.reason,
            member=None if isinstance(self.member, bool) else self.member.value(),
            room=None if isinstance(self.room, bool) else self.room.value(room),
            counts=None if isinstance(self.counts, bool) else self.counts.value(),
        )

    def _announced(self, data: Any) -> Event:
        by = UserId(self.by) if self.by else None
        json = data.encode() if isinstance(data, str) else data.json()
        return Event(
            known_kind(self.kind), self.seq, at(self.at), announced_cause(self.kind, by, self.reason), by, data=json
        )


class Published(msgspec.Struct, array_like=True, frozen=True, tag="p"):
    """A publication."""

    epoch: str
    offset: int
    at: int
    events: list[EventRow]
    out: list[str]

    def value(self, room: RoomId) -> Publication:
        """Return the publication."""
        events = tuple(event.value(room) for event in self.events)
        return Publication(self.offset, at(self.at), events, tuple(map(UserId, self.out)))


class Joined(msgspec.Struct, array_like=True, frozen=True, tag="j"):
    """Somebody subscribed."""

    seat: str


class Parted(msgspec.Struct, array_like=True, frozen=True, tag="l"):
    """A subscription is over."""

    seat: str


class Doubtful(msgspec.Struct, array_like=True, frozen=True, tag="d"):
    """Positions are to be compared."""


class CausedBy(msgspec.Struct, array_like=True, frozen=True, tag="t"):
    """What is published next belongs to a trace that somebody records: its ``traceparent``."""

    trace: str


class LogRow(NamedTuple):
    """Where a room's events are.

    ``published``: when it last published; ``gathered``: how many events wait; ``unnamed`` (1): somebody among these is
    not named; ``held``: until when all of it is kept back at most (0: it is not); ``shows``: the version that the list
    has to show before.
    """

    epoch: str
    seq: int
    offset: int
    published: int
    gathered: int
    unnamed: int
    held: int
    shows: int

    @property
    def position(self) -> Position:
        """Return the position of the newest publication."""
        return Position(self.epoch, self.offset)


News = Published | Joined | Parted | Doubtful | CausedBy
write_news: Final = msgspec.msgpack.Encoder().encode
read_news: Final = msgspec.msgpack.Decoder(News).decode
read_published: Final = msgspec.msgpack.Decoder(Published).decode
read_gift_totals: Final = msgspec.msgpack.Decoder(GiftTotalsRow).decode
read_log: Final = msgspec.msgpack.Decoder(LogRow).decode


def seat_of(socket: Socket) -> str:
    """Return a socket as the scripts name it."""
    return f"{socket.client}\0{socket.user}\0{socket.session}"


def socket_of(seat: str) -> Socket:
    """Return the socket that a script named."""
    client, user, session = seat.split("\0")
    return Socket(client, UserId(user), SessionId(session))
