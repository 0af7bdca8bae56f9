"""The operator's word list, from a file that may change while the service runs.

All words are looked for at once (Aho and Corasick's automaton), so that ten thousand of them cost what one does.
"""

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import structlog
from ahocorasick_rs import AhoCorasick

from liveroom.domain.messages.words import Spot, Word, WordsUnreadable, cleared, read_words, words_in

log = structlog.get_logger("liveroom.words")

FILE_MAX: Final = 8 * 1024 * 1024
_ONLY_UTF8: Final = "it is not in UTF-8"


class WordSearch:
    """Finds the words of one list in texts."""

    def __init__(self, words: Sequence[Word]) -> None:
        self.words: Final = words
        self._automaton = AhoCorasick([word.letters for word in words]) if words else None

    def __call__(self, letters: str) -> Iterable[Spot]:
        """Return where they stand (``domain.messages.words.Search``)."""
        if self._automaton is None:
            return ()
        found = self._automaton.find_matches_as_indexes(letters, overlapping=True)
        return [Spot(self.words[number], start, end) for number, start, end in found] if found else ()


class WordFile:
    """``ports.WordFilter``. Raises ``WordsUnreadable`` when it is made of a file that cannot be used."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = _stamp(path)
        self._search = _load(path)

    @property
    def words(self) -> Sequence[Word]:
        """Return the words that are looked for."""
        return self._search.words

    def cleared(self, text: str) -> str:
        """Return the text as it may be shown. Raises ``ContentRefused``."""
        return cleared(text, self._search)

    def words_in(self, text: str) -> Sequence[Word]:
        """Return which of the words a text has."""
        return words_in(text, self._search)

    async def refresh(self) -> None:
        """Read a file anew that has changed; while it cannot be used, what it said before goes on counting."""
        stamp = _stamp(self._path)
        if stamp == self._seen:
            return
        self._seen = stamp
        try:
            self._search = await asyncio.to_thread(_load, self._path)
        except WordsUnreadable as problem:
            log.warning("words.unreadable", file=str(self._path), cause=str(problem))
        else:
            log.info("words.read", file=str(self._path), words=len(self.words))


def _load(path: Path) -> WordSearch:
    try:
        size = path.stat().st_size
        if size > FILE_MAX:
            raise WordsUnreadable(f"it has more than {FILE_MAX // 1024 // 1024} MB")
        return WordSearch(read_words(path.read_text("utf-8")))
    except UnicodeDecodeError:
        raise WordsUnreadable(_ONLY_UTF8) from None
    except OSError as problem:
        raise WordsUnreadable(problem.strerror or str(problem)) from problem


def _stamp(path: Path) -> tuple[int, int, int]:
    """Return what changes with the file; it may be gone for a moment while it is being replaced."""
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0)
    return (found.st_mtime_ns, found.st_size, found.st_ino)
