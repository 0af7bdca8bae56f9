"""What the commands of a client do. Each answers, or raises ``Refusal``, or ends the connection."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from msgspec import Raw

from liveroom import __version__
from liveroom.api.user_events import user_state
from liveroom.domain.errors import DeviceRefused, RoomNotFound, TokenExpired, TokenInvalid
from liveroom.domain.events import Socket
from liveroom.domain.sessions import Claims
from liveroom.realtime import codes
from liveroom.realtime.codes import Refusal
from liveroom.realtime.kinds import Channel
from liveroom.realtime.messages import (
    Command,
    ConnectRequest,
    ConnectResult,
    HistoryRequest,
    PresenceRequest,
    PresenceStatsRequest,
    PublishRequest,
    RefreshRequest,
    RefreshResult,
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
from liveroom.realtime.rounds import PERIOD
from liveroom.realtime.rpc import RpcCalls, read_parameters

if TYPE_CHECKING:
    from liveroom.realtime.client import Client
    from liveroom.realtime.hub import Hub

Handler = Callable[["Client", int, Any], Awaitable[None]]
_CHANNEL_MAX: Final = 255


class Commands:
    """Carries out commands."""

    def __init__(self, hub: "Hub", calls: RpcCalls) -> None:
        self._hub = hub
        self._calls = calls
        self._handlers: Mapping[type, Handler] = {
            ConnectRequest: self._connect,
            RefreshRequest: self._refresh,
            SubscribeRequest: self._subscribe,
            SubRefreshRequest: self._sub_refresh,
            UnsubscribeRequest: self._unsubscribe,
            PublishRequest: self._publish,
            PresenceRequest: self._presence,
            PresenceStatsRequest: self._presence_stats,
            HistoryRequest: self._history,
            RPCRequest: self._rpc,
        }

    async def carry_out(self, client: "Client", command: Command) -> None:
        """Do what a command asks. Raises ``Refusal``, ``Unavailable``."""
        request = command.request
        if (client.claims is None) != isinstance(request, ConnectRequest):
            client.end(codes.BAD_FRAME)
            return
        await self._handlers[type(request)](client, command.id, request)

    async def _connect(self, client: "Client", id: int, request: ConnectRequest) -> None:
        token, is_refreshed = request.token, bool(request.token)
        token = token or _token_in(request.data)
        claims = self._identify(client, token)
        if claims is None:
            return
        client.socket = Socket(client.id, claims.user, claims.session)
        hub = self._hub
        hub.register(client)  # before it is asked: a session that ends meanwhile is not missed
        try:
            entries = await hub.sync.connect(client.socket, claims)
        except TokenInvalid:
            client.end(codes.INVALID_TOKEN)
            return
        except DeviceRefused:
            client.end(codes.DEVICE_REFUSED)
            return
        except BaseException:
            hub.unregister(client)
            raise
        if not client.open:
            hub.leases.close(client.socket)
            return
        client.claims, client.token = claims, token
        hub.admit(client)
        state = user_state(claims.user, entries)
        result = ConnectResult(
            client=client.id,
            version=__version__,
            expires=is_refreshed,
            ttl=self._seconds_left(claims) if is_refreshed else 0,
            subs={f"user:{claims.user}": SubscribeResult(data=Raw(state))},
            ping=PERIOD,
            pong=True,
            session=client.opening.session,
            node=hub.node,
        )
        client.reply(Reply(id=id, connect=result))

    async def _refresh(self, client: "Client", id: int, request: RefreshRequest) -> None:
        """Take a newer token of the same session; with one of another login the client connects anew."""
        known = client.claims
        claims = self._identify(client, request.token)
        if claims is None or known is None:
            return
        if claims.user != known.user or claims.tenant != known.tenant:
            client.end(codes.INVALID_TOKEN)
            return
        if claims.session != known.session:
            client.end(codes.RECONNECT)
            return
        try:
            await self._hub.sync.check(claims)
        except TokenInvalid:
            client.end(codes.INVALID_TOKEN)
            return
        client.claims, client.token = claims, request.token
        result = RefreshResult(client=client.id, version=__version__, expires=True, ttl=self._seconds_left(claims))
        client.reply(Reply(id=id, refresh=result))

    def _identify(self, client: "Client", token: str) -> Claims | None:
        """Return what the token says; None when the connection was ended over it."""
        try:
            claims, client.tenant = self._hub.sync.identify(token)
        except TokenExpired:
            raise Refusal(codes.TOKEN_EXPIRED) from None
        except TokenInvalid:
            client.end(codes.INVALID_TOKEN)
            return None
        return claims

    def _seconds_left(self, claims: Claims) -> int:
        left = claims.expires - self._hub.clock.now()
        return max(1, left // timedelta(seconds=1))

    async def _subscribe(self, client: "Client", id: int, request: SubscribeRequest) -> None:
        name = request.channel
        if name in client.channels:
            raise Refusal(codes.ALREADY_SUBSCRIBED)
        if len(client.channels) >= self._hub.limits.channels:
            raise Refusal(codes.LIMIT_EXCEEDED)
        channel = self._find(client, name)

        def answer(result: SubscribeResult) -> None:
            client.channels[name] = channel
            client.reply(Reply(id=id, subscribe=result))

        await channel.subscribe(client, request, answer)

    def _find(self, client: "Client", name: str) -> Channel:
        kind, colon, rest = name.partition(":")
        opener = self._hub.kinds.get(kind) if colon and rest and len(name) <= _CHANNEL_MAX else None
        if opener is None:
            raise Refusal(codes.UNKNOWN_CHANNEL)
        return opener.channel(rest, client)

    async def _unsubscribe(self, client: "Client", id: int, request: UnsubscribeRequest) -> None:
        channel = client.channels.pop(request.channel, None)
        if channel is not None:
            channel.unsubscribe(client)
        client.reply(Reply(id=id, unsubscribe=UnsubscribeResult()))

    async def _sub_refresh(self, client: "Client", id: int, request: SubRefreshRequest) -> None:
        """Subscriptions need no token of their own: whatever comes is enough."""
        _subscribed(client, request.channel)
        client.reply(Reply(id=id, sub_refresh=SubRefreshResult()))

    async def _publish(self, client: "Client", id: int, request: PublishRequest) -> None:
        """Nobody publishes directly: what happens is told by whoever it happens to."""
        raise Refusal(codes.PERMISSION_DENIED)

    async def _presence(self, client: "Client", id: int, request: PresenceRequest) -> None:
        client.reply(Reply(id=id, presence=await _subscribed(client, request.channel).presence()))

    async def _presence_stats(self, client: "Client", id: int, request: PresenceStatsRequest) -> None:
        client.reply(Reply(id=id, presence_stats=await _subscribed(client, request.channel).presence_stats()))

    async def _history(self, client: "Client", id: int, request: HistoryRequest) -> None:
        channel = _subscribed(client, request.channel)
        try:
            result = await channel.history(request)
        except RoomNotFound:
            raise Refusal(codes.UNKNOWN_CHANNEL) from None
        client.reply(Reply(id=id, history=result))

    async def _rpc(self, client: "Client", id: int, request: RPCRequest) -> None:
        body = await self._calls.call(client, f"{client.id}-{id}", request.method, read_parameters(request.data))
        client.reply(Reply(id=id, rpc=RPCResult(data=Raw(body))))


def _subscribed(client: "Client", name: str) -> Channel:
    channel = client.channels.get(name)
    if channel is None:
        raise Refusal(codes.PERMISSION_DENIED)
    return channel


def _token_in(data: Raw) -> str:
    """Return the token that connection data carries, as the SDKs' ``data`` and ``getData`` send it."""
    found = read_parameters(data)
    token = found.get("token") if isinstance(found, dict) else None
    return token if isinstance(token, str) else ""
