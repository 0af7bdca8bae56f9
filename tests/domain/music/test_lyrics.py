"""Lyrics: LRC and VTT as people write them, and as people write them who mean harm."""

import time
from datetime import timedelta

import pytest

from liveroom.domain.music.lyrics import LINE_MAX, LINES_MAX, read_length, read_lyrics, read_tags
from tests.songs import LRC, VTT


def lines(text: str) -> list[tuple[float, str]]:
    return [(line.at.total_seconds(), line.text) for line in read_lyrics(text)]


def test_a_line_of_lrc_comes_at_each_of_its_times() -> None:
    assert lines(LRC) == [(0.5, "Moon over the harbour"), (2, "Round it goes"), (4, "Round it goes")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[01:02]a", [(62, "a")]),
        ("\ufeff[00:01.5]a\r\n[00:02:25]b\r[0:03.125] c ", [(1.5, "a"), (2.25, "b"), (3.125, "c")]),
        ("[offset:500]\n[00:01]a\n[00:00.2]b", [(0, "b"), (0.5, "a")]),
        ("[offset:-500]\n[00:01]a", [(1.5, "a")]),
        ("[offset:99999999999]\n[00:01]a", [(1, "a")]),
        ("[00:01]<00:01.10>one <00:01.60>two", [(1, "one two")]),
        ("[00:02]\n[00:01]a", [(1, "a"), (2, "")]),
        ("no time\n[xx:01]a\n[]\n[00:99999]b", []),
        ("[999:00]far away", []),
        ("[00:01]a\x00\u202eb\tc", [(1, "a b c")]),
    ],
)
def test_lrc_is_read_as_far_as_it_can_be(text: str, expected: list[tuple[float, str]]) -> None:
    assert lines(text) == expected


def test_a_cue_of_vtt_is_a_line_without_its_markup() -> None:
    assert lines(VTT) == [(1, "Rain on the roof"), (3, "All night")]
    assert lines("WEBVTT\n\n01:00:00,000 --> x\n<b>a</b>\nb") == [(3600, "a b")]
    assert lines("WEBVTT\n\nNOTE\nnothing\n\n00:01.000 -->") == [(1, "")]


def test_lyrics_without_an_end_are_cut_and_read_quickly() -> None:
    began = time.process_time()
    assert len(read_lyrics("[00:01]a" * 100_000)) <= LINES_MAX
    assert len(read_lyrics("[00:01]" * 100_000)) <= LINES_MAX
    assert len(read_lyrics("[00:01]a\n" * 100_000)) == LINES_MAX
    assert read_lyrics("[00:01]" + "a" * 1_000_000)[0].text == "a" * LINE_MAX
    for hostile in ("<" * 1_000_000, "[" * 1_000_000, "[00:01]" + "<" * 65_000, "WEBVTT\n\n" + "\n" * 1_000_000):
        assert len(read_lyrics(hostile)) <= 1
    assert time.process_time() - began < 5


def test_tags_of_lrc_say_whose_it_is_and_how_long() -> None:
    tags = read_tags("[TI:Moon]\n[ar: Ann ]\n[length: 03:25.10]\n[ti:Other]\n[00:01]a")
    assert tags == {"ti": "Moon", "ar": "Ann", "length": "03:25.10"}
    assert read_length(tags["length"]) == timedelta(minutes=3, seconds=25)
    assert read_length("soon") == timedelta(0)
