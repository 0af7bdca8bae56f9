"""Words that the operator does not allow: how a list of them is written, and what counts as one in a text.

A text is compared by its letters: NFKC, without case, without what cannot be seen, and without spaces and punctuation.
Where these stood decides afterwards. A word of languages that write spaces between words counts as a whole word only;
one of languages that do not (Chinese, Japanese, Korean, Thai …) counts inside a text too.
"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from itertools import takewhile
from typing import Final, NamedTuple

from liveroom.domain.accounts.users import NAME_MAX
from liveroom.domain.activities.choosing import QUESTION_MAX
from liveroom.domain.errors import ContentRefused
from liveroom.domain.rooms.model import DESCRIPTION_MAX, SUBJECT_MAX, TITLE_MAX

APART: Final = 3
"""Letters from which on a word also counts with spaces or punctuation between them."""
WORD_MAX: Final = 100
MESSAGE_MAX: Final = 500
_MASK: Final = "~"
_COMMENT: Final = "#"
_STAR: Final = "*"
_OVERLAYS: Final = ((0x0300, 0x036F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE00, 0xFE2F))
"""Marks that lie on top of letters. Those that belong to a letter are one with it by then; the others hide it."""
_UNSEEN: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols that are blank."""
_APOSTROPHES: Final = frozenset("'\u2019")
_ENDINGS: Final = frozenset({"s", "t", "d", "m", "ll", "re", "ve"})
"""What follows an apostrophe and belongs to the word before it."""
_RUNNING_ON: Final = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1100, 0x11FF), (0x1780, 0x17FF), (0x2E80, 0x3FFFF))
"""Scripts in which nothing separates one word from the next, or endings are written on."""


class TextKind(StrEnum):
    """What people write that others see."""

    NAME = "name"
    TITLE = "title"
    SUBJECT = "subject"
    DESCRIPTION = "description"
    MESSAGE = "message"
    ACTIVITY = "activity"
    """A question or an option of an activity."""


LONGEST: Final[Mapping[TextKind, int]] = {
    TextKind.NAME: NAME_MAX,
    TextKind.TITLE: TITLE_MAX,
    TextKind.SUBJECT: SUBJECT_MAX,
    TextKind.DESCRIPTION: DESCRIPTION_MAX,
    TextKind.MESSAGE: MESSAGE_MAX,
    TextKind.ACTIVITY: QUESTION_MAX,
}
"""Characters that each may have."""


class WordsUnreadable(Exception):
    """A list of words cannot be used; the sentence says where and why."""


class Word(NamedTuple):
    """A word of a list."""

    letters: str
    masks: bool = False
    """Stars stand in its place; any other word has the whole text refused."""


class ListedWord(NamedTuple):
    """A word that operators have added to their tenant's list."""

    word: Word
    written: str
    """As they wrote it."""
    by: str
    at: datetime


class Spot(NamedTuple):
    """Letters of a text that are a word's: ``end`` is behind the last."""

    word: Word
    start: int
    end: int


Search = Callable[[str], Iterable[Spot]]
"""Finds all spots in the letters of a text, those that overlap too."""


class _Letters(dict[int, int | str | None]):
    """What is compared of each character; None for one that stands between letters, or cannot be seen."""

    def __missing__(self, code: int) -> int | str | None:
        letters = _letters_of(chr(code))
        # A number is translated in half the time.
        found = self[code] = ord(letters) if len(letters) == 1 else letters or None
        return found

    def of(self, character: str) -> str:
        """Return the letters of one character; "" for none."""
        found = self[ord(character)]
        return chr(found) if isinstance(found, int) else found or ""


_LETTERS: Final = _Letters()


def read_words(text: str) -> Sequence[Word]:
    """Return the words of a list: one a line, ``#`` for a comment, ``~`` before one that is masked.

    Of a word that is there twice the stricter counts. Raises ``WordsUnreadable``.
    """
    found: dict[str, Word] = {}
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        written = line.strip()
        if not written or written.startswith(_COMMENT):
            continue
        try:
            word = read_word(written)
        except WordsUnreadable as problem:
            raise WordsUnreadable(f"line {number} {problem}") from None
        known = found.get(word.letters)
        found[word.letters] = Word(word.letters, word.masks and (known is None or known.masks))
    return list(found.values())


def read_word(written: str) -> Word:
    """Return a word as a list has it, with ``~`` before one that is masked. Raises ``WordsUnreadable``."""
    word = Word(Lettering(written.removeprefix(_MASK)).letters, written.startswith(_MASK))
    if not word.letters:
        raise WordsUnreadable("holds no letter")
    if len(word.letters) > WORD_MAX:
        raise WordsUnreadable(f"is longer than {WORD_MAX} letters")
    return word


def words_in(written: str, search: Search) -> Sequence[Word]:
    """Return which words of a list a text has, each once."""
    text = Lettering(written)
    return list(dict.fromkeys(spot.word for spot in search(text.letters) if text.holds(spot)))


def cleared(written: str, search: Search) -> str:
    """Return the text as it may be shown, with stars for masked words. Raises ``ContentRefused``."""
    text = Lettering(written)
    spots = [spot for spot in search(text.letters) if text.holds(spot)]
    if not spots:
        return written
    if not all(spot.word.masks for spot in spots):
        raise ContentRefused
    shown = list(text.shown)
    for spot in spots:
        first, last = text.origins[spot.start], text.origins[spot.end - 1]
        shown[first : last + 1] = _STAR * (last + 1 - first)
    # What was written may have become longer to be compared, and has to fit where it is kept.
    return "".join(shown)[: len(written)]


class Lettering:
    """A text and its letters."""

    def __init__(self, written: str) -> None:
        self.shown = written if written.isascii() else unicodedata.normalize("NFC", written)
        self.letters = self.shown.translate(_LETTERS)
        if not unicodedata.is_normalized("NFKC", self.letters):
            # Characters that are one letter only together.
            self.shown = unicodedata.normalize("NFKC", written)
            self.letters = self.shown.translate(_LETTERS)

    @cached_property
    def origins(self) -> Sequence[int]:
        """Return for each letter which character of ``shown`` it comes from: asked for where a word may stand."""
        letters = list(map(_LETTERS.__getitem__, map(ord, self.shown)))
        if len(letters) - letters.count(None) == len(self.letters):
            return [place for place, letter in enumerate(letters) if letter is not None]
        return [place for place, character in enumerate(self.shown) for _ in _LETTERS.of(character)]

    def holds(self, spot: Spot) -> bool:
        """Say whether what stands there counts as the word."""
        if len(spot.word.letters) < APART and not self._is_together(spot):
            return False
        return not (self._joins_behind(spot) or self._joins_before(spot))

    def _is_together(self, spot: Spot) -> bool:
        """Say whether nothing that can be seen stands between its letters."""
        first, last = self.origins[spot.start], self.origins[spot.end - 1]
        return all(_LETTERS.of(character) or _is_unseen(character) for character in self.shown[first : last + 1])

    def _joins_before(self, spot: Spot) -> bool:
        if spot.start == 0:
            return False
        place, last = self.origins[spot.start], self.origins[spot.start - 1]
        if place - last < 2:
            return _is_joined(self.letters[spot.start - 1], self.letters[spot.start])
        before = [character for character in self.shown[max(place - 4, 0) : place] if not _is_unseen(character)]
        if len(before) > 1 and before[-1] in _APOSTROPHES and self._begins_as_ending(place):
            before.pop()
        letters = _LETTERS.of(before[-1]) if before else ""
        return letters != "" and _is_joined(letters[-1], self.letters[spot.start])

    def _begins_as_ending(self, place: int) -> bool:
        """Say whether what is written there up to the next space is an ending: of "Ann's hit", the s."""
        piece = "".join(takewhile(str.isalnum, self.shown[place : place + 3]))
        return piece.casefold() in _ENDINGS

    def _joins_behind(self, spot: Spot) -> bool:
        if spot.end == len(self.letters) or not _is_joined(self.letters[spot.end - 1], self.letters[spot.end]):
            return False
        between = self.shown[self.origins[spot.end - 1] + 1 : self.origins[spot.end]]
        return all(map(_is_unseen, between))


def _letters_of(character: str) -> str:
    """Return what is compared of a character."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", character).casefold())
    return "".join(one for one in folded if _counts(one))


def _counts(character: str) -> bool:
    """Say whether a character is one of a word's letters: letters, digits, signs of currencies, pictures."""
    kind = unicodedata.category(character)
    if character in _UNSEEN or (kind[0] == "M" and _is_in(character, _OVERLAYS)):
        return False
    return kind[0] in "LMN" or kind in ("Sc", "So")


def _is_unseen(character: str) -> bool:
    """Say whether nobody sees that it stands there."""
    kind = unicodedata.category(character)
    return character in _UNSEEN or (kind in ("Cf", "Cc", "Mn", "Me") and not character.isspace())


def _is_joined(before: str, behind: str) -> bool:
    """Say whether two characters side by side belong to one word, or number."""
    if before.isascii() and behind.isascii():
        return (before.isalpha() and behind.isalpha()) or (before.isdecimal() and behind.isdecimal())
    return (_is_spaced(before) and _is_spaced(behind)) or (before.isdecimal() and behind.isdecimal())


def _is_spaced(character: str) -> bool:
    """Say whether it is a letter, or a sign on one, of a script that writes spaces between words."""
    return unicodedata.category(character)[0] in "LM" and not runs_on(character)


def runs_on(character: str) -> bool:
    """Say whether it is of a script in which nothing separates one word from the next, or endings are written on."""
    return _is_in(character, _RUNNING_ON)


def _is_in(character: str, ranges: Sequence[tuple[int, int]]) -> bool:
    return any(first <= ord(character) <= last for first, last in ranges)
