"""Replies as finished WebSocket messages: read back by the library, as a client reads them."""

import json

import pytest
from msgspec import Raw
from websockets.frames import Frame, Opcode
from websockets.protocol import CLIENT, Protocol, State

from liveroom.realtime.framing import WS_JSON, WS_PROTOBUF, BadFrame, Framing, ws_frame
from liveroom.realtime.messages import PING, Command, PublicationPush, Push, Reply, RPCResult

REPLIES = [
    Reply(1, rpc=RPCResult(Raw(b'{"a":1}'))),
    Reply(push=Push("room:1", pub=PublicationPush(Raw(b"{}"), offset=3))),
]


def read(sent: bytes) -> list[Frame]:
    client = Protocol(CLIENT, state=State.OPEN, max_size=None)
    client.receive_data(sent)
    assert client.parser_exc is None
    return [event for event in client.events_received() if isinstance(event, Frame)]


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 300_000])
def test_a_client_reads_a_message_of_any_size(size: int) -> None:
    (frame,) = read(ws_frame(Opcode.TEXT, b"x" * size))
    assert (frame.opcode, frame.fin, frame.data) == (Opcode.TEXT, True, b"x" * size)


@pytest.mark.parametrize(("framing", "opcode"), [(WS_JSON, Opcode.TEXT), (WS_PROTOBUF, Opcode.BINARY)])
def test_several_replies_are_one_message(framing: Framing, opcode: Opcode) -> None:
    (frame,) = read(framing.frame([framing.encode(reply) for reply in REPLIES]))
    assert frame.opcode == opcode


def test_json_replies_stand_on_lines() -> None:
    (frame,) = read(WS_JSON.frame([WS_JSON.encode(reply) for reply in REPLIES]))
    assert [json.loads(line) for line in bytes(frame.data).split(b"\n")] == [
        {"id": 1, "rpc": {"data": {"a": 1}}},
        {"push": {"channel": "room:1", "pub": {"data": {}, "offset": 3}}},
    ]


def test_a_ping_is_an_empty_reply() -> None:
    assert [frame.data for frame in read(WS_JSON.frame([WS_JSON.encode(PING)]))] == [b"{}"]
    assert [frame.data for frame in read(WS_PROTOBUF.frame([WS_PROTOBUF.encode(PING)]))] == [b"\x00"]


@pytest.mark.parametrize(("framing", "pong"), [(WS_JSON, b"{}"), (WS_PROTOBUF, b"\x00")])
def test_each_form_reads_its_own_messages(framing: Framing, pong: bytes) -> None:
    assert list(framing.decode(pong)) == [Command()]
    with pytest.raises(BadFrame):
        framing.decode(b"\xff")


def test_the_forms_have_names_of_their_own() -> None:
    assert len({WS_JSON.name, WS_PROTOBUF.name}) == 2
    assert len({WS_JSON, WS_PROTOBUF}) == 2
