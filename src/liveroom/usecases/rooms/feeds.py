"""The channels of room lists: who subscribes here, what they know, and what is published next (LIVE.md 6).

Each process with subscribers polls the channel four times a second and applies what was published, so it always knows
what subscribers know at which position. If nobody is publishing, it does: it compares that with the list, and publishes
the difference.
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
from liveroom.domain.events.model import RECOVERED, RECOVERED_BYTES, Position
from liveroom.domain.rooms.feeds import (
    Card,
    ChannelState,
    Feed,
    KnownRoom,
    ListPublication,
    Newest,
    PollResult,
    apply,
    changed,
    compare,
)
from liveroom.domain.rooms.paging import RoomQuery
from liveroom.ports import Clock, ListListener, ListLost, ListWire, Live, Sent
from liveroom.usecases.rooms.listings import Listings

_ROUNDS: Final = 5
_Answer = TypeVar("_Answer")


class KnownFeed:
    """What this process knows of one channel: exactly what was published up to the position."""

    def __init__(self, feed: Feed, wire: ListWire) -> None:
        self.feed = feed
        self.lock = asyncio.Lock()
        self.position: Position | None = None
        self.state: ChannelState = {}
        self.compared_rev: int | None = None
        """The list's rev at which nothing was left to publish."""
        self._wire = wire
        self._rev = 0
        self._recent: deque[Sent] = deque()
        self._bytes = 0
        self._snapshot = b""

    def load(self, position: Position, rev: int, state: ChannelState, recent: Iterable[ListPublication]) -> None:
        """Begin at a position."""
        self.position, self.state, self.compared_rev = position, state, None
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
        """Return the published list, newest rooms first; encoded once for all who ask before the next publication."""
        if not self._snapshot:
            cards = sorted((known.card for known in self.state.values()), key=_by_age, reverse=True)
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
    _known: dict[Feed, KnownFeed] = field(default_factory=dict)

    def attach(self, listener: ListListener) -> None:
        """Call this listener with what is published from now on."""
        self._listener = listener

    async def join(self, feed: Feed) -> Position:
        """Subscribe to a channel; return where it is. Raises ``LiveUnavailable``, as all methods below."""
        _, position = await self._known_of(feed)
        return position

    def leave(self, feed: Feed) -> None:
        """Unsubscribe from a channel: nobody listens here any more, and nobody is about to."""
        self._known.pop(feed, None)

    async def snapshot(self, feed: Feed) -> tuple[Position, bytes]:
        """Return what a subscribed channel has published, and up to where."""
        known, position = await self._known_of(feed)
        return position, known.snapshot()

    async def recent(
        self, feed: Feed, *, after: int, limit: int, reverse: bool = False
    ) -> tuple[Position, Sequence[Sent]]:
        """Return remembered publications (see ``ports.Feeds.recent``), and where the channel is.

        Publications that a returning subscriber may get come from memory, without asking the store.
        """
        known, position = await self._known_of(feed, least=0 if reverse else after)
        found = None if reverse else known.after(position, after)
        if found is not None:
            return position, found[:limit]
        recent = await self._ask(feed, lambda: self.live.feeds.recent(feed, after=after, limit=limit, reverse=reverse))
        if recent is None:
            raise LiveUnavailable("the channel ended a moment ago")
        return recent.position, [known.write(publication) for publication in recent.publications]

    async def _known_of(self, feed: Feed, least: int = 0) -> tuple[KnownFeed, Position]:
        """Return the channel's state and where it is, having polled if that is below ``least``."""
        known = self._known.setdefault(feed, KnownFeed(feed, self.wire))
        async with known.lock:
            if known.position is None:
                await self._open(known)
            elif known.position.offset < least:
                await self._poll(known)
        if known.position is None:
            raise LiveUnavailable("the channel ended a moment ago")
        return known, known.position

    async def poll(self) -> int:
        """Pass on what was published, and publish what is due; return how many publications were passed on."""
        polled = await asyncio.gather(*map(self._poll_unless_busy, list(self._known.values())), return_exceptions=True)
        for failure in polled:
            if isinstance(failure, BaseException):
                raise failure
        return sum(count for count in polled if isinstance(count, int))

    async def _poll_unless_busy(self, known: KnownFeed) -> int:
        if known.position is None or known.lock.locked():
            return 0
        async with known.lock:
            return await self._poll(known)

    # --- beginning -------------------------------------------------------------------------------------------------

    async def _open(self, known: KnownFeed) -> None:
        """Begin where the channel is, or begin the channel."""
        for _ in range(_ROUNDS):
            if not await self._load(known):
                await self._begin(known, "")
            elif await self._is_fresh(known):
                return
        known.position = None
        raise LiveUnavailable("the channel is begun again and again")

    async def _load(self, known: KnownFeed) -> bool:
        """Begin at the channel's position; return False if it has none."""
        feed, feeds = known.feed, self.live.feeds
        state = await self._ask(feed, lambda: feeds.state(feed))
        if state is None:
            return False
        offset = state.position.offset
        recent = await self._ask(feed, lambda: feeds.recent(feed, after=max(0, offset - RECOVERED), limit=RECOVERED))
        if recent is None or recent.position.epoch != state.position.epoch:
            return False
        known.load(*state, [publication for publication in recent.publications if publication.offset <= offset])
        return True

    async def _is_fresh(self, known: KnownFeed) -> bool:
        """Say whether the published list is up to date; if nobody has published for a while, publish first."""
        polled = await self._after(known)
        if polled is None:
            return False
        if polled.turn and known.position == polled.position and await self._publish_change(known, polled):
            await self._begin(known, polled.position.epoch)
            return False
        return True

    async def _begin(self, known: KnownFeed, instead: str) -> None:
        """Give the channel a new epoch, in which its subscribers know the list as it is."""
        feed, now = known.feed, self.clock.now()
        newest = await self._ask(feed, lambda: self.live.feeds.newest(feed))
        state = {card.room: KnownRoom(card, now) for card in self._cards(newest)}
        begin = partial(
            self.live.feeds.begin, instead=instead, epoch=secrets.token_urlsafe(6), newest=newest, state=state
        )
        await self._ask(feed, lambda: begin(feed, self._who))

    # --- polling and publishing ------------------------------------------------------------------------------------

    async def _poll(self, known: KnownFeed) -> int:
        before = known.position
        polled = await self._after(known)
        if polled is None:
            self._lose(known)
            return 0
        if polled.turn and known.position == polled.position:
            await self._publish_change(known, polled)
        return known.position.offset - before.offset if known.position is not None and before is not None else 0

    async def _after(self, known: KnownFeed) -> PollResult | None:
        """Apply what was published after the known position; None when it does not follow."""
        position = known.position
        if position is None:
            return None
        polled = await self._ask(known.feed, lambda: self.live.feeds.poll(known.feed, self._who, position))
        if polled is None or polled.position.epoch != position.epoch or polled.position.offset < position.offset:
            return None
        for expected, publication in enumerate(polled.publications, position.offset + 1):
            if publication.offset != expected:
                return None
            self._pass_on(known, position.epoch, publication)
        return polled

    async def _publish_change(self, known: KnownFeed, polled: PollResult) -> bool:
        """Publish what has changed since the last publication; say whether there was more than fits."""
        position = known.position
        if position is None or polled.rev == known.compared_rev:
            return False
        newest = await self._ask(known.feed, lambda: self.live.feeds.newest(known.feed))
        now = self.clock.now()
        compared = compare(known.state, self._cards(newest), newest.rev, now, lasting=self.wire.lasting)
        if not compared.change.is_empty:
            publication = ListPublication(position.offset + 1, now, compared.change)
            state = changed(known.state, publication)
            if not await self._ask(
                known.feed, lambda: self.live.feeds.publish(known.feed, self._who, position, publication, state)
            ):
                return False
            self._pass_on(known, position.epoch, publication)
        if not (compared.overflows or compared.waits):
            known.compared_rev = newest.rev
        return compared.overflows

    def _pass_on(self, known: KnownFeed, epoch: str, publication: ListPublication) -> None:
        sent = known.apply(epoch, publication)
        if self._listener is not None and self._known.get(known.feed) is known:
            self._listener.published(known.feed, epoch, sent)

    def _lose(self, known: KnownFeed) -> None:
        known.position = None
        if self._listener is not None and self._known.get(known.feed) is known:
            self._listener.begun_anew(known.feed)

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
