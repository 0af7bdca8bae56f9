"""``rooms:<category>``: the newest rooms of a list, for whoever is signed in to its tenant (LIVE.md 6).

Other tenants' channels carry the tenant's name; ``_all`` stands for all categories. Nobody is told who else listens.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from liveroom.domain.events.model import Position
from liveroom.domain.rooms.feeds import Feed, read_channel
from liveroom.ports import Sent
from liveroom.realtime import codes
from liveroom.realtime.batch_writer import BatchWriter
from liveroom.realtime.codes import Refusal
from liveroom.realtime.kinds import Answer, Subscriber
from liveroom.realtime.messages import (
    HistoryRequest,
    HistoryResult,
    PresenceResult,
    PresenceStatsResult,
    SubscribeRequest,
)
from liveroom.realtime.sequencer import Item, Spawn
from liveroom.realtime.stream import State, Stream
from liveroom.usecases.rooms.feeds import ListFeeds

EACH_MAX: Final = 16
"""Lists that one connection may listen to: each that is new in a process is one more to ask about."""
TENANT_MAX: Final = 512
"""Lists of one tenant that a process listens to."""


class ListChannel:
    """A list that clients of this process listen to."""

    def __init__(self, lists: "ListChannels", feed: Feed) -> None:
        self.name = feed.channel
        self.feed = feed
        self._feeds = lists.feeds
        self.stream = Stream(self.name, self, lists.writer, spawn=lists.spawn, ended=lambda _: lists.ended(self))

    # for clients

    async def subscribe(self, subscriber: Subscriber, request: SubscribeRequest, answer: Answer) -> None:
        await self.stream.subscribe(subscriber, request, answer)

    def unsubscribe(self, subscriber: Subscriber, *, part: bool = True) -> None:
        self.stream.unsubscribe(subscriber, part=part)

    async def presence(self) -> PresenceResult:
        raise Refusal(codes.NOT_AVAILABLE)

    async def presence_stats(self) -> PresenceStatsResult:
        raise Refusal(codes.NOT_AVAILABLE)

    async def history(self, request: HistoryRequest) -> HistoryResult:
        return await self.stream.history(request)

    # for the stream

    async def listen(self) -> None:
        await self._feeds.join(self.feed)

    def stop_listening(self) -> None:
        self._feeds.leave(self.feed)

    async def join(self, subscriber: Subscriber) -> Position:
        return await self._feeds.join(self.feed)

    def part(self, subscriber: Subscriber) -> None:
        """Do nothing: a subscription to a list is no sign of anything."""

    async def snapshot(self, subscriber: Subscriber) -> State:
        return State(*await self._feeds.snapshot(self.feed))

    async def recent(self, *, after: int, limit: int, reverse: bool = False) -> tuple[Position, Sequence[Item]]:
        position, found = await self._feeds.recent(self.feed, after=after, limit=limit, reverse=reverse)
        return position, [_item(sent) for sent in found]

    async def step_back(self, epoch: str) -> None:
        """Forget what this process knows of the channel: whoever subscribes next has it read again."""
        self._feeds.leave(self.feed)

    def delivered(self, item: Item) -> None:
        """Do nothing: nobody is taken off a list's channel by what it says."""


@dataclass(frozen=True, slots=True)
class ListChannels:
    """The lists that clients of this process listen to; it is the ``ListListener`` of ``ListFeeds``."""

    feeds: ListFeeds
    writer: BatchWriter
    spawn: Spawn
    open: dict[Feed, ListChannel] = field(default_factory=dict)

    def channel(self, rest: str, subscriber: Subscriber) -> ListChannel:
        feed = read_channel(f"rooms:{rest}")
        if feed is None:
            raise Refusal(codes.UNKNOWN_CHANNEL)
        if feed.tenant != subscriber.tenant_name:
            raise Refusal(codes.PERMISSION_DENIED)
        if sum(isinstance(channel, ListChannel) for channel in subscriber.channels.values()) >= EACH_MAX:
            raise Refusal(codes.LIMIT_EXCEEDED)
        return self.open.get(feed) or self._begin(feed)

    def _begin(self, feed: Feed) -> ListChannel:
        if sum(other.tenant == feed.tenant for other in self.open) >= TENANT_MAX:
            raise Refusal(codes.LIMIT_EXCEEDED)
        channel = self.open[feed] = ListChannel(self, feed)
        return channel

    def ended(self, channel: ListChannel) -> None:
        """Forget a channel that nobody is subscribed to any more."""
        if self.open.get(channel.feed) is channel:
            del self.open[channel.feed]

    # from the feeds

    def published(self, feed: Feed, epoch: str, sent: Sent) -> None:
        """Take a publication."""
        channel = self.open.get(feed)
        if channel is not None:
            channel.stream.sequencer.received(epoch, _item(sent))

    def begun_anew(self, feed: Feed) -> None:
        """Let all subscribers begin again."""
        channel = self.open.get(feed)
        if channel is not None:
            channel.stream.end(codes.RESUBSCRIBE)


def _item(sent: Sent) -> Item:
    return Item(sent.offset, sent.at, sent.data)
