"""Sharded channels inside the process: what a script publishes is delivered when the script has ended."""

from collections.abc import Callable
from typing import Any, Final

Receive = Callable[[bytes, bytes], None]
"""Takes a channel and a message; nothing may be raised."""
Deliver = Callable[[], None]


class EngineChannels:
    """Who receives what is published on which channel."""

    __slots__ = ("_count", "_receivers", "_take")

    def __init__(self) -> None:
        self._receivers: Final[dict[bytes, list[Receive]]] = {}
        self._count: Callable[[bytes, int], None]
        self._take: Callable[[], Any]

    def stand_on(self, count: Callable[[bytes, int], None], take: Callable[[], Any]) -> None:
        """Tell Lua of receivers with ``count``, and ``take`` from it what is published."""
        self._count, self._take = count, take

    def subscribe(self, channel: bytes, receive: Receive) -> None:
        """Let messages on the channel be received from now on."""
        self._receivers.setdefault(channel, []).append(receive)
        self._count(channel, 1)

    def unsubscribe(self, channel: bytes, receive: Receive) -> None:
        """End a subscription."""
        receivers = self._receivers[channel]
        receivers.remove(receive)
        self._count(channel, -1)
        if not receivers:
            del self._receivers[channel]

    def follow(self, stream: bytes, receive: Receive) -> None:
        """Let what is appended to a stream be received."""
        self._receivers[stream] = [receive]

    def deliver(self) -> None:
        """Hand over what was published, in this order; what is published meanwhile comes after it."""
        while published := self._take():
            for channel, message in zip(published[::2], published[1::2], strict=True):
                for receive in tuple(self._receivers.get(channel, ())):
                    receive(channel, message)
