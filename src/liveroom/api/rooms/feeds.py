"""What the channels of room lists say on the wire: publications and snapshots, made of ready cards (LIVE.md 6)."""

from collections.abc import Iterable
from typing import Final

import msgspec

from liveroom.api.shapes import RoomObject, Shape
from liveroom.domain.payloads import Counter
from liveroom.domain.rooms.feeds import Card, Change
from liveroom.ports import ListWire

_COUNTS: Final = b',"nnUsers":'
_JOINED: Final = b',"totalJoined":'
_STAR: Final = b',"star":'
_encode: Final = msgspec.json.Encoder().encode


class ListNews(Shape):
    """A publication of a ``rooms:`` channel: the changes since the previous one."""

    rev: Counter
    """The list's revision; it never decreases within an epoch of the channel."""
    set: list[RoomObject]
    """New or changed rooms, each complete. Likes alone are not a change: ``star`` is as of the room's last change."""
    nn: dict[str, tuple[int, int]]
    """By ``roomId``: ``nnUsers`` and ``totalJoined`` of rooms where nothing else has changed."""
    del_: list[str] = msgspec.field(name="del")
    """Rooms no longer in the list."""


class ListState(Shape):
    """The initial data of a ``rooms:`` channel."""

    rev: Counter
    rooms: list[RoomObject]
    """At most 200 rooms, newest first."""


def split_card(card: bytes) -> tuple[bytes, int, int]:
    """Return a finished room object up to its counts, and the counts (see ``shapes.finish_card``)."""
    face, _, counts = card.rpartition(_COUNTS)
    members, _, joined = counts[:-1].partition(_JOINED)
    return face, int(members), int(joined)


def lasting_face(face: bytes) -> bytes:
    """Return all of a room object up to its counts but the likes."""
    before, _, rest = face.rpartition(_STAR)
    return before + rest[rest.find(b",") :]


def write_card(card: Card) -> bytes:
    """Return the room's object."""
    return card.face + b"%b%d%b%d}" % (_COUNTS, card.members, _JOINED, card.joined)


def write_change(change: Change) -> bytes:
    """Return a publication's data."""
    cards = b",".join([write_card(card) for card in change.set])
    counts = _encode({count.room: (count.members, count.joined) for count in change.counts})
    return b'{"rev":%d,"set":[%b],"nn":%b,"del":%b}' % (change.rev, cards, counts, _encode(change.gone))


def write_snapshot(rev: int, cards: Iterable[Card]) -> bytes:
    """Return a snapshot's data."""
    return b'{"rev":%d,"rooms":[%b]}' % (rev, b",".join([write_card(card) for card in cards]))


LIST_WIRE: Final = ListWire(split=split_card, lasting=lasting_face, publication=write_change, snapshot=write_snapshot)
