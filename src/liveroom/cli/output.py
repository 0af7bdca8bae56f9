"""What commands print: sentences and tables for people, with `--json` one JSON document for programs.

Nothing is ever cut. On a terminal a list is a table whose words stay whole, wider than the terminal where it has to be;
elsewhere it is columns that two blanks separate. What people wrote commands no terminal, in either form.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Final

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from liveroom.domain.accounts.users import FOR_EVER
from liveroom.settings import Settings
from liveroom.settings.values import star_url_password

Value = str | int | float | bool | datetime | Sequence["Value"] | Mapping[str, "Value"] | None
Row = Mapping[str, Value]

_NOTHING: Final = "-"
_GAP: Final = "  "
_LEAST: Final = 12
"""The narrowest that a column of several words may become."""
_BORDERS: Final = 3
"""What a table needs beside the text of each column."""
_OBEYED: Final = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What a terminal obeys instead of showing it: control characters, and changes of direction."""
_as_json: Final[ContextVar[bool]] = ContextVar("as_json", default=False)


@contextmanager
def printing(*, as_json: bool) -> Iterator[None]:
    """Have commands print JSON, or text, while the block runs."""
    before = _as_json.set(as_json)
    try:
        yield
    finally:
        _as_json.reset(before)


def prints_json() -> bool:
    """Say whether `--json` was given, for what is printed beside a command's result."""
    return _as_json.get()


def say(sentence: str, **facts: Value) -> None:
    """Print what a command did: the sentence, or with `--json` the facts in it."""
    if _as_json.get():
        _print_document(facts)
    else:
        # In one write: what reads the first lines alone, as `head` does, is gone before a second one.
        sys.stdout.write("".join(f"{plain(line)}\n" for line in sentence.split("\n")))


def list_rows(columns: Sequence[str], rows: Sequence[Row], *notes: str, console: Console | None = None) -> None:
    """Print a list of things that have the same facts, in these columns; ``notes`` are sentences for people below."""
    if _as_json.get():
        _print_document([{column: row.get(column) for column in columns} for row in rows])
        return
    console = console or Console()
    titles = [column.replace("_", " ") for column in columns]
    cells = [[_shown(row.get(column)) for column in columns] for row in rows]
    if console.is_terminal:
        _print_table(console, titles, cells)
    else:
        _print_columns([titles, *cells])
    for note in notes:
        print(plain(note))


def show_facts(facts: Row) -> None:
    """Print what there is to know of one thing, a line each."""
    if _as_json.get():
        _print_document(facts)
        return
    width = max(map(len, facts))
    for name, value in facts.items():
        print(f"{name.replace('_', ' ').ljust(width)}{_GAP}{_shown(value)}")


def name_data(settings: Settings) -> None:
    """Say which data a command acts on, apart from what it prints."""
    parts = [f"data folder {settings.data_dir}"]
    if settings.database_url != f"sqlite:///{settings.data_dir}/liveroom.db":
        parts.append(f"database {star_url_password(settings.database_url)}")
    print(", ".join(parts), file=sys.stderr)


def plain(text: str) -> str:
    """Return what people wrote, for a terminal: it is shown, and none of it obeyed."""
    return _OBEYED.sub("\N{REPLACEMENT CHARACTER}", text)


def show_time(at: datetime) -> str:
    """Return a time as people read it, in UTC."""
    return "forever" if at == FOR_EVER else f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def _shown(value: Value) -> str:
    """Return a cell; an empty one is a dash, so that columns can be counted."""
    match value:
        case None:
            said = ""
        case bool():
            said = "yes" if value else "no"
        case datetime():
            said = show_time(value)
        case str() | int() | float():
            said = plain(str(value))
        case Mapping():
            said = ", ".join(f"{plain(name)}: {_shown(one)}" for name, one in value.items())
        case _:
            said = ", ".join(map(_shown, value))
    return said or _NOTHING


def _print_document(document: object) -> None:
    text = json.dumps(document, indent=2, ensure_ascii=False, default=_written)
    # A line break of ours is between values; one of theirs is escaped already.
    print(re.sub(r"[\x7f-\x9f\u202a-\u202e\u2066-\u2069]", lambda found: f"\\u{ord(found[0]):04x}", text))


def _written(value: object) -> object:
    """Return what JSON has no form for as something that it has one for."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, Sequence | frozenset | set):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _print_columns(lines: Sequence[Sequence[str]]) -> None:
    widths = [max(map(cell_len, cells)) for cells in zip(*lines, strict=True)]
    for cells in lines:
        padded = (cell + " " * (width - cell_len(cell)) for cell, width in zip(cells, widths, strict=True))
        print(_GAP.join(padded).rstrip())


def _print_table(console: Console, titles: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    table, needed = Table(), 1
    for place, title in enumerate(titles):
        cells = [line[place] for line in lines]
        # An id, an address, a name of one word: something to copy, which a line break would spoil.
        is_whole = not any(" " in cell for cell in cells)
        table.add_column(title, no_wrap=is_whole, overflow="fold")
        longest = max(map(cell_len, (title, *cells)))
        needed += (longest if is_whole else min(longest, _LEAST)) + _BORDERS
    for line in lines:
        table.add_row(*map(Text, line))
    wide = console if console.width >= needed else Console(file=console.file, width=needed, force_terminal=True)
    wide.print(table)
