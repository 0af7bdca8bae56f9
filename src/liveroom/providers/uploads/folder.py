"""Files in the data folder: the same calls as with a store elsewhere, at addresses of this service.

The address of an upload is signed as S3's are: with the file's type and length in what is signed, so that another file
has another signature. Names of files are ours; nothing that a client says becomes a path.
"""

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from secrets import token_hex
from typing import Final, TypeVar
from urllib.parse import urlencode

from liveroom.domain.errors import ProviderUnavailable
from liveroom.domain.uploads.model import Copy, Ticket, Upload
from liveroom.ports import Clock, Stamps
from liveroom.providers.signed_addresses import is_good

T = TypeVar("T")
_ID: Final = re.compile(r"[-_0-9A-Za-z]{16}")
PUBLISHED: Final = "published"
"""The folder of what everybody sees."""
KEY: Final = re.compile(r"[0-9a-f]{32}\.[a-z]{3,4}")
_GATHERED: Final = 256 * 1024
"""Bytes that are written at a time."""
SPARE: Final = 256 * 1024 * 1024
"""Bytes of the disk that uploads leave free."""


class FolderStore:
    """``ports.FileStore`` and ``ports.FileFolder``."""

    def __init__(self, folder: Path, stamps: Stamps, clock: Clock, *, sent_to: str, seen_at: str) -> None:
        """``sent_to`` and ``seen_at``: under which addresses files are received, and are shown."""
        self._received = folder / "received"
        self._published = folder / PUBLISHED
        self._stamps = stamps
        self._clock = clock
        self._sent_to = sent_to
        self._seen_at = seen_at

    async def ticket(self, upload: Upload) -> Ticket:
        until = str(int(upload.sent_until.timestamp()))
        signature = self._stamps.stamp(_signed(upload.id, until, upload.content_type, upload.size))
        query = urlencode({"until": until, "signature": signature})
        return Ticket(f"{self._sent_to}/{upload.id}?{query}", {"Content-Type": upload.content_type})

    def allows(self, id: str, until: str, content_type: str, size: int, signature: str) -> bool:
        if not _ID.fullmatch(id):
            return False
        signed = _signed(id, until, content_type, size)
        return is_good(self._stamps, signature, signed, until=until, now=self._clock.now())

    async def receive(self, id: str, size: int, parts: AsyncIterator[bytes]) -> bool:
        path = self._received / _checked(id, _ID)
        part = path.with_name(f"{id}.{token_hex(4)}.part")
        await _on_disk(self._make_room, size)
        try:
            written, gathered = 0, bytearray()
            async for some in parts:
                gathered += some
                if written + len(gathered) > size:
                    return False
                if len(gathered) >= _GATHERED:
                    written += await _on_disk(_append, part, bytes(gathered))
                    gathered.clear()
            written += await _on_disk(_append, part, bytes(gathered))
            if written != size:
                return False
            await _on_disk(os.replace, part, path)
        finally:
            await _on_disk(lambda: part.unlink(missing_ok=True))
        return True

    async def received(self, upload: Upload) -> bytes | None:
        return await _on_disk(_read, self._received / _checked(upload.id, _ID), upload.size + 1)

    async def discard(self, id: str) -> None:
        await _on_disk(self._drop_received, _checked(id, _ID))

    async def publish(self, key: str, copy: Copy) -> None:
        await _on_disk(self._write, self._published / _checked(key, KEY), copy.content)

    async def withdraw(self, key: str) -> None:
        await _on_disk(lambda: (self._published / _checked(key, KEY)).unlink(missing_ok=True))

    def url(self, key: str) -> str:
        return f"{self._seen_at}/{key}"

    def path(self, key: str) -> Path | None:
        path = self._published / key
        return path if KEY.fullmatch(key) and path.is_file() else None

    async def close(self) -> None:
        """Nothing is open."""

    def _make_room(self, size: int) -> None:
        self._received.mkdir(mode=0o700, parents=True, exist_ok=True)
        if shutil.disk_usage(self._received).free < size + SPARE:
            raise ProviderUnavailable("the disk of the data folder is nearly full")

    def _drop_received(self, id: str) -> None:
        for path in self._received.glob(f"{id}*"):
            path.unlink(missing_ok=True)

    def _write(self, path: Path, content: bytes) -> None:
        """Write a file that is whole or not there, and is still there after a power cut."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{token_hex(4)}.part")
        try:
            with part.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def _signed(id: str, until: str, content_type: str, size: int) -> str:
    return f"upload {id} {until} {size} {content_type}"


def _checked(name: str, form: re.Pattern[str]) -> str:
    if not form.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a file")
    return name


def _append(path: Path, some: bytes) -> int:
    with path.open("ab") as file:
        return file.write(some)


def _read(path: Path, most: int) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(most)
    except FileNotFoundError:
        return None


async def _on_disk(work: Callable[..., T], *arguments: object) -> T:
    """Do something with the disk, beside the loop. Raises ``ProviderUnavailable``."""
    try:
        return await asyncio.to_thread(work, *arguments)
    except OSError as failure:
        raise ProviderUnavailable("the data folder cannot be written or read") from failure
