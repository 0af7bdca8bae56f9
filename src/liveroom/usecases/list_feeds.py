"""The channels of room lists: who listens here, what they know, and what they are told next (LIVE.md 6).

Each process that has listeners asks four times a second what was published, and applies it; so it always knows exactly
what was told up to where. One that finds nobody producing does so: it compares that with the list, and
publishes the difference.
"""

import asyncio
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final, TypeVar

from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.events import RECOVERED, RECOVERED_BYTES, Position
from liveroom.domain.feeds import (
    Card,
    Feed,
    KnownRoom,
    ListPublication,
    Newest,
    PollResult,
    Told,
    apply,
    changed,
    compare,
)
from liveroom.domain.paging import RoomQuery
from liveroom.ports import Clock, ListListener, ListLost, ListWire, Live, Sent
from liveroom.usecases.listings import Listings

_ROUNDS: Final = 5
_Answer = TypeVar("_Answer")


class FeedState:
    """What this process knows of one channel: exactly what was told up to the position."""

    def __init__(self, feed: Feed, wire: ListWire) -> None:
        self.feed = feed
        self.lock = asyncio.Lock()
        self.position: Position | None = None
        self.told: Told = {}
        self.compared_rev: int | None = None
        """The list's rev at which nothing was left to tell."""
        self._wire = wire
        self._rev = 0
        self._recent: deque[Sent] = deque()
        self._bytes = 0
        self._snapshot = b""

    def load(self, position: Position, rev: int, told: Told, recent: Iterable[ListPublication]) -> None:
        """Begin at a position."""
        self.position, self.told, self.compared_rev = position, told, None
        self._rev, self._snapshot, self._bytes = rev, b"", 0
        self._recent.clear()
        for publication in recent:
            self._remember(publication)

    def apply(self, epoch: str, publication: ListPublication) -> Sent:
        """Go on by one publication; return it as the wire has it."""
        self.position = Position(epoch, publication.offset)
        self.told = apply(self.told, publication)
        self._rev, self._snapshot = publication.change.rev, b""
        return self._remember(publication)

    def _remember(self, publication: ListPublication) -> Sent:
        sent = self.write(publication)
        self._recent.append(sent)
        self._bytes += len(sent.data)
        while len(self._recent) > RECOVERED or self._bytes > RECOVERED_BYTES:
            self._bytes -= len(self._recent.popleft().data)
        return sent

    def write(self, publication: ListPublication) -> Sent:
        """Return a publication as the wire has it."""
        return Sent(publication.offset, publication.at, self._wire.publication(publication.change))

    def after(self, position: Position, offset: int) -> list[Sent] | None:
        """Return what was published between an offset and our position; None when not all of it is remembered."""
        found = [sent for sent in self._recent if sent.offset > offset]
        return found if len(found) == position.offset - offset else None

    def snapshot(self) -> bytes:
        """Return what was told, newest rooms first; written once for all who ask before the next publication."""
        if not self._snapshot:
            cards = sorted((known.card for known in self.told.values()), key=_by_age, reverse=True)
            self._snapshot = self._wire.snapshot(self._rev, cards)
        return self._snapshot


@dataclass(slots=True)
class ListFeeds:
    """The channels that have listeners in this process."""

    live: Live
    clock: Clock
    listings: Listings
    wire: ListWire
    _listener: ListListener | None = None
    _who: str = field(default_factory=lambda: secrets.token_hex(8))
    _states: dict[Feed, FeedState] = field(default_factory=dict)

    def attach(self, listener: ListListener) -> None:
        """Call this listener with what is published from now on."""
        self._listener = listener

    async def join(self, feed: Feed) -> Position:
        """Subscribe to a channel; return where it is. Raises ``LiveUnavailable``, as all methods below."""
        _, position = await self._state_of(feed)
        return position

    def leave(self, feed: Feed) -> None:
        """Unsubscribe from a channel: nobody listens here any more, and nobody is about to."""
        self._states.pop(feed, None)

    async def snapshot(self, feed: Feed) -> tuple[Position, bytes]:
        """Return what a subscribed channel has published, and up to where."""
        line, position = await self._state_of(feed)
        return position, line.snapshot()

    async def recent(
        self, feed: Feed, *, after: int, limit: int, reverse: bool = False
    ) -> tuple[Position, Sequence[Sent]]:
        """Return remembered publications (see ``ports.Feeds.recent``), and where the channel is.

        What a subscriber may be given who comes back is answered without asking.
        """
        line, position = await self._state_of(feed, least=0 if reverse else after)
        found = None if reverse else line.after(position, after)
        if found is not None:
            return position, found[:limit]
        recent = await self._ask(feed, lambda: self.live.feeds.recent(feed, after=after, limit=limit, reverse=reverse))
        if recent is None:
            raise LiveUnavailable("the channel ended a moment ago")
        return recent.position, [line.write(publication) for publication in recent.publications]

    async def _state_of(self, feed: Feed, least: int = 0) -> tuple[FeedState, Position]:
        """Return the channel's state and where it is, having polled if that is below ``least``."""
        line = self._states.setdefault(feed, FeedState(feed, self.wire))
        async with line.lock:
            if line.position is None:
                await self._open(line)
            elif line.position.offset < least:
                await self._poll(line)
        if line.position is None:
            raise LiveUnavailable("the channel ended a moment ago")
        return line, line.position

    async def poll(self) -> int:
        """Pass on what was published, and publish what is due; return how many publications were passed on."""
        polled = await asyncio.gather(*map(self._poll_unless_busy, list(self._states.values())), return_exceptions=True)
        for failure in polled:
            if isinstance(failure, BaseException):
                raise failure
        return sum(count for count in polled if isinstance(count, int))

    async def _poll_unless_busy(self, line: FeedState) -> int:
        if line.position is None or line.lock.locked():
            return 0
        async with line.lock:
            return await self._poll(line)

    # --- beginning -------------------------------------------------------------------------------------------------

    async def _open(self, line: FeedState) -> None:
        """Begin where the channel is, or begin the channel."""
        for _ in range(_ROUNDS):
            if not await self._load(line):
                await self._begin(line, "")
            elif await self._is_fresh(line):
                return
        line.position = None
        raise LiveUnavailable("the channel is begun again and again")

    async def _load(self, line: FeedState) -> bool:
        """Begin the line where the channel is; say whether it is anywhere."""
        feed, feeds = line.feed, self.live.feeds
        state = await self._ask(feed, lambda: feeds.told(feed))
        if state is None:
            return False
        offset = state.position.offset
        recent = await self._ask(feed, lambda: feeds.recent(feed, after=max(0, offset - RECOVERED), limit=RECOVERED))
        if recent is None or recent.position.epoch != state.position.epoch:
            return False
        line.load(*state, [publication for publication in recent.publications if publication.offset <= offset])
        return True

    async def _is_fresh(self, line: FeedState) -> bool:
        """Say whether what was told is what is: where nobody has produced for a while, make it so."""
        polled = await self._after(line)
        if polled is None:
            return False
        if polled.turn and line.position == polled.position and await self._tell(line, polled):
            await self._begin(line, polled.position.epoch)
            return False
        return True

    async def _begin(self, line: FeedState, instead: str) -> None:
        """Give the channel a new epoch, in which its subscribers know the list as it is."""
        feed, now = line.feed, self.clock.now()
        newest = await self._ask(feed, lambda: self.live.feeds.newest(feed))
        told = {card.room: KnownRoom(card, now) for card in self._cards(newest)}
        begin = partial(
            self.live.feeds.begin, instead=instead, epoch=secrets.token_urlsafe(6), newest=newest, told=told
        )
        await self._ask(feed, lambda: begin(feed, self._who))

    # --- polling and publishing ------------------------------------------------------------------------------------

    async def _poll(self, line: FeedState) -> int:
        before = line.position
        polled = await self._after(line)
        if polled is None:
            self._lose(line)
            return 0
        if polled.turn and line.position == polled.position:
            await self._tell(line, polled)
        return line.position.offset - before.offset if line.position is not None and before is not None else 0

    async def _after(self, line: FeedState) -> PollResult | None:
        """Apply what was published after the line's position; None when it does not follow."""
        position = line.position
        if position is None:
            return None
        polled = await self._ask(line.feed, lambda: self.live.feeds.poll(line.feed, self._who, position))
        if polled is None or polled.position.epoch != position.epoch or polled.position.offset < position.offset:
            return None
        for expected, publication in enumerate(polled.publications, position.offset + 1):
            if publication.offset != expected:
                return None
            self._pass_on(line, position.epoch, publication)
        return polled

    async def _tell(self, line: FeedState, polled: PollResult) -> bool:
        """Publish what has changed since the last publication; say whether there was more than fits."""
        position = line.position
        if position is None or polled.rev == line.compared_rev:
            return False
        newest = await self._ask(line.feed, lambda: self.live.feeds.newest(line.feed))
        now = self.clock.now()
        compared = compare(line.told, self._cards(newest), newest.rev, now, lasting=self.wire.lasting)
        if not compared.change.is_empty:
            publication = ListPublication(position.offset + 1, now, compared.change)
            told = changed(line.told, publication)
            if not await self._ask(
                line.feed, lambda: self.live.feeds.publish(line.feed, self._who, position, publication, told)
            ):
                return False
            self._pass_on(line, position.epoch, publication)
        if not (compared.overflows or compared.waits):
            line.compared_rev = newest.rev
        return compared.overflows

    def _pass_on(self, line: FeedState, epoch: str, publication: ListPublication) -> None:
        sent = line.apply(epoch, publication)
        if self._listener is not None and self._states.get(line.feed) is line:
            self._listener.told(line.feed, epoch, sent)

    def _lose(self, line: FeedState) -> None:
        line.position = None
        if self._listener is not None and self._states.get(line.feed) is line:
            self._listener.begun_anew(line.feed)

    def _cards(self, newest: Newest) -> list[Card]:
        return [Card(room, opened, *self.wire.split(card)) for room, opened, card in newest.rooms]

    async def _ask(self, feed: Feed, question: Callable[[], Awaitable[_Answer]]) -> _Answer:
        """Ask the store, and once more when the tenant's list had to be built first."""
        try:
            return await question()
        except ListLost:
            await self.listings.rooms(RoomQuery(feed.tenant, limit=1))
        try:
            return await question()
        except ListLost:
            raise LiveUnavailable("the room list is lost again and again") from None


def _by_age(card: Card) -> tuple[datetime, str]:
    return card.opened, card.room
