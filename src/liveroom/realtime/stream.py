"""A channel with subscribers in this process: how they begin, what they are told, how they end.

A subscriber begins with a snapshot or with what it has missed, and then receives what is newer than that. Which
publication comes next is the concern of ``liveroom.realtime.sequencer``: the channel, not the subscriber, keeps the
position.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, Protocol

from msgspec import Raw

from liveroom import deadlines
from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.events.model import RECOVERED, RECOVERED_BYTES, Position
from liveroom.realtime import codes
from liveroom.realtime.batch_writer import BatchWriter
from liveroom.realtime.broadcast_group import BroadcastGroup
from liveroom.realtime.codes import End, Refusal
from liveroom.realtime.framing import Framing
from liveroom.realtime.kinds import Answer, Subscriber
from liveroom.realtime.messages import (
    NO_DATA,
    REJECT_UNRECOVERED,
    HistoryRequest,
    HistoryResult,
    PublicationPush,
    Push,
    Reply,
    SubscribeRequest,
    SubscribeResult,
    Unsubscribe,
)
from liveroom.realtime.sequencer import Item, SequenceLog, Sequencer, Spawn, is_whole, nothing

SHARED: Final = 0.05
"""Seconds for which all who ask for a snapshot get the same."""
_TRIES: Final = 3


class State(NamedTuple):
    """A finished snapshot, and the position at which it was taken."""

    position: Position
    data: bytes


class StreamSource(SequenceLog, Protocol):
    """Where a channel's publications come from. Raises ``Refusal``, ``RoomNotFound``, ``Unavailable``."""

    async def listen(self) -> None:
        """Receive publications from now on."""

    def stop_listening(self) -> None: ...

    async def join(self, subscriber: Subscriber) -> Position:
        """Let the subscriber in; return the channel's position."""

    def part(self, subscriber: Subscriber) -> None: ...

    async def snapshot(self, subscriber: Subscriber) -> State: ...

    def delivered(self, item: Item) -> None:
        """An item was told to all subscribers."""


class _Over:
    """The source of a channel that is over: whoever still asks it is to begin again."""

    async def listen(self) -> None:
        raise LiveUnavailable(_IS_OVER)

    def stop_listening(self) -> None: ...

    async def join(self, subscriber: Subscriber) -> Position:
        raise LiveUnavailable(_IS_OVER)

    def part(self, subscriber: Subscriber) -> None: ...

    async def snapshot(self, subscriber: Subscriber) -> State:
        raise LiveUnavailable(_IS_OVER)

    async def recent(self, *, after: int, limit: int, reverse: bool = False) -> tuple[Position, Sequence[Item]]:
        raise LiveUnavailable(_IS_OVER)

    async def step_back(self, epoch: str) -> None: ...

    def delivered(self, item: Item) -> None: ...


_IS_OVER: Final = "the channel is over"
_OVER: Final = _Over()


class _Start(NamedTuple):
    """How a subscription begins: what it is given, and that it receives publications above ``offset``."""

    offset: int
    given: Sequence[Item]
    data: bytes | None


class Stream:
    """One channel with local subscribers. ``ended`` is called when the last one is gone."""

    def __init__(
        self,
        name: str,
        source: StreamSource,
        writer: BatchWriter,
        *,
        spawn: Spawn,
        ended: Callable[["Stream"], None],
    ) -> None:
        self.name = name
        self.sequencer = Sequencer(name, source, spawn=spawn, take=self._deliver, end=self.end)
        self.watchers: set[Subscriber] = set()
        """Those who asked to be told of others' subscriptions."""
        self._source = source
        self._writer = writer
        self._ended = ended
        self._listening: asyncio.Task[None] | None = None
        self._joining = 0
        self._live: dict[Framing, BroadcastGroup[Subscriber]] = {}
        self._ahead: dict[Subscriber, int] = {}
        """Subscribers whose snapshot is newer than what was received yet, and its offset."""
        self._shared: asyncio.Future[State] | None = None
        self._shared_since = 0.0

    @property
    def subscribers(self) -> list[Subscriber]:
        """Return all who are subscribed."""
        return [one for ones in self._live.values() for one in ones] + list(self._ahead)

    @property
    def is_joining(self) -> bool:
        """Say whether somebody is about to be subscribed."""
        return self._joining > 0

    @property
    def is_empty(self) -> bool:
        return not (self._joining or self._ahead or any(self._live.values()))

    # subscribing

    async def subscribe(self, subscriber: Subscriber, request: SubscribeRequest, answer: Answer) -> None:
        """Subscribe: ``answer`` is called with the reply, and what is newer follows it."""
        self._joining += 1
        try:
            await self._listen()
            await self._join(subscriber, request, answer)
        finally:
            self._joining -= 1
            self._end_if_empty()

    def unsubscribe(self, subscriber: Subscriber, *, part: bool = True) -> None:
        """End a subscription; without ``part`` it stays as a sign of life until its lease ends."""
        group = self._live.get(subscriber.framing)
        if group is not None:
            group.discard(subscriber)
        self._ahead.pop(subscriber, None)
        self.watchers.discard(subscriber)
        if part:
            self._source.part(subscriber)
        self._end_if_empty()

    def expel(self, subscriber: Subscriber, end: End) -> None:
        """End a subscription and say why."""
        self._writer.add(subscriber, subscriber.framing.encode(self._farewell(end)))
        subscriber.channels.pop(self.name, None)
        self.unsubscribe(subscriber)

    def end(self, end: End) -> None:
        """End all subscriptions; the channel begins anew with the next one.

        They stay as signs of life: their clients are about to come back, or the room is over.
        """
        self.sequencer.forget()
        self._shared = None
        for framing, group in self._live.items():
            group.broadcast(framing.encode(self._farewell(end)))
        for subscriber in self._ahead:
            self._writer.add(subscriber, subscriber.framing.encode(self._farewell(end)))
        for subscriber in self.subscribers:
            subscriber.channels.pop(self.name, None)
        self._live.clear()
        self._ahead.clear()
        self.watchers.clear()
        self._end_if_empty()

    def _farewell(self, end: End) -> Reply:
        return Reply(push=Push(channel=self.name, unsubscribe=Unsubscribe(code=end.code, reason=end.reason)))

    async def history(self, request: HistoryRequest) -> HistoryResult:
        """Return remembered publications, at most as many as a recovery gives."""
        since = request.since
        limit = min(request.limit, RECOVERED) if request.limit >= 0 else RECOVERED
        after = since.offset if since is not None else 0
        position, items = await self._source.recent(after=after, limit=limit, reverse=request.reverse)
        if since is not None and since.epoch and since.epoch != position.epoch:
            raise Refusal(codes.UNRECOVERABLE)
        return HistoryResult([_publication(item) for item in items[:limit]], position.epoch, position.offset)

    async def _listen(self) -> None:
        if self._listening is None or (self._listening.done() and self._listening.exception() is not None):
            self._listening = deadlines.spawn(self._source.listen())
        await deadlines.join(self._listening, LiveUnavailable)

    async def _join(self, subscriber: Subscriber, request: SubscribeRequest, answer: Answer) -> None:
        position = await self._source.join(subscriber)
        try:
            for _ in range(_TRIES):
                self.sequencer.adopt(position)
                start = await self._start(subscriber, request)
                after = self._missed(start) if start is not None and position.epoch == self.sequencer.epoch else None
                if start is not None and after is not None and subscriber.open:
                    self._admit(subscriber, request, start, after, answer)
                    return
                if not subscriber.open:
                    break
                position = await self._source.join(subscriber)
            raise Refusal(codes.INTERNAL)
        except BaseException:
            self._source.part(subscriber)
            raise

    async def _start(self, subscriber: Subscriber, request: SubscribeRequest) -> _Start | None:
        """Return what the subscription begins with; None when the epoch has changed meanwhile."""
        if request.recover:
            missed = await self._recover(request)
            if missed is not None:
                return missed
            if request.flag & REJECT_UNRECOVERED:
                raise Refusal(codes.UNRECOVERABLE)
        state = await self._snapshot(subscriber)
        return _Start(state.position.offset, (), state.data) if state.position.epoch == self.sequencer.epoch else None

    async def _recover(self, request: SubscribeRequest) -> _Start | None:
        """Return what a returning subscriber has missed, unless that is too much, or is not known any more."""
        if request.epoch != self.sequencer.epoch:
            return None
        top = self.sequencer.offset
        missed: Sequence[Item] | None = self.sequencer.since(request.offset) if request.offset <= top else None
        if missed is None:
            position, missed = await self._source.recent(after=request.offset, limit=RECOVERED + 1)
            top = position.offset
            if position.epoch != self.sequencer.epoch or not is_whole(missed, request.offset, top):
                return None
        if len(missed) > RECOVERED or sum([len(item.data) for item in missed]) > RECOVERED_BYTES:
            return None
        return _Start(top, missed, None)

    def _missed(self, start: _Start) -> list[Item] | None:
        """Return what was told here after the subscription's beginning; None when that is not remembered."""
        return [] if start.offset >= self.sequencer.offset else self.sequencer.since(start.offset)

    def _admit(
        self,
        subscriber: Subscriber,
        request: SubscribeRequest,
        start: _Start,
        after: Sequence[Item],
        answer: Answer,
    ) -> None:
        answer(
            SubscribeResult(
                recoverable=True,
                positioned=True,
                epoch=self.sequencer.epoch,
                offset=request.offset if start.data is None else start.offset,
                publications=[_publication(item) for item in start.given],
                recovered=start.data is None,
                was_recovering=request.recover,
                data=NO_DATA if start.data is None else Raw(start.data),
            )
        )
        for item in after:
            self._writer.reply(subscriber, self._encode(subscriber.framing, item))
        if request.join_leave:
            self.watchers.add(subscriber)
        if start.offset > self.sequencer.offset:
            self._ahead[subscriber] = start.offset
        else:
            self._go_along(subscriber)

    def share(self, state: State) -> None:
        """Let whoever asks within a moment have this snapshot."""
        loop = asyncio.get_running_loop()
        self._shared, self._shared_since = loop.create_future(), loop.time()
        self._shared.set_result(state)

    async def _snapshot(self, subscriber: Subscriber) -> State:
        now = asyncio.get_running_loop().time()
        shared = self._shared
        if shared is None or now - self._shared_since > SHARED or self._is_past(shared):
            self._shared_since = now
            shared = self._shared = deadlines.spawn(self._source.snapshot(subscriber))
        try:
            return await deadlines.join(shared, LiveUnavailable)
        except Exception:
            if self._shared is shared:
                self._shared = None
            raise

    def _is_past(self, snapshot: asyncio.Future[State]) -> bool:
        """Say whether more was told since a snapshot than is remembered: nobody can begin with it any more."""
        if not snapshot.done() or snapshot.cancelled() or snapshot.exception() is not None:
            return False
        taken = snapshot.result().position.offset
        return taken < self.sequencer.offset and self.sequencer.since(taken) is None

    def _end_if_empty(self) -> None:
        if self.is_empty:
            if self._listening is not None:
                self._source.stop_listening()
                self._listening = None
            self._live.clear()
            self._shared = None
            self._ended(self)
            # What ends in a circle waits for a collection that hardly ever comes: 4 KB of each channel that ended.
            self._source, self._ended = _OVER, nothing
            self.sequencer.close(_OVER)

    # delivering

    def _deliver(self, item: Item) -> None:
        for framing, group in self._live.items():
            if group:
                group.broadcast(self._encode(framing, item))
        if self._ahead:
            self._catch_up(item)
        self._source.delivered(item)

    def _catch_up(self, item: Item) -> None:
        """Let subscribers who had begun ahead of us go with the others once we have come as far."""
        for subscriber, offset in list(self._ahead.items()):
            if item.offset < offset:
                continue
            if item.offset > offset:
                self._writer.add(subscriber, self._encode(subscriber.framing, item))
            del self._ahead[subscriber]
            self._go_along(subscriber)

    def _go_along(self, subscriber: Subscriber) -> None:
        group = self._live.get(subscriber.framing)
        if group is None:
            group = self._live[subscriber.framing] = BroadcastGroup(self._writer, subscriber.framing)
        group.add(subscriber)

    def _encode(self, framing: Framing, item: Item) -> bytes:
        return framing.encode(Reply(push=Push(channel=self.name, pub=_publication(item))))


def _publication(item: Item) -> PublicationPush:
    return PublicationPush(data=Raw(item.data), offset=item.offset)
