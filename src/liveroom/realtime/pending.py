"""What waits to be written to a connection: its own messages, or those that it shares with its broadcast group."""

from collections.abc import Sequence

from liveroom.realtime.framing import CLOSED, Framing, Transport


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
