"""Arguments of commands as Redis reads them, and the errors that it answers with.

Python passes bytes and integers, and Lua also numbers with a fraction. A key, field or member is always bytes.
"""

import re
from math import inf, isnan, nextafter
from typing import Final

Argument = bytes | int | float
"""What a command is called with."""
Item = bytes | bool
"""An item of an answer: bytes, or False for nil."""

WRONG_TYPE: Final = "WRONGTYPE Operation against a key holding the wrong kind of value"
SYNTAX: Final = "ERR syntax error"
NOT_AN_INTEGER: Final = "ERR value is not an integer or out of range"
NOT_A_FLOAT: Final = "ERR value is not a valid float"
NOT_A_SCORE: Final = "ERR min or max is not a float"
NOT_AN_ARGUMENT: Final = "ERR Lua redis lib command arguments must be strings or integers"
LARGEST: Final = 2**63 - 1

_INTEGER: Final = re.compile(rb"0|-?[1-9][0-9]{0,18}")
_FLOAT: Final = re.compile(rb"[+-]?(?:inf(?:inity)?|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)", re.IGNORECASE)
_PRECISE: Final = 10**17
"""From here on ``%.17g`` writes an exponent."""


class ReplyError(Exception):
    """What Redis would answer as an error; its first word says which."""


def text(value: object) -> bytes:
    """Return an argument as bytes: a number as Redis writes those of Lua. Raises ``ReplyError`` for anything else."""
    if type(value) is bytes:
        return value
    if type(value) is int and -_PRECISE < value < _PRECISE:
        return b"%d" % value
    if type(value) is int or type(value) is float:
        return b"%.17g" % value
    raise ReplyError(NOT_AN_ARGUMENT)


def integer(value: object) -> int:
    """Return an argument as a signed number of 64 bits; raises ``ReplyError``."""
    if type(value) is int:
        return value
    written = text(value)
    if _INTEGER.fullmatch(written):
        number = int(written)
        if -LARGEST - 1 <= number <= LARGEST:
            return number
    raise ReplyError(NOT_AN_INTEGER)


def score(value: object, error: str = NOT_A_FLOAT) -> float:
    """Return an argument as a score; raises ``ReplyError`` with this text."""
    if type(value) is int or type(value) is float:
        if isnan(value):
            raise ReplyError(error)
        return float(value)
    written = text(value)
    if not written.isdigit() and _FLOAT.fullmatch(written) is None:
        raise ReplyError(error)
    return float(written)


def written_score(number: float) -> bytes:
    """Return a score as Redis answers it."""
    return b"%.17g" % number


def least_score(bound: object) -> float | None:
    """Return the least score of a range that begins there: ``5``, ``(5`` for above it; None when no score is."""
    if type(bound) is bytes and bound[:1] == b"(":
        return _above(score(bound[1:], NOT_A_SCORE))
    return score(bound, NOT_A_SCORE)


def score_after(bound: object) -> float | None:
    """Return the least score beyond a range that ends there; None when no score is."""
    if type(bound) is bytes and bound[:1] == b"(":
        return score(bound[1:], NOT_A_SCORE)
    return _above(score(bound, NOT_A_SCORE))


def _above(number: float) -> float | None:
    return nextafter(number, inf) if number != inf else None
