"""Runs Lua scripts and commands on data that Lua keeps (``lua/``), in a sandbox as Redis has it.

Commands are Lua as well: a script of twenty of them would otherwise go from Lua to Python and back twenty times. A
script is compiled once. The keys of a call become a table of Lua, which calls with the same keys share. LuaJIT speaks
the same Lua 5.1 as Redis does and takes half the time for a script, but its wheels are not there for every platform.
"""

import re
import struct
from collections.abc import Callable
from hashlib import sha1
from importlib.resources import files
from typing import Any, Final

from liveroom.store.live.engine.channels import Deliver
from liveroom.store.live.engine.errors import ReplyError
from liveroom.store.live.engine.hoisting import Hoisted

try:
    import lupa.luajit21 as usual
except ImportError:
    import lupa.lua51 as usual

_FOLDER: Final = files("liveroom.store.live.engine") / "lua"
_CALL: Final = re.compile(r"(?<![\w.])call\(\s*'([A-Z]+)'\s*,?\s*")
_LOAD: Final = b"return function(text, name, ...) return assert(loadstring(text, name))(...) end"
_SPREAD: Final = re.compile(r"\bunpack\(call\(\s*'(HMGET|PUBSUB|TIME)'\s*,?\s*")
_ARRAY: Final = 1
_ERROR: Final = 2
_NESTED: Final = 4
_PUBLISHED: Final = 10
_LARGEST: Final = 2**63 - 1

USUAL_LUA: Final[Any] = usual
"""The module of lupa that is used."""
Chunk = Any
"""A script as Lua runs it."""
Declared = Any
"""The keys that a call may touch."""


class Scripting:
    """A Lua of its own, with nothing in it yet."""

    __slots__ = (
        "_begin", "_command", "_compile", "_deliver", "_failure", "_names", "_run", "count_receivers", "declare",
        "follow", "strike", "take",
    )  # fmt: skip

    declare: Callable[..., Declared]
    """Returns what lets calls touch these keys."""
    count_receivers: Callable[[bytes, int], None]
    """Notes that one more receives a channel, or one less (-1)."""
    follow: Callable[[bytes], None]
    """Lets entries of a stream be delivered as messages are; none is kept."""
    strike: Callable[[bytes, int], None]
    """Lets so many entries of such a stream wait no more."""
    take: Callable[[], Any]
    """Returns channels and messages that were published, by turns, until there are none."""

    def __init__(self, deliver: Deliver, lua: Any = USUAL_LUA) -> None:
        """``deliver`` is called when something was published; ``lua``: the module of lupa, of Lua 5.1 or LuaJIT."""
        self._deliver = deliver
        self._failure: type[Exception] = lua.LuaError
        runtime = lua.LuaRuntime(
            encoding=None, unpack_returned_tuples=True, register_eval=False, register_builtins=False
        )

        named = runtime.execute(_LOAD)

        def load(name: str, *given: Any) -> Any:
            return named((_FOLDER / f"{name}.lua").read_bytes(), f"@{name}".encode(), *given)

        words, sorted_set = load("words"), load("sorted_set")
        scan = load("scans", words)
        keys, on_keys = load("keyspace", words)
        channels, on_channels = load("channels", words)
        on_lists, ranks = load("lists", words, keys)
        on_hashes, hash_values = load("hashes", words, keys, scan, _sum)
        on_streams, self.follow, self.strike = load("streams", words, keys, channels)
        commands = runtime.table()
        for some in (
            on_keys, on_channels, on_lists, on_hashes, on_streams, load("sets", words, keys, scan),
            load("strings", words, keys, bytearray, bytes, _bit, _set_bit),
            load("sorted_sets", words, keys, sorted_set, ranks),
        ):  # fmt: skip
            for name, command in some.items():
                commands[name] = command
        packed = load("cmsgpack", _packed_fraction, _read_fraction)
        self._compile, self._begin, self.declare, self._run, self._command = load(
            "sandbox", commands, hash_values, keys, channels, packed, _sha1hex, _listed
        )
        self._names = frozenset(name.decode() for name in commands)
        self.count_receivers, self.take = channels[b"count"], channels[b"take"]

    def compile(self, text: bytes) -> Chunk:
        """Return a script that can be run; raises ``ReplyError`` when it is no Lua."""
        return self._compiled(text, "user_script")

    def compile_hoisted(self, script: Hoisted, name: str) -> Chunk:
        """Return the same of a script whose functions are made now; errors say its name."""
        names = sorted(set(_CALL.findall(script.once)) & self._names)
        given = [
            f"local {', '.join(f'call_{name}' for name in names)}",
            f"= {', '.join(f'direct.{name}' for name in names)}",
        ]
        once = _CALL.sub(r"call_\1(", _without_unpack(script.once))
        # A function may share only sixty variables with what is around it.
        each_time = _CALL.sub(r"direct.\1(", _without_unpack(script.each_time))
        text = "\n".join(
            ["local direct, spread = ...", *(given if names else ()), once, "return function()", each_time, "end"]
        )
        return self._begin(self._compiled(text.encode(), name))

    def _compiled(self, text: bytes, name: str) -> Any:
        chunk, problem = self._compile(text, name.encode())
        if chunk is None:
            raise ReplyError(f"ERR Error compiling script: {problem.decode(errors='replace')}")
        return chunk

    def run(self, chunk: Chunk, keys: Declared, micros: int, args: "tuple[bytes, ...] | list[bytes]") -> Any:
        """Run a script; return its answer as a client of Redis reads it. Raises ``ReplyError``."""
        try:
            kind, *answer = self._run(chunk, keys, micros, *args)
        except self._failure as error:
            self._deliver()
            raise ReplyError(_worded(str(error))) from error
        return self._answered(kind, answer)

    def command(self, name: str, micros: int, words: list[bytes]) -> Any:
        """Run a command; return its answer likewise. Raises ``ReplyError``."""
        if name not in self._names:
            raise ReplyError(f"ERR unknown command '{name}'")
        try:
            kind, *answer = self._command(name.encode(), micros, *words)
        except self._failure as error:
            raise ReplyError(_worded(str(error))) from error
        return self._answered(kind, answer)

    def _answered(self, kind: int, answer: list[Any]) -> Any:
        if kind > _PUBLISHED:
            kind -= _PUBLISHED
            self._deliver()
        if kind == _ARRAY:
            return answer
        if kind == _NESTED:
            return _taken_apart(*answer)
        if kind == _ERROR:
            raise ReplyError(answer[0].decode(errors="replace"))
        return answer[0]


def _without_unpack(text: str) -> str:
    """Return a script that takes what it unpacks at once as several values, not as a table."""
    while found := _SPREAD.search(text):
        depth, end = 1, found.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
        inner = text[found.end() : end - 1]
        text = f"{text[: found.start()]}spread.{found[1]}({inner}{text[end:].lstrip()}"
    return text


def _taken_apart(shape: bytes, *items: Any) -> list[Any]:
    """Return an array with arrays in it: ``shape`` has a byte for each, 0 for an item that stands by itself."""
    found: list[Any] = []
    at = 0
    for length in shape:
        if length == 0:
            found.append(items[at])
            at += 1
        else:
            found.append(list(items[at : at + length - 1]))
            at += length - 1
    return found


# --- what Lua asks of Python ---------------------------------------------------------------------------------------


def _listed(found: list[Any] | None, *items: Any) -> list[Any]:
    return list(items) if found is None else [*found, *items]


def _bit(value: "bytes | bytearray", place: int, shift: int) -> int:
    return value[place] >> shift & 1 if place < len(value) else 0


def _set_bit(value: bytearray, place: int, shift: int, bit: int) -> int:
    if place >= len(value):
        value.extend(bytes(place + 1 - len(value)))
    former = value[place] >> shift & 1
    value[place] ^= (former ^ bit) << shift
    return former


def _sum(one: bytes, other: bytes) -> bytes | None:
    """Return the sum of two integers unless it has more than 64 bits: Lua has no such numbers."""
    number = int(one) + int(other)
    return b"%d" % number if -_LARGEST - 1 <= number <= _LARGEST else None


def _sha1hex(text: bytes) -> bytes:
    return sha1(text, usedforsecurity=False).hexdigest().encode()


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
