"""Songs, as a catalogue offers them: an operator's own, or a folder of files."""

from datetime import timedelta
from typing import Final, NamedTuple

import msgspec

SONG_ID_MAX: Final = 64
SONG_TEXT_MAX: Final = 80
"""Characters of a title, or of who sings it."""
ADDRESS_MAX: Final = 512
"""Characters of the address of a cover."""
FILE_ADDRESS_MAX: Final = 2048
LENGTH_MAX: Final = timedelta(hours=1)
SEARCH_MAX: Final = 50
"""Songs that are found at a time."""
UNKNOWN_LENGTH: Final = timedelta(0)


class Song(msgspec.Struct, frozen=True, kw_only=True):
    """What can be sung."""

    id: str
    """The catalogue's."""
    title: str
    artist: str = ""
    length: timedelta = UNKNOWN_LENGTH
    """``UNKNOWN_LENGTH``: whoever sings it says when it is over."""
    cover: str = ""


class CatalogueSong(NamedTuple):
    """A song, with what is needed to sing it."""

    song: Song
    url: str = ""
    """Where its music is heard; "": apps have it from somewhere else."""
    lyrics: str = ""
    """LRC or VTT."""


class SongsFound(NamedTuple):
    """A page of a catalogue."""

    songs: tuple[Song, ...]
    cursor: str = ""
    """With which the next page is asked for; "": there is none."""


def shown_text(text: str, most: int = SONG_TEXT_MAX) -> str:
    """Return a text of somebody else's as it may be shown in one line."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(printable.split())[:most]
