"""The memory store's door: each method of the seam, and what needs users and rooms together."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from liveroom.domain.accounts.sessions import EndedSessions
from liveroom.domain.accounts.users import Profile
from liveroom.domain.errors import LiveUnavailable, Unavailable
from liveroom.domain.events.model import Announcement
from liveroom.domain.ids import EntryId, RoomId, SessionId, TenantName, UserId, new_id
from liveroom.domain.moderation.room_access import RoomAccess
from liveroom.domain.moments import at, milliseconds
from liveroom.domain.presence.members import LeaveReason, Member, PresenceEntry, Role
from liveroom.domain.presence.signs import OUTAGE, Heartbeat, Presence, PresenceTimeouts, Source
from liveroom.domain.rooms.heat import DEFAULT_HEAT, HeatRule
from liveroom.domain.rooms.model import CloseReason, HostPolicy, LiveRoom, Room
from liveroom.domain.rooms.paging import ListedRoom, RoomPage, RoomQuery
from liveroom.ports import (
    Admission,
    Alarm,
    ClaimedPresence,
    Clock,
    Entered,
    ExpiredEntries,
    Left,
    ListLost,
    Looked,
    Orphan,
    PresenceClaim,
    RecoveryStore,
    StaleRoom,
    Use,
)
from liveroom.store.live.listener_registry import ListenerRegistry
from liveroom.store.live.memory.activities import MemoryActivities
from liveroom.store.live.memory.battles import MemoryBattles
from liveroom.store.live.memory.channels import MemoryChannels
from liveroom.store.live.memory.comparing import MemoryComparing
from liveroom.store.live.memory.feeds import MemoryFeeds
from liveroom.store.live.memory.forwarding import MemoryForwarding
from liveroom.store.live.memory.gifts import MemoryGifts
from liveroom.store.live.memory.journal import MemoryJournal
from liveroom.store.live.memory.known_addresses import MemoryKnownAddresses
from liveroom.store.live.memory.likes import MemoryLikes
from liveroom.store.live.memory.limits import MemoryLimits
from liveroom.store.live.memory.lists import RoomList
from liveroom.store.live.memory.metadata import MemoryMetadata
from liveroom.store.live.memory.moments import read
from liveroom.store.live.memory.outside import MemoryOutside
from liveroom.store.live.memory.relays import MemoryRelays
from liveroom.store.live.memory.room_publisher import RoomPublisher
from liveroom.store.live.memory.rooms import MemoryRooms
from liveroom.store.live.memory.sizes import MemoryRoomSizes
from liveroom.store.live.memory.sockets import MemorySockets
from liveroom.store.live.memory.stages import MemorySeatMaps
from liveroom.store.live.memory.talk import MemoryTalk
from liveroom.store.live.memory.users import MemoryUsers

CLAIM: Final = 30_000
"""How long the builder of a list may take before another begins."""
WAIT: Final = 2.0
"""Seconds for which a query waits while another builds the list."""


class MemoryLive:
    """The live store of a single process; see ``ports.Live`` for what each method promises."""

    def __init__(
        self, recovery: RecoveryStore, clock: Clock, timeouts: PresenceTimeouts, heat: HeatRule = DEFAULT_HEAT
    ) -> None:
        self._recovery = recovery
        self._clock = clock
        self._listeners = ListenerRegistry()
        self._journal = MemoryJournal.of_stays(recovery)
        self._messages = MemoryJournal.of_messages(recovery)
        self._users = MemoryUsers(recovery, clock, timeouts)
        self._publisher = RoomPublisher(clock, self._listeners)
        self._rooms = MemoryRooms(recovery, clock, timeouts, heat, self._journal, self._publisher)
        self.metadata = MemoryMetadata(self._rooms, self._publisher, clock)
        self.talk = MemoryTalk(self._rooms, self._publisher, clock, self._messages, recovery)
        self.likes = MemoryLikes(self._rooms, self._publisher, clock, recovery)
        told = self._rooms, self._publisher, clock
        self.gifts, self.battles, self.activities = MemoryGifts(*told), MemoryBattles(*told), MemoryActivities(*told)
        self._gap = milliseconds(OUTAGE)
        self._over: list[PresenceEntry] = []
        self.sockets = MemorySockets(self._users, clock)
        self.channels = MemoryChannels(self._rooms, self._publisher, self._listeners, clock, lambda: self._gap)
        self._limits = MemoryLimits()
        self.known_addresses = MemoryKnownAddresses(clock)
        self._lists: dict[TenantName, RoomList] = {}
        self.feeds = MemoryFeeds(clock, self._lists.get)
        self.relays = MemoryRelays(self._rooms.of_bucket)
        self.sizes = MemoryRoomSizes(self._rooms)
        self.forwarding = MemoryForwarding()
        self.outside = MemoryOutside(self._users, self._rooms, clock)
        self.seat_maps = MemorySeatMaps(self._rooms, self._publisher, self._journal, clock)
        self._claims: dict[TenantName, tuple[int, asyncio.Event]] = {}
        self.comparing = MemoryComparing(self._users, self._rooms)
        # The two that every call of every user passes: without a step in between.
        self.renew = self._users.renew
        self.knows = self._users.knows

    # --- sessions and signs of life --------------------------------------------------------------------------------

    async def touch(self, heartbeat: Heartbeat) -> None:
        await self._users.touch(heartbeat)

    async def end_sessions(self, ended: EndedSessions) -> None:
        await self._users.end_sessions(ended)
        self._listeners.notify(lambda listener: listener.sessions_over(ended))

    async def put_profile(
        self, user: UserId, profile: Profile, blockers: Sequence[UserId] = (), *, first: bool = False
    ) -> None:
        record = await self._users.record(user)
        if record is None or (first and record.profile is not None):
            return
        record.profile, record.blockers = profile, tuple(blockers)
        for room in {entry.room for entry in record.entries}:
            await self._rooms.rename(room, user, profile)

    async def presence(self, users: Sequence[UserId]) -> Sequence[Presence]:
        return [await self._presence(user) for user in users]

    async def _presence(self, user: UserId) -> Presence:
        record = await self._users.record(user)
        if record is None or not record.is_online(read(self._clock)):
            return Presence(user, online=False)
        since, entry = at(record.since), record.newest()
        if entry is None:
            return Presence(user, online=True, since=since)
        member = await self._rooms.member(entry.room, user)
        role = member.role if member else Role.ANCHOR if entry.host else Role.AUDIENCE
        return Presence(user, online=True, since=since, room=entry.room, role=role)

    async def sources(self, user: UserId) -> Sequence[Source]:
        return await self._users.sources(user)

    async def entries(self, user: UserId) -> Sequence[PresenceEntry]:
        record = await self._users.record(user)
        return [] if record is None else [entry.value(user) for entry in record.entries]

    # --- presence entries and members ---------------------------------------------------------------------------------

    async def claim_presence(self, presence_claim: PresenceClaim) -> ClaimedPresence:
        return await self._users.claim_presence(presence_claim)

    async def drop_entries(self, entries: Sequence[PresenceEntry]) -> None:
        await self._users.drop_entries(entries)

    async def give_back(self, entry: PresenceEntry) -> None:
        await self._users.drop_entries([entry], refused=True)

    def drop_later(self, entries: Sequence[PresenceEntry]) -> None:
        self._over += entries

    async def admit(self, admission: Admission) -> Entered:
        return await self._rooms.admit(admission)

    async def leave(
        self,
        room: RoomId,
        user: UserId,
        session: SessionId | None,
        entry: EntryId | None,
        reason: LeaveReason,
        *,
        if_deserted: bool = False,
    ) -> Left | None:
        return await self._rooms.leave(room, user, session, entry, reason, if_deserted=if_deserted)

    async def persist(self) -> None:
        await self._journal.drain()
        await self._messages.drain()

    # --- rooms -----------------------------------------------------------------------------------------------------

    async def put_room(
        self, room: Room, policy: HostPolicy, card: bytes, room_access: Sequence[RoomAccess] = ()
    ) -> LiveRoom | None:
        return await self._rooms.put(room, policy, card, room_access)

    async def put_room_access(self, access: RoomAccess, announcement: Announcement) -> bool:
        return await self._rooms.put_room_access(access, announcement)

    async def close_room(self, room: Room, reason: CloseReason) -> Sequence[PresenceEntry]:
        return await self._rooms.close(room, reason)

    async def room(self, room: RoomId) -> LiveRoom | None:
        return await self._rooms.get(room)

    async def look(self, room: RoomId, user: UserId) -> Looked | None:
        return await self._rooms.look(room, user)

    async def rooms(self, rooms: Sequence[RoomId]) -> Sequence[LiveRoom]:
        return [live for room in rooms if (live := await self._rooms.get(room)) is not None]

    async def member(self, room: RoomId, user: UserId) -> Member | None:
        return await self._rooms.member(room, user)

    async def members(
        self, tenant: TenantName, room: RoomId, *, after: int, offset: int, limit: int, viewer: UserId | None = None
    ) -> Sequence[Member]:
        return await self._rooms.members(tenant, room, after, offset, limit, viewer)

    # --- the list --------------------------------------------------------------------------------------------------

    async def list_rooms(self, query: RoomQuery) -> RoomPage:
        rooms = self._lists.get(query.tenant)
        if rooms is None or not rooms.whole:
            await self._wait_for_list(query.tenant)
            rooms = self._lists[query.tenant]
        return rooms.page(query, read(self._clock))

    async def _wait_for_list(self, tenant: TenantName) -> None:
        until, built = self._claims.get(tenant, (0, None))
        if built is None or until <= read(self._clock):
            raise ListLost(tenant)
        try:
            await asyncio.wait_for(built.wait(), WAIT)
        except TimeoutError:
            raise LiveUnavailable("the room list is being built") from None
        if not self._list(tenant).whole:
            raise ListLost(tenant)

    async def put_listed(self, tenant: TenantName, rooms: Sequence[ListedRoom]) -> None:
        listing, now = self._list(tenant), read(self._clock)
        for room in rooms:
            listing.put(room, now)

    async def claim_list(self, tenant: TenantName) -> bool:
        now = read(self._clock)
        until, built = self._claims.get(tenant, (0, asyncio.Event()))
        if self._list(tenant).whole or now < until:
            return False
        self._claims[tenant] = (now + CLAIM, built)
        return True

    async def abandon_list(self, tenant: TenantName) -> None:
        if claim := self._claims.pop(tenant, None):
            claim[1].set()

    async def finish_list(self, tenant: TenantName) -> None:
        self._list(tenant).whole = True
        if claim := self._claims.pop(tenant, None):
            claim[1].set()

    def _list(self, tenant: TenantName) -> RoomList:
        found = self._lists.get(tenant)
        if found is None:
            found = self._lists[tenant] = RoomList(lambda: new_id(self._clock.now()))
        return found

    async def stale_rooms(
        self, limit: int, *, shown: Sequence[tuple[RoomId, int]] = (), since: timedelta = timedelta(0)
    ) -> Sequence[StaleRoom]:
        await self.listed(shown)
        return self._rooms.stale(limit, since)

    async def listed(self, rooms: Sequence[tuple[RoomId, int]]) -> None:
        for room, version in rooms:
            self._rooms.listed(room, version)

    # --- limits ----------------------------------------------------------------------------------------------------

    async def hit(self, key: str, *, limit: int, window: timedelta, count: int = 1) -> bool:
        now = read(self._clock)
        if count == 0:
            return self._limits.uses(key, now) < limit
        return self._limits.hit(key, count, milliseconds(window), now) <= limit

    async def hit_each(self, uses: Sequence[Use], *, window: timedelta) -> Sequence[bool]:
        return [await self.hit(key, limit=limit, window=window, count=count) for key, limit, count in uses]

    async def window_left(self, key: str, *, window: timedelta) -> timedelta:
        return timedelta(milliseconds=self._limits.left(key, read(self._clock)))

    # --- background ------------------------------------------------------------------------------------------------

    async def flush(self) -> int:
        await self._users.renew_waiting()
        over, self._over = self._over, []
        await self._users.drop_entries(over)
        written = await self._journal.drain()
        await self._messages.drain()
        await self.likes.flush()
        return written

    async def expired(self, limit: int, *, gap: timedelta) -> ExpiredEntries:
        self._gap = milliseconds(gap)
        over, doubtful = await self._users.expired(limit, self._gap)
        return ExpiredEntries(over, await self.outside.unspared(doubtful) if doubtful else ())

    async def orphans(self, limit: int) -> Sequence[Orphan]:
        return await self._rooms.orphans(limit, self._gap)

    async def alarms(self, limit: int) -> Sequence[Alarm]:
        return self._rooms.alarms(limit)

    async def online(self) -> int:
        return await self._users.online()

    async def ping(self) -> None:
        """Return: memory is always there."""

    async def refresh(self) -> None:
        """Return: there are no connections."""

    async def start(self) -> None:
        """Return: lost buckets come back when they are needed, all of them with the first expiry."""

    async def close(self) -> None:
        """Write what is left of the journal, if the recovery store takes it."""
        await self.likes.close()
        self._publisher.stop()
        try:
            await self.flush()
        except Unavailable:
            return
