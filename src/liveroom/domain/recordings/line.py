"""The one line on which a recording plays, however many files it has, and where on it something was said.

Files stand behind each other by when they began. What was said while nothing was recorded between two of them stands at
the beginning of the later one; what was said before the first and after the last is not part of the recording.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from liveroom.domain.moments import milliseconds, moment
from liveroom.domain.recordings.model import Recording, RecordingFile

_HALF: Final = 2
_LONGEST: Final = milliseconds(timedelta(hours=24))
"""Of a file that does not say it."""


class Part(NamedTuple):
    """A file on the line; all numbers are milliseconds."""

    file: RecordingFile
    offset: int
    """Where on the line it begins."""
    length: int
    begins: int
    """Since 1970."""

    @property
    def ends(self) -> int:
        """Return when what it shows was over."""
        return self.begins + self.length


def line_of(recording: Recording) -> tuple[Part, ...]:
    """Return the files of a recording as they play one after the other.

    Of files that show the same time, as those of two hosts do, the one that began first is on the line.
    """
    start = moment(recording.started or recording.begins)
    files = sorted(recording.files, key=lambda file: file.begins or start)
    parts: list[Part] = []
    for number, file in enumerate(files):
        begins = file.begins or (parts[-1].ends if parts else start)
        following = files[number + 1].begins if number + 1 < len(files) else 0
        length = round(file.seconds * 1000) or _guessed(begins, following or recording.ended)
        shown = parts[-1].ends - begins if parts else 0
        if shown * _HALF <= length:
            offset = parts[-1].offset + parts[-1].length if parts else 0
            parts.append(Part(file, offset, length, begins))
    return tuple(parts)


def place_on(line: Sequence[Part], at: datetime) -> int | None:
    """Return where on the line something was said, in milliseconds; None: it is not part of the recording."""
    then = moment(at)
    if not line or then < line[0].begins:
        return None
    part = next((part for part in line if then < part.ends), None)
    return None if part is None else part.offset + max(0, then - part.begins)


def moment_at(line: Sequence[Part], place: int) -> int:
    """Return when what is at a place of the line was said, in milliseconds since 1970."""
    part = next((part for part in line if place < part.offset + part.length), line[-1])
    return part.begins + place - part.offset


def _guessed(begins: int, ends: int | datetime | None) -> int:
    """Return how long a file lasts that does not say it."""
    until = moment(ends) if isinstance(ends, datetime) else ends or begins
    return min(max(0, until - begins), _LONGEST)
