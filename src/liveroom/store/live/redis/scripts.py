"""The Lua scripts: one file each, behind the preludes that their first line names (``-- uses: common user``)."""

from dataclasses import dataclass, field
from functools import cache
from hashlib import sha1
from importlib.resources import files

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


@cache
def script(name: str) -> Script:
    """Return the script of this name, with its preludes before it."""
    body = _read(name)
    first = body.partition("\n")[0]
    preludes = first.removeprefix(_USES).split() if first.startswith(_USES) else []
    text = "\n".join([*(_read(f"prelude_{prelude}") for prelude in preludes), body]).encode()
    digest = sha1(text, usedforsecurity=False).hexdigest().encode()
    return Script(name, text, digest, "awaited" in preludes)


def _read(name: str) -> str:
    return (_FOLDER / f"{name}.lua").read_text(encoding="utf-8")
