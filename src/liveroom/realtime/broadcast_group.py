"""Broadcast groups: a message to many connections waits once for all of them, in one list.

An event to a room of 5,000 sockets is then one entry, not 5,000. Each connection is touched once for all messages
within a moment, and once when it is written to.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

from liveroom.realtime.framing import CLOSED, Framing, Transport

if TYPE_CHECKING:
    from liveroom.realtime.batch_writer import BatchWriter


class Connection:
    """What can be written to."""

    __slots__ = ("descriptor", "framing", "open", "pending", "transport")

    def __init__(self, transport: Transport, framing: Framing) -> None:
        self.transport = transport
        self.descriptor = CLOSED
        self.framing = framing
        self.pending: list[bytes] | Batch | None = None
        """Encoded replies and pushes that wait to be written, in their order: its own, or its group's batch."""
        self.open = True

    def own(self) -> list[bytes]:
        """Return what is waiting, which nobody shares any more."""
        pending = self.pending
        if not isinstance(pending, list):
            pending = self.pending = [] if pending is None else pending.leave(self)
        return pending

    def slow(self) -> None:
        """End the connection: its client does not read."""
        raise NotImplementedError


_Member = TypeVar("_Member", bound=Connection)


class Batch:
    """What waits for a group: one message. It grows until the first connection is written to."""

    __slots__ = ("connections", "diverged", "following", "frame", "payloads")

    def __init__(self, connections: Sequence[Connection], payload: bytes) -> None:
        self.payloads = [payload]
        self.connections = connections
        """Those that have it waiting, if nothing came between."""
        self.diverged: set[Connection] = set()
        """Members that have diverged: they have other messages waiting, and get these by themselves."""
        self.frame: bytes | None = None
        """The finished message; with it the batch grows no more."""
        self.following: Batch | None = None
        """The group's next batch: a connection that waits for this one waits for that one as well."""

    def leave(self, connection: Connection) -> list[bytes]:
        """Return a copy for a connection that gets other messages too; it diverges from now on."""
        last = self.following
        if last is None:
            self.diverged.add(connection)
            return self.payloads.copy()
        last.diverged.add(connection)
        return self.payloads + last.payloads

    def finish(self) -> None:
        """Keep nothing: everybody was written to."""
        self.payloads, self.connections, self.frame = [], (), b""
        self.diverged.clear()


class BroadcastGroup(Generic[_Member]):
    """Connections of one framing that get the same messages."""

    __slots__ = ("_batch", "_members", "_writer", "framing")

    def __init__(self, writer: "BatchWriter", framing: Framing) -> None:
        self.framing = framing
        self._writer = writer
        self._members: dict[_Member, None] = {}
        """In the order of their coming: to go through memory in any other cost 0.4 µs a write (5,000 sockets)."""
        self._batch: Batch | None = None
        """The newest batch, perhaps sent already."""

    def __len__(self) -> int:
        return len(self._members)

    def __iter__(self) -> Iterator[_Member]:
        return iter(self._members)

    def add(self, connection: _Member) -> None:
        """Give an open connection what is broadcast from now on."""
        if connection in self._members:
            return
        self._members[connection] = None
        if (batch := self._growing()) is not None:
            batch.diverged.add(connection)

    def discard(self, connection: _Member) -> None:
        """Give a connection what was broadcast until now, and nothing more."""
        self._members.pop(connection, None)
        if isinstance(connection.pending, Batch):
            self._writer.diverge(connection)
        if (batch := self._growing()) is not None:
            batch.diverged.discard(connection)

    def broadcast(self, payload: bytes) -> None:
        """Send to all of them, within a moment."""
        batch = self._growing()
        if batch is None:
            self._begin(payload)
            return
        batch.payloads.append(payload)
        for connection in batch.diverged:
            self._writer.add(connection, payload)

    def _growing(self) -> Batch | None:
        return self._batch if self._batch is not None and self._batch.frame is None else None

    def _begin(self, payload: bytes) -> None:
        before, batch = self._batch, Batch(list(self._members), payload)
        for connection in batch.connections:
            pending = connection.pending
            if pending is None:
                connection.pending = batch
            elif pending is not before:
                batch.diverged.add(connection)
                self._writer.add(connection, payload)
        if before is not None:
            before.following = batch
        self._batch = batch
        self._writer.begin(batch)
