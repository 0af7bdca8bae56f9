"""What waits to be written to a connection: its own, or what it has in common with the others of a crowd."""

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
        """Encoded replies and pushes that wait to be written, in their order: its own, or what a crowd has waiting."""
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
    """What a crowd has waiting: one message. It grows until the first connection is written to."""

    __slots__ = ("connections", "following", "frame", "payloads", "strays")

    def __init__(self, connections: Sequence[Connection], payload: bytes) -> None:
        self.payloads = [payload]
        self.connections = connections
        """Those who have it waiting, if nothing has come between."""
        self.strays: set[Connection] = set()
        """Those of the crowd who are told by themselves."""
        self.frame: bytes | None = None
        """The finished message; with it the batch grows no more."""
        self.following: Batch | None = None
        """What the crowd was told after that: who has this waiting has that waiting as well."""

    def leave(self, connection: Connection) -> list[bytes]:
        """Return a copy for a connection that has more to be told; it strays from now on."""
        last = self.following
        if last is None:
            self.strays.add(connection)
            return self.payloads.copy()
        last.strays.add(connection)
        return self.payloads + last.payloads

    def finish(self) -> None:
        """Keep nothing: everybody was written to."""
        self.payloads, self.connections, self.frame = [], (), b""
        self.strays.clear()
