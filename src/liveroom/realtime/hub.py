"""The hub: all connections of this process, and what the live store tells them.

It takes connections, knows whose they are, keeps their time (pings, leases, tokens that expire), hands what is received
to the channels, and lets all go when the process stops. What clients may do is asked of ``liveroom.usecases.sync``.
"""

import asyncio
import itertools
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from msgspec import Raw

from liveroom.api.declare import Registry
from liveroom.api.user_events import signed_out
from liveroom.domain.errors import Unavailable
from liveroom.domain.events import Publication as RoomPublication
from liveroom.domain.events import Socket
from liveroom.domain.ids import DEFAULT_TENANT, RoomId, TenantName, UserId, room_bucket
from liveroom.domain.sessions import Actor, EndedSessions, SessionEnd, is_original
from liveroom.domain.tenants import Tenant
from liveroom.ports import Channels, Clock, Live
from liveroom.realtime import codes
from liveroom.realtime.batch_writer import BatchWriter
from liveroom.realtime.client import Client
from liveroom.realtime.commands import Commands
from liveroom.realtime.framing import Framing, Opening, Transport
from liveroom.realtime.kinds import Kind
from liveroom.realtime.leases import Leases
from liveroom.realtime.messages import PING, Publication, Push, Reply
from liveroom.realtime.room_channel import RoomChannels, UserChannels
from liveroom.realtime.rounds import PERIOD, TURNS, Rounds
from liveroom.realtime.rpc import Calls, Dispatch, Observe
from liveroom.realtime.stream import Subscriber
from liveroom.realtime.tasks import Tasks
from liveroom.realtime.user_messages import NODE, node_topic, user_message_event
from liveroom.usecases.sync import Sync

log = structlog.get_logger("liveroom.realtime")

FIRST_SECONDS: Final = 10.0
"""How long a client has to connect."""
EXPIRED_GRACE: Final = timedelta(seconds=25)
"""How long a connection lasts whose token has expired: an SDK refreshes it in time."""
_CHECK_TURNS: Final = 20
"""Rooms' positions are compared every 20 turns: ten seconds."""
_DRAIN_STEP: Final = 0.05
_LAST_SECONDS: Final = 2.0
"""How long a stop waits for the calls that are under way."""
_DRAIN_EACH: Final = 0.005


@dataclass(frozen=True, slots=True)
class Limits:
    """What one connection may ask for."""

    channels: int = 128
    rate: float = 50.0
    """Commands a second, in the long run."""
    burst: float = 500.0
    """Commands at once."""
    waiting: int = 300
    """Commands that wait for the one before them."""
    held: int = 256 * 1024
    """Bytes of the messages that they came in."""
    user: int = 10
    """Connections of one user in this process; 0 is unlimited."""
    connections: int = 0
    """Connections of this process; 0 is unlimited."""


class Hub:
    """All connections of this process: the ``Acceptor`` of transports and the ``LiveListener`` of the live store."""

    def __init__(
        self,
        live: Live,
        sync: Sync,
        clock: Clock,
        dispatch: Dispatch,
        registry: Registry,
        *,
        limits: Limits | None = None,
        observe: Observe | None = None,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self.sync = sync
        self.seconds = seconds
        self.clock = clock
        self.limits = limits or Limits()
        self.node = secrets.token_hex(NODE // 2)
        tasks = Tasks()
        self.spawn = tasks.spawn
        self.idle = tasks.idle
        self.writer = BatchWriter()
        self.channels: Channels = live.channels
        self._forwarding = live.forwarding
        self.leases = Leases(live.sockets, live.channels, self.spawn)
        self.rooms = RoomChannels(self)
        self.kinds: dict[str, Kind] = {"room": self.rooms, "user": UserChannels()}
        language = sync.tenants.default.language
        self.commands = Commands(self, Calls(dispatch, registry, language, observe))
        self.is_draining = False
        self._clients: set[Client] = set()
        self._strangers: dict[Client, float] = {}
        """Those who have not connected yet, in the order of their coming, and until when they may."""
        self._users: dict[UserId, dict[Client, None]] = {}
        """Whose connections they are, in the order of their coming."""
        self._rounds: Rounds[Client] = Rounds()
        self._turns = 0
        self._tasks = tasks
        self._timer: asyncio.TimerHandle | None = None
        self._numbers = itertools.count(1)
        self._events = itertools.count(1)

    def __len__(self) -> int:
        return len(self._clients)

    async def count(self) -> float:
        """Return how many connections there are in this process."""
        return len(self._clients)

    # connections come and go

    def accept(self, transport: Transport, framing: Framing, opening: Opening) -> Client | None:
        """Take a connection; None when the process stops, or has as many as it may."""
        most = self.limits.connections
        if self.is_draining or (most and len(self._clients) >= most):
            return None
        client = Client(self, transport, framing, opening, f"{self.node}{next(self._numbers):08x}")
        self._clients.add(client)
        self._strangers[client] = self.seconds() + FIRST_SECONDS
        return client

    def meet(self, client: Client) -> None:
        """Know whose connection it is from now on."""
        self._users.setdefault(client.socket.user, {})[client] = None

    def unmeet(self, client: Client) -> None:
        """Forget whose connection it was thought to be."""
        ones = self._users.get(client.socket.user)
        if ones is not None:
            ones.pop(client, None)
            if not ones:
                del self._users[client.socket.user]

    def admit(self, client: Client) -> None:
        """Keep the time of a client that has connected. The user's oldest connection makes room for one too many."""
        self._strangers.pop(client, None)
        client.turn = self._rounds.add(client)
        most = self.limits.user
        ones = [one for one in self._users.get(client.socket.user, ()) if one.claims is not None] if most else []
        for one in ones[:-most]:
            one.end(codes.CONNECTION_LIMIT)

    def left(self, client: Client, *, keeps: bool) -> None:
        """Forget a connection; with ``keeps`` its leases are left to end by themselves."""
        self._clients.discard(client)
        self._strangers.pop(client, None)
        self.unmeet(client)
        channels, client.channels = client.channels, {}
        for channel in channels.values():
            channel.unsubscribe(client, part=not keeps)
        if client.turn >= 0:
            self._rounds.remove(client, client.turn)
            if not keeps:
                self.leases.close(client.socket)

    def listeners(self, user: UserId, channel: str) -> list[Client]:
        """Return the user's connections that are subscribed to a channel."""
        return [client for client in self._users.get(user, ()) if channel in client.channels]

    def tenant_of(self, subscriber: Subscriber) -> TenantName:
        """Return whose channels a connection may listen to."""
        tenant = subscriber.tenant if isinstance(subscriber, Client) else None
        return tenant.name if tenant is not None else DEFAULT_TENANT

    def actor_of(self, subscriber: Subscriber) -> Actor:
        """Return who a connection's user is."""
        socket, tenant, address = subscriber.socket, None, ""
        if isinstance(subscriber, Client):
            tenant, address = subscriber.tenant, subscriber.opening.address
        return Actor(socket.user, socket.session, tenant or Tenant(DEFAULT_TENANT), by_socket=True, address=address)

    # what the live store tells

    def published(self, room: RoomId, epoch: str, publication: RoomPublication) -> None:
        """Hand a publication to the room's channel."""
        channel = self.rooms.open.get(room)
        if channel is not None:
            channel.published(epoch, publication)

    def joined(self, room: RoomId, socket: Socket) -> None:
        """A socket has joined a room's channel, here or on another process."""
        channel = self.rooms.open.get(room)
        if channel is not None:
            channel.joined(socket)

    def parted(self, room: RoomId, socket: Socket) -> None:
        """A socket has left a room's channel."""
        channel = self.rooms.open.get(room)
        if channel is not None:
            channel.parted(socket)

    def doubtful(self, rooms: Sequence[RoomId]) -> None:
        """Compare positions now."""
        self.spawn(self.check_positions(rooms))

    async def listen(self) -> None:
        """Receive messages to single users from now on; listening twice is listening once."""
        await self._forwarding.listen(node_topic(self.node), self.receive_user_message)

    def receive_user_message(self, user: str, data: bytes) -> None:
        """Pass a message on to the user's connections."""
        event = Raw(user_message_event(data, self.node, next(self._events)))
        push = Reply(push=Push(channel=f"user:{user}", pub=Publication(data=event)))
        for client in list(self._users.get(UserId(user), ())):
            if client.claims is not None:
                client.reply(push)

    def sessions_over(self, ended: EndedSessions) -> None:
        """Tell the connections of ended sessions, and end them."""
        for client in list(self._users.get(ended.user, ())):
            if _is_of(client, ended):
                self._sign_out(client, ended.why)

    def _sign_out(self, client: Client, why: SessionEnd) -> None:
        data = signed_out(self.node, next(self._events), self.clock.now(), why)
        push = Push(channel=f"user:{client.socket.user}", pub=Publication(data=Raw(data)))
        if client.claims is not None:
            client.reply(Reply(push=push))
        client.end(codes.end_of(why))

    # time

    def start(self) -> None:
        """Begin to keep time."""
        self._timer = asyncio.get_running_loop().call_later(PERIOD / TURNS, self._tick)

    def _tick(self) -> None:
        self.start()
        self.turn()

    def turn(self) -> None:
        """Go on by half a second: pings and leases of those whose turn it is, and who is late."""
        _, due, late = self._rounds.turn()
        for client in late:
            if client.is_asked:
                client.end(codes.NO_PONG)
        oldest = self.clock.now() - EXPIRED_GRACE
        for client in due:
            if client.claims is not None and client.claims.expires < oldest:
                client.end(codes.EXPIRED)
        self._ping([client for client in due if client.open])
        self._end_stale()
        self._check_some()

    def _ping(self, clients: list[Client]) -> None:
        by_framing: dict[Framing, list[Client]] = {}
        for client in clients:
            client.is_asked = True
            by_framing.setdefault(client.framing, []).append(client)
        for framing, ones in by_framing.items():
            self.writer.send(ones, framing.encode(PING))
        if clients:
            self.spawn(self._renew(clients))

    async def _renew(self, clients: list[Client]) -> None:
        joined: dict[RoomId, list[Socket]] = {}
        for client in clients:
            for name in client.channels:
                if name.startswith("room:"):
                    joined.setdefault(RoomId(name[5:]), []).append(client.socket)
        by_id = {client.id: client for client in clients}
        for socket in await self.leases.renew([client.socket for client in clients], joined):
            self._sign_out(by_id[socket.client], SessionEnd.LOGOUT)

    def _end_stale(self) -> None:
        now = self.seconds()
        while self._strangers:
            client, until = next(iter(self._strangers.items()))
            if until > now:
                break
            client.end(codes.STALE)

    def _check_some(self) -> None:
        """Compare the positions of those rooms whose turn it is."""
        self._turns = (self._turns + 1) % _CHECK_TURNS
        rooms = [room for room in self.rooms.open if room_bucket(room) % _CHECK_TURNS == self._turns]
        if rooms:
            self.spawn(self.check_positions(rooms))

    async def check_positions(self, rooms: Sequence[RoomId]) -> None:
        """Compare where channels are with where their rooms are."""
        before = {room: channel.stream.sequencer.offset for room in rooms if (channel := self.rooms.open.get(room))}
        try:
            positions = await self.channels.positions(list(before))
        except Unavailable as failure:
            log.debug("positions.unavailable", cause=repr(failure.__cause__ or failure))
            return
        for room, offset in before.items():
            channel = self.rooms.open.get(room)
            if channel is not None:
                channel.stream.sequencer.check(positions.get(room), offset)

    # the end

    async def drain(self, seconds: float = 5.0) -> None:
        """Take no more connections and let go those there are, spread so that they do not all come back at once.

        Their leases stay: they are about to connect to another process. One whose call is under way gets its answer.
        """
        self.is_draining = True
        clients = list(self._clients)
        if not clients:
            return
        steps = max(1, int(min(seconds, len(clients) * _DRAIN_EACH) / _DRAIN_STEP))
        for step in range(steps):
            for client in clients[step::steps]:
                if not client.is_busy:
                    client.end(codes.SHUTDOWN)
            await asyncio.sleep(_DRAIN_STEP)
        await self._tasks.wait(_LAST_SECONDS)
        for client in clients:
            client.end(codes.SHUTDOWN)

    async def stop(self) -> None:
        """End what is left, and be still."""
        self.is_draining = True
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for client in list(self._clients):
            client.end(codes.SHUTDOWN)
        await self._tasks.stop()


def _is_of(client: Client, ended: EndedSessions) -> bool:
    """Say whether a connection's session is among the ended ones."""
    session, claims = client.socket.session, client.claims
    if session in ended.sessions:
        return True
    before = ended.original_before
    return before is not None and is_original(session) and (claims is None or claims.issued <= before)
