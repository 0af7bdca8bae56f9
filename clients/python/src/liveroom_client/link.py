"""The socket of one session: it connects, comes back by itself, and passes on what its channels tell.

Over centrifuge-python, which reconnects, recovers what was missed and keeps the order. That SDK stops for good when a
handler raises, so nothing here may.
"""

import logging
from collections.abc import Callable
from typing import Any, Final, Protocol

from centrifuge import (  # type: ignore[import-untyped]
    Client,
    ClientEventHandler,
    Subscription,
    SubscriptionEventHandler,
)

REMOVED: Final = 2000
"""The user is no longer a member of the room."""
CLOSED: Final = 2001
"""The room is closed."""
NO_MEMBER: Final = frozenset((102, 103))
"""Only members may subscribe; a room that keeps itself from others does not exist for them."""
_CONNECT_CALLED: Final = 0
_RECONNECT: Final = {"min_reconnect_delay": 0.2, "max_reconnect_delay": 5.0}
_RESUBSCRIBE: Final = {"min_resubscribe_delay": 0.2, "max_resubscribe_delay": 5.0}

logger = logging.getLogger("liveroom_client")


class Follower(Protocol):
    """Whoever follows a channel."""

    def state_came(self, snapshot: Any) -> None:
        """Take a state in place of everything known."""

    def news_came(self, publication: Any) -> None:
        """Take a publication, the next in order."""

    def lost(self, code: int) -> None:
        """Hear that the subscription has ended and does not come back by itself."""


class LinkEvents(Protocol):
    """Whoever owns the socket."""

    def connection(self, *, connected: bool) -> None:
        """Hear that the socket is connected, or trying to come back."""

    def personal(self, event: Any) -> None:
        """Take an event of the user's own channel."""

    def over(self, code: int, reason: str) -> None:
        """Hear that the socket was closed for good."""


class Link:
    """One socket. ``data`` is sent at each connect: change its ``token`` in place when there is a newer one."""

    def __init__(self, address: str, data: dict[str, Any], events: LinkEvents) -> None:
        self._client: Any = Client(address, _ClientHandler(events), data=data, **_RECONNECT)

    async def open(self) -> None:
        """Begin to connect; whether it is connected is told to the owner."""
        await self._client.connect()

    async def close(self) -> None:
        """End the socket for good."""
        await self._client.disconnect()

    async def follow(self, channel: str, follower: Follower) -> "Following":
        """Subscribe to a channel, in place of whoever has followed it until now."""
        if (former := self._client.get_subscription(channel)) is not None:
            await Following(self._client, former).stop()
        subscription = self._client.new_subscription(channel, _SubscriptionHandler(follower), **_RESUBSCRIBE)
        await subscription.subscribe()
        return Following(self._client, subscription)


class Following:
    """One subscription."""

    def __init__(self, client: Any, subscription: Subscription) -> None:
        self._client = client
        self._subscription: Any = subscription

    async def again(self) -> None:
        """Subscribe again after it was lost; what was missed is recovered if possible."""
        await self._subscription.subscribe()

    async def stop(self) -> None:
        """Unsubscribe, and hear nothing more."""
        self._subscription.events = SubscriptionEventHandler()
        await self._subscription.unsubscribe()
        self._client.remove_subscription(self._subscription)


class _ClientHandler(ClientEventHandler):  # type: ignore[misc]
    def __init__(self, events: LinkEvents) -> None:
        self._events = events

    async def on_connected(self, ctx: Any) -> None:
        del ctx
        _safely(lambda: self._events.connection(connected=True))

    async def on_connecting(self, ctx: Any) -> None:
        if ctx.code != _CONNECT_CALLED:
            _safely(lambda: self._events.connection(connected=False))

    async def on_disconnected(self, ctx: Any) -> None:
        _safely(lambda: self._events.over(int(ctx.code), str(ctx.reason)))

    async def on_publication(self, ctx: Any) -> None:
        _safely(lambda: self._events.personal(ctx.pub.data))


class _SubscriptionHandler(SubscriptionEventHandler):  # type: ignore[misc]
    def __init__(self, follower: Follower) -> None:
        self._follower = follower

    async def on_subscribed(self, ctx: Any) -> None:
        if ctx.data:
            _safely(lambda: self._follower.state_came(ctx.data))

    async def on_publication(self, ctx: Any) -> None:
        _safely(lambda: self._follower.news_came(ctx.pub.data))

    async def on_unsubscribed(self, ctx: Any) -> None:
        _safely(lambda: self._follower.lost(int(ctx.code)))


def _safely(told: Callable[[], None]) -> None:
    try:
        told()
    except Exception:
        logger.exception("what the socket told could not be taken")
