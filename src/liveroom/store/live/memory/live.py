"""The memory store's door: each method of the seam, and what needs users and rooms together."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from liveroom.domain.errors import LiveUnavailable, Unavailable
from liveroom.domain.events import Announcement
from liveroom.domain.ids import ROOM_BUCKETS, USER_BUCKETS, PlaceId, RoomId, SessionId, TenantName, UserId, new_id
from liveroom.domain.members import LeaveReason, Member, Place, Role
from liveroom.domain.paging import ListedRoom, RoomPage, RoomQuery
from liveroom.domain.presence import Beat, Patience, Presence, Source
from liveroom.domain.rooms import CloseReason, HostPolicy, LiveRoom, Room
from liveroom.domain.sessions import EndedSessions
from liveroom.domain.standings import Standing
from liveroom.domain.users import Profile
from liveroom.ports import (
    Alarm,
    Clock,
    Entered,
    Entry,
    Ledger,
    Left,
    ListLost,
    Looked,
    Orphan,
    Placed,
    Placing,
    StaleRoom,
    Use,
)
from liveroom.store.live.hearing import Hearing
from liveroom.store.live.memory.channels import Channels
from liveroom.store.live.memory.comparing import Comparing
from liveroom.store.live.memory.feeds import Feeds
from liveroom.store.live.memory.forwarding import Forwarding
from liveroom.store.live.memory.herald import Herald
from liveroom.store.live.memory.journal import Journal
from liveroom.store.live.memory.known_addresses import KnownAddresses
from liveroom.store.live.memory.likes import Likes
from liveroom.store.live.memory.limits import Limits
from liveroom.store.live.memory.lists import RoomList
from liveroom.store.live.memory.metadata import LiveMetadata
from liveroom.store.live.memory.moments import at, milliseconds, read
from liveroom.store.live.memory.outside import Outside
from liveroom.store.live.memory.relays import Relays
from liveroom.store.live.memory.rooms import Rooms
from liveroom.store.live.memory.sockets import Sockets
from liveroom.store.live.memory.stages import Stages
from liveroom.store.live.memory.talk import Talk
from liveroom.store.live.memory.users import Users

CLAIM: Final = 30_000
"""How long the builder of a list may take before another begins."""
WAIT: Final = 2.0
"""Seconds for which a query waits while another builds the list."""
GAP: Final = timedelta(minutes=5)
"""The silence of the sweep that counts as an outage for rooms, until a sweep of users has said otherwise."""


class MemoryLive:
    """The live store of a single process; see ``ports.Live`` for what each method promises."""

    def __init__(self, ledger: Ledger, clock: Clock, patience: Patience, *, goes_on: bool = False) -> None:
        """``goes_on``: the process is one of many short-lived ones, and the next follows when it is called."""
        self._ledger = ledger
        self._goes_on = goes_on
        self._found_idle = False
        self._clock = clock
        self._hearing = Hearing()
        self._journal = Journal.of_stays(ledger)
        self._messages = Journal.of_messages(ledger)
        self._users = Users(ledger, clock, patience, goes_on=goes_on)
        self._herald = Herald(clock, self._hearing)
        self._rooms = Rooms(ledger, clock, patience, self._journal, self._herald, goes_on=goes_on)
        self.metadata = LiveMetadata(self._rooms, self._herald, clock)
        self.talk = Talk(self._rooms, self._herald, clock, self._messages, ledger)
        self.likes = Likes(self._rooms, self._herald, clock, ledger)
        self._gap = milliseconds(GAP)
        self._over: list[Place] = []
        self.sockets = Sockets(self._users, clock)
        self.channels = Channels(self._rooms, self._herald, self._hearing, clock, lambda: self._gap)
        self._limits = Limits()
        self.known_addresses = KnownAddresses(clock)
        self._lists: dict[TenantName, RoomList] = {}
        self.feeds = Feeds(clock, self._lists.get)
        self.relays = Relays(self._rooms.of_bucket)
        self.forwarding = Forwarding()
        self.outside = Outside(self._users, self._rooms, clock)
        self.stages = Stages(self._rooms, self._herald, self._journal, clock)
        self._claims: dict[TenantName, tuple[int, asyncio.Event]] = {}
        self.comparing = Comparing(self._users, self._rooms)
        # The two that every call of every user passes: without a step in between.
        self.renew = self._users.renew
        self.knows = self._users.knows

    # --- sessions and signs of life --------------------------------------------------------------------------------

    async def touch(self, beat: Beat) -> None:
        await self._users.touch(beat)

    async def end_sessions(self, ended: EndedSessions) -> None:
        await self._users.end_sessions(ended)
        self._hearing.tell(lambda audience: audience.sessions_over(ended))

    async def put_profile(self, user: UserId, profile: Profile) -> None:
        record = await self._users.record(user)
        if record is None:
            return
        record.profile = profile
        for room in {place.room for place in record.places}:
            await self._rooms.rename(room, user, profile)

    async def presence(self, users: Sequence[UserId]) -> Sequence[Presence]:
        return [await self._presence(user) for user in users]

    async def _presence(self, user: UserId) -> Presence:
        record = await self._users.record(user)
        if record is None or not record.is_online(read(self._clock)):
            return Presence(user, online=False)
        since, place = at(record.since), record.newest()
        if place is None:
            return Presence(user, online=True, since=since)
        member = await self._rooms.member(place.room, user)
        role = member.role if member else Role.ANCHOR if place.host else Role.AUDIENCE
        return Presence(user, online=True, since=since, room=place.room, role=role)

    async def sources(self, user: UserId) -> Sequence[Source]:
        return await self._users.sources(user)

    async def places(self, user: UserId) -> Sequence[Place]:
        record = await self._users.record(user)
        return [] if record is None else [place.value(user) for place in record.places]

    # --- places and members ----------------------------------------------------------------------------------------

    async def take_place(self, placing: Placing) -> Placed:
        return await self._users.take_place(placing)

    async def drop_places(self, places: Sequence[Place]) -> None:
        await self._users.drop_places(places)

    async def give_back(self, place: Place) -> None:
        await self._users.drop_places([place], refused=True)

    def drop_later(self, places: Sequence[Place]) -> None:
        self._over += places

    async def admit(self, entry: Entry) -> Entered:
        return await self._rooms.admit(entry)

    async def leave(
        self,
        room: RoomId,
        user: UserId,
        session: SessionId | None,
        place: PlaceId | None,
        reason: LeaveReason,
        *,
        if_deserted: bool = False,
    ) -> Left | None:
        return await self._rooms.leave(room, user, session, place, reason, if_deserted=if_deserted)

    async def settle(self) -> None:
        await self._journal.settle()
        await self._messages.settle()

    # --- rooms -----------------------------------------------------------------------------------------------------

    async def put_room(
        self, room: Room, policy: HostPolicy, card: bytes, standings: Sequence[Standing] = ()
    ) -> LiveRoom | None:
        return await self._rooms.put(room, policy, card, standings)

    async def put_standing(self, standing: Standing, announcement: Announcement) -> bool:
        return await self._rooms.put_standing(standing, announcement)

    async def close_room(self, room: Room, reason: CloseReason) -> Sequence[Place]:
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
        await self._users.drop_places(over)
        written = await self._journal.settle()
        await self._messages.settle()
        await self.likes.flush()
        await self._users.write_signs()
        return written

    async def expired(self, limit: int, *, gap: timedelta) -> Sequence[Place]:
        self._gap = milliseconds(gap)
        await self._find_idle()
        over, doubtful = await self._users.expired(limit, self._gap)
        return [*over, *await self.outside.unspared(doubtful)] if doubtful else over

    async def _find_idle(self) -> None:
        """Find out, in a process that is to begin quickly, which buckets need no filling before somebody calls."""
        if self._goes_on and not self._found_idle:
            busy = await self._ledger.busy()
            self._users.restoring.idle = frozenset(range(USER_BUCKETS)) - busy.users
            self._rooms.restoring.idle = frozenset(range(ROOM_BUCKETS)) - busy.rooms
            self._found_idle = True

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
        """Return: lost buckets come back when they are needed, all of them with the first sweep."""

    async def close(self) -> None:
        """Write what is left of the journal, if the ledger takes it."""
        await self.likes.close()
        self._herald.stop()
        try:
            await self.flush()
            await self._users.write_signs(now_or_never=True)
        except Unavailable:
            return
