"""Makes of a script's text one that creates its functions once, not each time that it runs.

Redis runs the whole text anew for each call, its helpers included; to make sixty functions and throw them away costs
more than what a script does. So functions are made when the script is compiled, behind the variables that they share
with its statements; the statements become one function, which is called. A statement that declares such a variable
sets it, so that each run begins as the text says. What the text means stays the same.

It relies on how scripts are written: what begins a line without indentation is a statement of the script, or of a
module (``do`` and ``end`` without indentation around it). Names of capital letters stand for fixed numbers.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final, NamedTuple

_OPENS: Final = re.compile(r"^(?:if|for|while|repeat|do|function|local function)\b")
_GOES_ON: Final = re.compile(r"(?:[{(]|\b(?:do|then)|\bfunction\([\w, .]*\))$")
_CLOSES: Final = re.compile(r"^(?:end|until|[})])")
_FUNCTION: Final = re.compile(r"^(local )?function (\w+)")
_LOCAL: Final = re.compile(r"^local ([\w, ]+?)(?: =(?!=)(.*))?$", re.DOTALL)
_FIXED: Final = re.compile(r"^local (?:[A-Z_]+, )*[A-Z_]+ = [\d, ]+$|^local call, pack, unpack_ = ")
_NAME: Final = re.compile(r"'(?:[^'\\\n]|\\.)*'|\w+")


class _Scope(list["str | _Scope"]):
    """Statements, functions and modules, in their order."""


class Hoisted(NamedTuple):
    """A script in two parts: what is run once, and the text of the function that is called each time."""

    once: str
    each_time: str


@cache
def hoisted(text: str) -> Hoisted:
    """Return the parts of a script; all engines of a process share them."""
    lines = iter([*(line for line in text.split("\n") if line.strip()), "end"])
    once, each_time = _written(_read(lines, next(lines)), itertools.count())
    return Hoisted("\n".join(once), "\n".join(each_time))


def _read(lines: Iterator[str], line: str) -> _Scope:
    """Read a scope up to its ``end``."""
    scope = _Scope()
    while line != "end":
        if line == "do" and not (following := next(lines)).startswith(" "):
            scope.append(_read(lines, following))
            line = next(lines)
            continue
        item, line = _statement(lines, line if line != "do" else f"do\n{following}")
        scope.append(item)
    return scope


def _statement(lines: Iterator[str], first: str) -> tuple[str, str]:
    """Return a statement that begins with this line, and the line behind it."""
    parts, is_open = [first], _is_open(first)
    for line in lines:
        is_closing = bool(_CLOSES.match(line))
        if not line.startswith(" ") and not (is_open and (is_closing or line.startswith("else"))):
            return "\n".join(parts), line
        parts.append(line)
        if is_closing:
            is_open = _is_open(line)
    raise ValueError(f"a statement has no end: {first}")


def _is_open(line: str) -> bool:
    return bool((_OPENS.match(line) and not line.endswith(" end")) or _GOES_ON.search(line))


def _written(scope: _Scope, numbers: Iterator[int]) -> tuple[list[str], list[str]]:
    """Return what of a scope is run once, and what is run each time."""
    once: list[str] = []
    each_time: list[str] = []
    declared: set[str] = set()
    for number, part in enumerate(scope):
        following = scope[number + 1 :]
        if isinstance(part, _Scope):
            inner, inner_each_time = _written(part, numbers)
            begin = f"begin_{next(numbers)}"
            once += [f"local {begin}", "do", *inner, f"{begin} = function()", *inner_each_time, "end", "end"]
            each_time.append(f"{begin}()")
        elif _FUNCTION.match(part) or _FIXED.match(part) or _declares_module(part, following):
            once.append(part)
        else:
            names, statement = _shared(part, {name for other in following for name in _names_in_functions(other)})
            if declared.intersection(names):
                raise ValueError(f"a variable that functions see is declared twice: {part}")
            declared.update(names)
            once += [f"local {', '.join(names)}"] if names else []
            each_time.append(statement)
    return once, each_time


def _declares_module(statement: str, following: "Sequence[str | _Scope]") -> bool:
    """Say whether a statement declares the names of the module behind it."""
    return statement.startswith("local ") and bool(following) and isinstance(following[0], _Scope)


def _names_in_functions(part: "str | _Scope") -> set[str]:
    """Return every word of a function, or of those of a module."""
    if isinstance(part, _Scope):
        return set().union(*map(_names_in_functions, part))
    return set(_NAME.findall(part)) if _FUNCTION.match(part) else set()


def _shared(statement: str, in_functions: set[str]) -> tuple[list[str], str]:
    """Return what a statement declares if functions behind it see any of that, and the statement as it sets it."""
    found = _LOCAL.match(statement)
    if found is None or not in_functions.intersection(names := found[1].split(", ")):
        return [], statement
    return names, f"{found[1]} ={found[2] if found[2] is not None else ' nil'}"
