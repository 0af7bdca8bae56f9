"""The seam of channels: each kind of channel name (``room:``, ``user:``, ``rooms:``) has one who opens its channels."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from liveroom.realtime.messages import (
    HistoryRequest,
    HistoryResult,
    PresenceResult,
    PresenceStatsResult,
    SubscribeRequest,
    SubscribeResult,
)

if TYPE_CHECKING:
    from liveroom.realtime.client import Client

Answer = Callable[[SubscribeResult], None]


class Channel(Protocol):
    """A channel that clients of this process are, or want to be, subscribed to. Raises ``Refusal``."""

    @property
    def name(self) -> str: ...

    async def subscribe(self, client: "Client", request: SubscribeRequest, answer: Answer) -> None:
        """Subscribe: calls ``answer``, and from then on the client is told what follows."""

    def unsubscribe(self, client: "Client", *, part: bool = True) -> None:
        """End the client's subscription; without ``part`` its signs of life are left to end by themselves."""

    async def presence(self) -> PresenceResult: ...

    async def presence_stats(self) -> PresenceStatsResult: ...

    async def history(self, request: HistoryRequest) -> HistoryResult: ...


class Kind(Protocol):
    """Opens the channels of one kind."""

    def channel(self, rest: str, client: "Client") -> Channel:
        """Return the channel whose name goes on like this after the kind, made anew or as it is. Raises ``Refusal``."""
