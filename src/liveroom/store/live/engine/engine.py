"""The engine: keys, channels and scripts of one process, which runs one command or script after the other."""

import secrets
from typing import Any, Final

from liveroom.store.live.engine.channels import EngineChannels
from liveroom.store.live.engine.commands import commands_of
from liveroom.store.live.engine.keyspace import Clock, Keyspace
from liveroom.store.live.engine.scripting import Chunk, Declared, Scripting
from liveroom.store.live.engine.words import ReplyError

_SCANS: Final = ("HSCAN", "SSCAN")


class EmbeddedEngine:
    """What a Redis is to the store. ``run_id`` names it: no other engine ever has the same."""

    def __init__(self, clock: Clock) -> None:
        self.run_id: Final = secrets.token_hex(20).encode()
        self.channels: Final = EngineChannels()
        self._keys = Keyspace(clock)
        self._commands = commands_of(self._keys, self.channels)
        self._scripting = Scripting(self._commands)
        self.compile = self._scripting.compile
        self.declare = self._scripting.declare

    def run(self, chunk: Chunk, keys: Declared, args: list[bytes]) -> Any:
        """Run a script, then deliver what it published; raises ``ReplyError``."""
        self._keys.begin()
        try:
            return self._scripting.run(chunk, keys, args)
        finally:
            self.channels.deliver()

    def command(self, name: str, words: list[bytes]) -> Any:
        """Run a command, then deliver what it published; raises ``ReplyError``."""
        command = self._commands.get(name)
        if command is None:
            raise ReplyError(f"ERR unknown command '{name}'")
        self._keys.begin()
        answer = command(*words)
        self.channels.deliver()
        return [answer[0], list(answer[1:])] if name in _SCANS else _as_read(answer)

    def clear(self) -> None:
        """Forget every key."""
        self._keys.clear()


def _as_read(answer: Any) -> Any:
    """Return an answer of a command as a client of Redis reads it."""
    if type(answer) is tuple or type(answer) is list:
        return [_as_read(item) for item in answer]
    if answer is False:
        return None
    return b"OK" if answer is True else answer
