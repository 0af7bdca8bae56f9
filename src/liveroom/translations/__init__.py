"""The Chinese of what declarations say in English, each sentence once, in a file of its subject below `zh`.

A page is written with a `Say`, which is asked for each paragraph. Nothing is read before a page in Chinese is made.
`liveroom docs` keeps the files: it adds the paragraphs that are new, with an empty Chinese, and drops those that are
said no more.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

from liveroom.domain.tenants.model import Language

Say = Callable[[str], str]
"""Returns a text of one or more paragraphs in the language of a page."""
Wanted = Mapping[str, Iterable[str]]
"""The paragraphs that declarations say, by the file that has their Chinese."""
FOLDER: Final = Path(str(resources.files("liveroom.translations"))) / "zh"


def in_english(text: str) -> str:
    """Return a text as it was declared."""
    return text


def in_chinese(text: str) -> str:
    """Return a text in Chinese; in English what has none, such as what another package's modules say."""
    known = _chinese()
    return "\n\n".join(known.get(one) or part for part in text.split("\n\n") for one in paragraphs(part) or [""])


def says(language: Language) -> Say:
    """Return what says things in a language."""
    return in_chinese if language is Language.ZH else in_english


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text, each on one line, as they are looked up."""
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def _is_said(text: str) -> bool:
    """Say whether a paragraph has words; a name alone is the same in every language."""
    return re.fullmatch("`[^`]*`", text) is None


def renewed(wanted: Wanted, folder: Path = FOLDER) -> dict[str, str]:
    """Return the files as they should be, by name: all that is wanted, in its order, with the Chinese that is there.

    What is wanted in several files is in the first of them.
    """
    there: dict[str, str] = {}
    for name in sorted(path.name for path in folder.glob("*.json")):
        there |= _read(folder / name)
    seen: set[str] = set()
    files = {}
    for name, texts in wanted.items():
        known = dict.fromkeys(one for text in texts for one in paragraphs(text) if one not in seen and _is_said(one))
        seen |= known.keys()
        files[f"{name}.json"] = json.dumps({one: there.get(one, "") for one in known}, ensure_ascii=False, indent=2)
    return {name: f"{text}\n" for name, text in files.items()}


def missing(wanted: Wanted, folder: Path = FOLDER) -> list[str]:
    """Return the paragraphs that have no Chinese."""
    files = renewed(wanted, folder).values()
    return [english for text in files for english, chinese in json.loads(text).items() if not chinese]


def _read(path: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads(path.read_text("utf-8"))
    return found


@cache
def _chinese() -> dict[str, str]:
    """Return all that has its Chinese."""
    merged: dict[str, str] = {}
    for path in FOLDER.glob("*.json"):
        merged |= _read(path)
    return merged
