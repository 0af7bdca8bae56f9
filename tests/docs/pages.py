"""Reads the pages of the documentation: fenced blocks, links, and how a printed answer is compared with a shown one.

A ``bash`` block is run; a ``json`` or ``text`` block right behind it is what it prints. A ``bash`` block that cannot be
run stands behind a comment that says why: ``<!-- not run: it installs packages -->``. A block that begins with a
comment that is a name, such as ``# hook.py`` or ``// hook.mjs``, is the file that the reader saves under it.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted(
    [
        *ROOT.glob("README*.md"),
        ROOT / "CHANGELOG.md",
        ROOT / "CONTRIBUTING.md",
        *ROOT.glob("docs/**/*.md"),
        *ROOT.glob("clients/*/README.md"),
    ]
)

_FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_NAMED = re.compile(r"(?:#|//) ([\w-]+\.\w+)\n")
_NOT_RUN = re.compile(r"<!-- not run: (.+?) -->\s*\Z", re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
_UTC = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_BESIDE = ("version", "requestId")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block, and the line on which it begins."""

    kind: str
    text: str
    line: int
    why_not_run: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """A ``bash`` block with what the page says it prints (None: the page says nothing)."""

    code: Block
    shown: Block | None


def blocks(text: str) -> Iterator[Block]:
    """Yield the fenced blocks of a page."""
    for found in _FENCE.finditer(text):
        reason = _NOT_RUN.search(text[: found.start()])
        line = text.count("\n", 0, found.start()) + 1
        yield Block(found[1], found[2], line, reason[1] if reason else "")


class File(NamedTuple):
    """A block that the reader saves."""

    name: str
    text: str


def files(text: str) -> list[File]:
    """Return the files that the page has the reader save."""
    named = ((_NAMED.match(block.text), block) for block in blocks(text) if block.kind in ("python", "javascript"))
    return [File(found[1], block.text) for found, block in named if found]


def examples(text: str) -> list[Example]:
    """Return the page's ``bash`` blocks, each with the answer behind it."""
    found = list(blocks(text))
    behind = [*found[1:], Block("", "", 0)]
    return [
        Example(block, after if after.kind in ("json", "text") else None)
        for block, after in zip(found, behind, strict=True)
        if block.kind == "bash"
    ]


def links(text: str) -> list[str]:
    """Return the targets of a page's links and pictures, outside its code."""
    prose = _FENCE.sub("", text)
    return [first or second for first, second in _LINK.findall(prose)]


def anchors(text: str) -> set[str]:
    """Return the names by which a page's headings are linked to, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def differences(shown: Block, printed: str) -> list[str]:
    """Return where what was printed differs from what the page shows."""
    if shown.kind == "text":
        pairs = zip(shown.text.strip().splitlines(), printed.strip().splitlines(), strict=False)
        different = [f"{want!r}, printed {got!r}" for want, got in pairs if not _matches(want.strip(), got.strip())]
        lines = shown.text.strip().count("\n") - printed.strip().count("\n")
        return [*different, f"{lines:+} lines shown: {printed!r}"] if lines else different
    return list(_compare(json.loads(shown.text), json.loads(printed), "answer"))


def _compare(shown: Any, printed: Any, where: str) -> Iterator[str]:
    if isinstance(shown, dict) and isinstance(printed, dict):
        for name in (shown.keys() | printed.keys()) - set(_BESIDE if where == "answer" else ()):
            if name not in shown or name not in printed:
                yield f"{where}.{name} is only {'shown' if name in shown else 'printed'}"
            else:
                yield from _compare(shown[name], printed[name], f"{where}.{name}")
    elif isinstance(shown, list) and isinstance(printed, list) and len(shown) == len(printed):
        for number, (want, got) in enumerate(zip(shown, printed, strict=True)):
            yield from _compare(want, got, f"{where}[{number}]")
    elif isinstance(shown, str) and isinstance(printed, str) and _matches(shown, printed):
        return
    elif shown != printed or type(shown) is not type(printed):
        yield f"{where}: shown {shown!r}, printed {printed!r}"


def _matches(shown: str, printed: str) -> bool:
    """Compare texts: ``…`` stands for anything, and one time in UTC for another."""
    pattern = "".join(
        ".+" if part == "…" else _UTC.pattern if _UTC.fullmatch(part) else re.escape(part)
        for part in re.split(rf"(…|{_UTC.pattern})", shown)
    )
    return re.fullmatch(pattern, printed, re.DOTALL) is not None
