"""Looks into files: pictures in a process of their own, a few at a time; animations here."""

import asyncio
import sys
from base64 import b64decode, b64encode
from binascii import Error
from pathlib import Path
from typing import Any, Final

import msgspec

from liveroom.domain.errors import ProviderUnavailable
from liveroom.domain.uploads.failures import UploadRefused
from liveroom.domain.uploads.lottie import pictures_in, read_lottie
from liveroom.domain.uploads.model import JPEG, LOTTIE, PNG, RULES, WEBP, Copy, Purpose

_AT_ONCE: Final = 2
_SECONDS: Final = 20.0
"""How long one picture may take, with its turn."""
_WORKER: Final = Path(__file__).with_name("worker.py")
_KINDS: Final = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP"}
_PICTURES_MAX: Final = 20
"""Within one animation."""
_WITHIN: Final = 1024
"""Pixels of their longer side."""


class SafeFileChecker:
    """``ports.FileChecker``."""

    def __init__(self, *, seconds: float = _SECONDS, worker: Path = _WORKER) -> None:
        self._seconds = seconds
        self._worker = worker
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def copy(self, purpose: Purpose, content_type: str, content: bytes) -> Copy:
        if content_type == LOTTIE:
            return await self._animation(content)
        rule = RULES[purpose]
        return await self.picture(content, content_type, rule.becomes, rule.side)

    async def picture(self, content: bytes, content_type: str, becomes: str, side: int) -> Copy:
        """Return a picture as it is published; raises as ``copy``."""
        try:
            async with asyncio.timeout(self._seconds):
                async with self._turns:
                    status, out = await self._run(content, _KINDS[content_type], _KINDS[becomes], str(side))
        except TimeoutError:
            raise UploadRefused("it takes too long to be read") from None
        if status != 0:
            raise UploadRefused("a broken picture, or too large to be read")
        head, _, copy = out.partition(b"\n")
        said = msgspec.json.decode(head, type=dict[str, Any])
        if "refused" in said:
            raise UploadRefused(said["refused"])
        return Copy(copy, becomes, said["width"], said["height"])

    async def _run(self, content: bytes, *arguments: str) -> tuple[int, bytes]:
        """Run the worker: without our environment, which has secrets."""
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-I",
                str(self._worker),
                *arguments,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env={},
            )
        except OSError as failure:
            raise ProviderUnavailable("the picture could not be looked at") from failure
        try:
            out, _ = await process.communicate(content)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return process.returncode or 0, out

    async def _animation(self, content: bytes) -> Copy:
        animation = read_lottie(content)
        pictures = pictures_in(animation)
        if len(pictures) > _PICTURES_MAX:
            raise UploadRefused(f"more than {_PICTURES_MAX} pictures in an animation")
        for asset in pictures:
            asset.update(p=await self._embedded(asset["p"]), u="", e=1)
        return Copy(msgspec.json.encode(animation), LOTTIE, int(animation["w"]), int(animation["h"]))

    async def _embedded(self, address: str) -> str:
        """Return a picture within an animation, copied like any other."""
        head, _, text = address.partition(",")
        try:
            content = b64decode(text, validate=True)
        except Error:
            raise UploadRefused("a picture in the animation is broken") from None
        kind = head.removeprefix("data:").removesuffix(";base64")
        copy = await self.picture(content, kind, PNG, _WITHIN)
        return f"data:{PNG};base64,{b64encode(copy.content).decode()}"
