"""Songs, as an operator's server or a module answers them."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import msgspec

from liveroom.domain.music.lyrics import LYRICS_MAX
from liveroom.domain.music.model import (
    ADDRESS_MAX,
    FILE_ADDRESS_MAX,
    LENGTH_MAX,
    SEARCH_MAX,
    SONG_ID_MAX,
    SONG_TEXT_MAX,
    CatalogueSong,
    Song,
    SongsFound,
    shown_text,
)
from liveroom.domain.payloads import Payload

CURSOR_MAX: Final = 200
_ADDRESS: Final = re.compile(r"https?://[^\s\"'<>\\]+")
_MILLISECOND: Final = timedelta(milliseconds=1)


class _Answered(Payload):
    """A song of an answer. ``length``: milliseconds."""

    song_id: str
    title: str
    artist: str = ""
    length: int = 0
    cover: str = ""
    url: str = ""
    lyrics: str = ""


def are_songs(value: Any) -> bool:
    """Say whether a value of an answer is songs."""
    try:
        songs = msgspec.convert(value, list[_Answered])
    except msgspec.ValidationError:
        return False
    return len(songs) <= SEARCH_MAX and all(map(_is_possible, songs))


def is_cursor(value: Any) -> bool:
    """Say whether a value of an answer is where its next page begins."""
    return isinstance(value, str) and len(value) <= CURSOR_MAX and value.isprintable()


def read_songs(changes: Mapping[str, Any]) -> tuple[CatalogueSong, ...]:
    """Return the songs of an answer that ``are_songs`` has let through."""
    return tuple(map(_read, msgspec.convert(changes.get("songs", []), list[_Answered])))


def found_songs(changes: Mapping[str, Any]) -> SongsFound:
    """Return the page of an answer."""
    return SongsFound(tuple(found.song for found in read_songs(changes)), str(changes.get("cursor", "")))


def _is_possible(song: _Answered) -> bool:
    return (
        0 < len(song.song_id) <= SONG_ID_MAX
        and song.song_id.isprintable()
        and bool(shown_text(song.title))
        and 0 <= song.length <= LENGTH_MAX // _MILLISECOND
        and _is_address(song.cover, ADDRESS_MAX)
        and _is_address(song.url, FILE_ADDRESS_MAX)
        and len(song.lyrics) <= LYRICS_MAX
    )


def _is_address(text: str, most: int) -> bool:
    return not text or (len(text) <= most and _ADDRESS.fullmatch(text) is not None)


def _read(song: _Answered) -> CatalogueSong:
    shown = Song(
        id=song.song_id,
        title=shown_text(song.title, SONG_TEXT_MAX),
        artist=shown_text(song.artist, SONG_TEXT_MAX),
        length=song.length * _MILLISECOND,
        cover=song.cover,
    )
    return CatalogueSong(shown, song.url, song.lyrics)
