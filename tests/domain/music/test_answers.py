"""Songs that an operator's server answers: what may be in them."""

from datetime import timedelta
from typing import Any

import pytest

from liveroom.domain.music.answers import are_songs, found_songs, is_cursor, read_songs

SONG = {"songId": "s1", "title": "Moon"}


def test_an_answer_is_read_with_what_it_leaves_out() -> None:
    whole = {**SONG, "artist": "Ann", "length": 61_500, "url": "https://songs.example.com/m?x=1", "lyrics": "[00:01]a"}
    assert are_songs([SONG, whole])
    short, full = read_songs({"songs": [SONG, whole]})
    assert (short.song.title, short.song.length, short.url, short.lyrics) == ("Moon", timedelta(0), "", "")
    assert (full.song.artist, full.song.length) == ("Ann", timedelta(seconds=61.5))
    assert found_songs({"songs": [SONG], "cursor": "2"}).cursor == "2"
    assert found_songs({}).songs == ()


@pytest.mark.parametrize(
    "song",
    [
        {},
        {"songId": "s1"},
        {**SONG, "songId": ""},
        {**SONG, "songId": "s" * 65},
        {**SONG, "songId": 1},
        {**SONG, "title": " \n"},
        {**SONG, "length": -1},
        {**SONG, "length": 3_600_001},
        {**SONG, "length": 1.5},
        {**SONG, "url": "javascript:alert(1)"},
        {**SONG, "url": "https://songs.example.com/a b"},
        {**SONG, "cover": "https://songs.example.com/" + "c" * 600},
        {**SONG, "lyrics": "l" * 70_000},
    ],
)
def test_what_is_no_song_is_no_answer(song: dict[str, Any]) -> None:
    assert not are_songs([song])


@pytest.mark.parametrize("value", [None, "songs", [None], [SONG] * 51])
def test_what_are_no_songs_are_none(value: Any) -> None:
    assert not are_songs(value)


def test_titles_come_in_one_line_that_fits() -> None:
    (found,) = read_songs({"songs": [{**SONG, "title": "a\n\u202eb " + "c" * 200}]})
    assert found.song.title == "a b " + "c" * 76
    assert not is_cursor(1)
    assert not is_cursor("c" * 201)
