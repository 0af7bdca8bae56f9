"""The event log: whether its file can be written and has space, whether its Redis answers."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

from liveroom.app.event_log import log_path, make_stream
from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.findings import Finding, fail, ok, warn
from liveroom.settings import Settings, SettingsError

_SUBJECT: Final = "event log"
_WAITS: Final = "until then, events wait in the database"
_LITTLE: Final = 1024**3


async def look_at_event_log(settings: Settings) -> AsyncIterator[Finding]:
    """Look at where events are logged."""
    if not settings.event_log:
        return
    path = log_path(settings)
    if path is not None:
        for finding in _file(path):
            yield finding
        return
    try:
        stream = make_stream(settings)
    except SettingsError as problem:
        yield fail(_SUBJECT, problem.problems[0], "the service does not start until this is fixed")
        return
    try:
        yield ok(_SUBJECT, f"its Redis answers; the stream holds {await stream.length()} events")
    except LiveUnavailable as failure:
        yield fail(_SUBJECT, f"its Redis does not answer: {failure}", f"check the address; {_WAITS}")
    finally:
        await stream.close()


def _file(path: Path) -> Iterator[Finding]:
    folder = path.parent
    if not folder.is_dir():
        yield fail(_SUBJECT, f"the folder {folder} does not exist", f"create it for the service's user; {_WAITS}")
    elif path.is_dir() or not os.access(path if path.exists() else folder, os.W_OK):
        yield fail(_SUBJECT, f"{path} is not writable", f"give the service's user write permission; {_WAITS}")
    elif (free := shutil.disk_usage(folder).free) < _LITTLE:
        yield warn(_SUBJECT, f"{path}: {free // 1024**2} MB free", "rotate it (docs/event-log.md)")
    else:
        yield ok(_SUBJECT, f"{path} is writable; {free // _LITTLE} GB free")
