"""Rules of the scripts by themselves: a few lines of Lua on a Redis, with the modules that scripts have."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import msgspec
import redis

from liveroom.store.live.redis.lua_modules import assemble
from liveroom.store.live.redis.lua_names import ScriptNames
from liveroom.store.live.redis.records import pack
from liveroom.store.live.redis.schema.hashes import HASHES
from liveroom.store.live.redis.schema.numbers import NUMBERS
from liveroom.store.live.redis.schema.records import RECORDS
from tests.servers import LOOPBACK, Redis


class LuaRules:
    """Runs Lua on an emptied Redis."""

    def __init__(self, client: "redis.Redis") -> None:
        self._client = client

    def run(self, uses: str, body: str, keys: Sequence[str] = (), *, now: int = 0, **given: object) -> Any:
        """Return what these lines answer, packed by them. They have ``NOW``, and as ``ARGV`` what is given.

        What is no number or text is packed.
        """
        text = _text(uses, body, tuple(keys), ("now", *given))
        words = [one if isinstance(one, int | str) else pack(one) for one in given.values()]
        return msgspec.msgpack.decode(self._client.eval(text, len(keys), *keys, now, *words))


@contextmanager
def lua_rules(server: Redis) -> Iterator[LuaRules]:
    """Yield what runs Lua on the server, on one connection."""
    server.flushall()
    with redis.Redis(LOOPBACK, server.port, socket_timeout=10) as client:
        yield LuaRules(client)


@cache
def _text(uses: str, body: str, keys: tuple[str, ...], args: tuple[str, ...]) -> str:
    source = f"local NOW = tonumber(ARGV.now)\n{assemble(body, uses.split())}"
    return ScriptNames(keys, args, RECORDS, HASHES, NUMBERS).resolve(source)
