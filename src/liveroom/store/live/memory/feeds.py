"""The channels of room lists: what each has told, and who produces (see ``ports.Feeds``)."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from liveroom.domain.events.model import Position
from liveroom.domain.ids import RoomId, TenantName
from liveroom.domain.moments import at, milliseconds
from liveroom.domain.rooms.feeds import (
    KEPT,
    LEASE,
    NEWEST,
    PACE,
    UNPOLLED,
    ChannelState,
    Feed,
    FeedState,
    KnownRoom,
    ListPublication,
    ListRecent,
    Newest,
    PollResult,
    apply,
)
from liveroom.ports import Clock, ListLost
from liveroom.store.live.memory.lists import RoomList
from liveroom.store.live.memory.moments import read

_LEASE: Final = milliseconds(LEASE)
_UNPOLLED: Final = milliseconds(UNPOLLED)
_PACE: Final = milliseconds(PACE)
_NEVER: Final = -_UNPOLLED


@dataclass(slots=True)
class MemoryChannel:
    """One channel, in one epoch."""

    epoch: str
    list_epoch: str
    rev: int
    state: ChannelState
    producer: str
    until: int
    offset: int = 0
    published: int = _NEVER
    recent: deque[ListPublication] = field(default_factory=lambda: deque(maxlen=KEPT))

    @property
    def position(self) -> Position:
        return Position(self.epoch, self.offset)

    def may_produce(self, who: str, now: int) -> bool:
        """Say whether the claim is the caller's, or free."""
        return self.producer == who or self.until <= now

    def claim(self, who: str, now: int) -> None:
        """Give the claim to the caller."""
        self.producer, self.until = who, now + _LEASE


class MemoryFeeds:
    """All channels."""

    def __init__(self, clock: Clock, list_of: Callable[[TenantName], RoomList | None]) -> None:
        self._clock = clock
        self._list_of = list_of
        self._channels: dict[Feed, MemoryChannel] = {}

    async def newest(self, feed: Feed) -> Newest:
        listing = self._list(feed)
        rooms = tuple((room, at(opened), card) for room, opened, card in listing.newest(feed.category, NEWEST))
        return Newest(listing.epoch, listing.rev, rooms)

    async def begin(
        self, feed: Feed, who: str, *, instead: str, epoch: str, newest: Newest, state: Mapping[RoomId, KnownRoom]
    ) -> bool:
        channel, now = self._find(feed), read(self._clock)
        if (channel.epoch if channel else "") != instead or newest.epoch != self._list(feed).epoch:
            return False
        if channel is not None and not channel.may_produce(who, now):
            return False
        self._channels = {feed: kept for feed, kept in self._channels.items() if not _is_over(kept, now)}
        self._channels[feed] = MemoryChannel(epoch, newest.epoch, newest.rev, dict(state), who, now + _LEASE)
        return True

    async def state(self, feed: Feed) -> FeedState | None:
        channel = self._find(feed)
        return None if channel is None else FeedState(channel.position, channel.rev, dict(channel.state))

    async def poll(self, feed: Feed, who: str, known: Position) -> PollResult | None:
        channel, now = self._find(feed), read(self._clock)
        if channel is None:
            return None
        turn = channel.may_produce(who, now)
        if turn:
            channel.claim(who, now)
        missed = known.epoch == channel.epoch and known.offset < channel.offset
        after = tuple(one for one in channel.recent if one.offset > known.offset) if missed else ()
        is_due = turn and not 0 <= now - channel.published < _PACE
        return PollResult(channel.position, self._list(feed).rev, after, is_due)

    async def publish(
        self, feed: Feed, who: str, after: Position, publication: ListPublication, state: Mapping[RoomId, KnownRoom]
    ) -> bool:
        channel, now = self._find(feed), read(self._clock)
        if channel is None or channel.position != after or channel.producer != who:
            return False
        channel.claim(who, now)
        channel.state = apply(channel.state, publication)
        channel.offset, channel.rev, channel.published = publication.offset, publication.change.rev, now
        channel.recent.append(publication)
        return True

    async def recent(self, feed: Feed, *, after: int, limit: int, reverse: bool = False) -> ListRecent | None:
        channel = self._find(feed)
        if channel is None:
            return None
        if reverse:
            found = [one for one in reversed(channel.recent) if not after or one.offset < after]
        else:
            found = [one for one in channel.recent if one.offset > after]
        return ListRecent(channel.position, tuple(found[:limit]))

    def _find(self, feed: Feed) -> MemoryChannel | None:
        """Return the channel while it has an epoch: it ends with its list, and when nobody listens for long."""
        listing, channel = self._list(feed), self._channels.get(feed)
        if channel is None or channel.list_epoch != listing.epoch or _is_over(channel, read(self._clock)):
            return None
        return channel

    def _list(self, feed: Feed) -> RoomList:
        listing = self._list_of(feed.tenant)
        if listing is None or not listing.whole:
            raise ListLost(feed.tenant)
        return listing


def _is_over(channel: MemoryChannel, now: int) -> bool:
    return now - channel.until > _UNPOLLED
