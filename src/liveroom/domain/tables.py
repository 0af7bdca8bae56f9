"""Tables for spreadsheets: lines of CSV (RFC 4180) in which no cell is a formula."""

from collections.abc import Iterable
from typing import Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet compute a cell: whoever chose a name or wrote a reason must not run anything there."""
_QUOTED: Final = frozenset(',"\r\n')


def csv_cell(value: object) -> str:
    """Return a cell: a text that begins like a formula has an apostrophe before it, a number is as it is."""
    if value is None:
        return ""
    text = str(value)
    if isinstance(value, str) and text.startswith(_FORMULA):
        text = f"'{text}"
    return '"' + text.replace('"', '""') + '"' if _QUOTED & set(text) else text


def csv_line(values: Iterable[object]) -> str:
    """Return a line, with its end."""
    return ",".join(map(csv_cell, values)) + "\r\n"
