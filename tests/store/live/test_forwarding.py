"""Forwarding: what one process sends to another by the name of its node."""

import asyncio
from dataclasses import dataclass, field

from liveroom.ports import Live
from tests.store.live.world import World

SECONDS = 5.0


@dataclass
class Node:
    """Hears what is sent to it."""

    received: list[tuple[str, bytes]] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def handle(self, session: str, data: bytes) -> None:
        self.received.append((session, data))
        self.changed.set()

    async def until(self, count: int) -> None:
        async with asyncio.timeout(SECONDS):
            while len(self.received) < count:
                self.changed.clear()
                await self.changed.wait()


async def test_a_node_receives_what_is_sent_to_it_in_order_and_nothing_else(live: Live) -> None:
    one, two = Node(), Node()
    await live.forwarding.listen("one", one.handle)
    await live.forwarding.listen("two", two.handle)
    assert all([await live.forwarding.send("one", "s1", b"%d" % number) for number in range(50)])
    assert await live.forwarding.send("two", "s2", b"")
    await one.until(50)
    await two.until(1)
    assert one.received == [("s1", b"%d" % number) for number in range(50)]
    assert two.received == [("s2", b"")]


async def test_data_is_bytes_of_any_kind(live: Live) -> None:
    node = Node()
    await live.forwarding.listen("one", node.handle)
    data = bytes(range(256)) * 256
    assert await live.forwarding.send("one", "s1", data)
    await node.until(1)
    assert node.received == [("s1", data)]


async def test_listening_twice_receives_once(live: Live) -> None:
    node = Node()
    await live.forwarding.listen("one", node.handle)
    await live.forwarding.listen("one", node.handle)
    await live.forwarding.send("one", "s1", b"a")
    await live.forwarding.send("one", "s1", b"b")
    await node.until(2)
    assert [data for _, data in node.received] == [b"a", b"b"]


async def test_a_node_that_nobody_is_is_told_apart(live: Live) -> None:
    assert not await live.forwarding.send("nobody", "s1", b"a")


async def test_a_process_that_has_ended_is_not_there_any_more(world: World) -> None:
    gone, node = world.live, Node()
    await gone.forwarding.listen("gone", node.handle)
    await gone.close()
    await world.restart()
    assert not await world.live.forwarding.send("gone", "s1", b"a")
