"""Open sockets and subscriptions as signs of life: renewed in batches, ended in batches (LIVE.md 5).

What cannot be told the store now is not told again: every lease ends by itself.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

import structlog

from liveroom.domain.errors import Unavailable
from liveroom.domain.events.model import Socket
from liveroom.domain.ids import RoomId
from liveroom.domain.parts import parts
from liveroom.ports import Channels, Sockets

log = structlog.get_logger("liveroom.realtime")

_BATCH: Final = 500
_Result = TypeVar("_Result")


class SocketLeases:
    """Tells the live store which sockets are there."""

    def __init__(self, sockets: Sockets, channels: Channels, spawn: Callable[..., asyncio.Task[None]]) -> None:
        self._sockets = sockets
        self._channels = channels
        self._spawn = spawn
        self._closed: list[Socket] = []
        self._parted: list[tuple[RoomId, Socket]] = []
        self._is_due = False

    def close(self, socket: Socket) -> None:
        """Let a socket's lease end after the grace."""
        self._closed.append(socket)
        self._later()

    def part(self, room: RoomId, socket: Socket) -> None:
        """End a subscription."""
        self._parted.append((room, socket))
        self._later()

    async def renew(self, sockets: Sequence[Socket], joined: dict[RoomId, list[Socket]]) -> Sequence[Socket]:
        """Renew leases; return the sockets whose sessions have ended."""
        ended: list[Socket] = []
        for batch in parts(sockets, _BATCH):
            ended += await _try(self._sockets.renew(batch)) or ()
        if joined:
            await _try(self._channels.renew(joined))
        return ended

    def _later(self) -> None:
        if not self._is_due:
            self._is_due = True
            self._spawn(self.flush())

    async def flush(self) -> None:
        """Tell what has ended, in the order in which it did."""
        await asyncio.sleep(0)
        while self._closed or self._parted:
            parted, self._parted = self._parted[:_BATCH], self._parted[_BATCH:]
            closed, self._closed = self._closed[:_BATCH], self._closed[_BATCH:]
            if parted:
                await _try(asyncio.gather(*(self._channels.part(room, socket) for room, socket in parted)))
            if closed:
                await _try(self._sockets.close(closed))
        self._is_due = False


async def _try(work: Awaitable[_Result]) -> _Result | None:
    try:
        return await work
    except Unavailable as failure:
        log.debug("leases.unavailable", cause=repr(failure.__cause__ or failure))
        return None
