"""The folder in which a server of streams has its files, as liveroom sees it: found, played from here, and deleted.

Addresses are signed for some hours: whoever has none gets nothing, and no name leads out of the folder.
"""

import asyncio
import os
from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple, TypeVar
from urllib.parse import quote

from liveroom.domain.moments import moment
from liveroom.domain.recordings.model import RecordingFile
from liveroom.domain.recordings.stream_files import NAME, began, stream_of
from liveroom.domain.streams.model import StreamName
from liveroom.domain.vendors.model import Trouble, VendorFailure
from liveroom.ports import Clock, PlayableFile, Stamps
from liveroom.providers.signed_addresses import is_good

T = TypeVar("T")
PLAYED_WITHIN: Final = timedelta(hours=4)
QUIET: Final = timedelta(seconds=15)
"""A file to which nothing was written for so long is whole: an encoder that hangs is gone after ten."""


class FoundFile(NamedTuple):
    """A file of the folder."""

    file: RecordingFile
    """With its size and length, so far."""
    changed: int
    """When something was written to it last, in milliseconds since 1970."""

    def is_quiet(self, now: datetime) -> bool:
        """Say whether nothing is written to it any more, as far as can be seen."""
        return self.changed < moment(now - QUIET)


class RecordingFolder:
    """The folder. ``streams``: what the folder of all streams is called in it. ``seen_at``: where it is played."""

    def __init__(self, root: Path, streams: str, stamps: Stamps, clock: Clock, *, seen_at: str) -> None:
        self._root = root
        self._streams = streams
        self._stamps = stamps
        self._clock = clock
        self._seen_at = seen_at

    async def find(self, streams: Collection[StreamName]) -> list[FoundFile]:
        """Return the files of streams. Raises ``VendorFailure``."""
        return await _on_disk(lambda: list(self._find(frozenset(streams))))

    async def known(self, name: str) -> FoundFile | None:
        """Return a file by its name; None: there is none, or nothing in it. Raises ``VendorFailure``."""
        path = self._path(name)
        return None if path is None else await _on_disk(self._found, name, path)

    async def remove(self, name: str) -> None:
        """Delete a file; one that is gone is deleted. Raises ``VendorFailure``."""
        path = self._path(name)
        if path is not None:
            await _on_disk(lambda: path.unlink(missing_ok=True))

    def playable(self, file: RecordingFile, now: datetime) -> PlayableFile:
        """Return a file with its address, for some hours."""
        expires = now.replace(microsecond=0) + PLAYED_WITHIN
        until = str(int(expires.timestamp()))
        ticket = f"{until}.{self._stamps.stamp(_signed(file.name, until))}"
        return PlayableFile(file, f"{self._seen_at}/{ticket}/{quote(file.name)}", expires)

    def opened(self, ticket: str, name: str) -> Path | None:
        """Return what a signed address is of; None: it is of nothing, or its time is over."""
        until, _, signature = ticket.partition(".")
        if not is_good(self._stamps, signature, _signed(name, until), until=until, now=self._clock.now()):
            return None
        path = self._path(name)
        return path if path is not None and path.is_file() else None

    def _path(self, name: str) -> Path | None:
        """Return where a file is, unless it would be outside of the folder."""
        if not NAME.fullmatch(name):
            return None
        path = self._root / name
        return path if path.resolve() == self._root.resolve() / name else None

    def _find(self, streams: frozenset[StreamName]) -> Iterator[FoundFile]:
        for place in ("", f"{self._streams}/"):
            for name in self._names(place):
                if stream_of(name, self._streams) in streams:
                    yield from self._seen(name)
            for stream in streams:
                for name in self._names(f"{place}{stream}/"):
                    yield from self._seen(name)

    def _names(self, place: str) -> Iterator[str]:
        """Yield the names of files in a folder; the root has to be there."""
        try:
            with os.scandir(self._root / place) as entries:
                yield from sorted(f"{place}{one.name}" for one in entries if one.is_file(follow_symlinks=False))
        except FileNotFoundError:
            if not place:
                raise

    def _seen(self, name: str) -> Iterator[FoundFile]:
        path = self._path(name)
        found = self._found(name, path) if path is not None else None
        if found is not None:
            yield found

    def _found(self, name: str, path: Path) -> FoundFile | None:
        try:
            stat = path.stat()
        except FileNotFoundError:
            return None
        if not stat.st_size:
            return None
        begins, changed = began(name, stream_of(name, self._streams)), round(stat.st_mtime * 1000)
        seconds = max(0, changed - begins) / 1000 if begins else 0
        file = RecordingFile(name, "", name.rpartition(".")[2], stat.st_size, seconds, begins)
        return FoundFile(file, changed)


def _signed(name: str, until: str) -> str:
    return f"recording {until} {name}"


async def _on_disk(work: Callable[..., T], *arguments: object) -> T:
    """Do something with the disk, beside the loop. Raises ``VendorFailure``."""
    try:
        return await asyncio.to_thread(work, *arguments)
    except OSError as failure:
        said = f"the folder of recordings cannot be used: {failure.strerror}"
        raise VendorFailure(Trouble.BUSY, said) from failure
