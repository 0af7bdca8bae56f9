"""What the commands of a client do. Each answers, or raises ``Refusal``, or ends the connection."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from msgspec import Raw

from liveroom.domain.errors import RoomNotFound
from liveroom.realtime import codes
from liveroom.realtime.client import Client
from liveroom.realtime.codes import Refusal
from liveroom.realtime.connecting import Connecting
from liveroom.realtime.kinds import Channel, Kind
from liveroom.realtime.messages import (
    Command,
    ConnectRequest,
    HistoryRequest,
    PresenceRequest,
    PresenceStatsRequest,
    PublishRequest,
    RefreshRequest,
    Reply,
    RPCRequest,
    RPCResult,
    SubRefreshRequest,
    SubRefreshResult,
    SubscribeRequest,
    SubscribeResult,
    UnsubscribeRequest,
    UnsubscribeResult,
)
from liveroom.realtime.rpc import RpcCalls, read_parameters

Handler = Callable[[Client, int, Any], Awaitable[None]]
_CHANNEL_MAX: Final = 255
_FOR_OPERATORS: Final = frozenset(("console", "room"))
"""Kinds of channels that an operator's connection may listen to."""


class Commands:
    """Carries out commands. ``kinds`` opens channels, of which a connection may be subscribed to ``channels_max``."""

    def __init__(
        self, connecting: Connecting, kinds: Mapping[str, Kind], calls: RpcCalls, *, channels_max: int
    ) -> None:
        self._kinds = kinds
        self._calls = calls
        self._channels_max = channels_max
        self._handlers: Mapping[type, Handler] = {
            ConnectRequest: connecting.connect,
            RefreshRequest: connecting.refresh,
            SubscribeRequest: self._subscribe,
            SubRefreshRequest: self._sub_refresh,
            UnsubscribeRequest: self._unsubscribe,
            PublishRequest: self._publish,
            PresenceRequest: self._presence,
            PresenceStatsRequest: self._presence_stats,
            HistoryRequest: self._history,
            RPCRequest: self._rpc,
        }

    async def carry_out(self, client: Client, command: Command) -> None:
        """Do what a command asks. Raises ``Refusal``, ``Unavailable``."""
        request = command.request
        if (client.claims is None) != isinstance(request, ConnectRequest):
            client.end(codes.BAD_FRAME)
            return
        await self._handlers[type(request)](client, command.id, request)

    async def _subscribe(self, client: Client, id: int, request: SubscribeRequest) -> None:
        name = request.channel
        if name in client.channels:
            raise Refusal(codes.ALREADY_SUBSCRIBED)
        if len(client.channels) >= self._channels_max:
            raise Refusal(codes.LIMIT_EXCEEDED)
        channel = self._find(client, name)

        def answer(result: SubscribeResult) -> None:
            client.channels[name] = channel
            client.reply(Reply(id=id, subscribe=result))

        await channel.subscribe(client, request, answer)

    def _find(self, client: Client, name: str) -> Channel:
        kind, colon, rest = name.partition(":")
        opener = self._kinds.get(kind) if colon and rest and len(name) <= _CHANNEL_MAX else None
        if client.operator is not None and kind not in _FOR_OPERATORS:
            raise Refusal(codes.PERMISSION_DENIED)
        if opener is None:
            raise Refusal(codes.UNKNOWN_CHANNEL)
        return opener.channel(rest, client)

    async def _unsubscribe(self, client: Client, id: int, request: UnsubscribeRequest) -> None:
        channel = client.channels.pop(request.channel, None)
        if channel is not None:
            channel.unsubscribe(client)
        client.reply(Reply(id=id, unsubscribe=UnsubscribeResult()))

    async def _sub_refresh(self, client: Client, id: int, request: SubRefreshRequest) -> None:
        """Subscriptions need no token of their own: whatever comes is enough."""
        _subscribed(client, request.channel)
        client.reply(Reply(id=id, sub_refresh=SubRefreshResult()))

    async def _publish(self, client: Client, id: int, request: PublishRequest) -> None:
        """Nobody publishes directly: what happens is told by whoever it happens to."""
        raise Refusal(codes.PERMISSION_DENIED)

    async def _presence(self, client: Client, id: int, request: PresenceRequest) -> None:
        client.reply(Reply(id=id, presence=await _subscribed(client, request.channel).presence()))

    async def _presence_stats(self, client: Client, id: int, request: PresenceStatsRequest) -> None:
        client.reply(Reply(id=id, presence_stats=await _subscribed(client, request.channel).presence_stats()))

    async def _history(self, client: Client, id: int, request: HistoryRequest) -> None:
        channel = _subscribed(client, request.channel)
        try:
            result = await channel.history(request)
        except RoomNotFound:
            raise Refusal(codes.UNKNOWN_CHANNEL) from None
        client.reply(Reply(id=id, history=result))

    async def _rpc(self, client: Client, id: int, request: RPCRequest) -> None:
        if client.operator is not None:
            raise Refusal(codes.PERMISSION_DENIED)  # they call over HTTP, where each call is in the audit
        body = await self._calls.call(client, f"{client.id}-{id}", request.method, read_parameters(request.data))
        client.reply(Reply(id=id, rpc=RPCResult(data=Raw(body))))


def _subscribed(client: Client, name: str) -> Channel:
    channel = client.channels.get(name)
    if channel is None:
        raise Refusal(codes.PERMISSION_DENIED)
    return channel
