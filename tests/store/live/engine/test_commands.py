"""The engine's commands answer as a Redis does, whatever comes before them."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liveroom.store.live.engine.engine import EmbeddedEngine
from liveroom.store.live.engine.errors import ReplyError
from tests.servers import Redis
from tests.store.live.engine.peer import Failed, Peer, Words, plain
from tests.store.live.engine.sequences import ANY, MIXED, SUBJECTS

MUCH = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture
def peer(redis_server: Redis) -> Iterator[Peer]:
    """Yield a connection to a Redis."""
    peer = Peer(redis_server.port)
    yield peer
    peer.close()


class Here:
    """The engine's commands, asked in words as Redis is."""

    def __init__(self) -> None:
        self.now = 1_764_395_123_456_789
        self._engine = EmbeddedEngine(lambda: self.now)

    def ask(self, *words: bytes) -> Any:
        """Return the answer as a client of Redis reads it."""
        name, *args = words
        try:
            return self._engine.command(name.decode(), args)
        except ReplyError as error:
            return Failed(error)


def check(peer: Peer, commands: list[Words]) -> None:
    """Let both run the commands on nothing; they answer alike, each of them."""
    here = Here()
    peer.ask([(b"FLUSHALL",)])
    scores = {b"0"}
    for words, theirs in zip(commands, peer.ask(commands), strict=True):
        scores.update(words[2:-1] if words[0] == b"ZADD" else ())
        if words[0] == b"ZREVRANGEBYLEX" and len(scores) > 1 and not isinstance(theirs, Failed):
            continue  # Redis leaves open what names are between others where scores differ
        assert plain(words[0], here.ask(*words)) == plain(words[0], theirs), words


@pytest.mark.services
@pytest.mark.parametrize("subject", SUBJECTS)
def test_commands_on_one_type_answer_as_redis_does(peer: Peer, subject: str) -> None:
    @MUCH
    @given(st.lists(st.one_of(SUBJECTS[subject], SUBJECTS[subject], SUBJECTS[subject], ANY), max_size=30))
    def runs(commands: list[Words]) -> None:
        check(peer, commands)

    runs()


@pytest.mark.services
def test_commands_on_keys_of_the_wrong_type_are_refused_as_redis_does(peer: Peer) -> None:
    @MUCH
    @given(st.lists(MIXED, max_size=30))
    def runs(commands: list[Words]) -> None:
        check(peer, commands)

    runs()


def test_a_key_is_gone_a_millisecond_after_it_expires() -> None:
    here = Here()
    here.ask(b"SET", b"key", b"value", b"PX", b"100")
    here.now += 100_000
    assert here.ask(b"GET", b"key") == b"value"
    here.now += 1_000
    assert here.ask(b"GET", b"key") is None
    assert here.ask(b"EXISTS", b"key") == 0


def test_a_key_that_is_set_anew_lasts() -> None:
    here = Here()
    here.ask(b"SET", b"key", b"value", b"PX", b"100")
    here.ask(b"SET", b"key", b"other")
    here.now += 200_000
    assert here.ask(b"GET", b"key") == b"other"


def test_a_key_expires_when_it_was_said_last() -> None:
    here = Here()
    here.ask(b"RPUSH", b"key", b"value")
    for milliseconds in range(1, 1000):
        here.ask(b"PEXPIRE", b"key", b"%d" % milliseconds)
    here.now += 999_000
    assert here.ask(b"LLEN", b"key") == 1
    here.now += 1_000
    assert here.ask(b"LLEN", b"key") == 0


def test_ids_of_a_stream_go_on_when_the_clock_is_put_back() -> None:
    here = Here()
    first = here.ask(b"XADD", b"key", b"*", b"a", b"1")
    here.now -= 5_000_000
    second = here.ask(b"XADD", b"key", b"*", b"a", b"2")
    assert [first, second] == [b"1764395123456-0", b"1764395123456-1"]


def test_a_scan_names_whatever_is_there_throughout_it() -> None:
    here = Here()
    for number in range(1000):
        here.ask(b"HSET", b"key", b"%d" % number, b"")
    seen: set[bytes] = set()
    cursor, turn = b"0", 0
    while turn == 0 or cursor != b"0":
        cursor, found = here.ask(b"HSCAN", b"key", cursor, b"COUNT", b"50")
        assert len(found) <= 100
        seen.update(found[::2])
        here.ask(b"HDEL", b"key", b"%d" % (turn * 7))
        here.ask(b"HSET", b"key", b"new %d" % turn, b"")
        turn += 1
    assert seen >= {b"%d" % number for number in range(1000)} - {b"%d" % (number * 7) for number in range(turn)}


def test_scans_that_nobody_ends_make_no_other_miss_anything() -> None:
    here = Here()
    for number in range(300):
        here.ask(b"SADD", b"key", b"%d" % number)
    cursor, found = here.ask(b"SSCAN", b"key", b"0")
    for _ in range(100):
        here.ask(b"SSCAN", b"key", b"0")
    seen = set(found)
    while cursor != b"0":
        cursor, found = here.ask(b"SSCAN", b"key", cursor)
        seen.update(found)
    assert len(seen) == 300


def test_a_great_sorted_set_stays_in_order_while_it_changes() -> None:
    here = Here()
    scores = {b"%d" % number: number * 7919 % 500 for number in range(500)}
    for member, number in scores.items():
        here.ask(b"ZADD", b"key", b"%d" % number, member)
    for step, member in enumerate(list(scores)):
        in_order = [name for _, name in sorted((number, name) for name, number in scores.items())]
        assert here.ask(b"ZRANGE", b"key", b"0", b"-1") == in_order
        if step % 3 == 0:
            here.ask(b"ZADD", b"key", b"%d" % step, member)
            scores[member] = step
        else:
            here.ask(b"ZREM", b"key", member)
            del scores[member]
