"""Runs Lua scripts on the commands, in a sandbox as Redis has it (``lua/sandbox.lua``).

A script is compiled once. The keys of a call become a table of Lua, which calls with the same keys share. LuaJIT speaks
the same Lua 5.1 as Redis does and takes half the time for a script, but its wheels are not there for every platform.
"""

import struct
from collections.abc import Callable, Mapping
from hashlib import sha1
from importlib.resources import files
from typing import Any, Final

from liveroom.store.live.engine.commands import Command
from liveroom.store.live.engine.words import ReplyError

try:
    from lupa import luajit21 as usual_lua
except ImportError:
    from lupa import lua51 as usual_lua

_FOLDER: Final = files("liveroom.store.live.engine") / "lua"
_MOST: Final = 4000
"""Items that go from Python to Lua at once: its stack has room for 8,000."""
_LONG: Final = (
    "HGETALL", "SMEMBERS", "LRANGE", "ZRANGE", "ZRANGEBYSCORE", "ZREVRANGEBYSCORE", "ZREVRANGEBYLEX",
)  # fmt: skip
_SCANS: Final = ("HSCAN", "SSCAN")
_ENTRIES: Final = ("XRANGE", "XREVRANGE")
_ARRAY: Final = 1
_ERROR: Final = 2

Chunk = Any
"""A script as Lua runs it."""
Declared = Any
"""The keys that a call may touch."""


class Scripting:
    """A Lua of its own, with these commands."""

    __slots__ = ("_append", "_compile", "_failure", "_new_table", "_run", "declare")

    declare: Callable[..., Declared]
    """Returns what lets calls touch these keys."""

    def __init__(self, commands: Mapping[str, Command], lua: Any = usual_lua) -> None:
        """``lua``: the module of lupa that is used, of Lua 5.1 or LuaJIT."""
        self._failure: type[Exception] = lua.LuaError
        runtime = lua.LuaRuntime(
            encoding=None, unpack_returned_tuples=True, register_eval=False, register_builtins=False
        )
        self._new_table = runtime.table
        self._append = runtime.execute(_APPEND)
        known = dict(commands)
        for names, shape in ((_LONG, self._long), (_SCANS, self._scan), (_ENTRIES, self._entries)):
            known |= {name: shape(commands[name]) for name in names}
        packed = runtime.execute(_source("cmsgpack"), _packed_fraction, _read_fraction)
        plain = runtime.execute(_source("cjson"))
        named = runtime.table_from({name.encode(): command for name, command in known.items()})
        sandbox = runtime.execute(_source("sandbox"), named, packed, plain, _sha1hex, list, _extend)
        self._compile, self.declare, self._run = sandbox

    def compile(self, text: bytes) -> Chunk:
        """Return a script that can be run; raises ``ReplyError`` when it is no Lua."""
        chunk, problem = self._compile(text)
        if chunk is None:
            raise ReplyError(f"ERR Error compiling script: {problem.decode(errors='replace')}")
        return chunk

    def run(self, chunk: Chunk, keys: Declared, args: "tuple[bytes, ...] | list[bytes]") -> Any:
        """Run a script; return its answer as a client of Redis reads it. Raises ``ReplyError``."""
        try:
            kind, *answer = self._run(chunk, keys, *args)
        except self._failure as error:
            raise ReplyError(_worded(str(error))) from error
        if kind == _ARRAY:
            return answer
        if kind == _ERROR:
            raise ReplyError(answer[0].decode(errors="replace"))
        return answer[0]

    # --- answers that Lua reads ------------------------------------------------------------------------------------

    def _long(self, command: Command) -> Command:
        return lambda *words: self._shortened(command(*words))

    def _scan(self, command: Command) -> Command:
        def scan(*words: Any) -> tuple[Any, ...]:
            cursor, *found = command(*words)
            return (cursor, *self._shortened(found))

        return scan

    def _entries(self, command: Command) -> Command:
        def entries(*words: Any) -> Any:
            return self._shortened([word for id, fields in command(*words) for word in (id, len(fields), *fields)])

        return entries

    def _shortened(self, items: Any) -> tuple[Any, ...]:
        """Return items as values of their own; as one table when they are many."""
        if len(items) <= _MOST:
            return tuple(items)
        table = self._new_table()
        for first in range(0, len(items), _MOST):
            self._append(table, *items[first : first + _MOST])
        return (table,)


_APPEND: Final = b"return function(list, ...) for _, item in ipairs({...}) do list[#list + 1] = item end end"


def _source(name: str) -> bytes:
    return (_FOLDER / f"{name}.lua").read_bytes()


def _sha1hex(text: bytes) -> bytes:
    return sha1(text, usedforsecurity=False).hexdigest().encode()


def _extend(items: list[Any], *more: Any) -> None:
    items += more


def _packed_fraction(number: float) -> bytes:
    """Return a number with 32 bits where these are as exact, else with 64."""
    try:
        short = struct.pack(">f", number)
    except OverflowError:
        return b"\xcb" + struct.pack(">d", number)
    return b"\xca" + short if struct.unpack(">f", short)[0] == number else b"\xcb" + struct.pack(">d", number)


def _read_fraction(packed: bytes) -> float:
    number: float = struct.unpack(">f" if len(packed) == 4 else ">d", packed)[0]
    return number


def _worded(error: str) -> str:
    """Return what Lua says of an error, behind a word that says its kind."""
    return error if error.partition(" ")[0].isupper() else f"ERR {error}"
