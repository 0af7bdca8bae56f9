"""The channel of a room list: what its subscribers know, and what is published next (LIVE.md 6).

A publication is the difference between the list as last published and the list as it is now. A snapshot is therefore
the list as last published: a subscriber who knew a newer state already would miss the publication that changes it back.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple, TypeVar

from liveroom.domain.events.model import Position
from liveroom.domain.ids import DEFAULT_TENANT, RoomId, TenantName, is_tenant_name

NEWEST: Final = 200
"""How many rooms a channel shows: those opened last."""
PACE: Final = timedelta(seconds=1)
"""Least time between two publications of a channel, over all processes."""
COUNTED: Final = timedelta(seconds=3)
"""Least time between two counts of a room."""
PUBLICATION_BYTES: Final = 16 * 1024
"""What a publication may take on the wire; what does not fit comes with the next."""
KEPT: Final = 300
"""Publications that a channel remembers."""
LEASE: Final = timedelta(seconds=3)
"""How long a process's claim to publish lasts, unless it is renewed."""
UNPOLLED: Final = timedelta(minutes=10)
"""How long a channel is kept that nobody listens to."""
_ALL: Final = "_all"
_CATEGORY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_FRAME: Final = 80
"""Bytes of a publication around what it says."""
_NUMBERS: Final = 54
"""Bytes of a room's counts in its object, at most."""
_PAIR: Final = 28
"""Bytes of a room's counts alone, beside its id."""
_Item = TypeVar("_Item")


class Feed(NamedTuple):
    """The list of a tenant's rooms of one category; "" stands for all."""

    tenant: TenantName
    category: str = ""

    @property
    def channel(self) -> str:
        """The channel's name."""
        tenant = f"{self.tenant}:" if self.tenant else ""
        return f"rooms:{tenant}{self.category or _ALL}"


def read_channel(name: str) -> Feed | None:
    """Return the list whose channel has the name; None when no list can have it."""
    kind, *rest = name.split(":")
    if kind != "rooms" or not 1 <= len(rest) <= 2:
        return None
    tenant, category = (rest[0], rest[1]) if len(rest) == 2 else (DEFAULT_TENANT, rest[0])
    if len(rest) == 2 and not is_tenant_name(tenant):
        return None
    if category != _ALL and _CATEGORY.fullmatch(category) is None:
        return None
    return Feed(TenantName(tenant), "" if category == _ALL else category)


class Card(NamedTuple):
    """A room of a list."""

    room: RoomId
    opened: datetime
    face: bytes
    """The room's object on the wire, up to its counts."""
    members: int
    joined: int


class Count(NamedTuple):
    """How many are in a room, and how many were."""

    room: RoomId
    members: int
    joined: int


class KnownRoom(NamedTuple):
    """A room as subscribers know it, and since when they know its counts."""

    card: Card
    counted: datetime


ChannelState = Mapping[RoomId, KnownRoom]
"""The rooms of a channel as its subscribers know them."""


class Change(NamedTuple):
    """What a publication says: the rooms that have gone, those that are new or different, and counts of the others."""

    rev: int
    """The list's, when this was found; it never falls within an epoch."""
    gone: tuple[RoomId, ...]
    set: tuple[Card, ...]
    counts: tuple[Count, ...]

    @property
    def is_empty(self) -> bool:
        """Say whether it says nothing."""
        return not (self.gone or self.set or self.counts)


class Compared(NamedTuple):
    """What is to be published next, and what remains."""

    change: Change
    overflows: bool
    """There was more to publish than fits."""
    waits: bool
    """Counts of some rooms were published too short a time ago."""


class ListPublication(NamedTuple):
    """What leaves a channel at once."""

    offset: int
    at: datetime
    change: Change


class FeedState(NamedTuple):
    """What a channel has published up to a position, read in one step."""

    position: Position
    rev: int
    state: ChannelState


class ListRecent(NamedTuple):
    """Publications that a channel remembers."""

    position: Position
    """Of the newest publication, whether it is among them or not."""
    publications: tuple[ListPublication, ...]


class Newest(NamedTuple):
    """The newest rooms of a list, newest first: the list's epoch and rev, and each room with its card."""

    epoch: str
    rev: int
    rooms: tuple[tuple[RoomId, datetime, bytes], ...]


class PollResult(NamedTuple):
    """What was published after a position."""

    position: Position
    """Of the newest publication."""
    rev: int
    """The list's, now."""
    publications: tuple[ListPublication, ...]
    turn: bool
    """The caller has the claim, and has to publish what has changed."""


def compare(
    state: ChannelState,
    cards: Sequence[Card],
    rev: int,
    now: datetime,
    *,
    lasting: Callable[[bytes], bytes] | None = None,
) -> Compared:
    """Return what to publish so that the subscribers know these rooms, as far as it fits.

    ``lasting`` returns the part of a room's object whose change is worth a publication; None: all of it.
    """
    present = {card.room for card in cards}
    gone = [room for room in state if room not in present]
    new, same = list[Card](), list[tuple[Card, Card]]()
    for card in cards:
        known = state.get(card.room)
        if known is not None and _looks_the_same(known.card.face, card.face, lasting):
            same.append((card, known.card))
        else:
            new.append(card)
    moved = [Count(card.room, *counts) for card, known in same if (counts := card[3:]) != known[3:]]
    due = [count for count in moved if not timedelta(0) <= now - state[count.room].counted < COUNTED]
    space = PUBLICATION_BYTES - _FRAME
    gone_now, space = _fitting(gone, lambda room: len(room) + 3, space)
    set_now, space = _fitting(new, lambda card: len(card.face) + _NUMBERS, space)
    counts_now, _ = _fitting(due, lambda count: len(count.room) + _PAIR, space)
    fits = (len(gone_now), len(set_now), len(counts_now)) == (len(gone), len(new), len(due))
    return Compared(Change(rev, gone_now, set_now, counts_now), not fits, len(moved) > len(due))


def _looks_the_same(known: bytes, face: bytes, lasting: Callable[[bytes], bytes] | None) -> bool:
    return known == face or (lasting is not None and lasting(known) == lasting(face))


def _fitting(items: Iterable[_Item], size: Callable[[_Item], int], space: int) -> tuple[tuple[_Item, ...], int]:
    """Return the first items that fit into the space, and the space that they leave."""
    taken: list[_Item] = []
    for item in items:
        if size(item) > space:
            return tuple(taken), 0
        space -= size(item)
        taken.append(item)
    return tuple(taken), space


def changed(state: ChannelState, publication: ListPublication) -> dict[RoomId, KnownRoom]:
    """Return the rooms that the publication sets or counts, as they are known after it."""
    after = {card.room: KnownRoom(card, publication.at) for card in publication.change.set}
    for count in publication.change.counts:
        known = after.get(count.room) or state.get(count.room)
        if known is not None:
            card = known.card._replace(members=count.members, joined=count.joined)
            after[count.room] = KnownRoom(card, publication.at)
    return after


def apply(state: ChannelState, publication: ListPublication) -> dict[RoomId, KnownRoom]:
    """Return what subscribers know after the publication."""
    after = {**state, **changed(state, publication)}
    for room in publication.change.gone:
        after.pop(room, None)
    return after
