"""Writing to many connections: what a connection is told within a moment leaves as one message.

Replies leave with the turn of the loop in which they were made, publications at most every 5 ms, with what else the
connection has waiting. A message is framed once for all connections that are told the same. Many connections are
written to in slices, so that nothing else waits for long; one that does not read is ended.
"""

import asyncio
from collections.abc import Callable, Iterable
from typing import Final

from liveroom.realtime.framing import Framing, Transport

UNSENT_MAX: Final = 1024 * 1024
"""Bytes that a client may leave unread; one that has more waiting is ended as slow."""
MOMENT: Final = 0.005
PAUSE_MAX: Final = 0.1
_STEP: Final = 128
"""Connections written to in one turn of the loop: about a millisecond, most of it the kernel's (uvloop sends what a
turn wrote at its end)."""
_FRAMES: Final = 1024
"""Finished frames that one flush keeps at once."""


class Connection:
    """What can be written to."""

    __slots__ = ("framing", "open", "pending", "transport")

    def __init__(self, transport: Transport, framing: Framing) -> None:
        self.transport = transport
        self.framing = framing
        self.pending: list[bytes] = []
        """Encoded replies and pushes that wait for the next flush, in their order."""
        self.open = True

    def slow(self) -> None:
        """End the connection: its client does not read."""
        raise NotImplementedError


class Outlet:
    """Writes what connections are told."""

    def __init__(self, loop: Callable[[], asyncio.AbstractEventLoop] = asyncio.get_running_loop) -> None:
        self._loop = loop
        self._replied: list[Connection] = []
        self._told: list[Connection] = []
        """Those who wait for the next flush."""
        self._flushed: list[Connection] = []
        """Those whose flush is under way, and up to where they have been written to."""
        self._next = 0
        self._frames: dict[Framing, dict[bytes | tuple[bytes, ...], bytes]] = {}
        self._is_due = False
        self._free = 0.0
        """When those told may be written to again."""
        self._began = 0.0

    def reply(self, connection: Connection, payload: bytes) -> None:
        """Tell one connection, with this turn of the loop."""
        if not connection.open:
            return
        if not self._replied:
            self._loop().call_soon(self._flush_replied)
        self._replied.append(connection)
        connection.pending.append(payload)

    def tell(self, connections: Iterable[Connection], payload: bytes) -> None:
        """Tell open connections of one framing, within a moment."""
        told = self._told
        for connection in connections:
            pending = connection.pending
            if not pending:
                told.append(connection)
            pending.append(payload)
        if told and not self._is_due:
            self._schedule()

    def _schedule(self) -> None:
        self._is_due = True
        loop = self._loop()
        wait = self._free - loop.time()
        if wait > 0:
            loop.call_later(wait, self._flush_told)
        else:
            loop.call_soon(self._flush_told)

    def flush(self, connection: Connection) -> None:
        """Write to one connection now what it has waiting."""
        pending = connection.pending
        if pending and connection.open:
            frame = connection.framing.frame(pending)
            pending.clear()
            _write(connection, frame)

    def _flush_replied(self) -> None:
        replied, self._replied = self._replied, []
        for connection in replied:
            self.flush(connection)

    def _flush_told(self) -> None:
        """Write to some of those told; then let others have their turn.

        What took long is given as long a pause, in which more is gathered: under load messages are fewer and longer.
        """
        loop = self._loop()
        if not self._flushed:
            self._flushed, self._told = self._told, []
            self._began = loop.time()
        at, self._next = self._next, self._next + _STEP
        for connection in self._flushed[at : self._next]:
            self._write(connection)
        if self._next < len(self._flushed):
            loop.call_soon(self._flush_told)
            return
        self._flushed, self._next, self._is_due = [], 0, False
        self._frames.clear()
        now = loop.time()
        self._free = now + min(max(MOMENT, now - self._began), PAUSE_MAX)
        if self._told:
            self._schedule()

    def _write(self, connection: Connection) -> None:
        pending = connection.pending
        if not pending or not connection.open:
            return
        frames = self._frames.get(connection.framing)
        if frames is None:
            frames = self._frames[connection.framing] = {}
        key = pending[0] if len(pending) == 1 else tuple(pending)
        frame = frames.get(key)
        if frame is None:
            if len(frames) > _FRAMES:
                frames.clear()
            frame = frames[key] = connection.framing.frame(pending)
        pending.clear()
        _write(connection, frame)


def _write(connection: Connection, frame: bytes) -> None:
    transport = connection.transport
    if transport.unsent + len(frame) > UNSENT_MAX:
        connection.slow()
    else:
        transport.write(frame)
