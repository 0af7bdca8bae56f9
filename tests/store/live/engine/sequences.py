"""Generated commands: on few keys of all types, with few members, so that they meet each other."""

from hypothesis import strategies as st

from tests.store.live.engine.peer import Words

KEYS = st.sampled_from([b"one", b"two", b"three"])
NAMES = st.sampled_from([b"", b"a", b"b", b"ab", b"a\0", b"\xff\xfe", b"7", b"z" * 70])
VALUES = st.one_of(NAMES, st.sampled_from([b"12", b"-3", b"9223372036854775807", b"1.5", b" 1"]))
NUMBERS = st.one_of(
    st.integers(-4, 6), st.sampled_from([9223372036854775807, -9223372036854775808, 9223372036854775808])
).map(lambda number: b"%d" % number)
WRONG = st.sampled_from([b"", b"x", b"1.5", b" 1", b"01", b"+1"])
INTEGERS = st.integers(0, 29).flatmap(lambda dice: WRONG if dice == 0 else NUMBERS)
FLOATS = st.sampled_from(
    [b"0", b"-0", b"1", b"2", b"3", b"-1.5", b"1e3", b"1764395123456", b"inf", b"-inf", b"0.1", b"nan", b"x"]
)
SCORES = st.integers(0, 4).flatmap(lambda dice: FLOATS if dice == 0 else st.integers(0, 5).map(lambda n: b"%d" % n))
BOUNDS = st.one_of(SCORES, SCORES.map(lambda score: b"(" + score), st.sampled_from([b"-inf", b"+inf"]))
LEXES = st.one_of(
    NAMES.map(lambda name: b"[" + name), NAMES.map(lambda name: b"(" + name), st.sampled_from([b"-", b"+", b"", b"a"])
)
IDS = st.tuples(st.integers(0, 5), st.integers(0, 3)).map(lambda id: b"%d-%d" % id)
EDGES = st.one_of(IDS, IDS.map(lambda id: b"(" + id), st.sampled_from([b"-", b"+", b"3", b"(3", b"x", b"1-", b""]))
LIMITS = st.one_of(st.just(()), st.tuples(st.just(b"LIMIT"), INTEGERS, INTEGERS))
COUNTS = st.sampled_from([(), (b"COUNT", b"1"), (b"COUNT", b"3")])
PARTS = st.sampled_from([(), (b"COUNT", b"5")])
WITH_SCORES = st.sampled_from([(), (b"WITHSCORES",)])
SPANS = st.sampled_from([b"100000", b"0", b"-5", b"x"])


def flat(*parts: "st.SearchStrategy[bytes] | st.SearchStrategy[Words]") -> st.SearchStrategy[Words]:
    """Return words one after another."""
    return st.tuples(*parts).map(
        lambda found: tuple(word for part in found for word in ((part,) if isinstance(part, bytes) else part))
    )


def some(*parts: "st.SearchStrategy[bytes]", most: int = 3) -> st.SearchStrategy[Words]:
    """Return so many words, or pairs of them, at least one."""
    return st.lists(st.tuples(*parts), min_size=1, max_size=most).map(
        lambda rows: tuple(w for row in rows for w in row)
    )


def command(name: str, *parts: "st.SearchStrategy[bytes] | st.SearchStrategy[Words]") -> st.SearchStrategy[Words]:
    """Return a command on a key."""
    return flat(st.just(name.encode()), KEYS, *parts)


NO_TRIM: st.SearchStrategy[Words] = st.just(())
TRIMMED = st.one_of(
    NO_TRIM,
    st.tuples(st.just(b"MAXLEN"), st.integers(0, 3).map(lambda length: b"%d" % length)),
    st.tuples(st.just(b"MINID"), IDS),
)
SETTINGS = st.one_of(st.just(()), st.just((b"NX",)), st.tuples(st.just(b"PX"), SPANS), st.just((b"FOO",)))

STRINGS = st.one_of(
    command("GET"), command("SET", VALUES, SETTINGS), command("GETBIT", INTEGERS),
    command("SETBIT", st.integers(-1, 40).map(lambda bit: b"%d" % bit), st.sampled_from([b"0", b"1", b"2"])),
)  # fmt: skip
HASHES = st.one_of(
    command("HGET", NAMES), command("HMGET", some(NAMES)), command("HGETALL"), command("HLEN"),
    command("HEXISTS", NAMES), command("HSET", some(NAMES, VALUES)), command("HDEL", some(NAMES)),
    command("HINCRBY", NAMES, INTEGERS), command("HSCAN", st.just(b"0"), PARTS),
)  # fmt: skip
SETS = st.one_of(
    command("SADD", some(NAMES)), command("SREM", some(NAMES)), command("SCARD"), command("SMEMBERS"),
    command("SSCAN", st.just(b"0"), PARTS),
)  # fmt: skip
LISTS = st.one_of(
    command("RPUSH", some(VALUES)), command("LPOP"), command("LLEN"), command("LRANGE", INTEGERS, INTEGERS),
)  # fmt: skip
ADDING = st.sampled_from([(), (), (b"GT",), (b"LT",)])
SORTED_SETS = st.one_of(
    command("ZADD", ADDING, some(SCORES, NAMES)), command("ZADD", ADDING, some(SCORES, NAMES, most=8)),
    command("ZREM", some(NAMES)), command("ZCARD"),
    command("ZSCORE", NAMES), command("ZMSCORE", some(NAMES)), command("ZRANGE", INTEGERS, INTEGERS, WITH_SCORES),
    command("ZRANGEBYSCORE", BOUNDS, BOUNDS, WITH_SCORES, LIMITS),
    command("ZREVRANGEBYSCORE", BOUNDS, BOUNDS, WITH_SCORES, LIMITS), command("ZCOUNT", BOUNDS, BOUNDS),
    command("ZREMRANGEBYRANK", INTEGERS, INTEGERS), command("ZREMRANGEBYSCORE", BOUNDS, BOUNDS),
)  # fmt: skip
LEXICAL = st.one_of(
    command("ZADD", some(st.just(b"0"), NAMES)), command("ZREM", some(NAMES)),
    command("ZREVRANGEBYLEX", LEXES, LEXES, LIMITS),
)  # fmt: skip
STREAMS = st.one_of(
    command("XADD", TRIMMED, IDS, some(NAMES, VALUES)), command("XADD", IDS, some(NAMES, VALUES)),
    command("XDEL", some(IDS)), command("XLEN"),
    command("XRANGE", EDGES, EDGES, COUNTS), command("XREVRANGE", EDGES, EDGES, COUNTS),
)  # fmt: skip
ANY = st.one_of(
    command("DEL"), flat(st.just(b"EXISTS"), some(KEYS)), flat(st.just(b"DEL"), some(KEYS)), command("EXPIRE", SPANS),
    command("PEXPIRE", SPANS),
)  # fmt: skip
SUBJECTS = {
    "strings": STRINGS, "hashes": HASHES, "sets": SETS, "lists": LISTS, "sorted sets": SORTED_SETS,
    "lexical ranges": LEXICAL, "streams": STREAMS,
}  # fmt: skip
MIXED = st.one_of(*SUBJECTS.values(), ANY)
