"""How subscriptions to a channel begin when much happens on it at once."""

import asyncio
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime
from typing import Any

from liveroom.domain.events.model import RECOVERED_BYTES, Position
from liveroom.realtime.batch_writer import BatchWriter
from liveroom.realtime.framing import WS_JSON, Opening
from liveroom.realtime.kinds import Subscriber
from liveroom.realtime.messages import SubscribeRequest, SubscribeResult
from liveroom.realtime.sequencer import Item
from liveroom.realtime.stream import State, Stream

NOW = datetime(2026, 11, 25, tzinfo=UTC)


class Store:
    """A channel's source: where it is, and how often it was asked for a snapshot."""

    def __init__(self) -> None:
        self.offset = 0
        self.snapshots = 0

    @property
    def position(self) -> Position:
        return Position("e", self.offset)

    async def listen(self) -> None: ...

    def stop_listening(self) -> None: ...

    async def join(self, subscriber: Subscriber) -> Position:
        return self.position

    def part(self, subscriber: Subscriber) -> None: ...

    async def snapshot(self, subscriber: Subscriber) -> State:
        self.snapshots += 1
        return State(self.position, b"{}")

    async def recent(self, *, after: int, limit: int, reverse: bool = False) -> tuple[Position, Sequence[Item]]:
        return self.position, []

    async def step_back(self, epoch: str) -> None: ...

    def delivered(self, item: Item) -> None: ...


class Nobody:
    """A transport that leads nowhere."""

    unsent = 0

    def write(self, frame: bytes) -> None: ...

    def close(self, code: int, reason: str) -> None: ...


def spawn(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    return asyncio.get_running_loop().create_task(work)


def channel(store: Store) -> Stream:
    return Stream("room:1", store, BatchWriter(), spawn=spawn, ended=lambda _: None)


async def subscribe(stream: Stream) -> SubscribeResult:
    results: list[SubscribeResult] = []
    subscriber = Subscriber(Nobody(), WS_JSON, Opening("", "", "", "", ""))
    await stream.subscribe(subscriber, SubscribeRequest(channel="room:1"), results.append)
    return results[0]


def happen(store: Store, stream: Stream, size: int) -> None:
    """Let the channel be told something of so many bytes."""
    store.offset += 1
    stream.sequencer.received("e", Item(store.offset, NOW, b"x" * size))


async def test_a_snapshot_of_a_moment_ago_is_good_while_what_followed_it_is_remembered() -> None:
    store = Store()
    stream = channel(store)
    await subscribe(stream)
    happen(store, stream, 10)
    assert (await subscribe(stream)).offset == 0
    assert store.snapshots == 1


async def test_after_more_than_is_remembered_a_subscription_begins_with_a_new_snapshot() -> None:
    """A rush of entries told more than 64 KB at once: all who shared the snapshot before it were refused (100)."""
    store = Store()
    stream = channel(store)
    await subscribe(stream)
    happen(store, stream, RECOVERED_BYTES + 1)
    assert (await subscribe(stream)).offset == 1
    assert store.snapshots == 2
