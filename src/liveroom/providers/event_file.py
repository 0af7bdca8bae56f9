"""The log of events as a file: one CloudEvent a line. Several processes of a machine may write to it."""

import asyncio
import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Final

from liveroom.domain.errors import ProviderUnavailable
from liveroom.domain.events.cloud import write_cloud_event
from liveroom.domain.events.records import StoredEvent

_MODE: Final = 0o640
_FLAGS: Final = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC


class EventFile:
    """``ports.Sink``. A file that was moved away (logrotate) is left, and the next one begun."""

    def __init__(self, path: Path) -> None:
        self._path: Final = path
        self._turn: Final = Lock()
        self._file: int | None = None

    async def send(self, events: Sequence[StoredEvent]) -> None:
        """Append the events and wait until they are on the disk; the disk keeps no other work waiting."""
        lines = b"".join([write_cloud_event(event) + b"\n" for event in events])
        try:
            await asyncio.to_thread(self._append, lines)
        except OSError as failure:
            raise ProviderUnavailable(f"{self._path} cannot be written: {failure.strerror}") from failure

    async def close(self) -> None:
        """Let the file go."""
        with self._turn:
            self._let_go()

    def _append(self, lines: bytes) -> None:
        with self._turn, self._held() as file:
            end = os.lseek(file, 0, os.SEEK_END)
            try:
                _write(file, _completing(file, end) + lines)
            except OSError:
                os.ftruncate(file, end)
                raise
            os.fsync(file)

    @contextmanager
    def _held(self) -> Iterator[int]:
        """Yield the file that has the name now, which no other process writes to meanwhile."""
        while True:
            file = self._file if self._file is not None else self._open()
            fcntl.flock(file, fcntl.LOCK_EX)
            if _is_at(file, self._path):
                break
            self._let_go()
        try:
            yield file
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)

    def _open(self) -> int:
        file = self._file = os.open(self._path, _FLAGS, _MODE)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return file

    def _let_go(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _is_at(file: int, path: Path) -> bool:
    """Say whether the open file still has that name."""
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except FileNotFoundError:
        return False


def _completing(file: int, end: int) -> bytes:
    """Return what ends a line that a crash has torn: whoever reads finds one that is no JSON, and goes on."""
    return b"\n" if end and os.pread(file, 1, end - 1) != b"\n" else b""


def _write(file: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(file, left) :]
