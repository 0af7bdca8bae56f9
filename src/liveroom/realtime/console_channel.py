"""``console:`` channels: what operators are told, of their tenant or of the installation, or each for themselves.

None has a position: each publication stands for itself, and a subscription begins with how things are.
"""

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Final

import structlog
from msgspec import Raw

from liveroom.domain.errors import Unavailable
from liveroom.domain.operators.console import EVERYWHERE, LOOKS_IN, SEES_OVERVIEW, SEES_REPORTS, ConsoleGrant
from liveroom.ports.forwarding import Forwarding
from liveroom.realtime import codes
from liveroom.realtime.batch_writer import BatchWriter
from liveroom.realtime.codes import Refusal
from liveroom.realtime.framing import Framing
from liveroom.realtime.kinds import Answer, Subscriber
from liveroom.realtime.messages import (
    HistoryRequest,
    HistoryResult,
    PresenceResult,
    PresenceStatsResult,
    PublicationPush,
    Push,
    Reply,
    SubscribeRequest,
    SubscribeResult,
)
from liveroom.usecases.operators.announcing import APPEALS, INSTALLATION, OVERVIEW, REPORTS, TOPIC, WATCH, read_scope

log = structlog.get_logger("liveroom.console")

State = Callable[[str], Awaitable[bytes]]
"""Returns with what a subscription of this scope begins, as JSON. Raises ``Unavailable``."""
SILENT: Final = 3.0
"""Seconds without an overview after which a process tells its operators what it knows by itself."""
_NEEDED: Final = {OVERVIEW: SEES_OVERVIEW, REPORTS: SEES_REPORTS, APPEALS: SEES_REPORTS, WATCH: LOOKS_IN}


class ConsoleChannel:
    """One channel and scope that operators of this process listen to."""

    def __init__(self, channels: "ConsoleChannels", channel: str, scope: str) -> None:
        self.name = f"console:{channel}"
        self.channel, self.scope = channel, scope
        self._channels = channels
        self._listeners: dict[Subscriber, None] = {}
        self._joining = 0
        self._early: list[bytes] = []
        """Told while somebody is about to begin: the state that they are given may be older."""

    async def subscribe(self, subscriber: Subscriber, request: SubscribeRequest, answer: Answer) -> None:
        self._joining += 1
        told = len(self._early)
        try:
            state = await self._channels.states[self.channel](self.scope)
            if subscriber.open:
                answer(SubscribeResult(data=Raw(state)))
                self._listeners[subscriber] = None
                for data in self._early[told:]:
                    self._channels.writer.reply(subscriber, self._encode(subscriber.framing, data))
        finally:
            self._joining -= 1
            if not self._joining:
                self._early.clear()
                self._end_if_empty()

    def unsubscribe(self, subscriber: Subscriber, *, part: bool = True) -> None:
        self._listeners.pop(subscriber, None)
        self._end_if_empty()

    async def presence(self) -> PresenceResult:
        raise Refusal(codes.NOT_AVAILABLE)

    async def presence_stats(self) -> PresenceStatsResult:
        raise Refusal(codes.NOT_AVAILABLE)

    async def history(self, request: HistoryRequest) -> HistoryResult:
        raise Refusal(codes.NOT_AVAILABLE)

    def publish(self, data: bytes) -> None:
        """Tell all who listen."""
        if self._joining:
            self._early.append(data)
        by_framing: dict[Framing, list[Subscriber]] = {}
        for listener in self._listeners:
            by_framing.setdefault(listener.framing, []).append(listener)
        for framing, listeners in by_framing.items():
            self._channels.writer.send(listeners, self._encode(framing, data))

    def _encode(self, framing: Framing, data: bytes) -> bytes:
        return framing.encode(Reply(push=Push(channel=self.name, pub=PublicationPush(data=Raw(data)))))

    def _end_if_empty(self) -> None:
        if not self._listeners and not self._joining:
            self._channels.ended(self)


class ConsoleChannels:
    """The console's channels in this process. ``states`` are what subscriptions begin with, by channel.

    ``watch`` is told every second of which scopes somebody here sees the overview.
    """

    def __init__(
        self,
        forwarding: Forwarding,
        writer: BatchWriter,
        states: Mapping[str, State],
        watch: Callable[[Iterable[str]], Awaitable[None]],
        *,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._forwarding = forwarding
        self.writer = writer
        self.states = states
        self._watch = watch
        self._seconds = seconds
        self._open: dict[tuple[str, str], ConsoleChannel] = {}
        self._received_at: dict[str, float] = {}
        """When the overview of a scope was told last, or began to be waited for."""

    async def listen(self) -> None:
        """Receive news from now on; listening twice is listening once."""
        await self._forwarding.listen(TOPIC, self.received)

    async def look(self) -> None:
        """Hear of news, and say who watches. Where nobody tells the overview, tell what this process knows itself."""
        scopes = self.scopes(OVERVIEW)
        self._received_at = {scope: self._received_at.get(scope, self._seconds()) for scope in scopes}
        try:
            await self.listen()
            if scopes:
                await self._watch(scopes)
        except Unavailable as failure:
            log.debug("console.deaf", cause=repr(failure.__cause__ or failure))
        for scope, received_at in list(self._received_at.items()):
            if self._seconds() - received_at >= SILENT:
                self.received(f"{OVERVIEW}/{scope}", await self.states[OVERVIEW](scope))
                self._received_at[scope] = received_at

    def channel(self, rest: str, subscriber: Subscriber) -> ConsoleChannel:
        grant = subscriber.operator
        if grant is None or rest not in self.states:
            raise Refusal(codes.UNKNOWN_CHANNEL)
        if not grant.may(_NEEDED[rest]):
            raise Refusal(codes.PERMISSION_DENIED)
        scope = _scope(rest, grant)
        return self._open.setdefault((rest, scope), ConsoleChannel(self, rest, scope))

    def ended(self, channel: ConsoleChannel) -> None:
        """Forget a channel that nobody listens to any more."""
        key = (channel.channel, channel.scope)
        if self._open.get(key) is channel:
            del self._open[key]

    def received(self, name: str, data: bytes) -> None:
        """Hand news to those of this process whom it is for."""
        channel = self._open.get(read_scope(name))
        if channel is not None:
            if channel.channel == OVERVIEW:
                self._received_at[channel.scope] = self._seconds()
            channel.publish(data)

    def scopes(self, channel: str) -> frozenset[str]:
        """Return of which scopes somebody here listens to a channel."""
        return frozenset(scope for name, scope in self._open if name == channel)


def _scope(channel: str, grant: ConsoleGrant) -> str:
    """Return what of a channel its listener hears."""
    if channel == WATCH:
        return grant.actor
    return INSTALLATION if channel == OVERVIEW and grant.may(EVERYWHERE) else grant.tenant
