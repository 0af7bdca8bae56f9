"""Answers what a Centrifugo in front asks about its connections (LIVE.md 8): may they come, stay, listen; and calls.

It sends no hook when a connection is gone: each refresh is the connection's sign of life, and the lease ends without.
What is asked carries, as ``meta``, the token that the connection came with.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
import structlog
from msgspec import Raw

from liveroom import deadlines
from liveroom.api.events.rooms import room_state
from liveroom.api.events.users import user_state
from liveroom.domain.accounts.sessions import Actor, Claims
from liveroom.domain.errors import DeviceRefused, LiveUnavailable, NotInRoom, RoomNotFound, TokenExpired, TokenInvalid
from liveroom.domain.events.model import Socket
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.rooms.feeds import read_channel
from liveroom.domain.tenants.model import Tenant
from liveroom.ports import Broker, Clock, Ending, Live
from liveroom.realtime import codes
from liveroom.realtime.broker_sessions import connection_info
from liveroom.realtime.codes import End
from liveroom.realtime.framing import Opening
from liveroom.realtime.list_relay import ListRelay, TooManyLists
from liveroom.realtime.messages import NO_DATA, Error
from liveroom.realtime.relays import BrokerRelay
from liveroom.realtime.rpc import RpcCalls, read_parameters
from liveroom.realtime.tasks import Tasks
from liveroom.usecases.presence.sockets import Sync

log = structlog.get_logger("liveroom.centrifugo")

REFRESH: Final = timedelta(seconds=25)
"""How often a connection is asked about: as often as a socket of our own is renewed."""
TOGETHER: Final = 0.01
"""Seconds for which refreshes wait for others: one that renews 80 leases costs as much as one that renews two."""
SECOND_LOOK: Final = 1.0
"""Seconds after which it is looked whether a subscriber is a member still: Centrifugo joins them after our answer."""
_STATE: Final = frozenset(("rooms/state", "base/v1/rooms/state"))
_PUSHES: Final = {"force_push_join_leave": {"value": True}}
_encode: Final = msgspec.json.Encoder().encode


class Meta(msgspec.Struct):
    """What Centrifugo keeps with a connection and shows to nobody else."""

    token: str = ""


class Question(msgspec.Struct):
    """What is asked: the fields of the connect, refresh, subscribe and rpc proxies."""

    client: str
    user: str = ""
    channel: str = ""
    method: str = ""
    data: Raw = NO_DATA
    meta: Meta = msgspec.field(default_factory=Meta)


_read: Final = msgspec.json.Decoder(Question).decode


class ProxiedCaller:
    """Whose call it is, for ``RpcCalls``."""

    def __init__(self, opening: Opening, token: str, tenant: Tenant | None) -> None:
        self.opening = opening
        self.token = token
        self.tenant = tenant


class Proxied:
    """Answers each question with the JSON that Centrifugo's proxies expect. Raises ``Unavailable``, ``ValueError``."""

    def __init__(
        self,
        live: Live,
        sync: Sync,
        calls: RpcCalls,
        broker: Broker,
        clock: Clock,
        relay: BrokerRelay,
        lists: ListRelay,
    ) -> None:
        self._live = live
        self._sync = sync
        self._calls = calls
        self._broker = broker
        self._clock = clock
        self._relay = relay
        self._lists = lists
        self._renewed: list[Socket] = []
        self._renewal: asyncio.Task[frozenset[Socket]] | None = None
        self._tasks = Tasks()

    async def connect(self, body: bytes, opening: Opening) -> bytes:
        """Let a connection in, subscribed to its user's own channel."""
        asked = _read(body)
        token = _token_in(asked.data)
        try:
            claims, _ = self._sync.identify(token)
            entries = await self._sync.connect(Socket(asked.client, claims.user, claims.session), claims)
        except TokenExpired:
            return _error(codes.TOKEN_EXPIRED)
        except TokenInvalid:
            return _end(codes.INVALID_TOKEN)
        except DeviceRefused:
            return _end(codes.DEVICE_REFUSED)
        own = {"data": Raw(user_state(claims.user, entries)), "info": connection_info(claims)}
        result = {
            "user": claims.user,
            "expire_at": self._next_look(claims),
            "subs": {f"user:{claims.user}": own},
            "meta": {"token": token},
        }
        return _result(result)

    async def refresh(self, body: bytes, opening: Opening) -> bytes:
        """Take the sign of life of a connection. One whose session is over is ended, and refused when it comes back."""
        asked = _read(body)
        try:
            claims, _ = self._sync.identify(asked.meta.token)
        except (TokenExpired, TokenInvalid):
            return _result({"expired": True})
        socket = Socket(asked.client, claims.user, claims.session)
        if socket in await self._renew(socket):
            return _result({"expired": True})
        return _result({"expire_at": self._next_look(claims)})

    async def _renew(self, socket: Socket) -> frozenset[Socket]:
        """Renew a lease together with those that come at the same moment; return which sessions have ended."""
        self._renewed.append(socket)
        if self._renewal is None:
            self._renewal = deadlines.spawn(self._renew_together())
        return await deadlines.join(self._renewal, LiveUnavailable)

    async def _renew_together(self) -> frozenset[Socket]:
        await asyncio.sleep(TOGETHER)
        sockets, self._renewed, self._renewal = self._renewed, [], None
        return frozenset(await self._live.sockets.renew(sockets))

    async def subscribe(self, body: bytes, opening: Opening) -> bytes:
        """Let a client listen; the answer carries what there is to know at the beginning."""
        asked = _read(body)
        try:
            claims, tenant = self._sync.identify(asked.meta.token)
            await self._sync.check(claims)
        except (TokenExpired, TokenInvalid):
            return _end(codes.INVALID_TOKEN)
        kind, _, rest = asked.channel.partition(":")
        if kind == "room" and rest:
            actor = Actor(claims.user, claims.session, tenant, by_socket=True, address=opening.address)
            return await self._subscribe_room(RoomId(rest), actor, asked)
        if kind == "rooms":
            return await self._subscribe_list(asked.channel, tenant)
        return _error(codes.PERMISSION_DENIED if kind == "user" else codes.UNKNOWN_CHANNEL)

    async def _subscribe_room(self, room: RoomId, actor: Actor, asked: Question) -> bytes:
        try:
            state = await self._sync.state(actor, room)
        except (RoomNotFound, NotInRoom) as failure:
            return _error(codes.error_of(await self._sync.refusal(actor, room, failure)))
        await self._relay.notice(room)
        self._tasks.spawn(self._look_again(room, actor.user))
        data = {"data": Raw(room_state(state))}
        return _result({**data, "override": _PUSHES} if _asks_for_joins(asked.data) else data)

    async def _subscribe_list(self, name: str, tenant: Tenant) -> bytes:
        feed = read_channel(name)
        if feed is None:
            return _error(codes.UNKNOWN_CHANNEL)
        if feed.tenant != tenant.name:
            return _error(codes.PERMISSION_DENIED)
        try:
            return _result({"data": Raw(await self._lists.state(feed))})
        except TooManyLists:
            return _error(codes.LIMIT_EXCEEDED)

    async def rpc(self, body: bytes, opening: Opening) -> bytes:
        """Call a method; the answer is the envelope, whatever happens."""
        asked = _read(body)
        token = asked.meta.token
        try:
            tenant = self._sync.identify(token)[1]
        except (TokenExpired, TokenInvalid):
            tenant = None
        caller = ProxiedCaller(opening, token, tenant)
        params = read_parameters(asked.data)
        if asked.method.strip("/") in _STATE and isinstance(params, dict):
            return _result({"data": await self._state(caller, asked, params)})
        return _result({"data": Raw(await self._calls.call(caller, opening.request_id, asked.method, params))})

    async def _state(self, caller: ProxiedCaller, asked: Question, params: Mapping[str, Any]) -> Raw:
        """Return a room's state with the position that Centrifugo counts, which is read before the state."""
        position = await self._broker.position(f"room:{params.get('roomId', '')}")
        body = await self._calls.call(caller, caller.opening.request_id, asked.method, params)
        envelope = msgspec.json.decode(body, type=dict[str, Raw])
        if "data" not in envelope or bytes(envelope["data"]) == b"null":
            return Raw(body)
        found = msgspec.json.decode(envelope["data"], type=dict[str, Raw])
        placed = {**found, "offset": position.offset, "epoch": position.epoch}
        return Raw(_encode({**envelope, "data": placed}))

    async def _look_again(self, room: RoomId, user: UserId) -> None:
        await asyncio.sleep(SECOND_LOOK)
        if await self._sync.is_member(room, user):
            return
        if not await self._sync.is_live(room):
            await asyncio.sleep(SECOND_LOOK)  # that it was closed is told first
        await self._broker.unsubscribe([Ending(user, f"room:{room}")])

    def _next_look(self, claims: Claims) -> int:
        return _seconds(min(self._clock.now() + REFRESH, claims.expires))

    async def stop(self) -> None:
        """Leave what is still to be looked at."""
        await self._tasks.stop()


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _token_in(data: Raw) -> str:
    found = read_parameters(data)
    token = found.get("token") if isinstance(found, dict) else None
    return token if isinstance(token, str) else ""


def _asks_for_joins(data: Raw) -> bool:
    """Say whether a subscription's data asks for joins and leaves: its option ``join_leave`` we are not told."""
    found = read_parameters(data)
    return isinstance(found, dict) and found.get("joinLeave") is True


def _result(result: Mapping[str, Any]) -> bytes:
    return _encode({"result": result})


def _error(error: Error) -> bytes:
    return _encode({"error": {"code": error.code, "message": error.message, "temporary": error.temporary}})


def _end(end: End) -> bytes:
    return _encode({"disconnect": {"code": end.code, "reason": end.reason}})
