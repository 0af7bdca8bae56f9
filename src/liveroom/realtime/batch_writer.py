"""Writes to many connections: all that a connection gets within a moment leaves as one message.

Replies leave with the turn of the loop in which they were made, publications at most every 5 ms, with what else the
connection has waiting. A broadcast waits once for its whole group (``liveroom.realtime.broadcast_group``), and a
message is framed once for all connections that get the same. Many connections are written to in slices, so that nothing
else waits for long; one that does not read is ended.
"""

import asyncio
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Final

from liveroom.realtime.framing import Framing
from liveroom.realtime.pending import Batch, Connection

UNSENT_MAX: Final = 1024 * 1024
"""Bytes that a client may leave unread; one that has more waiting is ended as slow."""
MOMENT: Final = 0.005
PAUSE_MAX: Final = 0.1
_STEP: Final = 32
"""Connections written to in one turn of the loop: a quarter of a millisecond, most of it the kernel's."""
_FRAMES: Final = 1024
"""Finished frames that one flush keeps at once."""
_Work = tuple[Callable[[Sequence[Connection]], None], Sequence[Connection]]


class BatchWriter:
    """Writes to connections, in batches."""

    def __init__(self, loop: Callable[[], asyncio.AbstractEventLoop] = asyncio.get_running_loop) -> None:
        self._loop = loop
        self._replied: list[Connection] = []
        self._waiting: list[Connection] = []
        """Those who have something of their own waiting for the next flush."""
        self._batches: list[Batch] = []
        """Batches of groups that wait for it."""
        self._flushing: Iterator[int] | None = None
        """The flush that is under way: each step writes to some connections."""
        self._frames: dict[Framing, dict[bytes | tuple[bytes, ...], bytes]] = {}
        self._is_due = False
        self._free = 0.0
        """When those told may be written to again."""
        self._began = 0.0

    def reply(self, connection: Connection, payload: bytes) -> None:
        """Send to one connection, with this turn of the loop."""
        if not connection.open:
            return
        if not self._replied:
            self._loop().call_soon(self._flush_replied)
        self._replied.append(connection)
        connection.own().append(payload)

    def send(self, connections: Iterable[Connection], payload: bytes) -> None:
        """Send to open connections of one framing, within a moment."""
        for connection in connections:
            self.add(connection, payload)

    def add(self, connection: Connection, payload: bytes) -> None:
        """Send to one open connection, within a moment."""
        self.diverge(connection)
        connection.own().append(payload)

    def diverge(self, connection: Connection) -> None:
        """Give a connection a queue of its own, with what waits for it."""
        if not isinstance(connection.pending, list):
            connection.own()
            self._waiting.append(connection)
            self._schedule()

    def begin(self, batch: Batch) -> None:
        """Write a group's batch, within a moment."""
        self._batches.append(batch)
        self._schedule()

    def flush(self, connection: Connection) -> None:
        """Write to one connection now what it has waiting."""
        if connection.pending is not None and connection.open:
            frame = connection.framing.frame(connection.own())
            connection.pending = None
            _write(connection, frame)

    def _schedule(self) -> None:
        if self._is_due:
            return
        self._is_due = True
        loop = self._loop()
        wait = self._free - loop.time()
        if wait > 0:
            loop.call_later(wait, self._flush_waiting)
        else:
            loop.call_soon(self._flush_waiting)

    def _flush_replied(self) -> None:
        replied, self._replied = self._replied, []
        for connection in replied:
            self.flush(connection)

    def _flush_waiting(self) -> None:
        """Write to some of those told; then let others have their turn.

        What took long is given as long a pause, in which more is gathered: under load messages are fewer and longer.
        """
        loop = self._loop()
        if self._flushing is None:
            self._flushing = self._steps()
            self._began = loop.time()
        if next(self._flushing, None) is not None:
            loop.call_soon(self._flush_waiting)
            return
        self._flushing, self._is_due = None, False
        self._frames.clear()
        now = loop.time()
        self._free = now + min(max(MOMENT, now - self._began), PAUSE_MAX)
        if self._waiting or self._batches:
            self._schedule()

    def _steps(self) -> Iterator[int]:
        """Write what was told until now; yield to how many connections, now and then."""
        batches, self._batches = self._batches, []
        waiting, self._waiting = self._waiting, []
        work: list[_Work] = [(partial(_write_batch, batch), batch.connections) for batch in batches]
        written = 0
        for write, connections in [*work, (self._write_own, waiting)]:
            for at in range(0, len(connections), _STEP):
                part = connections[at : at + _STEP]
                write(part)
                written += len(part)
                if written >= _STEP:
                    yield written
                    written = 0
        for batch in batches:
            batch.finish()

    def _write_own(self, connections: Sequence[Connection]) -> None:
        for connection in connections:
            pending = connection.pending
            if isinstance(pending, list) and connection.open:
                connection.pending = None
                _write(connection, self._frame(connection.framing, pending))

    def _frame(self, framing: Framing, payloads: Sequence[bytes]) -> bytes:
        frames = self._frames.setdefault(framing, {})
        key = payloads[0] if len(payloads) == 1 else tuple(payloads)
        frame = frames.get(key)
        if frame is None:
            if len(frames) > _FRAMES:
                frames.clear()
            frame = frames[key] = framing.frame(payloads)
        return frame


def _write_batch(batch: Batch, connections: Sequence[Connection]) -> None:
    frame = batch.frame
    if frame is None:
        frame = batch.frame = connections[0].framing.frame(batch.payloads)
    for connection in connections:
        if connection.pending is batch:
            connection.pending = batch.following
            _write(connection, frame)


def _write(connection: Connection, frame: bytes) -> None:
    """Write at once where nothing stands in the way, for the transport's own way costs a µs more.

    A write to 5,000 sockets, uvloop, the kernel's 7.6 µs included: 8.3 µs here, 8.7 by a transport that holds nothing
    back, 9.6 by one that does. A frame that was begun is finished, however slow its reader.
    """
    sent = 0
    if connection.descriptor >= 0:
        try:
            sent = os.write(connection.descriptor, frame)
        except OSError:
            sent = 0  # full, or broken: the transport finds out which
        if sent == len(frame):
            return
    transport = connection.transport
    if not sent and transport.unsent + len(frame) > UNSENT_MAX:
        connection.slow()
    else:
        transport.write(frame[sent:])
