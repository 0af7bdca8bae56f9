"""What comes before a script's own text: the prologue, guards, and modules.

The first line of a script names what it uses (``-- uses: time bucket users``), in this order. A guard (``lua/guards``)
may end the script. A module (``lua/modules``) is a subject: what begins with its name (``Users.read``) is for scripts
and other modules, everything else in it is its own. Such names become locals of the script when it is loaded, so that
they cost nothing. One that the module does not have, or of a module that the script does not use, is a ``ScriptWrong``.
"""

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from liveroom.store.live.redis.lua_names import ScriptWrong, without_comments

_LUA: Final = files("liveroom.store.live.redis") / "lua"
_USES: Final = "-- uses:"
_NAME: Final = re.compile(r"'(?:[^'\\\n]|\\.)*'|(?<![\w.:])([A-Z][a-z]+)\.(\w+)")
_DEFINED: Final = re.compile(
    r"^(?:function (?P<function>[A-Z]\w*\.\w+)|(?P<values>[A-Z]\w*\.[\w., ]+?) =)", re.MULTILINE
)


class LuaModule(NamedTuple):
    """A module: its name, its text, and the names that others may use."""

    name: str
    text: str
    exports: frozenset[str]


def read_script(name: str) -> tuple[str, Sequence[str]]:
    """Return a script with all that comes before it, and what it uses; raises ``ScriptWrong``."""
    body = (_LUA / f"{name}.lua").read_text(encoding="utf-8")
    first, _, _ = body.partition("\n")
    uses = first.removeprefix(_USES).split() if first.startswith(_USES) else []
    return assemble(body, uses), uses


def assemble(body: str, uses: Sequence[str]) -> str:
    """Return a script with all that comes before it, without comments; raises ``ScriptWrong``."""
    modules = {found.name: found for use in uses if (found := _module(use))}
    parts = [
        _text("prologue"),
        *(_scoped(found) if (found := _module(use)) else _text(f"guards/{use}") for use in uses),
    ]

    def local_name(found: re.Match[str]) -> str:
        module, export = found.groups()
        if module is None:
            return found[0]
        if module not in modules or export not in modules[module].exports:
            raise ScriptWrong(f"{found[0]} is not there: the script uses {', '.join(uses)}")
        return f"{module}_{export}"

    return _NAME.sub(local_name, "\n".join([*parts, without_comments(body)]))


def _scoped(module: LuaModule) -> str:
    """Return a module's text in a block of its own, behind the names that others may use."""
    names = ", ".join(f"{module.name}_{export}" for export in sorted(module.exports))
    return f"local {names}\ndo\n{module.text}\nend"


@cache
def _module(use: str) -> LuaModule | None:
    if not (_LUA / "modules" / f"{use}.lua").is_file():
        return None
    name, text = use.capitalize(), _text(f"modules/{use}")
    defined = [word for found in _DEFINED.finditer(text) for word in (found["function"] or found["values"]).split(", ")]
    return LuaModule(name, text, frozenset(word.removeprefix(f"{name}.") for word in defined))


@cache
def _text(file: str) -> str:
    """Return a file without its comments."""
    return without_comments((_LUA / f"{file}.lua").read_text(encoding="utf-8"))
