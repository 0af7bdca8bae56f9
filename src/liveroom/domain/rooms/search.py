"""Finding rooms by words of their titles, of their hosts' names and of their categories.

A room is found by its terms: of a script that writes spaces each word, of one that does not (Chinese, Japanese, Thai …)
what begins at each character. What somebody looks for has to begin a term, so that an index finds it.
"""

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby, islice
from typing import Final, NamedTuple

from liveroom.domain.ids import RoomId, TenantName
from liveroom.domain.messages.words import runs_on

TEXT_MAX: Final = 50
"""Characters that somebody looks for."""
WORDS_MAX: Final = 4
"""Words of a search that count."""
LOOKED_AT: Final = 200
"""Rooms that one search finds at most."""
WORD_LETTERS: Final = 16
"""Letters of a word that count."""
PIECE_LETTERS: Final = 8
"""The same where no spaces are written."""
TITLE_TERMS: Final = 24
NAME_TERMS: Final = 8
"""Terms of a host's name, of a user's, and of a category."""
UNLISTED: Final = "·"
"""Begins the terms of a room that no list shows, which only the operator finds: no word begins with it."""


class SearchedRoom(NamedTuple):
    """What a room can be found by."""

    room: RoomId
    tenant: TenantName
    title: str
    category: str
    host: str
    """Its owner's name."""
    listed: bool = True
    """Lists may show it; else it is closed, or kept off them."""

    def terms(self) -> Collection[str]:
        """Return its terms."""
        found = dict.fromkeys(islice(_terms(self.title), TITLE_TERMS))
        for text in (self.host, self.category):
            found |= dict.fromkeys(islice(_terms(text), NAME_TERMS))
        return found.keys() if self.listed else [UNLISTED + term for term in found]


class RoomTerm(NamedTuple):
    """A term of a room."""

    tenant: TenantName
    term: str
    room: RoomId


def terms_of_name(name: str) -> Collection[str]:
    """Return what a user of that name is found by."""
    return dict.fromkeys(islice(_terms(name), NAME_TERMS)).keys()


def words_of(text: str) -> Sequence[str]:
    """Return the words that a room, or a user's name, has to have: of a text without letters and digits none."""
    words = [_cut(word, is_piece) for word, is_piece in _words(text)]
    return list(dict.fromkeys(words))[:WORDS_MAX]


def contains(name: str, text: str) -> bool:
    """Say whether a text is part of a name, whatever the case."""
    return folded(text) in folded(name)


def folded(text: str) -> str:
    """Return a text as it is compared: without case, and with one form for each letter."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _terms(text: str) -> Iterator[str]:
    for word, is_piece in _words(text):
        yield from (_cut(word[start:], is_piece) for start in (range(len(word)) if is_piece else (0,)))


def _cut(word: str, is_piece: bool) -> str:
    return word[: PIECE_LETTERS if is_piece else WORD_LETTERS]


def _words(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the words of a text, each with whether it is of a script that does not separate words."""
    for kind, characters in groupby(folded(text), _kind):
        if kind is not None:
            yield "".join(characters), kind


def _kind(character: str) -> bool | None:
    """Return what a character is part of: a word (False), a piece of unspaced text (True), or neither (None)."""
    if unicodedata.category(character)[0] not in "LMN":
        return None
    return runs_on(character)


def by_rooms(terms: Iterable[RoomTerm]) -> dict[RoomId, set[RoomTerm]]:
    """Return the terms of each room."""
    found: dict[RoomId, set[RoomTerm]] = {}
    for term in terms:
        found.setdefault(term.room, set()).add(term)
    return found
