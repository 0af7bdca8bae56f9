"""The engine: keys, channels and scripts of one process, which runs one command or script after the other."""

import secrets
from collections.abc import Callable
from typing import Any, Final

from liveroom.store.live.engine.channels import EngineChannels, Receive
from liveroom.store.live.engine.scripting import USUAL_LUA, Chunk, Declared, Scripting

MicroClock = Callable[[], int]
"""Says what time it is, in microseconds since 1970."""


class EmbeddedEngine:
    """What a Redis is to the store. ``run_id`` names it: no other engine ever has the same."""

    def __init__(self, clock: MicroClock, lua: Any = USUAL_LUA) -> None:
        self.run_id: Final = secrets.token_hex(20).encode()
        self.channels: Final = EngineChannels()
        self._clock = clock
        self._scripting = Scripting(self.channels.deliver, lua)
        self.channels.stand_on(self._scripting.count_receivers, self._scripting.take)
        self.compile, self.compile_hoisted = self._scripting.compile, self._scripting.compile_hoisted
        self.declare = self._scripting.declare
        self.strike = self._scripting.strike
        """Notes that so many entries of a stream that is followed wait no more."""

    def follow(self, stream: bytes, receive: Receive) -> None:
        """Let entries that are appended to a stream be received, their first value only; none is kept."""
        self._scripting.follow(stream)
        self.channels.follow(stream, receive)

    def run(self, chunk: Chunk, keys: Declared, args: "list[bytes] | tuple[bytes, ...]") -> Any:
        """Run a script, then deliver what it published; raises ``ReplyError``."""
        return self._scripting.run(chunk, keys, self._clock(), args)

    def command(self, name: str, words: list[bytes]) -> Any:
        """Run a command, then deliver what it published; raises ``ReplyError``."""
        return self._scripting.command(name, self._clock(), words)
