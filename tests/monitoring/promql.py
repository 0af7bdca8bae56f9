"""Reads which series and labels a PromQL expression names: not a parser, but strict about what it does not know."""

import re
from typing import Final, NamedTuple

_WORDS: Final = frozenset({"and", "or", "unless", "by", "on", "offset"})
_SERIES: Final = re.compile(r"([a-zA-Z_:][\w:]*)\s*(?:\{([^}]*)\})?")


class Named(NamedTuple):
    """What an expression names."""

    series: frozenset[str]
    labels: frozenset[str]
    """By which series are chosen or grouped."""


def named_in(expression: str) -> Named:
    """Return the series and the labels of an expression."""
    bare = re.sub(r'"[^"]*"', '""', expression)
    bare = re.sub(r"\[[^\]]*\]|\boffset \w+", "", bare)
    labels = {label for group in re.findall(r"\b(?:by|on) \(([^)]*)\)", bare) for label in re.split(r",\s*", group)}
    bare = re.sub(r"\b(?:by|on) \([^)]*\)", "", bare)
    series = set()
    for found in _SERIES.finditer(bare):
        is_function = bare[found.end() :].lstrip().startswith("(") and found[2] is None
        if is_function or found[1] in _WORDS:
            continue
        series.add(found[1])
        labels |= set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", found[2] or ""))
    return Named(frozenset(series), frozenset(labels))
