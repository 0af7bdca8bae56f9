"""The Redis store's door: each method of the seam, and what needs users and rooms together."""

import asyncio
from collections.abc import Awaitable, Coroutine, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final, TypeVar

import structlog

from liveroom.domain.errors import LiveUnavailable, TokenInvalid, Unavailable
from liveroom.domain.events import Announcement
from liveroom.domain.ids import ROOM_BUCKETS, USER_BUCKETS, PlaceId, RoomId, SessionId, TenantName, UserId
from liveroom.domain.members import LeaveReason, Member, Place, Role
from liveroom.domain.paging import ListedRoom, RoomPage, RoomQuery
from liveroom.domain.presence import Beat, Patience, Presence, Source
from liveroom.domain.rooms import CloseReason, HostPolicy, LiveRoom, Room
from liveroom.domain.sessions import EndedSessions
from liveroom.domain.standings import Standing
from liveroom.domain.users import Profile
from liveroom.ports import Alarm, Clock, Entered, Entry, Ledger, Left, Looked, Orphan, Placed, Placing, StaleRoom, Use
from liveroom.store.live.hearing import Hearing
from liveroom.store.live.redis.backend import Backend, Servers
from liveroom.store.live.redis.calls import Caller
from liveroom.store.live.redis.channels import Channels
from liveroom.store.live.redis.comparing import Comparing
from liveroom.store.live.redis.core import Core
from liveroom.store.live.redis.feeds import Feeds
from liveroom.store.live.redis.forwarding import Forwarding
from liveroom.store.live.redis.journal import Journal
from liveroom.store.live.redis.keys import LAYOUT
from liveroom.store.live.redis.known_addresses import KnownAddresses
from liveroom.store.live.redis.likes import Likes
from liveroom.store.live.redis.limits import Limits
from liveroom.store.live.redis.lists import Lists
from liveroom.store.live.redis.metadata import LiveMetadata
from liveroom.store.live.redis.outside import Outside
from liveroom.store.live.redis.pacing import Pacing
from liveroom.store.live.redis.records import UserRow, at, milliseconds
from liveroom.store.live.redis.relays import Relays
from liveroom.store.live.redis.renewals import Renewals
from liveroom.store.live.redis.restoring import Restoring
from liveroom.store.live.redis.rooms import Rooms
from liveroom.store.live.redis.sockets import Sockets
from liveroom.store.live.redis.stages import Stages
from liveroom.store.live.redis.strays import Strays
from liveroom.store.live.redis.talk import Talk
from liveroom.store.live.redis.users import Users
from liveroom.store.live.redis.verdicts import Verdicts
from liveroom.store.live.redis.watch import Watch
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
        self, backend: Backend, ledger: Ledger, clock: Clock, patience: Patience, *, follows: bool = True
    ) -> None:
        self._caller, self._follows, self._fit = backend.calls, follows, False
        self._settles = alone = backend.ends_with_process
        self._hearing = Hearing()
        self._core = core = Core(backend.calls, clock, patience)
        self._verdicts = Verdicts()
        self._journal = Journal.of_stays(backend.calls, ledger, is_alone=alone)
        self._messages = Journal.of_messages(backend.calls, ledger, is_alone=alone)
        core.restorer = self._restoring = Restoring(core, ledger, self._journal, self._verdicts.forget)
        self._journal.check = Strays(core, ledger).end
        self._watch = Watch(core, self._journal, self._messages)
        self._feed = backend.session_ends(clock, self._verdicts, self._hearing)
        self._renewals = Renewals(core, self._verdicts)
        self._users = Users(core, self._renewals)
        self.outside = Outside(core, self._users)
        self.sockets = Sockets(core, self._users, self._verdicts)
        self._listening = backend.subscriptions()
        pacing = Pacing(core, self._watch)
        self._rooms = Rooms(core, self._watch, pacing)
        self.channels = Channels(core, self._watch, pacing, self._listening, self._hearing)
        self.stages = Stages(core, self._watch, pacing)
        self.metadata = LiveMetadata(core, pacing)
        self.talk = Talk(core, self._watch, pacing, self._messages, ledger)
        self.likes = Likes(core, self._watch, pacing, ledger)
        self._lists = Lists(core)
        self.feeds = Feeds(core)
        self.relays = Relays(core)
        self.forwarding = Forwarding(core, self._listening)
        self._limits = Limits(core)
        self.known_addresses = KnownAddresses(core)
        self.comparing = Comparing(core, self._users)

    @classmethod
    def open(
        cls,
        url: str,
        *,
        ledger: Ledger,
        clock: Clock,
        patience: Patience,
        silence: float = SILENCE,
        follows: bool = True,
    ) -> "RedisLive":
        """Return a store for the URL, with nothing connected yet; call it where the event loop runs.

        ``silence``: seconds without an answer after which a connection is given up. ``follows``: hear of ended
        sessions, so that those found valid can be trusted; else each call asks.
        """
        return cls(Servers(Caller.open(url, silence)), ledger, clock, patience, follows=follows)

    # --- beginning and end -----------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Begin to hear of ended sessions. A Redis that does not answer yet is waited for; an unfit one raises."""
        try:
            await self.check()
        except LiveUnavailable as failure:
            log.debug("redis.unreachable_at_start", cause=failure.detail)
        if self._follows:
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
        with suppress(Unavailable):
            await self.settle()
        await self._caller.close()

    async def _drop_waiting(self) -> None:
        try:
            await self._users.drop_waiting()
        except LiveUnavailable:
            return  # they are swept

    async def ping(self) -> None:
        if self._fit:
            await self._caller.versions()
            return
        try:
            await self.check()
        except RedisUnfit as unfit:
            raise LiveUnavailable(str(unfit)) from unfit

    # --- sessions and signs of life --------------------------------------------------------------------------------

    async def touch(self, beat: Beat) -> None:
        if not await self._renewals.ask(beat):
            raise TokenInvalid

    def renew(self, beat: Beat) -> None:
        self._renewals.add(beat)

    def knows(self, beat: Beat) -> bool:
        return self._verdicts.knows(beat) and self._feed.is_fresh()

    async def end_sessions(self, ended: EndedSessions) -> None:
        await self._users.end_sessions(ended)
        self._verdicts.end(ended)
        await self._feed.tell(ended)

    async def put_profile(self, user: UserId, profile: Profile) -> None:
        rooms = await self._users.put_profile(user, profile)
        await asyncio.gather(*(self._rooms.rename(room, user, profile) for room in rooms))

    async def presence(self, users: Sequence[UserId]) -> Sequence[Presence]:
        records = await self._users.records(users)
        return await asyncio.gather(*(self._presence(user, records.get(user)) for user in users))

    async def _presence(self, user: UserId, found: tuple[UserRow, int] | None) -> Presence:
        if found is None or not found[0].is_online(found[1]):
            return Presence(user, online=False)
        row, _ = found
        place, since = row.newest(), at(row.since())
        if place is None:
            return Presence(user, online=True, since=since)
        room = RoomId(place.room)
        member = await self._rooms.member(room, user)
        role = member.role if member else Role.ANCHOR if place.host else Role.AUDIENCE
        return Presence(user, online=True, since=since, room=room, role=role)

    def sources(self, user: UserId) -> Answer[Sequence[Source]]:
        return self._users.sources(user)

    def places(self, user: UserId) -> Answer[Sequence[Place]]:
        return self._users.places(user)

    # --- places and members ----------------------------------------------------------------------------------------

    def take_place(self, placing: Placing) -> Answer[Placed]:
        return self._users.take_place(placing)

    def drop_places(self, places: Sequence[Place]) -> Answer[None]:
        return self._users.drop_places(places)

    def give_back(self, place: Place) -> Answer[None]:
        return self._users.give_back(place)

    def drop_later(self, places: Sequence[Place]) -> None:
        self._users.drop_later(places)

    def admit(self, entry: Entry) -> Answer[Entered]:
        return self._rooms.admit(entry)

    def leave(
        self,
        room: RoomId,
        user: UserId,
        session: SessionId | None,
        place: PlaceId | None,
        reason: LeaveReason,
        *,
        if_deserted: bool = False,
    ) -> Answer[Left | None]:
        return self._rooms.leave(room, user, session, place, reason, if_deserted=if_deserted)

    async def settle(self) -> None:
        """Return at once where what a script has written survives this process."""
        if self._settles:
            await self._journal.settle()
            await self._messages.settle()

    # --- rooms -----------------------------------------------------------------------------------------------------

    def put_room(
        self, room: Room, policy: HostPolicy, card: bytes, standings: Sequence[Standing] = ()
    ) -> Answer[LiveRoom | None]:
        return self._rooms.put(room, policy, card, standings)

    def put_standing(self, standing: Standing, told: Announcement) -> Answer[bool]:
        return self._rooms.put_standing(standing, told)

    async def close_room(self, room: Room, reason: CloseReason) -> Sequence[Place]:
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
        return await asyncio.gather(*(self._stale(*entry) for entry in dirty))

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

    async def expired(self, limit: int, *, gap: timedelta) -> Sequence[Place]:
        self._watch.gap = milliseconds(gap)
        over, doubtful = await self._users.expired(limit, self._watch.gap)
        return [*over, *await self.outside.unspared(doubtful)] if doubtful else over

    async def orphans(self, limit: int) -> Sequence[Orphan]:
        return await self._watch.orphans(limit)

    async def alarms(self, limit: int) -> Sequence[Alarm]:
        return await self._watch.alarms(limit)

    async def online(self) -> int:
        return await self._users.online()
