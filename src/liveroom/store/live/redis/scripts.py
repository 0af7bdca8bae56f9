"""The Lua scripts, as Redis gets them: one file each, with what it uses before it (``lua_modules``).

Keys, arguments and records are named as ``schema`` declares them; ``lua_names`` puts positions in place of these names.
"""

from dataclasses import dataclass, field
from functools import cache
from hashlib import sha1

from liveroom.store.live.redis.keys import KeySet
from liveroom.store.live.redis.lua_modules import read_script
from liveroom.store.live.redis.lua_names import ScriptNames, ScriptWrong
from liveroom.store.live.redis.schema.hashes import HASHES
from liveroom.store.live.redis.schema.numbers import NUMBERS
from liveroom.store.live.redis.schema.records import RECORDS
from liveroom.store.live.redis.schema.scripts import SCRIPTS, DeclaredScript, arguments, numbers


@dataclass(frozen=True, slots=True)
class Script:
    """A script as Redis knows it: its text, and the digest by which it is called."""

    name: str
    text: bytes = field(repr=False)
    digest: bytes
    awaited: bool
    """It changes nothing when nobody waits for it any more: it is told until when somebody does."""
    keys: range
    """How many keys it takes."""
    args: range
    """How many arguments it is given; the connection adds until when it is awaited."""


class CallWrong(Exception):
    """A script is given another number of keys or arguments than it is declared to take: a bug."""


@cache
def script(name: str) -> Script:
    """Return the script of this name; raises ``ScriptWrong``."""
    return load(name, SCRIPTS[name])


def load(name: str, declared: DeclaredScript) -> Script:
    """Return a script as it is declared; raises ``ScriptWrong`` where its text does not agree with that."""
    try:
        source, uses = read_script(name)
        args = arguments(declared, uses)
        names = ScriptNames(declared.keys, args, RECORDS, HASHES, NUMBERS)
        names.check_read(source)
        text = names.resolve(source).encode()
    except ScriptWrong as wrong:
        raise ScriptWrong(f"{name}: {wrong}") from None
    digest = sha1(text, usedforsecurity=False).hexdigest().encode()
    return Script(name, text, digest, "awaited" in uses, numbers(declared.keys), numbers(args))


def check_keys(what: Script, number: int) -> None:
    """Raise ``CallWrong`` if a script does not take so many keys."""
    if number not in what.keys:
        raise CallWrong(f"{what.name} takes {what.keys.start} keys, not {number}")


def check_key_set(what: Script, which: KeySet, more: int) -> None:
    """Raise ``CallWrong`` if a script does not take this set of keys, and so many behind them."""
    declared = SCRIPTS[what.name].keys
    if declared[: len(which.value)] != which.value or len(declared) != len(which.value) + more:
        raise CallWrong(f"{what.name} takes {', '.join(declared)}: not {which.name} and {more} more")


def check_args(what: Script, number: int) -> None:
    """Raise ``CallWrong`` if a script does not take so many arguments."""
    if number not in what.args:
        raise CallWrong(f"{what.name} takes {what.args.start} arguments, not {number}")
