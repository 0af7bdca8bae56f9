"""Lyrics: LRC and VTT become lines with the time at which each begins. What cannot be read is left out."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final, NamedTuple

from liveroom.domain.music.model import LENGTH_MAX, UNKNOWN_LENGTH, shown_text

LYRICS_MAX: Final = 64 * 1024
"""Characters that are read."""
LINES_MAX: Final = 1000
LINE_MAX: Final = 200
_NO_SHIFT: Final = timedelta(0)
_STAMP: Final = re.compile(r"\s*\[(\d{1,3}):(\d{1,2})(?:[.:](\d{1,3}))?\]")
_WORD_STAMP: Final = re.compile(r"<\d{1,3}:\d{1,2}(?:[.:]\d{1,3})?>")
_TAG: Final = re.compile(r"\[([a-z]{2,6}):([^\]\n]{0,200})\]", re.IGNORECASE)
_CUE: Final = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[.,](\d{3})\s+-->")
_MARKUP: Final = re.compile(r"<[^<>\n]{0,100}>")
_LENGTH: Final = re.compile(r"(\d{1,3}):(\d{1,2})(?:[.:]\d{1,3})?")


class LyricsLine(NamedTuple):
    """A line, and when it begins."""

    at: timedelta
    text: str
    """"": nothing is sung from here on."""


def read_lyrics(text: str) -> tuple[LyricsLine, ...]:
    """Return the lines of LRC or VTT in the order of their times; empty: there are none."""
    text = text[:LYRICS_MAX].removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines = _read_vtt(text) if text.startswith("WEBVTT") else _read_lrc(text)
    found = [line for line in lines if timedelta(0) <= line.at <= LENGTH_MAX]
    return tuple(sorted(found, key=lambda line: line.at)[:LINES_MAX])


def read_tags(text: str) -> Mapping[str, str]:
    """Return what LRC says of the song, such as ``ti``, ``ar`` and ``length``, by names in small letters."""
    found = dict[str, str]()
    for line in text[:LYRICS_MAX].splitlines():
        tag = _TAG.fullmatch(line.strip().removeprefix("\ufeff"))
        if tag is not None:
            found.setdefault(tag[1].lower(), shown_text(tag[2]))
    return found


def read_length(tag: str) -> timedelta:
    """Return how long a song is by its tag ``length``, as in ``03:25``."""
    found = _LENGTH.fullmatch(tag.strip())
    if found is None:
        return UNKNOWN_LENGTH
    return min(timedelta(minutes=int(found[1]), seconds=int(found[2])), LENGTH_MAX)


def _read_lrc(text: str) -> Iterator[LyricsLine]:
    """Yield the lines of LRC: several times may stand before one text; ``offset`` shifts all, positive to earlier."""
    shift, lines = _shift(read_tags(text)), 0
    for line in text.split("\n"):
        behind, stamps = 0, list[timedelta]()
        while (stamp := _STAMP.match(line, behind)) is not None:
            stamps.append(_time(0, int(stamp[1]), int(stamp[2]), stamp[3] or "0"))
            behind = stamp.end()
        shown = shown_text(_WORD_STAMP.sub("", line[behind:]), LINE_MAX)
        for at in stamps:
            if lines >= LINES_MAX:
                return
            lines += 1
            yield LyricsLine(max(at - shift, timedelta(0)), shown)


def _shift(tags: Mapping[str, str]) -> timedelta:
    try:
        offset = int(tags.get("offset", "0"))
    except ValueError:
        return _NO_SHIFT
    return timedelta(milliseconds=offset) if abs(offset) <= 60_000 else _NO_SHIFT


def _read_vtt(text: str) -> Iterator[LyricsLine]:
    """Yield the cues of VTT, each as one line."""
    for block in text.split("\n\n"):
        rows = block.strip("\n").split("\n")
        for number, row in enumerate(rows):
            cue = _CUE.match(row.strip())
            if cue is not None:
                words = " ".join(_MARKUP.sub("", one) for one in rows[number + 1 :])
                at = _time(int(cue[1] or 0), int(cue[2]), int(cue[3]), cue[4])
                yield LyricsLine(at, shown_text(words, LINE_MAX))
                break


def _time(hours: int, minutes: int, seconds: int, fraction: str) -> timedelta:
    """Return a time; a fraction has as many digits as it likes."""
    millis = int(fraction.ljust(3, "0")[:3])
    return timedelta(hours=hours, minutes=minutes, seconds=seconds, milliseconds=millis)
