"""``room:<roomId>``: the room's events, for its members (LIVE.md 6), and for operators who watch it.

Subscribing is not entering: members begin to listen, and whoever is no member any more is taken off the channel. An
operator who watches is no member and no sign of life: nobody in the room can tell.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from liveroom.api.events.rooms import room_news, room_state
from liveroom.domain.errors import NotInRoom, RoomNotFound, Unavailable
from liveroom.domain.events.model import EventKind, Position, Publication, Socket
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.operators.console import SEES_ROOMS
from liveroom.ports import Channels
from liveroom.realtime import codes
from liveroom.realtime.batch_writer import BatchWriter
from liveroom.realtime.clients import Clients
from liveroom.realtime.codes import Refusal
from liveroom.realtime.kinds import Answer, Subscriber
from liveroom.realtime.leases import SocketLeases
from liveroom.realtime.messages import (
    ClientInfo,
    HistoryRequest,
    HistoryResult,
    Join,
    Leave,
    PresenceResult,
    PresenceStatsResult,
    Push,
    Reply,
    SubscribeRequest,
)
from liveroom.realtime.sequencer import Item, Spawn
from liveroom.realtime.stream import State, Stream
from liveroom.usecases.presence.sockets import Sync

PRESENT_MAX: Final = 1000
"""Sockets that ``presence`` names at most."""


class RoomChannel:
    """A room that clients of this process listen to."""

    def __init__(self, rooms: "RoomChannels", room: RoomId) -> None:
        self.name = f"room:{room}"
        self.room = room
        self._rooms = rooms
        self._channels = rooms.channels
        self._out: set[str] = set()
        """Who was seen to leave while somebody was about to be subscribed: perhaps they themselves."""
        self.stream = Stream(self.name, self, rooms.writer, spawn=rooms.spawn, ended=lambda _: rooms.ended(self))

    # for clients

    async def subscribe(self, subscriber: Subscriber, request: SubscribeRequest, answer: Answer) -> None:
        try:
            await self.stream.subscribe(subscriber, request, answer)
            if subscriber.operator is None and subscriber.socket.user in self._out:
                self._rooms.spawn(self._expel([subscriber.socket.user]))
        finally:
            if not self.stream.is_joining:
                self._out.clear()

    def unsubscribe(self, subscriber: Subscriber, *, part: bool = True) -> None:
        self.stream.unsubscribe(subscriber, part=part)

    async def presence(self) -> PresenceResult:
        sockets = await self._channels.present(self.room, PRESENT_MAX)
        return PresenceResult({socket.client: _info(socket) for socket in sockets})

    async def presence_stats(self) -> PresenceStatsResult:
        clients, users = await self._channels.count(self.room)
        return PresenceStatsResult(clients, users)

    async def history(self, request: HistoryRequest) -> HistoryResult:
        return await self.stream.history(request)

    # from the store

    def published(self, epoch: str, publication: Publication) -> None:
        """Take a publication as it was received."""
        self.stream.sequencer.received(epoch, item_of(epoch, publication))

    def joined(self, socket: Socket) -> None:
        """Tell those who asked for it that a socket has joined."""
        self._push(socket, Push(channel=self.name, join=Join(_info(socket))))

    def parted(self, socket: Socket) -> None:
        """Tell those who asked for it that a socket is gone."""
        self._push(socket, Push(channel=self.name, leave=Leave(_info(socket))))

    def _push(self, about: Socket, push: Push) -> None:
        for watcher in self.stream.watchers:
            if watcher.socket.client != about.client:
                self._rooms.writer.send((watcher,), watcher.framing.encode(Reply(push=push)))

    # for the stream

    async def listen(self) -> None:
        await self._channels.subscribe(self.room)

    def stop_listening(self) -> None:
        self._channels.unsubscribe(self.room)

    async def join(self, subscriber: Subscriber) -> Position:
        if subscriber.operator is not None:
            state = await self.snapshot(subscriber)
            self.stream.share(state)
            return state.position
        try:
            return await self._channels.join(self.room, subscriber.tenant_name, subscriber.socket)
        except (NotInRoom, RoomNotFound) as failure:
            why = await self._rooms.sync.refusal(subscriber.actor(), self.room, failure)
            raise Refusal(codes.error_of(why)) from None

    def part(self, subscriber: Subscriber) -> None:
        if subscriber.operator is None:
            self._rooms.leases.part(self.room, subscriber.socket)

    async def snapshot(self, subscriber: Subscriber) -> State:
        try:
            found = await self._channels.snapshot(self.room, subscriber.tenant_name)
        except RoomNotFound:
            raise Refusal(codes.UNKNOWN_CHANNEL) from None
        return State(found.position, room_state(found))

    async def recent(self, *, after: int, limit: int, reverse: bool = False) -> tuple[Position, Sequence[Item]]:
        found = await self._channels.recent(self.room, after=after, limit=limit, reverse=reverse)
        epoch = found.position.epoch
        return found.position, [item_of(epoch, publication) for publication in found.publications]

    async def step_back(self, epoch: str) -> None:
        await self._channels.renew_epoch(self.room, epoch)

    def delivered(self, item: Item) -> None:
        self._rooms.clients.figures.told(item.at)
        if item.out:
            if self.stream.is_joining:
                self._out.update(item.out)
            gone = [user for user in item.out if self._rooms.clients.listeners(UserId(user), self.name)]
            if gone:
                self._rooms.spawn(self._expel(gone))
        if item.is_last:
            self.stream.end(codes.ROOM_CLOSED)

    async def _expel(self, users: Sequence[str]) -> None:
        """Take users off the channel, unless they have entered again meanwhile."""
        stayed = await asyncio.gather(*(self._is_member(UserId(user)) for user in users))
        for user, is_member in zip(users, stayed, strict=True):
            for client in [] if is_member else self._rooms.clients.listeners(UserId(user), self.name):
                self.stream.expel(client, codes.REMOVED)

    async def _is_member(self, user: UserId) -> bool:
        try:
            return await self._rooms.sync.is_member(self.room, user)
        except Unavailable:
            return False  # the publication said so


@dataclass(frozen=True, slots=True)
class RoomChannels:
    """The rooms that clients of this process listen to."""

    channels: Channels
    clients: Clients
    sync: Sync
    leases: SocketLeases
    writer: BatchWriter
    spawn: Spawn
    open: dict[RoomId, RoomChannel] = field(default_factory=dict)

    def channel(self, rest: str, subscriber: Subscriber) -> RoomChannel:
        if subscriber.operator is not None and not subscriber.operator.may(SEES_ROOMS):
            raise Refusal(codes.PERMISSION_DENIED)
        room = RoomId(rest)
        channel = self.open.get(room)
        if channel is None:
            channel = self.open[room] = RoomChannel(self, room)
        return channel

    def ended(self, channel: RoomChannel) -> None:
        """Forget a channel that nobody is subscribed to any more."""
        if self.open.get(channel.room) is channel:
            del self.open[channel.room]


class UserChannels:
    """``user:<userId>``: every connection is subscribed to its own by the server, and to no other."""

    def channel(self, rest: str, subscriber: Subscriber) -> RoomChannel:
        raise Refusal(codes.ALREADY_SUBSCRIBED if rest == subscriber.socket.user else codes.PERMISSION_DENIED)


def _info(socket: Socket) -> ClientInfo:
    return ClientInfo(user=socket.user, client=socket.client)


def item_of(epoch: str, publication: Publication) -> Item:
    """Return a publication as it is told."""
    is_last = any(event.kind is EventKind.ROOM_CLOSED for event in publication.events)
    return Item(publication.offset, publication.at, room_news(epoch, publication), publication.out, is_last)
