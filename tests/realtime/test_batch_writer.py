"""Writing to many connections: one frame for all, several payloads in one message, nobody waits for the slow."""

import asyncio

from liveroom.realtime.batch_writer import UNSENT_MAX, BatchWriter
from liveroom.realtime.framing import WS_JSON, WS_PROTOBUF
from tests.realtime.wires import Counting, Wire


async def test_all_who_are_told_the_same_get_one_frame() -> None:
    writer, framing = BatchWriter(), Counting()
    wires = [Wire(framing) for _ in range(1000)]
    writer.send(wires, b"a")
    writer.send(wires, b"b")
    await wires[-1].until()
    assert {frame for wire in wires for frame in wire.frames} == {b"a|b"}
    assert framing.framed == 1
    assert all(wire.frames[0] is wires[0].frames[0] for wire in wires)


async def test_replies_leave_with_their_turn_in_one_message_and_in_order() -> None:
    writer, wire = BatchWriter(), Wire(Counting())
    writer.reply(wire, b"1")
    writer.send([wire], b"news")
    writer.reply(wire, b"2")
    await wire.until()
    assert wire.frames == [b"1|news|2"]


async def test_what_comes_within_a_moment_leaves_as_one_message() -> None:
    writer, wire = BatchWriter(), Wire(Counting())
    writer.send([wire], b"0")
    await wire.until()
    for number in range(1, 11):
        writer.send([wire], b"%d" % number)
        await asyncio.sleep(0)
    await wire.until(2)
    assert wire.frames == [b"0", b"1|2|3|4|5|6|7|8|9|10"]


async def test_each_framing_has_frames_of_its_own() -> None:
    writer = BatchWriter()
    json, protobuf = Wire(WS_JSON), Wire(WS_PROTOBUF)
    writer.send([json], b"{}")
    writer.send([protobuf], b"{}")
    await protobuf.until()
    assert json.frames == [b"\x81\x02{}"]
    assert protobuf.frames == [b"\x82\x03\x02{}"]


async def test_whoever_does_not_read_is_ended_and_nobody_waits() -> None:
    writer, framing = BatchWriter(), Counting()
    slow, quick = Wire(framing), Wire(framing)
    slow.unsent = UNSENT_MAX
    writer.send([slow, quick], b"x")
    await quick.until()
    assert slow.is_slow
    assert slow.frames == []
    assert quick.frames == [b"x"]


async def test_many_are_written_to_in_slices() -> None:
    writer, framing = BatchWriter(), Counting()

    class Laborious(Wire):
        def write(self, frame: bytes) -> None:
            super().write(frame)
            end = asyncio.get_running_loop().time() + 0.0002
            while asyncio.get_running_loop().time() < end:
                pass

    wires = [Laborious(framing) for _ in range(512)]
    writer.send(wires, b"x")
    between = 0
    async with asyncio.timeout(5):
        while not wires[-1].frames:
            await asyncio.sleep(0)
            between += 1
    assert between >= 3
    assert all(wire.frames == [b"x"] for wire in wires)


async def test_what_is_told_while_slices_are_written_comes_after_and_once() -> None:
    writer, framing = BatchWriter(), Counting()
    wires = [Wire(framing) for _ in range(300)]
    writer.send(wires, b"1")
    writer.reply(wires[5], b"r")
    await wires[5].until()
    writer.send(wires, b"2")
    for wire in wires:
        while not wire.frames or not wire.frames[-1].endswith(b"2"):
            await wire.until(len(wire.frames) + 1)
    assert {b"|".join(wire.frames) for wire in wires if wire is not wires[5]} == {b"1|2"}
    assert b"|".join(wires[5].frames) == b"1|r|2"


async def test_who_is_told_again_during_a_flush_waits_for_the_next_one_with_all_that_comes_until_then() -> None:
    writer, framing = BatchWriter(), Counting()
    wires = [Wire(framing) for _ in range(300)]
    writer.send(wires, b"1")
    await wires[0].until()
    assert not wires[-1].frames
    writer.send(wires, b"2")
    await wires[-1].until()
    assert wires[0].frames == [b"1"]
    writer.send(wires, b"3")
    await wires[0].until(2)
    await wires[-1].until(2)
    assert wires[0].frames == [b"1", b"2|3"]
    assert wires[-1].frames == [b"1|2", b"3"]
