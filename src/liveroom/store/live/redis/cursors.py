"""Cursors of the room list, and the names in the index that pages lie between (``lua/modules/lists.lua``)."""

import binascii
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha1
from typing import Final

from liveroom.domain.errors import BadRequest
from liveroom.domain.moments import moment
from liveroom.domain.rooms.paging import RANKING_LASTS, RoomOrder, RoomQuery

FROZEN: Final = int(RANKING_LASTS.total_seconds())
"""Seconds for which a ranking stands still."""
_CREATED: Final = re.compile(rb"\d{13}.{1,128}", re.DOTALL)
_RANKED: Final = re.compile(rb"([0-9a-f]{12})\.(\d{1,12}):(\d{1,9})")
_RANKED_BY: Final = {
    RoomOrder.JOINED: (b"J", 10),
    RoomOrder.NEWEST: (b"N", 16),
    RoomOrder.PEOPLE: (b"P", 16),
    RoomOrder.LIKES: (b"L", 16),
    RoomOrder.HEAT: (b"H", 16),
}
"""The letter of each ranking, and how many digits of its names stand before the time of opening."""
_AFTER_DIGITS: Final = b":"
"""Sorts behind every digit."""


@dataclass(frozen=True, slots=True)
class Range:
    """Names from the first to before the last; ``skip`` bytes of each stand before what orders them."""

    first: bytes
    last: bytes
    skip: int


@dataclass(frozen=True, slots=True)
class RedisRanking:
    """A frozen ranking, and where in it a page begins."""

    name: str
    position: int
    first_page: bool


def created_range(query: RoomQuery) -> Range:
    """Return the names of a page in the order of creation."""
    prefix = _prefix(query, b"C", b"c")
    first = prefix + (_opened(query.since) if query.since is not None else b"")
    last = prefix + (_opened(query.until) if query.until is not None else _AFTER_DIGITS)
    if query.cursor:
        name = _decode(query.cursor)
        if _CREATED.fullmatch(name) is None:
            raise BadRequest("cursor: invalid")
        last = min(last, prefix + name)
    return Range(b"[" + first, b"(" + last, len(prefix))


def created_cursor(name: bytes) -> str:
    """Return the cursor behind the room of this name."""
    return _encode(name) if name else ""


def ranked_range(query: RoomQuery) -> Range:
    """Return the names of a ranking; ``skip`` is where the time of opening stands in them."""
    letter, digits = _RANKED_BY[query.order]
    prefix = _prefix(query, letter, letter.lower())
    return Range(b"[" + prefix, b"(" + prefix + _AFTER_DIGITS, len(prefix) + digits)


def read_ranking(query: RoomQuery, now: datetime) -> RedisRanking:
    """Return the ranking that a page belongs to: the cursor's, or the one of this second."""
    digest = _digest(query)
    second = int(now.timestamp())
    if not query.cursor:
        return RedisRanking(f"{digest}.{second}", query.offset, first_page=True)
    found = _RANKED.fullmatch(_decode(query.cursor))
    if found is None or found[1].decode() != digest:
        raise BadRequest("cursor: invalid")
    if not 0 <= second - int(found[2]) < FROZEN:
        raise expired()
    return RedisRanking(f"{digest}.{int(found[2])}", int(found[3]) + query.offset, first_page=False)


def ranked_cursor(ranking: RedisRanking, position: int) -> str:
    """Return the cursor of the page that begins at the position."""
    return _encode(f"{ranking.name}:{position}".encode()) if position else ""


def expired() -> BadRequest:
    """Return the failure of a cursor whose ranking is over."""
    return BadRequest("cursor: expired, start again without one")


def _prefix(query: RoomQuery, whole: bytes, one: bytes) -> bytes:
    category = query.category.encode()
    return one + b"%03d" % len(category) + category if category else whole


def _opened(when: datetime) -> bytes:
    return b"%013d" % max(moment(when), 0)


def _digest(query: RoomQuery) -> str:
    times = [None if when is None else moment(when) for when in (query.since, query.until)]
    order = f"{query.order} " if query.order.is_placed else ""
    return sha1(f"{order}{times} {query.category}".encode(), usedforsecurity=False).hexdigest()[:12]


def _encode(name: bytes) -> str:
    return urlsafe_b64encode(name).rstrip(b"=").decode()


def _decode(cursor: str) -> bytes:
    try:
        return urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
    except (UnicodeEncodeError, binascii.Error) as error:
        raise BadRequest("cursor: invalid") from error


def is_ranked(query: RoomQuery) -> bool:
    """Say whether the page belongs to a ranking."""
    return query.order is not RoomOrder.CREATED
