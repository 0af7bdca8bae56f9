"""Connections without a network: what is framed is counted, what is written is kept."""

import asyncio
from collections.abc import Sequence

from liveroom.realtime.framing import Framing
from liveroom.realtime.messages import Command, Reply
from liveroom.realtime.pending import Connection


class Counting:
    """A framing that counts what it is asked for."""

    name = "counting"

    def __init__(self) -> None:
        self.framed = 0

    def decode(self, message: bytes) -> Sequence[Command]:
        raise NotImplementedError

    def encode(self, reply: Reply) -> bytes:
        raise NotImplementedError

    def frame(self, replies: Sequence[bytes]) -> bytes:
        self.framed += 1
        return b"|".join(replies)


class Wire(Connection):
    """A connection that keeps what is written; ``unsent`` is what the test says."""

    def __init__(self, framing: Framing) -> None:
        self.frames: list[bytes] = []
        self.written = asyncio.Event()
        self.unsent = 0
        self.is_slow = False
        super().__init__(self, framing)

    def write(self, frame: bytes) -> None:
        self.frames.append(frame)
        self.written.set()

    async def until(self, frames: int = 1) -> None:
        """Wait until so many frames were written."""
        async with asyncio.timeout(5):
            while len(self.frames) < frames:
                self.written.clear()
                await self.written.wait()

    def close(self, code: int, reason: str) -> None:
        raise NotImplementedError

    def slow(self) -> None:
        self.is_slow, self.open = True, False
