"""Sharded pub/sub: the channels that this process listens to, each on a connection to the node that has its slot.

When a connection is lost or a slot moves, the channels are subscribed to anew where they are now, and whoever listens
is told that it may have missed something.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final, Protocol

import structlog

from liveroom import deadlines
from liveroom.domain.errors import LiveUnavailable
from liveroom.store.live.redis.calls import TOTAL, ScriptCaller
from liveroom.store.live.redis.lines import ChannelLine
from liveroom.store.live.redis.servers import Server
from liveroom.store.live.redis.wire import Disconnected

log = structlog.get_logger("liveroom.redis")

_PAUSE: Final = 0.1
"""Seconds between two attempts."""


class ChannelListener(Protocol):
    """The listener of a channel. Called in the loop; nothing may be raised."""

    def received(self, channel: bytes, message: bytes) -> None: ...
    def doubtful(self, channels: Sequence[bytes]) -> None:
        """Messages on these channels may have been missed."""


class _Subscription:
    """One channel. ``line``: where it was asked for; ``standing``: the node has confirmed it."""

    __slots__ = ("confirmed", "line", "listener", "missed", "standing")

    def __init__(self, listener: ChannelListener, confirmed: "asyncio.Future[None]") -> None:
        self.listener = listener
        self.confirmed = confirmed
        self.line: ChannelLine | None = None
        self.standing = False
        self.missed = False


class Listening:
    """All channels of this process."""

    def __init__(self, caller: ScriptCaller) -> None:
        self._caller = caller
        self._loop = asyncio.get_running_loop()
        self._wanted: dict[bytes, _Subscription] = {}
        self._lines: dict[Server, ChannelLine] = {}
        self._connecting: dict[Server, asyncio.Task[None]] = {}
        self._looking: asyncio.Task[None] | None = None
        self._closed = False

    async def subscribe(self, channel: bytes, listener: ChannelListener) -> None:
        """Receive the channel from now on; raises ``LiveUnavailable`` when its node does not confirm that in time."""
        subscription = self._wanted.get(channel)
        if subscription is None:
            subscription = self._wanted[channel] = _Subscription(listener, self._loop.create_future())
            self._place([channel])
        await asyncio.wait({subscription.confirmed}, timeout=deadlines.time_left(TOTAL))
        if not subscription.confirmed.done() or self._wanted.get(channel) is not subscription:
            self.unsubscribe(channel)
            raise LiveUnavailable("Redis: a channel could not be subscribed to")

    def unsubscribe(self, channel: bytes) -> None:
        """Receive the channel no more."""
        subscription = self._wanted.pop(channel, None)
        if subscription is None:
            return
        if not subscription.confirmed.done():
            subscription.confirmed.set_result(None)
        if subscription.line is not None:
            subscription.line.unsubscribe(channel)

    async def close(self) -> None:
        """Hang up."""
        self._closed = True
        tasks = [*self._connecting.values(), *([self._looking] if self._looking else [])]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        for line in list(self._lines.values()):
            line.abort()
        for channel in list(self._wanted):
            self.unsubscribe(channel)

    # --- where channels are ----------------------------------------------------------------------------------------

    def _place(self, channels: Iterable[bytes]) -> None:
        """Ask the nodes for channels; those whose node is not known, or not connected, are asked for later."""
        asked: dict[ChannelLine, list[bytes]] = {}
        for channel in channels:
            subscription = self._wanted.get(channel)
            if subscription is None or subscription.line is not None or self._closed:
                continue
            subscription.line = self._line_of(channel)
            if subscription.line is not None:
                asked.setdefault(subscription.line, []).append(channel)
        for line, some in asked.items():
            line.subscribe(some)

    def _line_of(self, channel: bytes) -> ChannelLine | None:
        """Return the connection to a channel's node; without one, let it be made."""
        try:
            server = self._caller.server(channel)
        except Disconnected:
            self._look_again()
            return None
        if server not in self._lines and server not in self._connecting:
            self._connecting[server] = deadlines.spawn(self._connect(server))
        return self._lines.get(server)

    async def _connect(self, server: Server) -> None:
        try:
            wire = await server.dedicated()
            line = ChannelLine(self, wire.silence)
            wire.hand_over(line)
            self._lines[server] = line
        except Disconnected as error:
            log.debug("redis.not_listening", cause=str(error))
        except Exception:
            log.exception("redis.listening_failed")
        finally:
            del self._connecting[server]
        if server in self._lines:
            self._place(list(self._wanted))
        else:
            self._look_again()

    def _look_again(self) -> None:
        """Find out who has what, then place what has no place yet."""
        if self._looking is None and not self._closed:
            self._looking = deadlines.spawn(self._look())

    async def _look(self) -> None:
        await asyncio.sleep(_PAUSE)
        try:
            await self._caller.find_out()
        except Disconnected as error:
            log.debug("redis.topology_unknown", cause=str(error))
        self._looking = None
        self._place(list(self._wanted))

    # --- what lines say (lines.Listener) ---------------------------------------------------------------------------

    def received(self, channel: bytes, message: bytes) -> None:
        subscription = self._wanted.get(channel)
        if subscription is not None:
            subscription.listener.received(channel, message)

    def confirmed(self, line: ChannelLine, channels: Sequence[bytes]) -> None:
        doubts: dict[ChannelListener, list[bytes]] = {}
        for channel in channels:
            subscription = self._wanted.get(channel)
            if subscription is None or subscription.line is not line:
                continue
            subscription.standing = True
            if not subscription.confirmed.done():
                subscription.confirmed.set_result(None)
            if subscription.missed:
                subscription.missed = False
                doubts.setdefault(subscription.listener, []).append(channel)
        for listener, missed in doubts.items():
            listener.doubtful(missed)

    def refused(self, line: ChannelLine, channels: Sequence[bytes]) -> None:
        for channel in channels:
            subscription = self._wanted.get(channel)
            if subscription is not None and subscription.line is line:
                subscription.line = None
                subscription.missed = subscription.missed or subscription.standing
                subscription.standing = False
        self._look_again()

    def lost(self, line: ChannelLine) -> None:
        for server, other in list(self._lines.items()):
            if other is line:
                del self._lines[server]
        channels = [channel for channel, subscription in self._wanted.items() if subscription.line is line]
        if channels and not self._closed:
            log.warning("redis.channels_lost", channels=len(channels))
            self.refused(line, channels)
