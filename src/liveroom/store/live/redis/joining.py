"""One command for several calls of a script: what a server does in the background for each of 256 buckets costs it
little, but a call costs this process 5 µs.

Only one server that has all keys can run them: a Cluster has each bucket elsewhere.
"""

from collections.abc import Sequence
from functools import cache
from hashlib import sha1
from importlib.resources import files
from typing import Final, NamedTuple

from liveroom.store.live.redis.lua_names import ScriptNames, without_comments
from liveroom.store.live.redis.scripts import Script, check_args, check_keys, script
from liveroom.store.live.redis.servers import RUN_ID
from liveroom.store.live.redis.wire import Command, Word

AT_ONCE: Final = 32
"""Calls of a command: what else the server has to do waits for as long as these take."""
_MOST_WORDS: Final = 4000
"""Arguments of a call: Lua hands on some 8,000 at most."""
_FRAME: Final = files("liveroom.store.live.redis") / "lua" / "frames" / "joined.lua"


class ScriptCall(NamedTuple):
    """What is asked of one of many buckets."""

    bucket: int
    keys: tuple[bytes, ...]
    args: tuple[Word, ...]


def can_join(what: Script, asked: Sequence[ScriptCall]) -> bool:
    """Say whether these calls may travel together: nobody waits for one of them, and none is large."""
    return len(asked) > 1 and not what.awaited and all(len(call.args) < _MOST_WORDS for call in asked)


@cache
def joined(name: str) -> Script:
    """Return the script that makes several calls of this one."""
    what = script(name)
    frame = ScriptNames(("*keys",), ("keys_each", "*calls", "run_id"), {}, {}, {})
    text = frame.resolve(without_comments(_FRAME.read_text(encoding="utf-8"))).encode()
    text = text.replace(b"SCRIPT", what.text)
    digest = sha1(text, usedforsecurity=False).hexdigest().encode()
    return Script(f"{name}, joined", text, digest, awaited=False, keys=what.keys, args=what.args)


def joined_command(what: Script, asked: Sequence[ScriptCall]) -> Command:
    """Return the command that makes these calls, in their order; at most ``AT_ONCE`` of them."""
    keys: list[Word] = []
    words: list[Word] = []
    run_id: Word = b""
    for _, its_keys, args in asked:
        check_keys(what, len(its_keys))
        check_args(what, len(args))
        keys += its_keys
        own = args
        if args and args[-1] is RUN_ID:
            run_id, own = RUN_ID, args[:-1]
        words += (len(own), *own)
    return ("EVALSHA", joined(what.name).digest, len(keys), *keys, len(asked[0].keys), *words, run_id)
