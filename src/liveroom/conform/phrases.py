"""How problems are told: kinds of values, values, and where a missing one may be, in words of an app's developer."""

import json
import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final

from liveroom.conform.shipped import FieldNeed

_KIND_NAMES: Final = {
    "text": "a string",
    "number": "an integer",
    "object": "an object",
    "list": "an array",
    "texts": "an object of strings",
    "switches": "an object of true and false",
}
_SHOWN_MAX: Final = 60
_DEPTH: Final = 3
_ALIKE: Final = 0.8
"""How alike two names are of which one may be meant for the other, as difflib counts."""
_SECRET: Final = re.compile(r"(?i)token|sig$|secret|salt")
_LONG_WORD: Final = re.compile(r"[\w.+/=*-]{32,}")
"""A token, signature or hash in what a service says, which is nobody's to read."""


def name_kind(need: FieldNeed) -> str:
    """Return what is read, as in: it reads it as ``a string``."""
    return " or ".join(_KIND_NAMES[kind] for kind in need.kinds)


def show(place: str, value: Any) -> str:
    """Return a value with its kind: ``a string ("40000001")``. Tokens and signatures stay unsaid."""
    match value:
        case None | bool():
            said = json.dumps(value)
        case dict():
            said = f"an object with {', '.join(value)}"[:_SHOWN_MAX] if value else "an empty object"
        case list():
            said = f"an array of {len(value)}"
        case str():
            said = "a string" if _SECRET.search(place.rpartition(".")[2]) else f"a string ({_short(value)})"
        case int():
            said = f"a number ({value})"
        case _:
            said = f"a number with decimals ({value})"
    return said


def describe(text: str) -> str:
    """Return what a body is that is not an object of JSON."""
    if not text.strip():
        return "empty"
    try:
        return show("", json.loads(text))
    except ValueError:
        return f"not JSON: {quote(text.strip())}"


def likely_place(body: Mapping[str, Any], place: str) -> str:
    """Return a hint where a missing value may be: under a name that is nearly the same, or one level deeper."""
    *_, name = place.split(".")
    wanted = _plain(name)
    places = {found for found in _places(body, "", _DEPTH) if found != place}
    same = sorted((found for found in places if _plain(found.rpartition(".")[2]) == wanted), key=len)
    around = place.rpartition(".")[0]
    beside = {_plain(found.rpartition(".")[2]): found for found in places if found.rpartition(".")[0] == around}
    close = same or [beside[found] for found in get_close_matches(wanted, beside, n=1, cutoff=_ALIKE)]
    return f" (is {close[0]} meant?)" if close else ""


def counted(count: int, noun: str) -> str:
    """Return so many things: ``1 app``, ``2 apps``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _places(value: Any, at: str, depth: int) -> Iterator[str]:
    """Yield the places of all values in objects, and of the first item of arrays."""
    if isinstance(value, dict) and depth:
        for name, inner in value.items():
            here = f"{at}.{name}".lstrip(".")
            yield here
            yield from _places(inner, here, depth - 1)
    elif isinstance(value, list) and value:
        yield from _places(value[0], f"{at}[0]", depth)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def quote(text: str) -> str:
    """Return the first line of a service's own words, without tokens."""
    first, *_ = text.strip().splitlines() or [""]
    return _short(_LONG_WORD.sub("…", first))


def _short(text: str) -> str:
    return json.dumps(text if len(text) <= _SHOWN_MAX else f"{text[:_SHOWN_MAX]}…", ensure_ascii=False)
