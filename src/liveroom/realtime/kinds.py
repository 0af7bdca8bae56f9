"""The seam of channels: who subscribes, to what, and who opens channels.

Each kind of channel name (``room:``, ``user:``, ``rooms:``, ``console:``) has one who opens its channels.
"""

from collections.abc import Callable
from typing import Final, Protocol

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.events.model import Socket
from liveroom.domain.ids import DEFAULT_TENANT, SessionId, TenantName, UserId
from liveroom.domain.operators.console import ConsoleGrant
from liveroom.domain.tenants.model import Tenant
from liveroom.realtime.framing import Framing, Opening, Transport
from liveroom.realtime.messages import (
    HistoryRequest,
    HistoryResult,
    PresenceResult,
    PresenceStatsResult,
    SubscribeRequest,
    SubscribeResult,
)
from liveroom.realtime.pending import Connection

Answer = Callable[[SubscribeResult], None]
NOBODY: Final = Socket("", UserId(""), SessionId(""))


class Subscriber(Connection):
    """A connection with a user behind it, who is ``NOBODY`` until it is known."""

    __slots__ = ("channels", "opening", "operator", "socket", "tenant")

    def __init__(self, transport: Transport, framing: Framing, opening: Opening) -> None:
        super().__init__(transport, framing)
        self.opening = opening
        self.socket = NOBODY
        self.tenant: Tenant | None = None
        self.operator: ConsoleGrant | None = None
        """What an operator may listen to, whose connection has no user."""
        self.channels: dict[str, Channel] = {}
        """What it is subscribed to, by name."""

    @property
    def tenant_name(self) -> TenantName:
        """Return whose channels it may subscribe to."""
        return self.tenant.name if self.tenant is not None else DEFAULT_TENANT

    def actor(self) -> Actor:
        """Return who its user is."""
        tenant = self.tenant or Tenant(DEFAULT_TENANT)
        return Actor(self.socket.user, self.socket.session, tenant, by_socket=True, address=self.opening.address)


class Channel(Protocol):
    """A channel that connections of this process are, or want to be, subscribed to. Raises ``Refusal``."""

    @property
    def name(self) -> str: ...

    async def subscribe(self, subscriber: Subscriber, request: SubscribeRequest, answer: Answer) -> None:
        """Subscribe: calls ``answer``, and from then on the subscriber is told what follows."""

    def unsubscribe(self, subscriber: Subscriber, *, part: bool = True) -> None:
        """End a subscription; without ``part`` its signs of life are left to end by themselves."""

    async def presence(self) -> PresenceResult: ...

    async def presence_stats(self) -> PresenceStatsResult: ...

    async def history(self, request: HistoryRequest) -> HistoryResult: ...


class Kind(Protocol):
    """Opens the channels of one kind."""

    def channel(self, rest: str, subscriber: Subscriber) -> Channel:
        """Return the channel whose name goes on like this after the kind, made anew or as it is. Raises ``Refusal``."""
