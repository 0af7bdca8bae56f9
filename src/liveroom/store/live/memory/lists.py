"""Room lists, one for each tenant: ready cards, in the order of opening or of what is counted.

A page by opening is exact while rooms come and go (its cursor names a room's position, not a number of rooms). Any
other is one of a ranking that was frozen when its first page was asked for.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from secrets import token_hex
from typing import Final

from sortedcontainers import SortedList  # type: ignore[import-untyped]

from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import RoomId
from liveroom.domain.moments import milliseconds, moment
from liveroom.domain.rooms.paging import (
    RANKED_MAX,
    RANKING_LASTS,
    UNLISTED_REMEMBERED,
    ListedRoom,
    RoomOrder,
    RoomPage,
    RoomQuery,
)
from liveroom.store.live.memory.cursors import Cursor, read_cursor, write_cursor
from liveroom.store.live.memory.moments import NEVER

PAGES: Final = 256
"""Pages kept ready while the list stands still."""
_REMEMBERED: Final = milliseconds(UNLISTED_REMEMBERED)
SHARED: Final = 1_000
"""For how long a fresh ranking is given to all who ask."""
_FROZEN: Final = milliseconds(RANKING_LASTS)
RANKINGS: Final = 64
"""The most rankings kept at a time; the oldest goes first."""
RANKED: Final = tuple(order for order in RoomOrder if order is not RoomOrder.CREATED)
Standing = tuple[int, int, int, RoomId]
Asked = tuple[RoomOrder, str, int, int]
"""Of which rooms a ranking is: order and category, and from when until when they were opened."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One room of a list."""

    version: int
    category: str
    opened: int
    joined: int
    card: bytes
    counted: tuple[int, int, int, int]
    """Members, likes, heat, and the zone."""

    def standing(self, order: RoomOrder, room: RoomId) -> Standing:
        """Return where the room stands in an order: the greatest is first."""
        members, likes, heat, zone = self.counted
        match order:
            case RoomOrder.JOINED:
                return 0, self.joined, 0, room
            case RoomOrder.PEOPLE:
                return zone, members, self.opened, room
            case RoomOrder.LIKES:
                return zone, likes, self.opened, room
            case RoomOrder.HEAT:
                return zone, heat, self.opened, room
        return zone if order.is_placed else 0, self.opened, 0, room


@dataclass(frozen=True, slots=True)
class MemoryRanking:
    """Rooms in the order that they had when somebody asked for the first page."""

    id: str
    asked: Asked
    rooms: Sequence[RoomId]
    made: int


@dataclass(slots=True)
class Shelf:
    """The rooms of one category (or of all), in every order, the last of each first on the page."""

    by_opened: "SortedList[tuple[int, RoomId]]" = field(default_factory=SortedList)
    ranked: "dict[RoomOrder, SortedList[Standing]]" = field(
        default_factory=lambda: {order: SortedList() for order in RANKED}
    )


class RoomList:
    """One tenant's list. ``whole`` is said by whoever built it."""

    def __init__(self, name_ranking: Callable[[], str]) -> None:
        self.whole = False
        self.epoch = token_hex(8)
        self.rev = 0
        """Grows with every change."""
        self._name_ranking = name_ranking
        self._rooms: dict[RoomId, Listed] = {}
        self._shelves: dict[str, Shelf] = {"": Shelf()}
        self._removed: dict[RoomId, int] = {}
        self._removals: deque[tuple[int, RoomId]] = deque()
        self._pages: dict[RoomQuery, RoomPage] = {}
        self._rankings: dict[str, MemoryRanking] = {}

    # --- changes ---------------------------------------------------------------------------------------------------

    def put(self, new: ListedRoom, now: int) -> None:
        """Bring one room up to date, unless what the list knows is as new."""
        self._forget(now)
        old = self._rooms.get(new.room)
        known = old.version if old is not None else self._removed.get(new.room, -1)
        if new.version <= known:
            if old is not None and new.version == old.version and new.heat > old.counted[2]:
                self._warm(new.room, old, new.heat)
            return
        if new.card is None:
            if old is not None:
                self._take_off(new.room, old)
            self._removed[new.room] = new.version
            self._removals.append((now, new.room))
        else:
            self._removed.pop(new.room, None)
            counted = new.members, new.likes, new.heat, new.zone
            listed = Listed(new.version, new.category, moment(new.opened), new.joined, bytes(new.card), counted)
            self._move(new.room, old, listed)
        self._pages.clear()
        self.rev += 1

    def _warm(self, room: RoomId, old: Listed, heat: int) -> None:
        """Let a room stand where it is hotter by now: messages warm it without changing its version."""
        members, likes, _, zone = old.counted
        self._move(room, old, replace(old, counted=(members, likes, heat, zone)))

    def _move(self, room: RoomId, old: Listed | None, new: Listed) -> None:
        """Let a room stand where it belongs by now; orders in which it stands as before are not touched."""
        if old is None or (old.category, old.opened) != (new.category, new.opened):
            if old is not None:
                self._take_off(room, old)
            self._set_up(room, new)
            return
        self._rooms[room] = new
        stood = ((order, old.standing(order, room), new.standing(order, room)) for order in RANKED)
        moved = [one for one in stood if one[1] != one[2]]
        for category in {"", new.category}:
            ranked = self._shelves[category].ranked
            for order, before, after in moved:
                ranked[order].remove(before)
                ranked[order].add(after)

    def _forget(self, now: int) -> None:
        while self._removals and self._removals[0][0] <= now - _REMEMBERED:
            self._removed.pop(self._removals.popleft()[1], None)

    def _take_off(self, room: RoomId, listed: Listed) -> None:
        del self._rooms[room]
        for category in {"", listed.category}:
            shelf = self._shelves[category]
            shelf.by_opened.remove((listed.opened, room))
            for order, ranked in shelf.ranked.items():
                ranked.remove(listed.standing(order, room))
            if category and not shelf.by_opened:
                del self._shelves[category]

    def _set_up(self, room: RoomId, listed: Listed) -> None:
        self._rooms[room] = listed
        for category in {"", listed.category}:
            shelf = self._shelves.setdefault(category, Shelf())
            shelf.by_opened.add((listed.opened, room))
            for order, ranked in shelf.ranked.items():
                ranked.add(listed.standing(order, room))

    # --- pages -----------------------------------------------------------------------------------------------------

    def page(self, query: RoomQuery, now: int) -> RoomPage:
        """Return a page; raises ``BadRequest`` for a cursor that is none of this list's."""
        if query.rooms:
            return self._chosen(query)
        if query.order is not RoomOrder.CREATED:
            return self._ranked(query, now)
        page = self._pages.get(query)
        if page is None:
            page = self._by_opened(query)
            if len(self._pages) >= PAGES:
                self._pages.clear()
            self._pages[query] = page
        return page

    def newest(self, category: str, limit: int) -> Sequence[tuple[RoomId, int, bytes]]:
        """Return the rooms opened last: when, and their cards."""
        shelf = self._shelves.get(category)
        if shelf is None:
            return []
        last = list(islice(reversed(shelf.by_opened), limit))
        return [(room, opened, self._rooms[room].card) for opened, room in last]

    def _chosen(self, query: RoomQuery) -> RoomPage:
        since, until = _span(query)
        found = [
            listed.standing(query.order, room)
            for room in set(query.rooms)
            if (listed := self._rooms.get(room)) is not None
            and since <= listed.opened < until
            and query.category in ("", listed.category)
        ]
        found.sort(reverse=True)
        return self._show([standing[-1] for standing in found[query.offset : query.offset + query.limit]], "")

    def _by_opened(self, query: RoomQuery) -> RoomPage:
        shelf = self._shelves.get(query.category)
        since, until = _span(query)
        before = (until, RoomId(""))
        if query.cursor:
            cursor = read_cursor(query.cursor, RoomOrder.CREATED)
            before = min(before, (cursor.number, RoomId(cursor.name)))
        if shelf is None:
            return RoomPage(b"", "")
        first = shelf.by_opened.bisect_left((since, RoomId("")))
        last = max(first, shelf.by_opened.bisect_left(before) - query.offset)
        start = max(first, last - query.limit)
        found = list(shelf.by_opened.islice(start, last, reverse=True))
        cursor_text = write_cursor(RoomOrder.CREATED, Cursor(*found[-1])) if found and start > first else ""
        return self._show([room for _, room in found], cursor_text)

    def _ranked(self, query: RoomQuery, now: int) -> RoomPage:
        self._rankings = {id: ranking for id, ranking in self._rankings.items() if now - ranking.made < _FROZEN}
        asked = (query.order, query.category, *_span(query))
        if query.cursor:
            cursor = read_cursor(query.cursor, query.order)
            ranking = self._rankings.get(cursor.name)
            if ranking is None or ranking.asked != asked:
                raise BadRequest("cursor: expired, start again without one")
            position = cursor.number
        else:
            ranking, position = self._fresh(asked, query.offset + query.limit, now), 0
        return self._cut(ranking, position + query.offset, query.limit)

    def _fresh(self, asked: Asked, wanted: int, now: int) -> MemoryRanking:
        """Return a ranking at most a second old; it is kept only if there is more of it than was wanted."""
        for ranking in self._rankings.values():
            if ranking.asked == asked and now - ranking.made < SHARED:
                return ranking
        ranking = MemoryRanking(self._name_ranking(), asked, tuple(islice(self._rank(*asked), RANKED_MAX)), now)
        if len(ranking.rooms) > wanted:
            if len(self._rankings) >= RANKINGS:
                del self._rankings[next(iter(self._rankings))]
            self._rankings[ranking.id] = ranking
        return ranking

    def _rank(self, order: RoomOrder, category: str, since: int, until: int) -> Iterator[RoomId]:
        shelf = self._shelves.get(category) or Shelf()
        everything = since == 0 and until == NEVER
        for *_, room in reversed(shelf.ranked[order]):
            if everything or since <= self._rooms[room].opened < until:
                yield room

    def _cut(self, ranking: MemoryRanking, position: int, limit: int) -> RoomPage:
        """Return a page of a ranking; rooms that are not listed any more are passed over."""
        found: list[RoomId] = []
        while position < len(ranking.rooms) and len(found) < limit:
            if ranking.rooms[position] in self._rooms:
                found.append(ranking.rooms[position])
            position += 1
        more = position < len(ranking.rooms)
        return self._show(found, write_cursor(ranking.asked[0], Cursor(position, ranking.id)) if more else "")

    def _show(self, rooms: Sequence[RoomId], cursor: str) -> RoomPage:
        return RoomPage(b",".join([self._rooms[room].card for room in rooms]), cursor)


def _span(query: RoomQuery) -> tuple[int, int]:
    """Return from when (included) until when (excluded) the rooms asked for were opened."""
    return (
        0 if query.since is None else moment(query.since),
        NEVER if query.until is None else moment(query.until),
    )
