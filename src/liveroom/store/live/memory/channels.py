"""The channels of rooms in memory: who is subscribed, what is remembered, and whose last subscription is over."""

from collections.abc import Callable, Mapping, Sequence
from heapq import heappop, heappush
from itertools import islice

from liveroom.domain.errors import NotInRoom, RoomNotFound
from liveroom.domain.events.model import SNAPSHOT_MEMBERS, Announcement, Position, Recent, Snapshot, Socket
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.presence.members import PresenceEntry
from liveroom.domain.rooms.model import present_room
from liveroom.ports import Clock, LiveListener
from liveroom.store.live.listener_registry import ListenerRegistry
from liveroom.store.live.memory.moments import AGAIN, read
from liveroom.store.live.memory.room_publisher import RoomPublisher
from liveroom.store.live.memory.room_records import RoomRecord
from liveroom.store.live.memory.rooms import MemoryRooms
from liveroom.store.live.memory.seating import names
from liveroom.store.live.memory.subscribers import LEASE, Lease


class MemoryChannels:
    """``ports.Channels``. ``gap`` says after what silence of expiry all leases begin anew."""

    def __init__(
        self,
        rooms: MemoryRooms,
        publisher: RoomPublisher,
        listeners: ListenerRegistry,
        clock: Clock,
        gap: Callable[[], int],
    ) -> None:
        self._rooms = rooms
        self._publisher = publisher
        self._listeners = listeners
        self._clock = clock
        self._gap = gap
        self._due: list[tuple[int, RoomId, UserId, str]] = []
        """When to look at a subscription, or (with "" for the client) at a member without one."""
        self._last_expiry = read(clock)

    def attach(self, listener: LiveListener) -> None:
        self._listeners.listener = listener

    async def subscribe(self, room: RoomId) -> None:
        self._publisher.subscribe(room)

    def unsubscribe(self, room: RoomId) -> None:
        self._publisher.unsubscribe(room)

    # --- subscriptions ---------------------------------------------------------------------------------------------

    async def join(self, room: RoomId, tenant: TenantName, socket: Socket) -> Position:
        record = await self._of(room, tenant)
        if socket.user not in record.members:
            raise NotInRoom
        lease, new = record.subscribers.join(socket, read(self._clock))
        self._arm(room, lease)
        record.log.listen(read(self._clock))
        position = record.log.position()
        if new:
            self._publisher.joined(record, socket)
        return position

    async def part(self, room: RoomId, socket: Socket) -> None:
        record = await self._rooms.record(room)
        lease = None if record is None else record.subscribers.part(socket.client, read(self._clock))
        if record is not None and lease is not None:
            self._arm(room, lease)
            self._publisher.parted(record, [lease.socket])

    async def renew(self, joined: Mapping[RoomId, Sequence[Socket]]) -> None:
        for room, sockets in joined.items():
            if (record := await self._rooms.record(room)) is not None:
                record.log.listen(read(self._clock))
                for socket in sockets:
                    record.subscribers.renew(socket.client, read(self._clock))

    async def present(self, room: RoomId, limit: int) -> Sequence[Socket]:
        record = await self._rooms.record(room)
        return [] if record is None else list(islice(record.subscribers.present(), max(limit, 0)))

    async def count(self, room: RoomId) -> tuple[int, int]:
        record = await self._rooms.record(room)
        return (0, 0) if record is None else record.subscribers.count

    # --- publications ----------------------------------------------------------------------------------------------

    async def snapshot(self, room: RoomId, tenant: TenantName) -> Snapshot:
        record = await self._of(room, tenant)
        record.log.listen(read(self._clock))
        members = tuple(record.page(0, 0, SNAPSHOT_MEMBERS))
        position, seq = record.log.position(), record.log.seq
        gifts, now, told = record.log.gifts.totals, self._clock.now(), record.told_battle
        score = None if told is None else told.data
        tallies = {id: told.data for id, told in record.tallies.items()}
        return Snapshot(
            position, seq, record.value(), members, now, record.seat_map, names(record), gifts, score, tallies
        )  # fmt: skip

    async def recent(self, room: RoomId, *, after: int, limit: int, reverse: bool = False) -> Recent:
        record = await self._rooms.record(room)
        if record is None:
            raise RoomNotFound
        return record.log.recent(after, limit, reverse=reverse)

    async def announce(self, room: RoomId, tenant: TenantName, announcement: Announcement) -> None:
        self._publisher.announce(await self._of(room, tenant), announcement, read(self._clock))

    async def positions(self, rooms: Sequence[RoomId]) -> Mapping[RoomId, Position]:
        return {room: record.log.position() for room in rooms if (record := await self._rooms.record(room)) is not None}

    async def renew_epoch(self, room: RoomId, known: str) -> None:
        record = await self._rooms.record(room)
        if record is not None and record.log.epoch == known:
            record.log.renew(self._clock.now())
            self._publisher.doubtful([room])

    async def held(self, rooms: Sequence[RoomId]) -> Sequence[RoomId]:
        return [room for room in rooms if (record := await self._rooms.record(room)) is not None and record.log.held]

    async def release(self, room: RoomId, version: int) -> None:
        record = await self._rooms.record(room)
        if record is not None:
            self._publisher.release(record, version)

    async def gathered(self) -> int:
        return self._publisher.publish_due()

    async def _of(self, room: RoomId, tenant: TenantName) -> RoomRecord:
        return present_room(await self._rooms.record(room), tenant)

    # --- leases that are over --------------------------------------------------------------------------------------

    def _arm(self, room: RoomId, lease: Lease) -> None:
        if lease.expires < lease.due:
            lease.due = lease.expires
            heappush(self._due, (lease.due, room, lease.socket.user, lease.socket.client))

    async def deserted(self, limit: int) -> Sequence[PresenceEntry]:
        now = read(self._clock)
        held, self._last_expiry = now - self._last_expiry > self._gap(), now
        found: list[PresenceEntry] = []
        while self._due and self._due[0][0] <= now and len(found) < limit:
            due, room, user, client = heappop(self._due)
            record = self._rooms.known(room)
            if record is not None and (self._is_over(record, client, due, now, held=held) if client else True):
                found += self._name(record, user, due, now, again=not client)
        return found

    def _is_over(self, record: RoomRecord, client: str, due: int, now: int, *, held: bool) -> bool:
        """Look at a lease, which goes when it is over; say whether its user has none any more."""
        lease = record.subscribers.leases.get(client)
        if lease is None or lease.due != due:
            return False
        if held:
            lease.expires = max(lease.expires, now + LEASE)
        if lease.expires > now:
            lease.due = lease.expires
            heappush(self._due, (lease.due, record.id, lease.socket.user, client))
            return False
        last = record.subscribers.end(client)
        if lease.parted:
            return last
        self._publisher.parted(record, [lease.socket])
        return last and not lease.is_outlived

    def _name(self, record: RoomRecord, user: UserId, due: int, now: int, *, again: bool) -> Sequence[PresenceEntry]:
        """Return the presence entries of a member who is not subscribed any more, and note when they are named
        again.
        """
        going, member = record.subscribers.going, record.members.get(user)
        if member is None or (again and going.get(user) != due):
            return ()
        going[user] = now + AGAIN
        heappush(self._due, (now + AGAIN, record.id, user, ""))
        return [member.named(record.id, *pair) for pair in member.entries]
