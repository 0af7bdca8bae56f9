"""The Redis store's door: each method of the seam, and what needs users and rooms together."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import timedelta
from typing import Any, Final, TypeVar

import structlog

from liveroom.domain.accounts.sessions import EndedSessions
from liveroom.domain.accounts.users import Profile
from liveroom.domain.errors import LiveUnavailable, TokenInvalid
from liveroom.domain.events.model import Announcement
from liveroom.domain.ids import ROOM_BUCKETS, USER_BUCKETS, EntryId, RoomId, SessionId, TenantName, UserId
from liveroom.domain.moderation.room_access import RoomAccess
from liveroom.domain.moments import at, milliseconds
from liveroom.domain.presence.members import LeaveReason, Member, PresenceEntry, Role
from liveroom.domain.presence.signs import Heartbeat, Presence, PresenceTimeouts, Source
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
    Looked,
    Orphan,
    PresenceClaim,
    RecoveryStore,
    StaleRoom,
    Use,
)
from liveroom.store.live.listener_registry import ListenerRegistry
from liveroom.store.live.redis.activities import RedisActivities
from liveroom.store.live.redis.battles import RedisBattles
from liveroom.store.live.redis.calls import ScriptCaller
from liveroom.store.live.redis.channels import RedisChannels
from liveroom.store.live.redis.comparing import RedisComparing
from liveroom.store.live.redis.core import RedisCore
from liveroom.store.live.redis.feed import SessionFeed
from liveroom.store.live.redis.feeds import RedisFeeds
from liveroom.store.live.redis.forwarding import RedisForwarding
from liveroom.store.live.redis.gifts import RedisGifts
from liveroom.store.live.redis.journal import RedisJournal, messages_of, stays_of
from liveroom.store.live.redis.keys import LAYOUT
from liveroom.store.live.redis.known_addresses import RedisKnownAddresses
from liveroom.store.live.redis.likes import RedisLikes
from liveroom.store.live.redis.limits import RedisLimits
from liveroom.store.live.redis.listening import Listening
from liveroom.store.live.redis.lists import Lists
from liveroom.store.live.redis.lost_stays import LostStays
from liveroom.store.live.redis.metadata import RedisMetadata
from liveroom.store.live.redis.outside import RedisOutside
from liveroom.store.live.redis.pacing import Pacing
from liveroom.store.live.redis.records import UserRow
from liveroom.store.live.redis.relays import RedisRelays
from liveroom.store.live.redis.renewals import Renewals
from liveroom.store.live.redis.restoring import RedisRestoring
from liveroom.store.live.redis.rooms import RedisRooms
from liveroom.store.live.redis.session_cache import SessionCache
from liveroom.store.live.redis.sizes import RedisRoomSizes
from liveroom.store.live.redis.sockets import RedisSockets
from liveroom.store.live.redis.stages import RedisSeatMaps
from liveroom.store.live.redis.talk import RedisTalk
from liveroom.store.live.redis.users import RedisUsers
from liveroom.store.live.redis.watch import DirtyBuckets
from liveroom.store.live.redis.wire import SILENCE

log = structlog.get_logger("liveroom.redis")

T = TypeVar("T")
Answer = Coroutine[Any, Any, T]
"""What a method hands through: a coroutine of its own would cost as much as the call of a script."""

LEAST_VERSION: Final = (7, 0)
_FORMAT: Final = 2
_LAYOUT: Final = f"{USER_BUCKETS},{ROOM_BUCKETS},{_FORMAT}"


class RedisUnfit(Exception):
    """The Redis that was configured cannot hold this store; the sentence says why."""


class RedisLive:
    """The live store of any number of processes; see ``ports.Live`` for what each method promises."""

    def __init__(
        self,
        caller: ScriptCaller,
        recovery: RecoveryStore,
        clock: Clock,
        timeouts: PresenceTimeouts,
        heat: HeatRule = DEFAULT_HEAT,
        *,
        reads_feed: bool = True,
    ) -> None:
        self._caller, self._reads_feed, self._fit = caller, reads_feed, False
        self._listeners = ListenerRegistry()
        self._core = core = RedisCore(caller, clock, timeouts, heat)
        self._session_cache = SessionCache()
        self._journal = RedisJournal(caller, stays_of(recovery))
        self._messages = RedisJournal(caller, messages_of(recovery))
        core.restorer = self._restoring = RedisRestoring(core, recovery, self._journal, self._session_cache.forget)
        self._journal.check = LostStays(core, recovery).end
        self._watch = DirtyBuckets(core, self._journal, self._messages)
        self._feed = SessionFeed(caller, clock, self._session_cache, self._listeners)
        self._renewals = Renewals(core, self._session_cache)
        self._users = RedisUsers(core, self._renewals)
        self.outside = RedisOutside(core, self._users)
        self.sockets = RedisSockets(core, self._users, self._session_cache)
        self._listening = Listening(caller)
        pacing = Pacing(core, self._watch)
        self._rooms = RedisRooms(core, self._watch, pacing)
        self.channels = RedisChannels(core, self._watch, pacing, self._listening, self._listeners)
        self.seat_maps = RedisSeatMaps(core, self._watch, pacing)
        self.metadata = RedisMetadata(core, pacing)
        self.talk = RedisTalk(core, self._watch, pacing, self._messages, recovery)
        self.likes = RedisLikes(core, self._watch, pacing, recovery)
        self.gifts, self.battles = RedisGifts(core, pacing), RedisBattles(core, pacing)
        self.activities, self._lists = RedisActivities(core, pacing), Lists(core)
        self.feeds, self.relays = RedisFeeds(core), RedisRelays(core)
        self.sizes = RedisRoomSizes(core, self.relays)
        self.forwarding = RedisForwarding(core, self._listening)
        self._limits = RedisLimits(core)
        self.known_addresses = RedisKnownAddresses(core)
        self.comparing = RedisComparing(core, self._users)

    @classmethod
    def open(
        cls,
        url: str,
        *,
        recovery: RecoveryStore,
        clock: Clock,
        timeouts: PresenceTimeouts,
        heat: HeatRule = DEFAULT_HEAT,
        silence: float = SILENCE,
        reads_feed: bool = True,
        scripts: Callable[[str, float], ScriptCaller] = ScriptCaller.open,
    ) -> "RedisLive":
        """Return a store for the URL, with nothing connected yet; call it where the event loop runs.

        ``silence``: seconds without an answer after which a connection is given up. ``reads_feed``: learn of ended
        sessions, so that those found valid can be trusted; else each call asks. ``scripts``: opens what calls scripts.
        """
        return cls(scripts(url, silence), recovery, clock, timeouts, heat, reads_feed=reads_feed)

    # --- beginning and end -----------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Begin to read the feed of ended sessions. One that does not answer yet is waited for; an unfit one raises."""
        try:
            await self.check()
        except LiveUnavailable as failure:
            log.debug("redis.unreachable_at_start", cause=failure.detail)
        if self._reads_feed:
            self._feed.start()

    async def refresh(self) -> None:
        self._caller.hang_up()

    async def check(self) -> None:
        """Raise ``RedisUnfit`` when the Redis is too old, or holds a store with other buckets."""
        for version in await self._caller.versions():
            if tuple(int(part) for part in version.split(".")[:2]) < LEAST_VERSION:
                raise RedisUnfit(f"Redis {version} is too old: liveroom needs 7.0 or newer.")
        await self._caller.command(LAYOUT, "SET", LAYOUT, _LAYOUT, "NX")
        found = (await self._caller.command(LAYOUT, "GET", LAYOUT)).decode()
        if found != _LAYOUT:
            raise RedisUnfit(
                f"This Redis holds a live store of layout {found}, this release writes {_LAYOUT}: "
                "give it a Redis (or a database number) of its own, or empty it; it is rebuilt from SQL."
            )
        self._fit = True

    async def close(self) -> None:
        """Send what waits and hang up."""
        await self.likes.close()
        await self._renewals.close()
        await self._drop_waiting()
        await self.sockets.finish()
        await self.channels.close()
        await self._feed.stop()
        await self._restoring.stop()
        await self._caller.close()

    async def _drop_waiting(self) -> None:
        try:
            await self._users.drop_waiting()
        except LiveUnavailable:
            return  # they expire

    async def ping(self) -> None:
        if self._fit:
            await self._caller.versions()
            return
        try:
            await self.check()
        except RedisUnfit as unfit:
            raise LiveUnavailable(str(unfit)) from unfit

    # --- sessions and signs of life --------------------------------------------------------------------------------

    async def touch(self, heartbeat: Heartbeat) -> None:
        if not await self._renewals.ask(heartbeat):
            raise TokenInvalid

    def renew(self, heartbeat: Heartbeat) -> None:
        self._renewals.add(heartbeat)

    def knows(self, heartbeat: Heartbeat) -> bool:
        return self._session_cache.knows(heartbeat) and self._feed.is_fresh()

    async def end_sessions(self, ended: EndedSessions) -> None:
        await self._users.end_sessions(ended)
        self._session_cache.end(ended)
        await self._feed.publish(ended)

    async def put_profile(
        self, user: UserId, profile: Profile, blockers: Sequence[UserId] = (), *, first: bool = False
    ) -> None:
        rooms = await self._users.put_profile(user, profile, blockers, first=first)
        await asyncio.gather(*(self._rooms.rename(room, user, profile) for room in rooms))

    async def presence(self, users: Sequence[UserId]) -> Sequence[Presence]:
        records = await self._users.records(users)
        return await asyncio.gather(*(self._presence(user, records.get(user)) for user in users))

    async def _presence(self, user: UserId, found: tuple[UserRow, int] | None) -> Presence:
        if found is None or not found[0].is_online(found[1]):
            return Presence(user, online=False)
        row, _ = found
        entry, since = row.newest(), at(row.since())
        if entry is None:
            return Presence(user, online=True, since=since)
        room = RoomId(entry.room)
        member = await self._rooms.member(room, user)
        role = member.role if member else Role.ANCHOR if entry.host else Role.AUDIENCE
        return Presence(user, online=True, since=since, room=room, role=role)

    def sources(self, user: UserId) -> Answer[Sequence[Source]]:
        return self._users.sources(user)

    def entries(self, user: UserId) -> Answer[Sequence[PresenceEntry]]:
        return self._users.entries(user)

    # --- places and members ----------------------------------------------------------------------------------------

    def claim_presence(self, presence_claim: PresenceClaim) -> Answer[ClaimedPresence]:
        return self._users.claim_presence(presence_claim)

    def drop_entries(self, entries: Sequence[PresenceEntry]) -> Answer[None]:
        return self._users.drop_entries(entries)

    def give_back(self, entry: PresenceEntry) -> Answer[None]:
        return self._users.give_back(entry)

    def drop_later(self, entries: Sequence[PresenceEntry]) -> None:
        self._users.drop_later(entries)

    def admit(self, admission: Admission) -> Answer[Entered]:
        return self._rooms.admit(admission)

    def leave(
        self,
        room: RoomId,
        user: UserId,
        session: SessionId | None,
        entry: EntryId | None,
        reason: LeaveReason,
        *,
        if_deserted: bool = False,
    ) -> Answer[Left | None]:
        return self._rooms.leave(room, user, session, entry, reason, if_deserted=if_deserted)

    async def persist(self) -> None:
        """Return at once: what a script has written survives this process."""

    # --- rooms -----------------------------------------------------------------------------------------------------

    def put_room(
        self, room: Room, policy: HostPolicy, card: bytes, room_access: Sequence[RoomAccess] = ()
    ) -> Answer[LiveRoom | None]:
        return self._rooms.put(room, policy, card, room_access)

    def put_room_access(self, access: RoomAccess, announcement: Announcement) -> Answer[bool]:
        return self._rooms.put_room_access(access, announcement)

    async def close_room(self, room: Room, reason: CloseReason) -> Sequence[PresenceEntry]:
        return await self._rooms.close(room, reason)

    def room(self, room: RoomId) -> Answer[LiveRoom | None]:
        return self._rooms.get(room)

    def look(self, room: RoomId, user: UserId) -> Answer[Looked | None]:
        return self._rooms.look(room, user)

    def rooms(self, rooms: Sequence[RoomId]) -> Answer[Sequence[LiveRoom]]:
        return self._rooms.some(rooms)

    def member(self, room: RoomId, user: UserId) -> Answer[Member | None]:
        return self._rooms.member(room, user)

    def members(
        self, tenant: TenantName, room: RoomId, *, after: int, offset: int, limit: int, viewer: UserId | None = None
    ) -> Answer[Sequence[Member]]:
        return self._rooms.members(tenant, room, after=after, offset=offset, limit=limit, viewer=viewer)

    # --- the list --------------------------------------------------------------------------------------------------

    def list_rooms(self, query: RoomQuery) -> Answer[RoomPage]:
        return self._lists.page(query)

    def put_listed(self, tenant: TenantName, rooms: Sequence[ListedRoom]) -> Awaitable[None]:
        return self._lists.put(tenant, rooms)

    async def claim_list(self, tenant: TenantName) -> bool:
        return await self._lists.claim(tenant)

    async def abandon_list(self, tenant: TenantName) -> None:
        await self._lists.abandon(tenant)

    async def finish_list(self, tenant: TenantName) -> None:
        await self._lists.finish(tenant)

    async def stale_rooms(
        self, limit: int, *, shown: Sequence[tuple[RoomId, int]] = (), since: timedelta = timedelta(0)
    ) -> Sequence[StaleRoom]:
        dirty = await self._watch.dirty(limit, shown, since)
        return await asyncio.gather(*(self._stale(*admission) for admission in dirty))

    async def _stale(self, id: RoomId, version: int, tenant: TenantName) -> StaleRoom:
        room = await self._rooms.get(id)
        return StaleRoom(id, tenant, version if room is None else room.version, room)

    def listed(self, rooms: Sequence[tuple[RoomId, int]]) -> Answer[None]:
        return self._watch.listed(rooms)

    # --- limits ----------------------------------------------------------------------------------------------------

    async def hit(self, key: str, *, limit: int, window: timedelta, count: int = 1) -> bool:
        return (await self._limits.hit((Use(key, limit, count),), milliseconds(window)))[0]

    async def hit_each(self, uses: Sequence[Use], *, window: timedelta) -> Sequence[bool]:
        return await self._limits.hit(uses, milliseconds(window))

    async def window_left(self, key: str, *, window: timedelta) -> timedelta:
        return await self._limits.left(key, window)

    # --- background work -------------------------------------------------------------------------------------------

    async def flush(self) -> int:
        await self._renewals.flush()
        await self._users.drop_waiting()
        await self._watch.look_around()
        written = await self._journal.flush()
        await self._messages.flush()
        await self.likes.flush()
        await self.known_addresses.flush()
        return written

    async def expired(self, limit: int, *, gap: timedelta) -> ExpiredEntries:
        self._watch.gap = milliseconds(gap)
        over, doubtful = await self._users.expired(limit, self._watch.gap)
        return ExpiredEntries(over, await self.outside.unspared(doubtful) if doubtful else ())

    async def orphans(self, limit: int) -> Sequence[Orphan]:
        return await self._watch.orphans(limit)

    async def alarms(self, limit: int) -> Sequence[Alarm]:
        return await self._watch.alarms(limit)

    async def online(self) -> int:
        return await self._users.online()
