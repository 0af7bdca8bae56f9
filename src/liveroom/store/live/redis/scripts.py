"""The Lua scripts: one file each, behind the preludes that their first line names (``-- uses: common user``).

What scripts call by name is declared in ``schema``; ``lua_names`` resolves it here, at load.
"""

from dataclasses import dataclass, field
from functools import cache
from hashlib import sha1
from importlib.resources import files

from liveroom.store.live.redis.keys import KeySet
from liveroom.store.live.redis.lua_names import Names, ScriptWrong
from liveroom.store.live.redis.schema.hashes import HASHES
from liveroom.store.live.redis.schema.records import RECORDS
from liveroom.store.live.redis.schema.scripts import SCRIPTS, arguments, bounds

_FOLDER = files("liveroom.store.live.redis") / "lua"
_USES = "-- uses:"


@dataclass(frozen=True, slots=True)
class Script:
    """A script as Redis knows it: its text, and the digest by which it is called."""

    name: str
    text: bytes = field(repr=False)
    digest: bytes
    awaited: bool
    """It changes nothing when nobody waits for it any more: it is told until when somebody does."""
    keys: tuple[int, float]
    """How many keys it takes, at least and at most."""
    args: tuple[int, float]
    """How many arguments it is given, at least and at most; the connection adds until when it is awaited."""


class CallWrong(Exception):
    """A script is given another number of keys or arguments than it is declared to take: a bug."""


@cache
def script(name: str) -> Script:
    """Return the script of this name, with its preludes before it; raises ``ScriptWrong``."""
    body = _read(name)
    first = body.partition("\n")[0]
    preludes = first.removeprefix(_USES).split() if first.startswith(_USES) else []
    declared = SCRIPTS[name]
    args = arguments(declared, preludes)
    names = Names(declared.keys, args, RECORDS, HASHES)
    try:
        text = names.resolve("\n".join([*(_read(f"prelude_{prelude}") for prelude in preludes), body])).encode()
    except ScriptWrong as wrong:
        raise ScriptWrong(f"{name}: {wrong}") from None
    digest = sha1(text, usedforsecurity=False).hexdigest().encode()
    return Script(name, text, digest, "awaited" in preludes, bounds(declared.keys), bounds(args))


def _read(name: str) -> str:
    return (_FOLDER / f"{name}.lua").read_text(encoding="utf-8")


def check_keys(what: Script, number: int) -> None:
    """Raise ``CallWrong`` if a script does not take so many keys."""
    least, most = what.keys
    if not least <= number <= most:
        raise CallWrong(f"{what.name} takes {least} keys, not {number}")


def check_key_set(what: Script, which: KeySet, more: int) -> None:
    """Raise ``CallWrong`` if a script does not take this set of keys, and so many behind them."""
    declared = SCRIPTS[what.name].keys
    if declared[: len(which.value)] != which.value or len(declared) != len(which.value) + more:
        raise CallWrong(f"{what.name} takes {', '.join(declared)}: not {which.name} and {more} more")


def check_args(what: Script, number: int) -> None:
    """Raise ``CallWrong`` if a script does not take so many arguments."""
    least, most = what.args
    if not least <= number <= most:
        raise CallWrong(f"{what.name} takes {least} arguments, not {number}")
