"""The commands that scripts and the store use, by name: no others are there."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from liveroom.store.live.engine.channels import EngineChannels
from liveroom.store.live.engine.hashes import Hashes
from liveroom.store.live.engine.keyspace import Keyspace
from liveroom.store.live.engine.lists import ListCommands
from liveroom.store.live.engine.sets import Sets
from liveroom.store.live.engine.sorted_sets import SortedSets
from liveroom.store.live.engine.streams import Streams
from liveroom.store.live.engine.strings import Strings

Command = Callable[..., Any]
"""Takes ``words.Argument``s. Answers bytes, an integer, False for nil, True for OK, or a tuple or list."""


def commands_of(keys: Keyspace, channels: EngineChannels) -> Mapping[str, Command]:
    """Return the commands on these keys and channels."""
    strings, hashes, sets, lists = Strings(keys), Hashes(keys), Sets(keys), ListCommands(keys)
    sorted_sets, streams = SortedSets(keys), Streams(keys)
    found: dict[str, Command] = {
        "DEL": keys.delete, "EXISTS": keys.exists, "EXPIRE": keys.expire, "PEXPIRE": keys.pexpire, "TIME": keys.time,
        "SPUBLISH": channels.spublish, "PUBSUB": channels.pubsub,
    }  # fmt: skip
    for subject, names in (
        (strings, _STRINGS), (hashes, _HASHES), (sets, _SETS), (lists, _LISTS), (sorted_sets, _SORTED_SETS),
        (streams, _STREAMS),
    ):  # fmt: skip
        found |= {name: getattr(subject, name.lower()) for name in names}
    return found


_STRINGS: Final = ("GET", "SET", "GETBIT", "SETBIT")
_HASHES: Final = ("HGET", "HMGET", "HGETALL", "HLEN", "HEXISTS", "HSET", "HDEL", "HINCRBY", "HSCAN")
_SETS: Final = ("SADD", "SREM", "SCARD", "SMEMBERS", "SSCAN")
_LISTS: Final = ("RPUSH", "LPOP", "LLEN", "LRANGE")
_SORTED_SETS: Final = (
    "ZADD", "ZREM", "ZCARD", "ZSCORE", "ZMSCORE", "ZRANGE", "ZRANGEBYSCORE", "ZREVRANGEBYSCORE", "ZREVRANGEBYLEX",
    "ZCOUNT", "ZREMRANGEBYRANK", "ZREMRANGEBYSCORE",
)  # fmt: skip
_STREAMS: Final = ("XADD", "XDEL", "XLEN", "XRANGE", "XREVRANGE")
