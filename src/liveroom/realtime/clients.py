"""The connections of this process, and whose they are.

Each has its turn in the rounds once it has connected; until then it has a moment to do so.
"""

from collections.abc import Callable, Iterator
from typing import Final

from liveroom.domain.ids import UserId
from liveroom.realtime import codes
from liveroom.realtime.client import Client
from liveroom.realtime.figures import SocketFigures
from liveroom.realtime.rounds import Rounds

FIRST_SECONDS: Final = 10.0
"""How long a client has to connect."""


class Clients:
    """Who is connected. At most ``user_max`` connections are one user's; 0 is unlimited."""

    def __init__(self, *, user_max: int, seconds: Callable[[], float], figures: SocketFigures) -> None:
        self.figures = figures
        self._user_max = user_max
        self._seconds = seconds
        self._all: set[Client] = set()
        self._unauthenticated: dict[Client, float] = {}
        """Those who have not connected yet, in the order of their coming, and until when they may."""
        self._users: dict[UserId, dict[Client, None]] = {}
        """Whose connections they are, in the order of their coming."""
        self._rounds: Rounds[Client] = Rounds()

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Client]:
        return iter(list(self._all))

    def add(self, client: Client) -> None:
        """Take a new connection, which has to connect in time."""
        self._all.add(client)
        self.figures.came()
        self._unauthenticated[client] = self._seconds() + FIRST_SECONDS

    def register(self, client: Client) -> None:
        """Know whose connection it is from now on."""
        self._users.setdefault(client.socket.user, {})[client] = None

    def unregister(self, client: Client) -> None:
        """Forget whose connection it was thought to be."""
        ones = self._users.get(client.socket.user)
        if ones is not None:
            ones.pop(client, None)
            if not ones:
                del self._users[client.socket.user]

    def admit(self, client: Client) -> None:
        """Keep the time of a client that has connected. The user's oldest connection makes room for one too many."""
        self._unauthenticated.pop(client, None)
        client.turn = self._rounds.add(client)
        most = self._user_max
        ones = [one for one in self._users.get(client.socket.user, ()) if one.claims is not None] if most else []
        for one in ones[:-most]:
            one.end(codes.CONNECTION_LIMIT)

    def remove(self, client: Client) -> None:
        """Forget a connection."""
        self._all.discard(client)
        self.figures.went(client.ended)
        self._unauthenticated.pop(client, None)
        self.unregister(client)
        if client.turn >= 0:
            self._rounds.remove(client, client.turn)

    def of(self, user: UserId) -> list[Client]:
        """Return the user's connections."""
        return list(self._users.get(user, ()))

    def listeners(self, user: UserId, channel: str) -> list[Client]:
        """Return the user's connections that are subscribed to a channel."""
        return [client for client in self._users.get(user, ()) if channel in client.channels]

    def turn(self) -> tuple[list[Client], list[Client]]:
        """Go on by a turn; return those whose turn it is, and those who were to answer by now."""
        _, due, late = self._rounds.turn()
        return due, late

    def end_stale(self) -> None:
        """End those who did not connect in time."""
        now = self._seconds()
        while self._unauthenticated:
            client, until = next(iter(self._unauthenticated.items()))
            if until > now:
                break
            client.end(codes.STALE)
