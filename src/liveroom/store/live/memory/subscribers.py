"""Who is subscribed to one room: leases of sockets, and members whose last one is over."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from liveroom.domain.events.model import CROWD, Socket
from liveroom.domain.ids import UserId
from liveroom.domain.moments import milliseconds
from liveroom.domain.presence.signs import SOCKET, SOCKET_CLOSED
from liveroom.store.live.memory.moments import NEVER

LEASE: Final = milliseconds(SOCKET)
GRACE: Final = milliseconds(SOCKET_CLOSED)


@dataclass(slots=True)
class Lease:
    """One socket's subscription. ``due``: when it is looked at next; ``parted``: it was ended, and vouches still.

    ``entered``: when the user entered the room since they took the newest of their subscriptions; 0: not at all.
    """

    socket: Socket
    expires: int
    due: int = NEVER
    parted: bool = False
    entered: int = 0

    @property
    def is_outlived(self) -> bool:
        """Say whether the user has entered since it was last renewed."""
        return self.entered > 0 and self.entered >= self.expires - LEASE


@dataclass(slots=True)
class Subscribers:
    """All subscriptions of a room. ``going``: members without one any more, and when they are named next."""

    leases: dict[str, Lease] = field(default_factory=dict)
    going: dict[UserId, int] = field(default_factory=dict)
    _clients: dict[UserId, set[str]] = field(default_factory=dict)
    _present: dict[str, Socket] = field(default_factory=dict)
    _sockets: dict[UserId, int] = field(default_factory=dict)

    @property
    def count(self) -> tuple[int, int]:
        """Return how many sockets are present, and of how many users."""
        return len(self._present), len(self._sockets)

    @property
    def crowded(self) -> bool:
        return len(self._sockets) > CROWD

    def has(self, user: UserId) -> bool:
        """Say whether a subscription of the user's vouches."""
        return user in self._clients

    def present(self) -> Iterator[Socket]:
        return iter(self._present.values())

    def join(self, socket: Socket, now: int) -> tuple[Lease, bool]:
        """Begin or renew a socket's lease; say whether the socket was not present before."""
        lease = self.leases.get(socket.client)
        if lease is None:
            lease = self.leases[socket.client] = Lease(socket, now + LEASE)
            self._clients.setdefault(socket.user, set()).add(socket.client)
        lease.expires, lease.parted = now + LEASE, False
        self._note_entered(socket.user, 0)
        self.going.pop(socket.user, None)
        new = socket.client not in self._present
        if new:
            self._present[socket.client] = socket
            self._sockets[socket.user] = self._sockets.get(socket.user, 0) + 1
        return lease, new

    def outlive(self, user: UserId, now: int) -> None:
        """Note that a member has entered later than they listened: the end of what they listened by does not put them
        out.
        """
        self.going.pop(user, None)
        self._note_entered(user, now)
        for client in [client for client in self._clients.get(user, ()) if self.leases[client].parted]:
            self.end(client)

    def _note_entered(self, user: UserId, now: int) -> None:
        for client in self._clients.get(user, ()):
            self.leases[client].entered = now

    def renew(self, client: str, now: int) -> None:
        """Renew a lease that runs, of a socket that is present."""
        lease = self.leases.get(client)
        if lease is not None and lease.expires > now and not lease.parted:
            lease.expires = now + LEASE

    def part(self, client: str, now: int) -> Lease | None:
        """Take a socket off those present; its lease, which this returns, runs for the grace."""
        lease = self.leases.get(client)
        if lease is None or lease.parted:
            return None
        lease.parted, lease.expires = True, min(lease.expires, now + GRACE)
        self._hide(lease.socket)
        return lease

    def _hide(self, socket: Socket) -> None:
        if self._present.pop(socket.client, None) is None:
            return
        self._sockets[socket.user] -= 1
        if not self._sockets[socket.user]:
            del self._sockets[socket.user]

    def end(self, client: str) -> bool:
        """Remove a lease; say whether it was its user's last."""
        socket = self.leases.pop(client).socket
        self._hide(socket)
        clients = self._clients[socket.user]
        clients.discard(client)
        if not clients:
            del self._clients[socket.user]
        return not clients

    def forget(self, user: UserId) -> list[Socket]:
        """Remove all that is known of a user who is no member now; return their sockets that were present."""
        self.going.pop(user, None)
        clients = list(self._clients.get(user, ()))
        sockets = [socket for client in clients if (socket := self._present.get(client)) is not None]
        for client in clients:
            self.end(client)
        return sockets
