"""The seam to a Centrifugo that holds the sockets in place of the service (LIVE.md 8)."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from liveroom.domain.events.model import Position


class News(NamedTuple):
    """One publication. A channel takes each ``key`` once, and of one epoch only higher offsets than it has.

    Offset 0: only the key counts.
    """

    channel: str
    data: bytes
    key: str
    at: Position


class Ending(NamedTuple):
    """A user's subscription that is over."""

    user: str
    channel: str


class UserConnections(NamedTuple):
    """One connection of a user, or ("") all of them."""

    user: str
    client: str = ""


class Broker(Protocol):
    """The broker that holds the sockets. Raises ``ProviderUnavailable``."""

    async def publish(self, news: Sequence[News]) -> None:
        """Publish in this order; what was published before is left out."""

    async def unsubscribe(self, endings: Sequence[Ending]) -> None: ...

    async def disconnect(self, connections: Sequence[UserConnections], code: int, reason: str) -> None: ...

    async def present(self, channel: str) -> Mapping[str, bytes]:
        """Return the connections that are on a channel, each with the JSON that was said of it at its subscription."""

    async def users(self, channel: str) -> frozenset[str]:
        """Return the users who are on a channel."""

    async def newest(self, channel: str) -> Position:
        """Return where the channel's last publication was, by our counting; ("", 0) when there is none."""

    async def listened(self, pattern: str) -> Sequence[str]:
        """Return the channels that somebody is subscribed to."""

    async def position(self, channel: str) -> Position:
        """Return where the channel's publications are, by the broker's own counting."""

    async def forget(self, channel: str) -> None:
        """Delete what was published on a channel."""
