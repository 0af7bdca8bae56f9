"""The channels of room lists: who listens here, what they know, and what they are told next (LIVE.md 6).

Each process that has listeners asks on the beat what was published, and applies it; so it always knows exactly what
was told up to where. Whoever finds that nobody produces does so: compares that with the list, publishes the difference.
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
    ChannelState,
    Feed,
    Heard,
    ListPublication,
    Newest,
    Shown,
    apply,
    changed,
    compare,
)
from liveroom.domain.paging import RoomQuery
from liveroom.ports import Clock, ListAudience, ListLost, ListWire, Live, Sent
from liveroom.usecases.listings import Listings

_ROUNDS: Final = 5
_Answer = TypeVar("_Answer")


class Line:
    """What this process knows of one channel: exactly what was told up to the position."""

    def __init__(self, feed: Feed, wire: ListWire) -> None:
        self.feed = feed
        self.lock = asyncio.Lock()
        self.position: Position | None = None
        self.state: ChannelState = {}
        self.settled: int | None = None
        """The list's rev at which nothing was left to tell."""
        self._wire = wire
        self._rev = 0
        self._recent: deque[Sent] = deque()
        self._bytes = 0
        self._snapshot = b""

    def load(self, position: Position, rev: int, state: ChannelState, recent: Iterable[ListPublication]) -> None:
        """Begin at a position."""
        self.position, self.state, self.settled = position, state, None
        self._rev, self._snapshot, self._bytes = rev, b"", 0
        self._recent.clear()
        for publication in recent:
            self._remember(publication)

    def apply(self, epoch: str, publication: ListPublication) -> Sent:
        """Go on by one publication; return it as the wire has it."""
        self.position = Position(epoch, publication.offset)
        self.state = apply(self.state, publication)
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
            cards = sorted((shown.card for shown in self.state.values()), key=_by_age, reverse=True)
            self._snapshot = self._wire.snapshot(self._rev, cards)
        return self._snapshot


@dataclass(slots=True)
class ListFeeds:
    """The channels that have listeners in this process."""

    live: Live
    clock: Clock
    listings: Listings
    wire: ListWire
    _audience: ListAudience | None = None
    _who: str = field(default_factory=lambda: secrets.token_hex(8))
    _lines: dict[Feed, Line] = field(default_factory=dict)

    def attach(self, audience: ListAudience) -> None:
        """Tell this audience what is heard from now on."""
        self._audience = audience

    async def join(self, feed: Feed) -> Position:
        """Follow a channel; return where it is. Raises ``LiveUnavailable``, as all that follows."""
        _, position = await self._line(feed)
        return position

    def leave(self, feed: Feed) -> None:
        """Stop following a channel: nobody listens here any more, and nobody is about to."""
        self._lines.pop(feed, None)

    async def snapshot(self, feed: Feed) -> tuple[Position, bytes]:
        """Return what a followed channel has told, and up to where."""
        line, position = await self._line(feed)
        return position, line.snapshot()

    async def recent(
        self, feed: Feed, *, after: int, limit: int, reverse: bool = False
    ) -> tuple[Position, Sequence[Sent]]:
        """Return remembered publications (see ``ports.Feeds.recent``), and where the channel is.

        What a subscriber may be given who comes back is answered without asking.
        """
        line, position = await self._line(feed, least=0 if reverse else after)
        found = None if reverse else line.after(position, after)
        if found is not None:
            return position, found[:limit]
        recent = await self._ask(feed, lambda: self.live.feeds.recent(feed, after=after, limit=limit, reverse=reverse))
        if recent is None:
            raise LiveUnavailable("the channel ended a moment ago")
        return recent.position, [line.write(publication) for publication in recent.publications]

    async def _line(self, feed: Feed, least: int = 0) -> tuple[Line, Position]:
        """Return the channel's line and where it is, having asked for more if that is below ``least``."""
        line = self._lines.setdefault(feed, Line(feed, self.wire))
        async with line.lock:
            if line.position is None:
                await self._open(line)
            elif line.position.offset < least:
                await self._hear(line)
        if line.position is None:
            raise LiveUnavailable("the channel ended a moment ago")
        return line, line.position

    async def hear(self) -> int:
        """Pass on what was published, and publish what is due; return how many publications were passed on."""
        heard = await asyncio.gather(*map(self._hear_unless_busy, list(self._lines.values())), return_exceptions=True)
        for failure in heard:
            if isinstance(failure, BaseException):
                raise failure
        return sum(count for count in heard if isinstance(count, int))

    async def _hear_unless_busy(self, line: Line) -> int:
        if line.position is None or line.lock.locked():
            return 0
        async with line.lock:
            return await self._hear(line)

    # --- beginning -------------------------------------------------------------------------------------------------

    async def _open(self, line: Line) -> None:
        """Begin where the channel is, or begin the channel."""
        for _ in range(_ROUNDS):
            if not await self._load(line):
                await self._begin(line, "")
            elif await self._is_fresh(line):
                return
        line.position = None
        raise LiveUnavailable("the channel is begun again and again")

    async def _load(self, line: Line) -> bool:
        """Begin the line where the channel is; say whether it is anywhere."""
        feed, feeds = line.feed, self.live.feeds
        state = await self._ask(feed, lambda: feeds.state(feed))
        if state is None:
            return False
        offset = state.position.offset
        recent = await self._ask(feed, lambda: feeds.recent(feed, after=max(0, offset - RECOVERED), limit=RECOVERED))
        if recent is None or recent.position.epoch != state.position.epoch:
            return False
        line.load(*state, [publication for publication in recent.publications if publication.offset <= offset])
        return True

    async def _is_fresh(self, line: Line) -> bool:
        """Say whether what was told is what is: where nobody has produced for a while, make it so."""
        heard = await self._after(line)
        if heard is None:
            return False
        if heard.turn and line.position == heard.position and await self._tell(line, heard):
            await self._begin(line, heard.position.epoch)
            return False
        return True

    async def _begin(self, line: Line, instead: str) -> None:
        """Give the channel a new epoch, in which its subscribers know the list as it is."""
        feed, now = line.feed, self.clock.now()
        newest = await self._ask(feed, lambda: self.live.feeds.newest(feed))
        state = {card.room: Shown(card, now) for card in self._cards(newest)}
        begin = partial(
            self.live.feeds.begin, instead=instead, epoch=secrets.token_urlsafe(6), newest=newest, state=state
        )
        await self._ask(feed, lambda: begin(feed, self._who))

    # --- hearing and telling ---------------------------------------------------------------------------------------

    async def _hear(self, line: Line) -> int:
        before = line.position
        heard = await self._after(line)
        if heard is None:
            self._lose(line)
            return 0
        if heard.turn and line.position == heard.position:
            await self._tell(line, heard)
        return line.position.offset - before.offset if line.position is not None and before is not None else 0

    async def _after(self, line: Line) -> Heard | None:
        """Apply what was published after the line's position; None when it does not follow."""
        position = line.position
        if position is None:
            return None
        heard = await self._ask(line.feed, lambda: self.live.feeds.hear(line.feed, self._who, position))
        if heard is None or heard.position.epoch != position.epoch or heard.position.offset < position.offset:
            return None
        for expected, publication in enumerate(heard.publications, position.offset + 1):
            if publication.offset != expected:
                return None
            self._pass_on(line, position.epoch, publication)
        return heard

    async def _tell(self, line: Line, heard: Heard) -> bool:
        """Publish what has changed since the last publication; say whether there was more than fits."""
        position = line.position
        if position is None or heard.rev == line.settled:
            return False
        newest = await self._ask(line.feed, lambda: self.live.feeds.newest(line.feed))
        now = self.clock.now()
        compared = compare(line.state, self._cards(newest), newest.rev, now, lasting=self.wire.lasting)
        if not compared.change.is_empty:
            publication = ListPublication(position.offset + 1, now, compared.change)
            state = changed(line.state, publication)
            if not await self._ask(
                line.feed, lambda: self.live.feeds.publish(line.feed, self._who, position, publication, state)
            ):
                return False
            self._pass_on(line, position.epoch, publication)
        if not (compared.overflows or compared.waits):
            line.settled = newest.rev
        return compared.overflows

    def _pass_on(self, line: Line, epoch: str, publication: ListPublication) -> None:
        sent = line.apply(epoch, publication)
        if self._audience is not None and self._lines.get(line.feed) is line:
            self._audience.published(line.feed, epoch, sent)

    def _lose(self, line: Line) -> None:
        line.position = None
        if self._audience is not None and self._lines.get(line.feed) is line:
            self._audience.begun_anew(line.feed)

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
