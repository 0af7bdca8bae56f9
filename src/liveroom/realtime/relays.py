"""Hands on to a Centrifugo what rooms publish (LIVE.md 8).

Each process relays the rooms of the buckets that it has claimed, each room's publications in their order. A process
that takes a bucket over goes on after what Centrifugo has; what both have sent, Centrifugo takes once.
"""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from typing import Final

import structlog

from liveroom.api.events.rooms import room_news
from liveroom.domain.accounts.sessions import EndedSessions
from liveroom.domain.errors import RoomNotFound, Unavailable
from liveroom.domain.events.model import KEPT, Position, Publication, Socket
from liveroom.domain.ids import RoomId, UserId, room_bucket
from liveroom.ports import Broker, Channels, Clock, Ending, Live, News, UserConnections
from liveroom.realtime import codes
from liveroom.realtime.broker_sessions import end_sessions
from liveroom.realtime.codes import End
from liveroom.realtime.room_channel import item_of
from liveroom.realtime.sending import Sender
from liveroom.realtime.sequencer import Item, Sequencer
from liveroom.realtime.tasks import Tasks
from liveroom.usecases.presence.sockets import Sync

log = structlog.get_logger("liveroom.centrifugo")

LOOK_EVERY: Final = 0.5
"""Seconds between two looks at which rooms there are."""
_AT_ONCE: Final = 32
"""Rooms that are taken over at the same time."""
_FINISH: Final = 2.0
"""Seconds for which a stop waits for Centrifugo."""


class RelayedRoom:
    """A room that this process relays. It is the ``Log`` of its ``Sequencer``."""

    def __init__(self, room: RoomId, relay: "BrokerRelay") -> None:
        self.room = room
        self.name = f"room:{room}"
        self._relay = relay
        self._channels = relay.channels
        self.sequencer = Sequencer(self.name, self, spawn=relay.spawn, take=self._take, end=self._end)

    async def begin(self, newest: Position) -> None:
        """Go on after what Centrifugo has. Raises ``RoomNotFound``, ``Unavailable``."""
        await self._channels.subscribe(self.room)
        found = await self._channels.recent(self.room, after=0, limit=KEPT)
        epoch, offset = found.position
        after = found.publications[0].offset - 1 if found.publications else offset
        if newest.epoch == epoch:
            after = min(offset, max(after, newest.offset))
        else:
            self._say_epoch(epoch, begins_anew=bool(newest.epoch))
        self.sequencer.adopt(Position(epoch, after))
        for publication in found.publications:
            if publication.offset > after:
                self.sequencer.received(epoch, item_of(epoch, publication))

    def _say_epoch(self, epoch: str, *, begins_anew: bool) -> None:
        """Say which epoch it is, as nothing else might for a while; if it is a new one all who listen begin again."""
        now = self._relay.clock.now()
        data = room_news(epoch, Publication(0, now, (), ()))
        sent = (lambda: self._relay.renew(self.name)) if begins_anew else None
        self._relay.send(self.name, epoch, Item(0, now, data), sent)

    async def recent(self, *, after: int, limit: int, reverse: bool = False) -> tuple[Position, Sequence[Item]]:
        found = await self._channels.recent(self.room, after=after, limit=limit, reverse=reverse)
        return found.position, [item_of(found.position.epoch, publication) for publication in found.publications]

    async def step_back(self, epoch: str) -> None:
        await self._channels.renew_epoch(self.room, epoch)

    def _take(self, item: Item) -> None:
        def sent() -> None:
            if item.is_last:
                self._relay.over(self)
            elif item.out:
                self._relay.expel(self.room, item.out)

        self._relay.send(self.name, self.sequencer.epoch, item, sent)

    def _end(self, end: End) -> None:
        self.sequencer.forget()
        if end is codes.ROOM_CLOSED:
            self._relay.over(self)
        else:
            self._relay.begin_again(self)


class BrokerRelay:
    """It is the ``LiveListener`` of the live store where a Centrifugo holds the sockets."""

    def __init__(self, live: Live, sync: Sync, broker: Broker, clock: Clock) -> None:
        self.channels: Channels = live.channels
        self.clock = clock
        self._relays = live.relays
        self._sync = sync
        self._broker = broker
        self._who = secrets.token_hex(4)
        self._held: frozenset[int] = frozenset()
        self._rooms: dict[RoomId, RelayedRoom] = {}
        self._tasks = Tasks()
        self.spawn = self._tasks.spawn
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._sender = Sender(broker, lost=lambda: self.doubtful(list(self._rooms)))

    # what the live store tells

    def published(self, room: RoomId, epoch: str, publication: Publication) -> None:
        """Relay what a room publishes, in its order."""
        relayed = self._rooms.get(room)
        if relayed is not None:
            relayed.sequencer.received(epoch, item_of(epoch, publication))

    def joined(self, room: RoomId, socket: Socket) -> None:
        """Centrifugo tells this by itself."""

    def parted(self, room: RoomId, socket: Socket) -> None:
        """Centrifugo tells this by itself."""

    def doubtful(self, rooms: Sequence[RoomId]) -> None:
        """Read again what these rooms have published."""
        for room in rooms:
            if (relayed := self._rooms.get(room)) is not None:
                relayed.sequencer.forget()
                self.begin_again(relayed)

    def sessions_over(self, ended: EndedSessions) -> None:
        """End the connections of sessions that are over; it falls to whoever has the user's bucket."""
        if self.has(ended.user):
            self.spawn(end_sessions(self._broker, ended, self.clock.now()))

    # for its rooms

    def send(self, channel: str, epoch: str, item: Item, sent: Callable[[], None] | None = None) -> None:
        """Let a publication be sent after those that wait already."""
        key = f"{channel}:{epoch}:{item.offset}"
        self._sender.put(News(channel, item.data, key, Position(epoch, item.offset)), sent)

    def has(self, name: str) -> bool:
        """Say whether what has no room falls to this process, by its name."""
        return room_bucket(RoomId(name)) in self._held

    def over(self, relayed: RelayedRoom) -> None:
        """Relay a room no more: it is closed."""
        if self._rooms.get(relayed.room) is relayed:
            self._drop(relayed)
            self.spawn(self._empty(relayed.name))

    def begin_again(self, relayed: RelayedRoom) -> None:
        """Go on from what the store and Centrifugo have."""
        self.spawn(self._begin(relayed))

    def renew(self, channel: str) -> None:
        """Have everybody on a channel connect anew and forget where they were: Centrifugo knows of no new epoch."""
        self.spawn(self._renew(channel))

    def expel(self, room: RoomId, users: Sequence[str]) -> None:
        """Take users off a room's channel, unless they have entered again meanwhile."""
        self.spawn(self._expel(room, users))

    # which rooms

    def start(self) -> None:
        """Begin to relay."""
        self.channels.attach(self)
        self.spawn(self._sender.run())
        self.spawn(self._look())

    async def stop(self) -> None:
        """Send what waits, and leave the rooms to others."""
        await self._sender.finish(_FINISH)
        await self._tasks.stop()
        try:
            await self._relays.give_back(self._who)
        except Unavailable as failure:
            log.warning("centrifugo.not_given_back", cause=repr(failure))

    async def _look(self) -> None:
        failing = False
        while True:
            try:
                await self.look()
                failing = False
            except Unavailable as failure:
                if not failing:
                    log.warning("centrifugo.unavailable", cause=repr(failure.__cause__ or failure))
                failing = True
            await asyncio.sleep(LOOK_EVERY)

    async def look(self) -> None:
        """Renew the claims; begin with rooms that are new in them, and leave those that are not in them any more."""
        self._held = await self._relays.claim(self._who)
        live = await self._relays.rooms(self._held)
        for relayed in [one for room, one in self._rooms.items() if room_bucket(room) not in self._held]:
            self._drop(relayed)
        await asyncio.gather(*(self.notice(room) for room in live))

    async def notice(self, room: RoomId) -> None:
        """Begin with a room, if it falls to this process: at a look, or when somebody is about to listen to it."""
        if room not in self._rooms and room_bucket(room) in self._held:
            relayed = self._rooms[room] = RelayedRoom(room, self)
            await self._begin(relayed)

    async def _begin(self, relayed: RelayedRoom) -> None:
        try:
            async with self._gate:
                await relayed.begin(await self._broker.newest(relayed.name))
        except RoomNotFound:
            self.over(relayed)
        except Unavailable as failure:
            log.warning("centrifugo.not_begun", room=relayed.room, cause=repr(failure.__cause__ or failure))
            self._drop(relayed)  # the next look finds it

    def _drop(self, relayed: RelayedRoom) -> None:
        if self._rooms.get(relayed.room) is relayed:
            del self._rooms[relayed.room]
            self.channels.unsubscribe(relayed.room)

    # what it has Centrifugo do

    async def _renew(self, channel: str) -> None:
        users = await self._broker.users(channel)
        log.info("centrifugo.begun_anew", channel=channel, users=len(users))
        await self._broker.disconnect([UserConnections(user) for user in users], *codes.INVALIDATED)

    async def _expel(self, room: RoomId, users: Sequence[str]) -> None:
        gone = [user for user in users if not await self._sync.is_member(room, UserId(user))]
        await self._broker.unsubscribe([Ending(user, f"room:{room}") for user in gone])

    async def _empty(self, channel: str) -> None:
        await self._broker.unsubscribe([Ending(user, channel) for user in await self._broker.users(channel)])
        await self._broker.forget(channel)
