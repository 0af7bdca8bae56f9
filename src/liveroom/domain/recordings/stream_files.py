"""Files that a server of streams writes by itself: of which stream, since when, and of which recording they are part.

Such a server knows nothing of recordings. So the name of a file has to say both: the stream, and behind it the seconds
or milliseconds since 1970 at which the file began.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from liveroom.domain.moments import moment
from liveroom.domain.recordings.model import Recording, RecordingState
from liveroom.domain.streams.model import StreamName

NAME: Final = re.compile(r"(?:[\w-]{1,64}/){0,2}[A-Za-z0-9_-][\w.-]{0,127}\.(flv|mp4|ts|mkv)", re.ASCII)
"""What a file may be called, below where the server's files are: nothing of it leads elsewhere."""
_BEGAN: Final = re.compile(r"(?<!\d)(\d{13}|\d{10})(?!\d)")
_MILLIS_DIGITS: Final = 13
_SLACK: Final = timedelta(seconds=2)
"""By how much a file may begin earlier, by its name in whole seconds: people are told three before, or more."""


def relative(path: str, stream: StreamName, folder: str) -> str:
    """Return what a file is called below where all are: from the folder of the streams on, or from the stream's own.

    "" for a name that is none.
    """
    parts = [part for part in path.split("/") if part not in ("", ".")]
    before = parts[:-1]
    start = next((before.index(one) for one in (folder, stream) if one in before), len(before))
    name = "/".join(parts[start:])
    return name if stream in name and NAME.fullmatch(name) else ""


def began(name: str, stream: StreamName) -> int:
    """Return when a file of a stream began by its name, in milliseconds since 1970; 0: the name does not say it."""
    found = _BEGAN.search(name.rpartition(stream)[2])
    if found is None:
        return 0
    return int(found[1]) if len(found[1]) == _MILLIS_DIGITS else int(found[1]) * 1000


def stream_of(name: str, folder: str) -> StreamName:
    """Return the stream whose a file is, by its name below where all are."""
    first, *rest = name.removeprefix(f"{folder}/").split("/")
    return StreamName(first if rest else re.split(r"[^A-Za-z0-9]", first, maxsplit=1)[0])


def is_part(recording: Recording, begins: int, now: datetime) -> bool:
    """Say whether a file that began then is part of a recording: it began after people were told, before the end.

    What an earlier file shows was not announced; of the last one, all belongs to the recording.
    """
    if recording.state is RecordingState.ANNOUNCED or not begins:
        return False
    return moment(recording.begins - _SLACK) <= begins < moment(recording.ended or now)


def whose(recordings: Sequence[Recording], begins: int, now: datetime) -> Recording | None:
    """Return the recording of a room that a file is part of; None: nobody announced it."""
    return next((one for one in recordings if is_part(one, begins, now)), None)
