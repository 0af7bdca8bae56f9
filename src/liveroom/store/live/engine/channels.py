"""Sharded channels inside the process: what a script publishes is delivered when the script has ended."""

from collections.abc import Callable
from typing import Any, Final

from liveroom.store.live.engine.words import SYNTAX, ReplyError, text

Receive = Callable[[bytes, bytes], None]
"""Takes a channel and a message; nothing may be raised."""


class EngineChannels:
    """Who receives what is published on which channel."""

    __slots__ = ("_receivers", "_waiting")

    def __init__(self) -> None:
        self._receivers: Final[dict[bytes, list[Receive]]] = {}
        self._waiting: list[tuple[bytes, bytes]] = []

    def subscribe(self, channel: bytes, receive: Receive) -> None:
        """Let messages on the channel be received from now on."""
        self._receivers.setdefault(channel, []).append(receive)

    def unsubscribe(self, channel: bytes, receive: Receive) -> None:
        """End a subscription."""
        receivers = self._receivers[channel]
        receivers.remove(receive)
        if not receivers:
            del self._receivers[channel]

    def deliver(self) -> None:
        """Hand over what was published, in this order; what is published meanwhile comes after it."""
        while self._waiting:
            waiting, self._waiting = self._waiting, []
            for channel, message in waiting:
                for receive in tuple(self._receivers.get(channel, ())):
                    receive(channel, message)

    # --- commands --------------------------------------------------------------------------------------------------

    def spublish(self, channel: bytes, message: Any) -> int:
        """SPUBLISH: return how many receive the message."""
        receivers = self._receivers.get(channel)
        if receivers is None:
            return 0
        self._waiting.append((channel, text(message)))
        return len(receivers)

    def pubsub(self, what: Any, *channels: bytes) -> tuple[bytes | int, ...]:
        """PUBSUB SHARDNUMSUB: return each channel and how many receive what is published on it."""
        if what != b"SHARDNUMSUB":
            raise ReplyError(SYNTAX)
        return tuple([word for channel in channels for word in (channel, len(self._receivers.get(channel, ())))])
