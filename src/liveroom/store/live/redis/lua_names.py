"""Positions in place of names, in the text of a script.

Scripts say ``KEYS.room``, ``ARGV.user``, ``entry[ENTRY.room]`` and ``call('HGET', KEYS.room, ROOM.card)``. They build a
record as ``ENTRY{id = …, session = …}``: its first fields, in any order, none left out. ``KEY.rooms`` and ``ARG.rooms``
are the position itself, for loops over what is left; ``EVENTS.pace`` is a number of the domain. Names are resolved when
a script is loaded and cost nothing when it runs. A name that is not declared, or a record that lacks a field, is a
``ScriptWrong``.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

_SKIPPED: Final = re.compile(r"'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"|--[^\n]*")
_NAME: Final = re.compile(r"'(?:[^'\\\n]|\\.)*'|\b([A-Z][A-Z_]*)\.(\w+)")
_RECORD: Final = re.compile(r"'(?:[^'\\\n]|\\.)*'|\b([A-Z][A-Z_]*)\{")
_PART: Final = re.compile(r"'(?:[^'\\\n]|\\.)*'|[{}()\[\],]|[^{}()\[\],']+")
_FIELD: Final = re.compile(r"\s*(\w+)\s*=(?!=)\s*(.*?)\s*\Z", re.DOTALL)


class ScriptWrong(Exception):
    """A script names what is not declared: a bug."""


class ScriptNames:
    """The names that one script may use."""

    def __init__(
        self,
        keys: tuple[str, ...],
        args: tuple[str, ...],
        records: Mapping[str, tuple[str, ...]],
        hashes: Mapping[str, Mapping[str, str]],
        numbers: Mapping[str, Mapping[str, int]],
    ) -> None:
        for given in (keys, args):
            names = [name.removeprefix("*") for name in given]
            if len(set(names)) != len(names) or not all(map(str.isidentifier, names)):
                raise ScriptWrong(f"these have to be names, each once: {', '.join(given)}")
            if sum(name.startswith("*") for name in given) > 1:
                raise ScriptWrong(f"more than one stands for all that is left: {', '.join(given)}")
        self._records = records
        keys_at, args_at = _positions(keys, "#KEYS"), _positions(args, "#ARGV")
        self._values: dict[str, Mapping[str, str]] = {
            "KEYS": {name: f"KEYS[{at}]" for name, at in keys_at.items()},
            "ARGV": {name: f"ARGV[{at}]" for name, at in args_at.items()},
            "KEY": keys_at,
            "ARG": args_at,
            **{kind: {name: f"'{field}'" for name, field in fields.items()} for kind, fields in hashes.items()},
            **{kind: _positions(fields, "") for kind, fields in records.items()},
            **{kind: {name: str(value) for name, value in values.items()} for kind, values in numbers.items()},
        }

    def check_read(self, text: str) -> None:
        """Raise ``ScriptWrong`` if a text does not read all arguments: it is not what they were declared for."""
        read = {found[2] for found in _NAME.finditer(text) if found[1] in ("ARGV", "ARG")}
        if unread := [name for name in self._values["ARGV"] if name not in read]:
            raise ScriptWrong(f"never reads {', '.join(unread)}")

    def resolve(self, text: str) -> str:
        """Return a text without comments, with positions in place of names; raises ``ScriptWrong``."""
        return self._build_records(_NAME.sub(self._value, text))

    def _value(self, found: re.Match[str]) -> str:
        kind, name = found.groups()
        if kind is None:
            return found[0]
        if kind not in self._values:
            raise ScriptWrong(f"nothing is called {kind}")
        if name not in self._values[kind]:
            raise ScriptWrong(f"{kind} has no {name}")
        return self._values[kind][name]

    def _build_records(self, text: str) -> str:
        """Put lists in place of records, the last one first: what stands in another comes behind its beginning."""
        for record in reversed([found for found in _RECORD.finditer(text) if found[1]]):
            items, end = _items(text, record.end())
            text = f"{text[: record.start()]}{{{', '.join(self._in_order(record[1], items))}}}{text[end:]}"
        return text

    def _in_order(self, kind: str, items: Sequence[str]) -> Sequence[str]:
        if kind not in self._records:
            raise ScriptWrong(f"no record is called {kind}")
        given: dict[str, str] = {}
        for item in items:
            field = _FIELD.match(item)
            if field is None or field[1] in given:
                raise ScriptWrong(f"{kind} has to be built of named fields, each once: {item}")
            given[field[1]] = field[2]
        first = self._records[kind][: len(given)]
        if set(given) != set(first):
            raise ScriptWrong(f"{kind} is built of {', '.join(given)}: it has to have its first fields, all of them")
        return [given[name] for name in first]


def without_comments(text: str) -> str:
    """Return the text of a script without its comments; lines stay where they are."""
    return _SKIPPED.sub(lambda found: "" if found[0].startswith("--") else found[0], text)


@cache
def _positions(names: tuple[str, ...], last: str) -> Mapping[str, str]:
    """Return where each name is, counted from ``last`` behind the name that stands for all that is left."""
    starred = next((at for at, name in enumerate(names) if name.startswith("*")), len(names))
    found = {name.removeprefix("*"): str(number) for number, name in enumerate(names[: starred + 1], 1)}
    for number, name in enumerate(reversed(names[starred + 1 :])):
        found[name] = f"{last} - {number}" if number else last
    return found


def _items(text: str, begin: int) -> tuple[Sequence[str], int]:
    """Return what stands between the commas of a table that begins there, and where it ends."""
    items, depth = [""], 0
    for part in _PART.finditer(text, begin):
        if part[0] in "{([":
            depth += 1
        elif part[0] == "}" and depth == 0:
            return [item for item in items if item.strip()], part.end()
        elif part[0] in "})]":
            depth -= 1
        if part[0] == "," and depth == 0:
            items.append("")
        else:
            items[-1] += part[0]
    raise ScriptWrong("a table has no end")
