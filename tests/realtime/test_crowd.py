"""Crowds: what they are told waits once for all, and yet each connection hears its own story in its order."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable
from typing import cast

import pytest

from liveroom.realtime.crowd import Crowd
from liveroom.realtime.outlet import UNSENT_MAX, Outlet
from tests.realtime.wires import Counting, Wire


class Square:
    """An outlet, and a crowd on it."""

    def __init__(self, wires: int) -> None:
        self.framing = Counting()
        self.outlet = Outlet()
        self.crowd: Crowd[Wire] = Crowd(self.outlet, self.framing)
        self.wires = [Wire(self.framing) for _ in range(wires)]
        for wire in self.wires:
            self.crowd.add(wire)


async def test_a_crowd_is_told_in_one_message_that_is_framed_once() -> None:
    square = Square(1000)
    square.crowd.tell(b"a")
    square.crowd.tell(b"b")
    await square.wires[-1].until()
    assert {frame for wire in square.wires for frame in wire.frames} == {b"a|b"}
    assert square.framing.framed == 1
    assert all(wire.frames[0] is square.wires[0].frames[0] for wire in square.wires)


async def test_a_reply_goes_before_what_the_crowd_is_told_later_and_behind_what_it_was_told_before() -> None:
    square = Square(2)
    one, other = square.wires
    square.crowd.tell(b"1")
    square.outlet.reply(one, b"r")
    square.crowd.tell(b"2")
    await other.until()
    assert (one.frames, other.frames) == ([b"1|r|2"], [b"1|2"])


async def test_who_was_told_alone_shares_the_next_message_again() -> None:
    square = Square(2)
    one, other = square.wires
    square.outlet.reply(one, b"r")
    square.crowd.tell(b"1")
    await other.until()
    square.crowd.tell(b"2")
    await other.until(2)
    assert one.frames == [b"r|1", b"2"]
    assert one.frames[-1] is other.frames[-1]


async def test_who_was_written_to_early_hears_the_rest_of_the_moment() -> None:
    square = Square(2)
    one, other = square.wires
    square.crowd.tell(b"0")
    await other.until()
    square.crowd.tell(b"1")
    square.outlet.flush(one)
    square.crowd.tell(b"2")
    await other.until(2)
    assert (one.frames, other.frames) == ([b"0", b"1", b"2"], [b"0", b"1|2"])


async def test_who_comes_hears_what_is_told_from_then_on() -> None:
    square = Square(1)
    late = Wire(square.framing)
    square.crowd.tell(b"1")
    square.crowd.add(late)
    square.crowd.tell(b"2")
    await late.until()
    assert (square.wires[0].frames, late.frames) == ([b"1|2"], [b"2"])


async def test_who_goes_hears_what_was_told_until_then() -> None:
    square = Square(2)
    one, other = square.wires
    square.crowd.tell(b"1")
    square.crowd.discard(one)
    square.crowd.tell(b"2")
    await one.until()
    await other.until()
    assert (one.frames, other.frames) == ([b"1"], [b"1|2"])
    assert list(square.crowd) == [other]


async def test_who_hangs_up_is_not_written_to() -> None:
    square = Square(2)
    one, other = square.wires
    square.crowd.tell(b"1")
    one.open, one.pending = False, None
    square.crowd.discard(one)
    square.crowd.tell(b"2")
    await other.until()
    assert (one.frames, other.frames) == ([], [b"1|2"])


async def test_what_is_told_while_some_are_written_to_is_for_all_the_next_message() -> None:
    square = Square(300)
    square.crowd.tell(b"1")
    await square.wires[0].until()
    assert not square.wires[-1].frames
    square.crowd.tell(b"2")
    square.crowd.tell(b"3")
    await square.wires[-1].until(2)
    assert {tuple(wire.frames) for wire in square.wires} == {(b"1", b"2|3")}
    assert square.framing.framed == 2


async def test_who_goes_while_others_are_written_to_has_heard_all_until_then() -> None:
    square = Square(300)
    last = square.wires[-1]
    square.crowd.tell(b"1")
    await square.wires[0].until()
    square.crowd.tell(b"2")
    square.crowd.discard(last)
    square.crowd.tell(b"3")
    await last.until()
    await square.wires[0].until(2)
    assert (last.frames, square.wires[0].frames) == ([b"1|2"], [b"1", b"2|3"])


async def test_two_crowds_of_one_connection_share_its_message() -> None:
    square = Square(2)
    both, one = square.wires
    second: Crowd[Wire] = Crowd(square.outlet, square.framing)
    second.add(both)
    square.crowd.tell(b"a1")
    second.tell(b"b1")
    square.crowd.tell(b"a2")
    second.tell(b"b2")
    await both.until()
    assert (both.frames, one.frames) == ([b"a1|b1|a2|b2"], [b"a1|a2"])


async def test_a_crowd_keeps_nobody_who_has_gone() -> None:
    square = Square(3)
    square.crowd.tell(b"1")
    square.outlet.reply(square.wires[0], b"r")
    await square.wires[-1].until()
    batch = square.crowd._batch
    for wire in square.wires:
        square.crowd.discard(wire)
    assert batch is not None
    assert (batch.connections, batch.strays, batch.payloads) == ((), set(), [])
    assert not square.crowd


async def test_whoever_of_a_crowd_does_not_read_is_ended_and_nobody_waits() -> None:
    square = Square(3)
    slow = square.wires[1]
    slow.unsent = UNSENT_MAX
    square.crowd.tell(b"x")
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
    """Anything that can happen to crowds and connections, by chance, and what everybody has to hear of it."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.outlet, framing = Outlet(lambda: cast("asyncio.AbstractEventLoop", Hurry())), Counting()
        self.crowds: list[Crowd[Wire]] = [Crowd(self.outlet, framing) for _ in range(3)]
        self.wires = [Wire(framing) for _ in range(200)]
        self.due: defaultdict[Wire, list[bytes]] = defaultdict(list)

    def come(self, payload: bytes) -> None:
        self.chance.choice(self.crowds).add(self.chance.choice(self.wires))

    def go(self, payload: bytes) -> None:
        self.chance.choice(self.crowds).discard(self.chance.choice(self.wires))

    def tell(self, payload: bytes) -> None:
        crowd = self.chance.choice(self.crowds)
        crowd.tell(payload)
        for wire in crowd:
            self.due[wire].append(payload)

    def reply(self, payload: bytes) -> None:
        wire = self.chance.choice(self.wires)
        self.outlet.reply(wire, payload)
        self.due[wire].append(payload)

    def tell_one(self, payload: bytes) -> None:
        wire = self.chance.choice(self.wires)
        self.outlet.tell([wire], payload)
        self.due[wire].append(payload)

    def flush(self, payload: bytes) -> None:
        self.outlet.flush(self.chance.choice(self.wires))


@pytest.mark.parametrize("seed", range(8))
async def test_whatever_happens_everybody_hears_their_own_story_in_order(seed: int) -> None:
    walk = Walk(seed)
    steps = [walk.come, walk.come, walk.go, walk.tell, walk.tell, walk.reply, walk.tell_one, walk.flush]
    for number in range(1500):
        walk.chance.choice(steps)(b"%d" % number)
        if walk.chance.random() < 0.3:
            await asyncio.sleep(0)
    for wire in walk.wires:
        walk.outlet.flush(wire)
    heard = {wire: b"|".join(wire.frames) for wire in walk.due}
    assert heard == {wire: b"|".join(received) for wire, received in walk.due.items()}
