"""The hub: all connections of this process, and what the live store tells them.

It takes connections, keeps their time (pings, leases, tokens that expire), hands what is received
to the channels, and
lets all go when the process stops. What clients may do is asked of ``liveroom.usecases.presence.sockets``.
"""

import asyncio
import itertools
import secrets
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

import structlog
from msgspec import Raw

from liveroom.api.events.users import signed_out
from liveroom.domain.accounts.sessions import EndedSessions, SessionEnd, is_original
from liveroom.domain.errors import Unavailable
from liveroom.domain.events.model import Publication as RoomPublication
from liveroom.domain.events.model import Socket
from liveroom.domain.ids import RoomId, UserId, room_bucket
from liveroom.ports import Channels, Clock, Live
from liveroom.realtime import codes
from liveroom.realtime.batch_writer import BatchWriter
from liveroom.realtime.client import CarryOut, Client, ClientContext, ConnectionLimits
from liveroom.realtime.clients import Clients
from liveroom.realtime.commands import Commands
from liveroom.realtime.connecting import Connecting
from liveroom.realtime.consoles import Consoles
from liveroom.realtime.figures import SocketFigures
from liveroom.realtime.framing import Framing, Opening, Transport
from liveroom.realtime.kinds import Kind
from liveroom.realtime.leases import SocketLeases
from liveroom.realtime.messages import PING, PublicationPush, Push, Reply
from liveroom.realtime.room_channel import RoomChannels, UserChannels
from liveroom.realtime.rounds import PERIOD, TURNS
from liveroom.realtime.rpc import RpcCalls
from liveroom.realtime.tasks import Tasks
from liveroom.realtime.user_messages import NODE, node_topic, user_message_event
from liveroom.usecases.presence.sockets import Sync

log = structlog.get_logger("liveroom.realtime")

EXPIRED_GRACE: Final = timedelta(seconds=25)
"""How long a connection lasts whose token has expired: an SDK refreshes it in time."""
_CHECK_TURNS: Final = 20
"""Rooms' positions are compared every 20 turns: ten seconds."""
_DRAIN_STEP: Final = 0.05
_LAST_SECONDS: Final = 2.0
"""How long a stop waits for the calls that are under way."""
_DRAIN_EACH: Final = 0.005


class Hub:
    """All connections of this process: the ``Acceptor`` of transports, and the ``LiveListener`` of the live store."""

    def __init__(
        self,
        live: Live,
        sync: Sync,
        clock: Clock,
        calls: RpcCalls,
        *,
        limits: ConnectionLimits | None = None,
        seconds: Callable[[], float] = time.monotonic,
        writer: BatchWriter | None = None,
        around: Callable[[CarryOut], CarryOut] = lambda carry_out: carry_out,
    ) -> None:
        """``around``: returns what carries commands out in place of what it is given."""
        self.clock = clock
        self.limits = limits or ConnectionLimits()
        self.node = secrets.token_hex(NODE // 2)
        tasks = Tasks()
        self.spawn = tasks.spawn
        self.idle = tasks.idle
        self.writer = writer or BatchWriter()
        self.channels: Channels = live.channels
        self._forwarding = live.forwarding
        self._leases = SocketLeases(live.sockets, live.channels, self.spawn)
        self.figures = SocketFigures(clock)
        self._clients = Clients(user_max=self.limits.user, seconds=seconds, figures=self.figures)
        self.rooms = RoomChannels(self.channels, self._clients, sync, self._leases, self.writer, self.spawn)
        self.kinds: dict[str, Kind] = {"room": self.rooms, "user": UserChannels()}
        self._consoles = Consoles(sync.console)
        connecting = Connecting(self._clients, sync, self._leases, self._consoles, clock, self.node)
        commands = Commands(connecting, self.kinds, calls, channels_max=self.limits.channels)
        self._context = ClientContext(
            self.limits, self.writer, self.spawn, seconds, around(commands.carry_out), self._client_left
        )
        self.is_draining = False
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
        client = Client(self._context, transport, framing, opening, f"{self.node}{next(self._numbers):08x}")
        self._clients.add(client)
        return client

    def _client_left(self, client: Client, keeps: bool) -> None:
        """Forget a connection; with ``keeps`` its leases are left to end by themselves."""
        self._clients.remove(client)
        self._consoles.remove(client)
        channels, client.channels = client.channels, {}
        for channel in channels.values():
            channel.unsubscribe(client, part=not keeps)
        if client.turn >= 0 and not keeps and client.operator is None:
            self._leases.close(client.socket)

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
        """Hear what is told to single users from now on; listening twice is listening once."""
        await self._forwarding.listen(node_topic(self.node), self.receive_user_message)

    def receive_user_message(self, user: str, data: bytes) -> None:
        """Tell the user's connections what somebody has sent them."""
        event = Raw(user_message_event(data, self.node, next(self._events)))
        push = Reply(push=Push(channel=f"user:{user}", pub=PublicationPush(data=event)))
        for client in self._clients.of(UserId(user)):
            if client.claims is not None:
                client.reply(push)

    def sessions_over(self, ended: EndedSessions) -> None:
        """Tell the connections of ended sessions, and end them."""
        for client in self._clients.of(ended.user):
            if _is_of(client, ended):
                self._sign_out(client, ended.why)

    def _sign_out(self, client: Client, why: SessionEnd) -> None:
        data = signed_out(self.node, next(self._events), self.clock.now(), why)
        push = Push(channel=f"user:{client.socket.user}", pub=PublicationPush(data=Raw(data)))
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
        due, late = self._clients.turn()
        for client in late:
            if client.is_asked:
                client.end(codes.NO_PONG)
        oldest = self.clock.now() - EXPIRED_GRACE
        for client in due:
            if client.claims is not None and client.claims.expires < oldest:
                client.end(codes.EXPIRED)
        self._ping([client for client in due if client.open])
        self._clients.end_stale()
        if self._consoles and self._turns % 2:
            self.spawn(self._consoles.check())
        self._check_some()

    def _ping(self, clients: list[Client]) -> None:
        by_framing: dict[Framing, list[Client]] = {}
        for client in clients:
            client.is_asked = True
            by_framing.setdefault(client.framing, []).append(client)
        for framing, ones in by_framing.items():
            self.writer.send(ones, framing.encode(PING))
        people = [client for client in clients if client.operator is None]
        if people:
            self.spawn(self._renew(people))

    async def _renew(self, clients: list[Client]) -> None:
        joined: dict[RoomId, list[Socket]] = {}
        for client in clients:
            for name in client.channels:
                if name.startswith("room:"):
                    joined.setdefault(RoomId(name[5:]), []).append(client.socket)
        by_id = {client.id: client for client in clients}
        for socket in await self._leases.renew([client.socket for client in clients], joined):
            self._sign_out(by_id[socket.client], SessionEnd.LOGOUT)

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
