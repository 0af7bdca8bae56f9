"""Scripts see the same values and answer the same as in a Redis; what they must not do is refused."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liveroom.store.live.engine.engine import EmbeddedEngine
from liveroom.store.live.engine.errors import ReplyError
from tests.servers import Redis
from tests.store.live.engine.lua_values import ANSWERED, NUMBERS, number, values
from tests.store.live.engine.peer import Failed, Peer

MUCH = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
PACKED = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.floats(allow_nan=False), st.text(max_size=40)),
    lambda inner: st.one_of(st.lists(inner, max_size=20), st.dictionaries(st.text(max_size=3), inner, max_size=1)),
    max_leaves=20,
)


class Here:
    """Scripts on an engine with nothing in it."""

    def __init__(self, lua: Any) -> None:
        self._engine = EmbeddedEngine(lambda: 1_764_395_123_456_789, lua)
        self.channels = self._engine.channels

    def eval(self, text: str, keys: tuple[bytes, ...] = (), args: tuple[bytes, ...] = ()) -> Any:
        """Run a script; an error is a ``Failed``."""
        try:
            return self._engine.run(self._engine.compile(text.encode()), self._engine.declare(*keys), args)
        except ReplyError as error:
            return Failed(error)


@pytest.fixture(params=["lua51", "luajit21"])
def here(request: pytest.FixtureRequest) -> Here:
    """Return an engine with nothing in it, on either Lua that may be installed."""
    return Here(pytest.importorskip(f"lupa.{request.param}"))


@pytest.fixture
def peer(redis_server: Redis) -> Iterator[Peer]:
    """Yield a connection to an empty Redis."""
    peer = Peer(redis_server.port)
    peer.ask([(b"FLUSHALL",)])
    yield peer
    peer.close()


def asked(peer: Peer, text: str, keys: tuple[bytes, ...] = (), args: tuple[bytes, ...] = ()) -> Any:
    return peer.ask([(b"EVAL", text.encode(), b"%d" % len(keys), *keys, *args)])[0]


@pytest.mark.services
def test_values_are_packed_into_the_same_bytes(here: Here, peer: Peer) -> None:
    @MUCH
    @given(values(NUMBERS))
    def packs(value: str) -> None:
        assert here.eval(f"return cmsgpack.pack({value})") == asked(peer, f"return cmsgpack.pack({value})")

    packs()


@pytest.mark.services
def test_what_python_packs_is_unpacked_into_the_same_values(here: Here, peer: Peer) -> None:
    again = "return cmsgpack.pack(cmsgpack.unpack(ARGV[1]))"

    @MUCH
    @given(PACKED)
    def unpacks(value: Any) -> None:
        packed = msgspec.msgpack.encode(value)
        ours, theirs = here.eval(again, (), (packed,)), asked(peer, again, (), (packed,))
        # An array with nothing in some places becomes a map, whose order is open.
        assert msgspec.msgpack.decode(ours) == msgspec.msgpack.decode(theirs)

    unpacks()


@pytest.mark.services
def test_several_values_are_packed_and_unpacked_one_after_another(here: Here, peer: Peer) -> None:
    @MUCH
    @given(st.lists(values(ANSWERED).filter(lambda value: value != "nil"), min_size=1, max_size=4))
    def unpacks(several: list[str]) -> None:
        text = f"return {{cmsgpack.unpack(cmsgpack.pack({', '.join(several)}))}}"
        assert here.eval(text) == asked(peer, text)

    unpacks()


@pytest.mark.services
def test_bytes_that_are_no_message_are_refused(here: Here, peer: Peer) -> None:
    @MUCH
    @given(st.binary(max_size=12))
    def refuses(packed: bytes) -> None:
        text = "return {cmsgpack.unpack(ARGV[1])}"
        ours, theirs = here.eval(text, (), (packed,)), asked(peer, text, (), (packed,))
        assert isinstance(ours, Failed) == isinstance(theirs, Failed)
        assert isinstance(ours, Failed) or ours == theirs

    refuses()


@pytest.mark.services
def test_what_a_script_returns_becomes_the_same_answer(here: Here, peer: Peer) -> None:
    @MUCH
    @given(values(ANSWERED))
    def answers(value: str) -> None:
        assert here.eval(f"return {value}") == asked(peer, f"return {value}")

    answers()


@pytest.mark.services
@pytest.mark.parametrize(
    "text",
    [
        "return redis.error_reply('LOST bucket')", "return redis.error_reply('-LOST bucket')",
        "return redis.error_reply('oops')", "return redis.status_reply('fine')", "return {ok = 'fine'}",
        "return {err = 'WORD why'}", "return {1, {ok = 'fine'}}", "return redis.sha1hex('liveroom')", "",
        "return redis.call('SET', KEYS[1], 1)", "return redis.call('SET', KEYS[1], 1, 'NX').ok",
        "return redis.call('HGET', KEYS[1], 'none') == false", "return type(redis.call('TIME')[1])",
        "return {redis.call('ZADD', KEYS[1], 1, 'a', 2, 'b'), redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')}",
        "redis.call('XADD', KEYS[1], '1-1', 'a', 'b', 'c', 'd') return redis.call('XRANGE', KEYS[1], '-', '+')",
        "redis.call('XADD', KEYS[1], '1-1', 'a', 'b') return redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 5)",
        "redis.call('HSET', KEYS[1], 'a', 'b') return redis.call('HSCAN', KEYS[1], '0', 'COUNT', 5)",
        "redis.call('SADD', KEYS[1], 'a') return redis.call('SSCAN', KEYS[1], 0)",
        "return redis.call('PUBSUB', 'SHARDNUMSUB', KEYS[1])", "return redis.call('SPUBLISH', KEYS[1], 'x')",
        "redis.call('RPUSH', KEYS[1], 'a') return redis.call('HGET', KEYS[1], 'a')", "return #KEYS + #ARGV",
        "return {KEYS[1], ARGV[1], ARGV[2], KEYS[2]}", "x = 1", "return y", "return (", "return nil .. 'x'",
        "return redis.call('HSET', KEYS[1], 'a', {})", "return redis.call('HSET', KEYS[1], 'a', true)",
        "return redis.call('NONE', KEYS[1])", "return cmsgpack.pack()",
    ],
)  # fmt: skip
def test_a_script_answers_as_in_redis(here: Here, peer: Peer, text: str) -> None:
    ours = here.eval(text, (b"key",), (b"one", b"two"))
    theirs = asked(peer, text, (b"key",), (b"one", b"two"))
    if isinstance(theirs, Failed):
        theirs = Failed(theirs.partition(" ")[0])
        ours = Failed(ours.partition(" ")[0]) if isinstance(ours, Failed) else ours
    assert (ours, type(ours)) == (theirs, type(theirs))


@pytest.mark.services
def test_numbers_of_lua_are_written_as_redis_writes_them(here: Here, peer: Peer) -> None:
    @MUCH
    @given(NUMBERS)
    def writes(value: float) -> None:
        text = f"redis.call('HSET', KEYS[1], 'a', {number(value)}) return redis.call('HGET', KEYS[1], 'a')"
        assert here.eval(text, (b"number",)).lstrip(b"-") == asked(peer, text, (b"number",)).lstrip(b"-")

    writes()


@pytest.mark.parametrize(
    "text",
    [
        "return redis.call('HGET', 'other', 'a')", "return redis.call('HMGET', 'other', 'a')",
        "return redis.call('DEL', KEYS[1], 'other')", "return redis.call('SPUBLISH', 'other', 'x')",
        "return redis.call('PUBSUB', 'SHARDNUMSUB', 'other')", "return redis.call('XRANGE', 'other', '-', '+')",
        "return redis.call('SET', 'other', 'x')", "return redis.call('HSCAN', 'other', '0')",
    ],
)  # fmt: skip
def test_a_key_that_a_script_did_not_declare_is_refused(here: Here, text: str) -> None:
    answer = here.eval(text, (b"key",))
    assert isinstance(answer, Failed)
    assert "does not declare: other" in answer


def test_a_script_has_no_way_out_of_its_sandbox(here: Here) -> None:
    for name in ("python", "io", "os", "debug", "require", "loadstring", "dofile", "getfenv", "setfenv", "package"):
        assert "nonexistent global" in here.eval(f"return {name}")


def test_answers_of_many_items_are_whole(here: Here) -> None:
    filled = "for n = 1, 20000 do redis.call('RPUSH', KEYS[1], n) end return #redis.call('LRANGE', KEYS[1], 0, -1)"
    assert here.eval(filled, (b"key",)) == 20_000
    assert here.eval("return redis.call('LRANGE', KEYS[1], 0, -1)", (b"key",)) == [b"%d" % n for n in range(1, 20_001)]
    assert here.eval("return {1, redis.call('LRANGE', KEYS[1], 0, 9999)}", (b"key",))[1][-1] == b"10000"
    added = "for n = 1, 5000 do redis.call('XADD', KEYS[1], n .. '-1', 'n', n) end"
    assert here.eval(f"{added} return redis.call('XRANGE', KEYS[1], '-', '+')", (b"stream",))[-1] == [
        b"5000-1",
        [b"n", b"5000"],
    ]


def test_what_a_script_publishes_is_received_when_it_has_ended(here: Here) -> None:
    received: list[tuple[bytes, bytes]] = []

    def receive(channel: bytes, message: bytes) -> None:
        received.append((channel, message))

    here.channels.subscribe(b"news", receive)
    text = "return {redis.call('SPUBLISH', KEYS[1], 'x'), redis.call('PUBSUB', 'SHARDNUMSUB', KEYS[1])[2]}"
    assert here.eval(text, (b"news",)) == [1, 1]
    assert received == [(b"news", b"x")]
    here.channels.unsubscribe(b"news", receive)
    assert here.eval(text, (b"news",)) == [0, 0]
    assert received == [(b"news", b"x")]
