"""Broadcast groups: a message waits once for all, and yet each connection gets its own messages in order."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable
from typing import cast

import pytest

from liveroom.realtime.batch_writer import UNSENT_MAX, BatchWriter
from liveroom.realtime.broadcast_group import BroadcastGroup
from tests.realtime.wires import Counting, Wire


class Square:
    """A writer, and a group on it."""

    def __init__(self, wires: int) -> None:
        self.framing = Counting()
        self.writer = BatchWriter()
        self.group: BroadcastGroup[Wire] = BroadcastGroup(self.writer, self.framing)
        self.wires = [Wire(self.framing) for _ in range(wires)]
        for wire in self.wires:
            self.group.add(wire)


async def test_a_group_gets_one_message_that_is_framed_once() -> None:
    square = Square(1000)
    square.group.broadcast(b"a")
    square.group.broadcast(b"b")
    await square.wires[-1].until()
    assert {frame for wire in square.wires for frame in wire.frames} == {b"a|b"}
    assert square.framing.framed == 1
    assert all(wire.frames[0] is square.wires[0].frames[0] for wire in square.wires)


async def test_a_reply_goes_before_later_broadcasts_and_behind_earlier_ones() -> None:
    square = Square(2)
    one, other = square.wires
    square.group.broadcast(b"1")
    square.writer.reply(one, b"r")
    square.group.broadcast(b"2")
    await other.until()
    assert (one.frames, other.frames) == ([b"1|r|2"], [b"1|2"])


async def test_who_was_told_alone_shares_the_next_message_again() -> None:
    square = Square(2)
    one, other = square.wires
    square.writer.reply(one, b"r")
    square.group.broadcast(b"1")
    await other.until()
    square.group.broadcast(b"2")
    await other.until(2)
    assert one.frames == [b"r|1", b"2"]
    assert one.frames[-1] is other.frames[-1]


async def test_who_was_written_to_early_receives_the_rest_of_the_moment() -> None:
    square = Square(2)
    one, other = square.wires
    square.group.broadcast(b"0")
    await other.until()
    square.group.broadcast(b"1")
    square.writer.flush(one)
    square.group.broadcast(b"2")
    await other.until(2)
    assert (one.frames, other.frames) == ([b"0", b"1", b"2"], [b"0", b"1|2"])


async def test_who_is_added_receives_what_is_broadcast_from_then_on() -> None:
    square = Square(1)
    late = Wire(square.framing)
    square.group.broadcast(b"1")
    square.group.add(late)
    square.group.broadcast(b"2")
    await late.until()
    assert (square.wires[0].frames, late.frames) == ([b"1|2"], [b"2"])


async def test_who_goes_receives_what_was_broadcast_until_then() -> None:
    square = Square(2)
    one, other = square.wires
    square.group.broadcast(b"1")
    square.group.discard(one)
    square.group.broadcast(b"2")
    await one.until()
    await other.until()
    assert (one.frames, other.frames) == ([b"1"], [b"1|2"])
    assert list(square.group) == [other]


async def test_who_hangs_up_is_not_written_to() -> None:
    square = Square(2)
    one, other = square.wires
    square.group.broadcast(b"1")
    one.open, one.pending = False, None
    square.group.discard(one)
    square.group.broadcast(b"2")
    await other.until()
    assert (one.frames, other.frames) == ([], [b"1|2"])


async def test_what_is_told_while_some_are_written_to_is_for_all_the_next_message() -> None:
    square = Square(300)
    square.group.broadcast(b"1")
    await square.wires[0].until()
    assert not square.wires[-1].frames
    square.group.broadcast(b"2")
    square.group.broadcast(b"3")
    await square.wires[-1].until(2)
    assert {tuple(wire.frames) for wire in square.wires} == {(b"1", b"2|3")}
    assert square.framing.framed == 2


async def test_who_goes_while_others_are_written_to_has_received_all_until_then() -> None:
    square = Square(300)
    last = square.wires[-1]
    square.group.broadcast(b"1")
    await square.wires[0].until()
    square.group.broadcast(b"2")
    square.group.discard(last)
    square.group.broadcast(b"3")
    await last.until()
    await square.wires[0].until(2)
    assert (last.frames, square.wires[0].frames) == ([b"1|2"], [b"1", b"2|3"])


async def test_two_groups_of_one_connection_share_its_message() -> None:
    square = Square(2)
    both, one = square.wires
    second: BroadcastGroup[Wire] = BroadcastGroup(square.writer, square.framing)
    second.add(both)
    square.group.broadcast(b"a1")
    second.broadcast(b"b1")
    square.group.broadcast(b"a2")
    second.broadcast(b"b2")
    await both.until()
    assert (both.frames, one.frames) == ([b"a1|b1|a2|b2"], [b"a1|a2"])


async def test_a_group_keeps_nobody_who_has_gone() -> None:
    square = Square(3)
    square.group.broadcast(b"1")
    square.writer.reply(square.wires[0], b"r")
    await square.wires[-1].until()
    batch = square.group._batch
    for wire in square.wires:
        square.group.discard(wire)
    assert batch is not None
    assert (batch.connections, batch.diverged, batch.payloads) == ((), set(), [])
    assert not square.group


async def test_whoever_of_a_group_does_not_read_is_ended_and_nobody_waits() -> None:
    square = Square(3)
    slow = square.wires[1]
    slow.unsent = UNSENT_MAX
    square.group.broadcast(b"x")
    await square.wires[-1].until()
    assert slow.is_slow
    assert [wire.frames for wire in square.wires] == [[b"x"], [], [b"x"]]


class Hurry:
    """A loop for which every moment is over at once."""

    def time(self) -> float:
        return 0.0

    def call_soon(self, call: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_soon(call)

    def call_later(self, seconds: float, call: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_soon(call)


class Walk:
    """Anything that can happen to groups and connections, by chance, and what everybody has to hear of it."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.writer, framing = BatchWriter(lambda: cast("asyncio.AbstractEventLoop", Hurry())), Counting()
        self.groups: list[BroadcastGroup[Wire]] = [BroadcastGroup(self.writer, framing) for _ in range(3)]
        self.wires = [Wire(framing) for _ in range(200)]
        self.due: defaultdict[Wire, list[bytes]] = defaultdict(list)

    def come(self, payload: bytes) -> None:
        self.chance.choice(self.groups).add(self.chance.choice(self.wires))

    def go(self, payload: bytes) -> None:
        self.chance.choice(self.groups).discard(self.chance.choice(self.wires))

    def tell(self, payload: bytes) -> None:
        group = self.chance.choice(self.groups)
        group.broadcast(payload)
        for wire in group:
            self.due[wire].append(payload)

    def reply(self, payload: bytes) -> None:
        wire = self.chance.choice(self.wires)
        self.writer.reply(wire, payload)
        self.due[wire].append(payload)

    def tell_one(self, payload: bytes) -> None:
        wire = self.chance.choice(self.wires)
        self.writer.send([wire], payload)
        self.due[wire].append(payload)

    def flush(self, payload: bytes) -> None:
        self.writer.flush(self.chance.choice(self.wires))


@pytest.mark.parametrize("seed", range(8))
async def test_whatever_happens_everybody_receives_their_own_messages_in_order(seed: int) -> None:
    walk = Walk(seed)
    steps = [walk.come, walk.come, walk.go, walk.tell, walk.tell, walk.reply, walk.tell_one, walk.flush]
    for number in range(1500):
        walk.chance.choice(steps)(b"%d" % number)
        if walk.chance.random() < 0.3:
            await asyncio.sleep(0)
    for wire in walk.wires:
        walk.writer.flush(wire)
    received = {wire: b"|".join(wire.frames) for wire in walk.due}
    assert received == {wire: b"|".join(received) for wire, received in walk.due.items()}
