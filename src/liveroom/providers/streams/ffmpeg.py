"""Frames of streams by ffmpeg: a process of its own for each, bounded in time, in bytes, and in what it may open."""

import asyncio
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from typing import Final

from liveroom.domain.vendors.model import Trouble, VendorFailure

_SECONDS: Final = 12.0
_MOST: Final = 2 * 1024 * 1024
_PROTOCOLS: Final = "http,https,tcp,tls,crypto,rtmp,rtmps"
"""What it may open: a playlist that names a file of this machine is refused."""
_WIDTH: Final = 640


class FfmpegFrames:
    """``ports.FrameSource``."""

    def __init__(self, program: str, *, seconds: float = _SECONDS) -> None:
        self._program = program
        self._seconds = seconds

    async def take(self, address: str) -> bytes:
        try:
            process = await asyncio.create_subprocess_exec(
                self._program, *_arguments(address), stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL, env={}
            )
        except OSError as failure:
            raise VendorFailure(Trouble.ACCESS, f"{self._program} does not start: {failure.strerror}") from failure
        try:
            async with asyncio.timeout(self._seconds):
                frame = await _read(process)
                status = await process.wait()
        except TimeoutError:
            raise VendorFailure(Trouble.BUSY, f"no frame came within {self._seconds:g} s") from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if status != 0 or not frame:
            raise VendorFailure(Trouble.BUSY, "the stream could not be read")
        return frame


def _arguments(address: str) -> Sequence[str]:
    size = f"scale='min({_WIDTH},iw)':-2"
    reading = ["-nostdin", "-v", "error", "-threads", "1", "-protocol_whitelist", _PROTOCOLS, "-i", address]
    return [*reading, "-map", "0:v:0", "-frames:v", "1", "-vf", size, "-f", "image2pipe", "-c:v", "mjpeg", "pipe:1"]


async def _read(process: Process) -> bytes:
    """Return what it writes; it is refused with more than a frame has."""
    assert process.stdout is not None  # noqa: S101 - it was asked for
    parts, length = list[bytes](), 0
    while part := await process.stdout.read(64 * 1024):
        parts.append(part)
        length += len(part)
        if length > _MOST:
            raise VendorFailure(Trouble.SUBJECT, "the frame is too large")
    return b"".join(parts)
