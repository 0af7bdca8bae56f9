"""The protocol's messages as bytes: both codecs against the Python SDK's own, and against whatever a stranger sends."""

import base64
import json
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import pytest
from centrifuge import codecs  # type: ignore[import-untyped]
from centrifuge.protocol import client_pb2  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from liveroom.realtime import codec_json, codec_protobuf
from liveroom.realtime.messages import (
    COMMANDS_MAX,
    NO_DATA,
    PING,
    REJECT_UNRECOVERED,
    BadFrame,
    ClientInfo,
    Command,
    ConnectRequest,
    ConnectResult,
    Disconnect,
    Error,
    HistoryRequest,
    HistoryResult,
    Join,
    Leave,
    PingRequest,
    PingResult,
    PresenceRequest,
    PresenceResult,
    PresenceStatsRequest,
    PresenceStatsResult,
    PublicationPush,
    PublishRequest,
    PublishResult,
    Push,
    Refresh,
    RefreshRequest,
    RefreshResult,
    Reply,
    RPCRequest,
    RPCResult,
    SendRequest,
    ServerMessage,
    StreamPosition,
    SubRefreshRequest,
    SubRefreshResult,
    Subscribe,
    SubscribeRequest,
    SubscribeResult,
    Unsubscribe,
    UnsubscribeRequest,
    UnsubscribeResult,
)

DATA = b'{"roomId":"\xe6\x88\xbf"}'
WHO = ClientInfo("anna", "c1", conn_info=Raw(DATA))
COMMANDS: list[dict[str, Any]] = [
    {
        "connect": {
            "token": "t",
            "name": "js",
            "version": "5",
            "headers": {"a": "b"},
            "subs": {"user:1": {"epoch": "e"}},
        }
    },
    {"subscribe": {"channel": "room:1", "recover": True, "epoch": "e", "offset": 2**53 + 1, "join_leave": True}},
    {"subscribe": {"channel": "room:1", "positioned": True, "recoverable": True, "delta": "fossil", "flag": 3}},
    {"unsubscribe": {"channel": "room:1"}},
    {"presence": {"channel": "room:1"}},
    {"presence_stats": {"channel": "room:1"}},
    {"history": {"channel": "room:1", "limit": -1, "since": {"offset": 4, "epoch": "e"}, "reverse": True}},
    {"ping": {}},
    {"refresh": {"token": "t"}},
    {"sub_refresh": {"channel": "room:1", "token": "t"}},
]
REQUESTS: list[Any] = [
    ConnectRequest(token="t", name="js", version="5", headers={"a": "b"}, subs={"user:1": SubscribeRequest(epoch="e")}),
    SubscribeRequest(channel="room:1", recover=True, epoch="e", offset=2**53 + 1, join_leave=True),
    SubscribeRequest(channel="room:1", positioned=True, recoverable=True, delta="fossil", flag=3),
    UnsubscribeRequest(channel="room:1"),
    PresenceRequest(channel="room:1"),
    PresenceStatsRequest(channel="room:1"),
    HistoryRequest(channel="room:1", limit=-1, since=StreamPosition(4, "e"), reverse=True),
    PingRequest(),
    RefreshRequest(token="t"),
    SubRefreshRequest(channel="room:1", token="t"),
]
REPLIES = [
    PING,
    Reply(1, error=Error(109, "token expired", temporary=True)),
    Reply(2, connect=ConnectResult("c1", "liveroom", ping=25, pong=True, subs={"user:1": SubscribeResult(epoch="e")})),
    Reply(
        3,
        subscribe=SubscribeResult(
            publications=[PublicationPush(Raw(DATA), offset=7)], recovered=True, offset=2**53 + 1
        ),
    ),
    Reply(3, subscribe=SubscribeResult(recoverable=True, positioned=True, was_recovering=True, data=Raw(DATA))),
    Reply(4, unsubscribe=UnsubscribeResult()),
    Reply(5, publish=PublishResult()),
    Reply(6, presence=PresenceResult({"c1": WHO})),
    Reply(7, presence_stats=PresenceStatsResult(3, 2)),
    Reply(8, history=HistoryResult([PublicationPush(Raw(DATA), WHO, offset=1, tags={"a": "b"}, time=5)], "e", 1)),
    Reply(9, ping=PingResult()),
    Reply(10, rpc=RPCResult(Raw(DATA))),
    Reply(11, refresh=RefreshResult("c1", "v", expires=True, ttl=60)),
    Reply(12, sub_refresh=SubRefreshResult(expires=True, ttl=60)),
    Reply(push=Push("room:1", pub=PublicationPush(Raw(DATA), offset=7))),
    Reply(push=Push("room:1", join=Join(WHO))),
    Reply(push=Push("room:1", leave=Leave(WHO))),
    Reply(push=Push("room:1", unsubscribe=Unsubscribe(2500, "insufficient state"))),
    Reply(push=Push("room:1", subscribe=Subscribe(recoverable=True, epoch="e", offset=3))),
    Reply(push=Push(message=ServerMessage(Raw(DATA)))),
    Reply(push=Push(disconnect=Disconnect(3001, "shutdown", reconnect=True))),
    Reply(push=Push(refresh=Refresh(expires=True, ttl=60))),
]
SDK: dict[ModuleType, Any] = {codec_json: codecs._JsonCodec, codec_protobuf: codecs._ProtobufCodec}
either = pytest.mark.parametrize("codec", SDK, ids=["json", "protobuf"])


def as_bytes(message: str | bytes) -> bytes:
    return message.encode() if isinstance(message, str) else message


@either
def test_commands_of_the_sdk_are_understood(codec: ModuleType) -> None:
    written = as_bytes(SDK[codec].encode_commands({"id": n, **command} for n, command in enumerate(COMMANDS, 1)))
    commands: Sequence[Command] = codec.decode(written)
    assert [(command.id, command.request) for command in commands] == list(enumerate(REQUESTS, 1))


@either
def test_a_pong_is_a_command_without_anything(codec: ModuleType) -> None:
    (pong,) = codec.decode(as_bytes(SDK[codec].encode_commands([{}])))
    assert pong == Command()
    assert pong.request is None


def test_data_is_passed_on_as_it_came_in_json() -> None:
    (command,) = codec_json.decode(b'{"id":1,"rpc":{"method":"m","data":{"n":1.50, "deep":[null]}}}')
    assert command.rpc is not None
    assert bytes(command.rpc.data) == b'{"n":1.50, "deep":[null]}'


@pytest.mark.parametrize("field", ["connect", "subscribe", "publish", "send", "rpc"])
def test_data_is_passed_on_as_it_came_in_protobuf(field: str) -> None:
    command = client_pb2.Command(id=1, **{field: {"data": DATA}}).SerializeToString()
    (read,) = codec_protobuf.decode(bytes([len(command)]) + command)
    request: Any = read.request
    assert isinstance(request, ConnectRequest | SubscribeRequest | PublishRequest | SendRequest | RPCRequest)
    assert bytes(request.data) == DATA


@either
@pytest.mark.parametrize(
    "reply", REPLIES, ids=lambda reply: next(iter(json.loads(codec_json.encode(reply)).keys() - {"id"}), "")
)
def test_the_sdk_understands_replies(codec: ModuleType, reply: Reply) -> None:
    (read,) = SDK[codec].decode_replies(_wire(codec, [reply]))
    assert _comparable(read) == json.loads(codec_json.encode(reply))


def _wire(codec: ModuleType, replies: list[Reply]) -> str | bytes:
    joined: bytes = codec.join([codec.encode(reply) for reply in replies])
    return joined.decode() if codec is codec_json else joined


def _comparable(read: Any) -> Any:
    """Return what the SDK has read of Protobuf as it would be in JSON: it gives large numbers as text, and data in
    base64."""
    if isinstance(read, dict):
        return {key: _scalar(key, value) for key, value in read.items()}
    return [_comparable(value) for value in read] if isinstance(read, list) else read


def _scalar(key: str, value: Any) -> Any:
    if key in ("data", "conn_info") and isinstance(value, str):
        return json.loads(base64.b64decode(value))
    if key in ("offset", "time") and isinstance(value, str):
        return int(value)
    return _comparable(value)


@either
def test_replies_leave_together(codec: ModuleType) -> None:
    read = SDK[codec].decode_replies(_wire(codec, REPLIES))
    assert len(read) == len(REPLIES)
    assert SDK[codec].decode_replies(_wire(codec, [PING])) == [{}]


def test_a_line_end_in_data_does_not_end_the_reply() -> None:
    line = codec_json.encode(Reply(1, rpc=RPCResult(Raw(b'{\n "a":\r\n 1}'))))
    assert b"\n" not in line
    assert json.loads(line)["rpc"]["data"] == {"a": 1}


def test_a_long_reply_has_a_length_of_several_bytes() -> None:
    for size in (100, 127, 128, 20_000, 3_000_000):
        written = codec_protobuf.join([b"x" * size])
        assert codec_protobuf._varint(written, 0) == (size, len(written) - size)


def test_what_is_not_set_is_not_sent() -> None:
    assert (
        codec_json.encode(Reply(3, subscribe=SubscribeResult(data=NO_DATA, publications=[])))
        == b'{"id":3,"subscribe":{}}'
    )


def test_flags_are_bits() -> None:
    (command,) = codec_json.decode(b'{"id":1,"subscribe":{"channel":"c","flag":3}}')
    assert command.subscribe is not None
    assert command.subscribe.flag & REJECT_UNRECOVERED


def test_what_we_do_not_know_is_passed_over() -> None:
    (command,) = codec_json.decode(b'{"id":1,"map_subscribe":{"channel":"c"},"x":[1]}')
    assert (command.id, command.request) == (1, None)
    (command,) = codec_protobuf.decode(b"\x06\x08\x01\x9a\x06\x01x")
    assert (command.id, command.request) == (1, None)


def test_a_filter_is_seen_and_not_read() -> None:
    written = client_pb2.Command(id=1, subscribe={"channel": "c", "tf": {"op": "and"}}).SerializeToString()
    (command,) = codec_protobuf.decode(bytes([len(written)]) + written)
    assert command.subscribe is not None
    assert command.subscribe.tf is not NO_DATA


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\n \n",
        b"null",
        b"[]",
        b'"connect"',
        b"{",
        b"{}{}",
        b'{"id":-1}',
        b'{"id":4294967296}',
        b'{"id":1.5}',
        b'{"id":' + b"9" * 5000 + b"}",
        b'{"id":1e999}',
        b'{"id":1,"subscribe":{"offset":9223372036854775808}}',
        b'{"id":1,"subscribe":{"channel":null}}',
        b'{"id":1,"subscribe":[]}',
        b'{"id":1,"rpc":{"data":nul}}',
        b'{"id":1,"rpc":{"data":}}',
        b'{"id":1,"rpc":{"method":"\x00"}}',
        b'{"id":1,"rpc":{"data":"\x00"}}',
        b'{"id":1,"rpc":{"method":"\\ud800"}}',
        b'{"id":1,"rpc":{"data":"\xff"}}',
        b'{"id":1,"rpc":{"data":"\xed\xa0\x80"}}',
        b'{"id":1,"rpc":{"data":' + b"[" * 30_000 + b"]" * 30_000 + b"}}",
        b'{"x":' + b'{"x":' * 10_000 + b"1" + b"}" * 10_001,
        b"{}\n" * (COMMANDS_MAX + 1),
    ],
    ids=lambda message: repr(message[:40]),
)
def test_what_is_no_json_command_is_a_bad_frame(message: bytes) -> None:
    with pytest.raises(BadFrame):
        codec_json.decode(message)


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\x05\x08\x01",
        b"\x80",
        b"\xff" * 12,
        b"\x80\x80\x80\x80\x80\x00",
        b"\x01\xff",
        b"\x02\x22\x05",
        b"\x06\x22\x04\x0a\x02\xff\xfe",  # a token that is not UTF-8
        b"\x0d\x2a\x0b\x38\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",  # an offset of 2 ** 64 - 1
        b"\x00" * (COMMANDS_MAX + 1),
    ],
)
def test_what_is_no_protobuf_command_is_a_bad_frame(message: bytes) -> None:
    with pytest.raises(BadFrame):
        codec_protobuf.decode(message)


def _command_or_bad_frame(decode: Callable[[bytes], Sequence[Command]], message: bytes) -> None:
    try:
        commands = decode(message)
    except BadFrame:
        return
    assert commands
    assert all(isinstance(command, Command) for command in commands)


PIECES = st.sampled_from(
    [b'{"id":1', b',"rpc":{"data":', b'"', b"}", b"\n", b"\\u0000", b"[", b"1e400", b"\xff", b"null"]
)
JSONISH = st.lists(PIECES, max_size=12).map(b"".join) | st.binary(max_size=60)


@given(message=JSONISH)
def test_no_bytes_break_the_json_codec(message: bytes) -> None:
    _command_or_bad_frame(codec_json.decode, message)


@given(message=st.binary(max_size=80))
def test_no_bytes_break_the_protobuf_codec(message: bytes) -> None:
    _command_or_bad_frame(codec_protobuf.decode, message)


@given(command=st.sampled_from(COMMANDS), cut=st.integers(0, 60), put=st.binary(max_size=3), at=st.integers(0, 60))
def test_no_damage_breaks_the_codecs(command: dict[str, Any], cut: int, put: bytes, at: int) -> None:
    for codec, sdk in SDK.items():
        whole = as_bytes(sdk.encode_commands([{"id": 1, **command}]))
        _command_or_bad_frame(codec.decode, whole[:at] + put + whole[at + cut % 4 :])
        _command_or_bad_frame(codec.decode, whole[:cut])


@given(key=st.text(max_size=10), value=st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_any_json_comes_through(key: str, value: Any) -> None:
    data = json.dumps({key: value}, ensure_ascii=False).encode()
    (command,) = codec_json.decode(b'{"id":1,"rpc":{"data":' + data + b"}}")
    assert command.rpc is not None
    assert json.loads(codec_json.encode(Reply(1, rpc=RPCResult(command.rpc.data))))["rpc"]["data"] == {key: value}
    sent = codec_protobuf.encode(Reply(1, rpc=RPCResult(command.rpc.data)))
    assert client_pb2.Reply.FromString(sent).rpc.data == data
