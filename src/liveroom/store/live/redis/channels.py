"""The publications of rooms and who is subscribed to them: `ports.Channels` on Redis.

What is published is decided in the scripts (``lua/modules/events.lua``), and who is subscribed
(``lua/modules/channels.lua``). Whoever subscribes, or asks where a room is, is never given what a replica that lagged
has made of it: those scripts name the server that they expect, and find the bucket lost after a failover.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec
import structlog

from liveroom.domain.errors import LiveUnavailable, NotInRoom, RoomNotFound
from liveroom.domain.events.model import SNAPSHOT_MEMBERS, Announcement, Position, Recent, Snapshot, Socket
from liveroom.domain.gifts.events import GiftTotals
from liveroom.domain.ids import RoomId, TenantName, room_bucket
from liveroom.domain.moments import at, milliseconds
from liveroom.domain.presence.members import PresenceEntry
from liveroom.domain.presence.signs import SOCKET, SOCKET_CLOSED
from liveroom.ports import LiveListener
from liveroom.store.live.listener_registry import ListenerRegistry
from liveroom.store.live.redis.activities import read_tallies
from liveroom.store.live.redis.battles import read_told_score
from liveroom.store.live.redis.core import RedisCore
from liveroom.store.live.redis.keys import ROOMS, KeySet, RoomKeys
from liveroom.store.live.redis.listening import Listening
from liveroom.store.live.redis.pacing import Pacing
from liveroom.store.live.redis.publications import (
    Doubtful,
    Joined,
    LogRow,
    News,
    Parted,
    Published,
    read_gift_totals,
    read_log,
    read_news,
    read_published,
    seat_of,
    socket_of,
)
from liveroom.store.live.redis.records import member_entries, read_member, read_seated
from liveroom.store.live.redis.room_rows import read_room
from liveroom.store.live.redis.schema.arguments.channels import (
    AnnounceArguments,
    ExpireSubscriptionsArguments,
    JoinArguments,
    PartArguments,
    RecentArguments,
    RenewSubscriptionsArguments,
    SnapshotArguments,
)
from liveroom.store.live.redis.servers import RUN_ID
from liveroom.store.live.redis.stage_rows import read_seat_map
from liveroom.store.live.redis.watch import DirtyBuckets

log = structlog.get_logger("liveroom.redis")

_LEASE: Final = milliseconds(SOCKET)
_GRACE: Final = milliseconds(SOCKET_CLOSED)
_PART: Final = 500
"""Rooms, or sockets, that one script is about."""


class RedisChannels:
    """Receives the channels of subscribed rooms for the process's listener."""

    def __init__(
        self,
        core: RedisCore,
        watch: DirtyBuckets,
        pacing: Pacing,
        listening: Listening,
        listeners: ListenerRegistry,
    ) -> None:
        self._core = core
        self._watch = watch
        self._pacing = pacing
        self._listening = listening
        self._listeners = listeners
        self._rooms: dict[bytes, RoomId] = {}
        self.caused: Callable[[RoomId, str], None] = _ignore
        """Is told the trace (``traceparent``) of what a room publishes next."""

    # --- what is received ------------------------------------------------------------------------------------------

    def attach(self, listener: LiveListener) -> None:
        self._listeners.listener = listener

    async def subscribe(self, room: RoomId) -> None:
        news = RoomKeys(room).news
        self._rooms[news] = room
        try:
            await self._listening.subscribe(news, self)
        except LiveUnavailable:
            self._rooms.pop(news, None)
            raise

    def unsubscribe(self, room: RoomId) -> None:
        news = RoomKeys(room).news
        self._rooms.pop(news, None)
        self._listening.unsubscribe(news)

    def received(self, channel: bytes, message: bytes) -> None:
        room = self._rooms.get(channel)
        if room is None:
            return
        try:
            news = read_news(message)
        except msgspec.ValidationError:
            log.exception("redis.publication_unreadable", room=room)
            return
        self._listeners.notify(lambda listener: _hand_over(listener, room, news, self.caused))

    def doubtful(self, channels: Sequence[bytes]) -> None:
        rooms = [room for channel in channels if (room := self._rooms.get(channel)) is not None]
        if rooms:
            self._listeners.notify(lambda listener: listener.doubtful(rooms))

    # --- subscriptions ---------------------------------------------------------------------------------------------

    async def join(self, room: RoomId, tenant: TenantName, socket: Socket) -> Position:
        keys = RoomKeys(room)
        args = JoinArguments(tenant=tenant, user=socket.user, subscription=seat_of(socket), lease=_LEASE)
        answer = await self._core.in_room("join", keys, KeySet.CHANNEL, self._core.offset(), room, *args, RUN_ID)
        if answer == b"none":
            raise RoomNotFound
        if answer == b"out":
            raise NotInRoom
        return read_log(answer).position

    async def part(self, room: RoomId, socket: Socket) -> None:
        keys = RoomKeys(room)
        args = PartArguments(user=socket.user, subscription=seat_of(socket), grace=_GRACE)
        await self._core.in_room("part", keys, KeySet.CHANNEL, self._core.offset(), room, *args)

    async def renew(self, joined: Mapping[RoomId, Sequence[Socket]]) -> None:
        await asyncio.gather(
            *(
                self._renew(room, sockets[first : first + _PART])
                for room, sockets in joined.items()
                for first in range(0, len(sockets), _PART)
            )
        )

    async def _renew(self, room: RoomId, sockets: Sequence[Socket]) -> None:
        keys = RoomKeys(room)
        read = (keys.facts, keys.subs, keys.room)
        args = RenewSubscriptionsArguments(lease=_LEASE)
        seats = map(seat_of, sockets)
        offset = self._core.offset()
        await self._core.in_room_bucket("renew_subscriptions", keys.number, read, offset, *args, *seats)

    async def present(self, room: RoomId, limit: int) -> Sequence[Socket]:
        keys = RoomKeys(room)
        if limit <= 0:
            return []
        seats = await self._core.caller.command(keys.subs, "ZRANGE", keys.subs, 0, limit - 1)
        return [socket_of(seat.decode()) for seat in seats]

    async def count(self, room: RoomId) -> tuple[int, int]:
        keys = RoomKeys(room)
        command = self._core.caller.command
        sockets, users = await asyncio.gather(
            command(keys.subs, "ZCARD", keys.subs), command(keys.subscribers, "HLEN", keys.subscribers)
        )
        return sockets, users

    # --- publications ----------------------------------------------------------------------------------------------

    async def snapshot(self, room: RoomId, tenant: TenantName) -> Snapshot:
        keys = RoomKeys(room)
        args = SnapshotArguments(tenant=tenant, most=SNAPSHOT_MEMBERS)
        answer = await self._core.in_room("snapshot", keys, KeySet.SEEN, self._core.offset(), *args, RUN_ID)
        if answer is None:
            raise RoomNotFound
        log, summary, packed_map, packed_seated, packed_gifts, packed_battle, packed_tallies, now, *found = answer
        where = read_log(log)
        seated = dict(read_seated(packed_seated))
        seat_map = read_seat_map(packed_map).value(seated)
        names = {user: (row.name, row.avatar) for user, row in seated.items()}
        pairs = zip(found[::2], found[1::2], strict=True)
        members = (read_member(packed).value(user.decode()) for user, packed in pairs)
        live = read_room(room, summary)
        gifts = GiftTotals() if packed_gifts is None else read_gift_totals(packed_gifts).value()
        score = None if packed_battle is None else read_told_score(packed_battle)
        tallies = {} if packed_tallies is None else read_tallies(packed_tallies)
        return Snapshot(
            where.position, where.seq, live, tuple(members), at(now), seat_map, names, gifts, score, tallies
        )  # fmt: skip

    async def recent(self, room: RoomId, *, after: int, limit: int, reverse: bool = False) -> Recent:
        keys = RoomKeys(room)
        read = (keys.facts, keys.room, keys.log)
        args = RecentArguments(after=after, most=max(limit, 0), reverse=int(reverse))
        answer = await self._core.in_room_bucket("recent", keys.number, read, *args, RUN_ID)
        if answer is None:
            raise RoomNotFound
        log, *publications = answer
        found = tuple(read_published(packed).value(room) for packed in publications)
        return Recent(read_log(log).position, found)

    async def announce(self, room: RoomId, tenant: TenantName, announcement: Announcement) -> None:
        id, kind, data, by, paced = announcement
        args = AnnounceArguments(tenant=tenant, id=id, kind=kind, data=data, by=by or "", paced=int(paced))
        wait = await self._core.members("announce", room, *args)
        if wait < 0:
            raise RoomNotFound
        self._pacing.gathered(room, wait)

    async def positions(self, rooms: Sequence[RoomId]) -> Mapping[RoomId, Position]:
        return {room: log.position for room, log in await self._logs(rooms)}

    async def _logs(self, rooms: Sequence[RoomId]) -> Sequence[tuple[RoomId, LogRow]]:
        """Return the logs of those of the rooms that are live."""
        by_bucket: dict[int, list[RoomId]] = {}
        for room in rooms:
            by_bucket.setdefault(room_bucket(room), []).append(room)
        parts = [
            (bucket, some[first : first + _PART])
            for bucket, some in by_bucket.items()
            for first in range(0, len(some), _PART)
        ]
        found = await asyncio.gather(*(self._logs_in(*part) for part in parts))
        return [pair for some in found for pair in some]

    async def _logs_in(self, bucket: int, rooms: Sequence[RoomId]) -> Sequence[tuple[RoomId, LogRow]]:
        read = (ROOMS[bucket].facts, *(RoomKeys(room).room for room in rooms))
        logs = await self._core.in_room_bucket("positions", bucket, read, RUN_ID)
        return [(room, read_log(packed)) for room, packed in zip(rooms, logs, strict=True) if packed is not None]

    async def renew_epoch(self, room: RoomId, known: str) -> None:
        await self._core.members("renew_epoch", room, known)

    async def held(self, rooms: Sequence[RoomId]) -> Sequence[RoomId]:
        return [room for room, log in await self._logs(rooms) if log.held]

    async def release(self, room: RoomId, version: int) -> None:
        await self._core.members("release_room", room, version)

    async def gathered(self) -> int:
        return await self._pacing.catch_up()

    # --- subscriptions that are over -------------------------------------------------------------------------------

    async def deserted(self, limit: int) -> Sequence[PresenceEntry]:
        await self._watch.look_around()
        entries: list[PresenceEntry] = []
        for bucket in list(self._watch.lapsing):
            if len(entries) >= limit:
                break
            entries += await self._deserted_in(bucket, limit - len(entries))
        return entries

    async def _deserted_in(self, bucket: int, limit: int) -> Sequence[PresenceEntry]:
        keys = ROOMS[bucket]
        due = await self._core.in_room_bucket(
            "due_rooms", bucket, (keys.facts, keys.lapses), self._core.offset(), _PART
        )
        if len(due) < _PART:
            self._watch.lapsing.discard(bucket)
        entries: list[PresenceEntry] = []
        for name in due:
            if len(entries) >= limit:
                self._watch.lapsing.add(bucket)
                break
            room = RoomId(name.decode())
            args = ExpireSubscriptionsArguments(most=limit - len(entries), lease=_LEASE)
            words = self._core.offset(), room, *args
            packed = await self._core.in_room("expire_subscriptions", RoomKeys(room), KeySet.CHANNEL, *words)
            entries += member_entries(room, packed)
        return entries

    async def close(self) -> None:
        """Receive nothing any more."""
        await self._pacing.close()
        await self._listening.close()


def _hand_over(listener: LiveListener, room: RoomId, news: News, caused: Callable[[RoomId, str], None]) -> None:
    if isinstance(news, Published):
        listener.published(room, news.epoch, news.value(room))
    elif isinstance(news, Joined):
        listener.joined(room, socket_of(news.seat))
    elif isinstance(news, Parted):
        listener.parted(room, socket_of(news.seat))
    elif isinstance(news, Doubtful):
        listener.doubtful([room])
    else:
        caused(room, news.trace)


def _ignore(_: RoomId, __: str) -> None:
    """Let somebody else record what a publication belongs to."""
