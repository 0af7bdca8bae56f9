"""How a connection begins and goes on: by a token, and by a newer one before that expires."""

from dataclasses import dataclass
from datetime import timedelta

from msgspec import Raw

from liveroom import __version__
from liveroom.api.events.users import user_state
from liveroom.domain.accounts.sessions import Claims
from liveroom.domain.errors import DeviceRefused, TokenExpired, TokenInvalid
from liveroom.domain.events.model import Socket
from liveroom.domain.operators.console import is_console_token
from liveroom.ports import Clock
from liveroom.realtime import codes
from liveroom.realtime.client import Client
from liveroom.realtime.clients import Clients
from liveroom.realtime.codes import Refusal
from liveroom.realtime.consoles import Consoles
from liveroom.realtime.leases import SocketLeases
from liveroom.realtime.messages import (
    ConnectRequest,
    ConnectResult,
    RefreshRequest,
    RefreshResult,
    Reply,
    SubscribeResult,
)
from liveroom.realtime.rounds import PERIOD
from liveroom.realtime.rpc import read_parameters
from liveroom.usecases.presence.sockets import Sync


@dataclass(frozen=True, slots=True)
class Connecting:
    """Carries out ``connect`` and ``refresh``. ``node`` is the name of this process."""

    clients: Clients
    sync: Sync
    leases: SocketLeases
    consoles: Consoles
    clock: Clock
    node: str

    async def connect(self, client: Client, id: int, request: ConnectRequest) -> None:
        """Begin the life of a connection, if its token is good. Raises ``Refusal``, ``Unavailable``."""
        token, is_refreshed = request.token, bool(request.token)
        token = token or _token_in(request.data)
        if is_console_token(token):
            await self._connect_operator(client, id, token, is_refreshed)
            return
        claims = self._identify(client, token)
        if claims is None:
            return
        client.socket = Socket(client.id, claims.user, claims.session)
        self.clients.register(client)  # before it is asked: a session that ends meanwhile is not missed
        try:
            entries = await self.sync.connect(client.socket, claims)
        except TokenInvalid:
            client.end(codes.INVALID_TOKEN)
            return
        except DeviceRefused:
            client.end(codes.DEVICE_REFUSED)
            return
        except BaseException:
            self.clients.unregister(client)
            raise
        if not client.open:
            self.leases.close(client.socket)
            return
        client.claims, client.token = claims, token
        self.clients.admit(client)
        subs = {f"user:{claims.user}": SubscribeResult(data=Raw(user_state(claims.user, entries)))}
        self._welcome(client, id, claims, subs, is_refreshed=is_refreshed)

    async def _connect_operator(self, client: Client, id: int, token: str, is_refreshed: bool) -> None:
        claims = await self.consoles.begin(client, token)
        if claims is not None:
            self.clients.admit(client)
            self._welcome(client, id, claims, {}, is_refreshed=is_refreshed)

    def _welcome(
        self, client: Client, id: int, claims: Claims, subs: dict[str, SubscribeResult], *, is_refreshed: bool
    ) -> None:
        result = ConnectResult(
            client=client.id,
            version=__version__,
            expires=is_refreshed,
            ttl=self._seconds_left(claims) if is_refreshed else 0,
            subs=subs,
            ping=PERIOD,
            pong=True,
            session=client.opening.session,
            node=self.node,
        )
        client.reply(Reply(id=id, connect=result))

    async def refresh(self, client: Client, id: int, request: RefreshRequest) -> None:
        """Take a newer token of the same session; with one of another login the client connects anew."""
        known = client.claims
        if client.operator is not None:
            renewed = await self.consoles.renew(client, request.token)
            if renewed is not None:
                self._refreshed(client, id, renewed)
            return
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
            await self.sync.check(claims)
        except TokenInvalid:
            client.end(codes.INVALID_TOKEN)
            return
        client.claims, client.token = claims, request.token
        self._refreshed(client, id, claims)

    def _refreshed(self, client: Client, id: int, claims: Claims) -> None:
        result = RefreshResult(client=client.id, version=__version__, expires=True, ttl=self._seconds_left(claims))
        client.reply(Reply(id=id, refresh=result))

    def _identify(self, client: Client, token: str) -> Claims | None:
        """Return what the token says; None when the connection was ended over it."""
        try:
            claims, client.tenant = self.sync.identify(token)
        except TokenExpired:
            raise Refusal(codes.TOKEN_EXPIRED) from None
        except TokenInvalid:
            client.end(codes.INVALID_TOKEN)
            return None
        return claims

    def _seconds_left(self, claims: Claims) -> int:
        left = claims.expires - self.clock.now()
        return max(1, left // timedelta(seconds=1))


def _token_in(data: Raw) -> str:
    """Return the token that connection data carries, as the SDKs' ``data`` and ``getData`` send it."""
    found = read_parameters(data)
    token = found.get("token") if isinstance(found, dict) else None
    return token if isinstance(token, str) else ""
