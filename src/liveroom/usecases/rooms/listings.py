"""The lists: rooms of a tenant, and members of a room. Everything is read from the live store.

A room's card is on its tenant's list before the caller is answered and before others hear of the change; so are its
counts, unless the room changes so often that they are gathered for a moment (docs/decisions/0011).
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from liveroom import deadlines, faults
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import LiveUnavailable, NotInRoom, RoomConcealed
from liveroom.domain.ids import DEFAULT_TENANT, RoomId, TenantName, UserId, is_plain_id
from liveroom.domain.parts import parts
from liveroom.domain.presence.members import Member
from liveroom.domain.rooms.model import LiveRoom
from liveroom.domain.rooms.paging import ListedRoom, RoomPage, RoomQuery, cursor_number, cut
from liveroom.ports import Cards, Clock, Database, ListLost, Live
from liveroom.usecases.rooms.ranks import is_admin

log = structlog.get_logger("liveroom.listings")

GATHERED: Final = timedelta(milliseconds=250)
"""How long the counts of a room that changes all the time are gathered: the interval of the job that lists."""
UNSEEN: Final = 2 * GATHERED
"""How long ago a room has changed whose entry nobody has brought up to date: twice the rhythm of whoever is at it."""
TIMEOUT: Final = timedelta(seconds=2)
"""How long a caller waits for a lost list."""
_REMEMBERED: Final = 65_536
_CHUNK: Final = 500
_STALE: Final = 2000
_NEVER: Final = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class Listings:
    """Reads lists, and keeps the lists of rooms up to date."""

    db: Database
    live: Live
    clock: Clock
    cards: Cards
    _kept_up: dict[RoomId, datetime] = field(default_factory=dict)
    """When each room's counts were last brought up to date for a caller who waited for that."""
    _gathered: dict[RoomId, LiveRoom] = field(default_factory=dict)
    """Rooms that this process changed, as they were last, whose entries wait for the job."""
    _shown: dict[RoomId, int] = field(default_factory=dict)
    """Versions that this process has brought to the list since the job last noted that."""
    _building: dict[TenantName, asyncio.Task[None]] = field(default_factory=dict)

    async def rooms(self, query: RoomQuery) -> RoomPage:
        """Return a page of the tenant's visible rooms, as ready cards."""
        for _ in range(4):
            try:
                return await self.live.list_rooms(query)
            except ListLost as lost:
                await self._built(lost.tenant)
        raise LiveUnavailable("the room list is lost again and again")

    async def members(
        self, actor: Actor, room_id: RoomId, *, cursor: str, offset: int, limit: int
    ) -> tuple[Sequence[Member], str]:
        """Return members in the order of joining, and the cursor of the next page ("" at the end).

        Raises ``RoomNotFound``, and ``NotInRoom`` where only members see each other; admins see all.
        """
        tenant = actor.tenant.name
        try:
            return await self.members_of(tenant, room_id, cursor=cursor, offset=offset, limit=limit, viewer=actor.user)
        except (RoomConcealed, NotInRoom):
            if not await is_admin(self.db, actor.user):
                raise
        return await self.members_of(tenant, room_id, cursor=cursor, offset=offset, limit=limit)

    async def members_of(
        self,
        tenant: TenantName,
        room_id: RoomId,
        *,
        cursor: str,
        offset: int,
        limit: int,
        viewer: UserId | None = None,
    ) -> tuple[Sequence[Member], str]:
        """Return the same of a room of the tenant, as ``viewer`` may see it. Raises as ``members``."""
        after = _read_cursor(cursor)
        found = await self.live.members(tenant, room_id, after=after, offset=offset, limit=limit + 1, viewer=viewer)
        return cut(found, limit, lambda member: str(member.order))

    async def update(self, rooms: Sequence[tuple[LiveRoom, bool]]) -> None:
        """Bring the list up to date; with True: a room that was hidden or shown, which others hear of after that."""
        counted: list[LiveRoom] = []
        turned: list[LiveRoom] = []
        for room, changed in rooms:
            (turned if changed else counted).append(room)
        if counted:
            await self.keep_up(counted)
        if turned:
            await self.announce(turned)

    async def show(self, rooms: Sequence[LiveRoom]) -> None:
        """Bring these rooms' entries up to date at once."""
        if len(rooms) == 1:
            await self.live.put_listed(rooms[0].tenant, [self._entry(rooms[0])])
            return
        by_tenant: dict[TenantName, list[ListedRoom]] = defaultdict(list)
        for room in rooms:
            by_tenant[room.tenant].append(self._entry(room))
        for tenant, entries in by_tenant.items():
            await self.live.put_listed(tenant, entries)

    async def announce(self, rooms: Sequence[LiveRoom]) -> None:
        """Bring the entries of changed rooms up to date, and then let others hear of it.

        What cannot be shown, or said, now is left to the job, which keeps the same order.
        """
        await self.show(rooms)
        faults.point("state.shown")
        await self._release([(room.id, room.version) for room in rooms])

    async def _release(self, shown: Sequence[tuple[RoomId, int]]) -> None:
        await asyncio.gather(*(self._release_one(room, version) for room, version in shown))

    async def _release_one(self, room: RoomId, version: int) -> None:
        try:
            await self.live.channels.release(room, version)
        except LiveUnavailable as failure:
            log.warning("listings.not_released", room=room, cause=failure.detail)

    async def take_off(self, room: LiveRoom) -> None:
        """Take a room off the list that is about to close, before anybody hears of that; without a list, go on."""
        try:
            await self.live.put_listed(room.tenant, [_nothing(room.id, room.version + 1)])
        except LiveUnavailable as failure:
            log.warning("listings.not_taken_off", room=room.id, cause=failure.detail)

    async def keep_up(self, rooms: Sequence[LiveRoom]) -> None:
        """Bring the rooms' counts up to date for whoever changed them and asks next.

        A room that changes more often than every ``GATHERED`` waits for the job.
        """
        now = self.clock.now()
        due: list[LiveRoom] = []
        for room in rooms:
            if now - self._kept_up.get(room.id, _NEVER) >= GATHERED:
                due.append(room)
            elif (waiting := self._gathered.get(room.id)) is None or waiting.version < room.version:
                self._gathered[room.id] = room
        if not due:
            return
        if len(self._kept_up) > _REMEMBERED:
            self._kept_up.clear()
        self._kept_up.update((room.id, now) for room in due)
        await self.show(due)
        self._have_shown(due)

    async def catch_up(self, since: timedelta = timedelta(0)) -> int:
        """Bring every entry that is behind up to date; return how many there were that this process did not know of.

        First what this process has gathered, then what the store knows to be behind: changes made otherwise, and those
        of a process that died. ``since``: of rooms that have not changed for so long; those of all others are being
        seen to by whoever changed them.
        """
        await self._show_gathered()
        await self._show_warm()
        shown = list(self._shown.items())
        self._shown.clear()
        stale = await self.live.stale_rooms(_STALE, shown=shown, since=since)
        by_tenant: dict[TenantName, list[ListedRoom]] = defaultdict(list)
        for behind in stale:
            entry = _nothing(behind.room, behind.version) if behind.live is None else self._entry(behind.live)
            by_tenant[behind.tenant].append(entry)
        for tenant, entries in by_tenant.items():
            await self.live.put_listed(tenant, entries)
        if stale:
            await self._release_held([behind.live for behind in stale if behind.live is not None])
            await self.live.listed(
                [(behind.room, behind.live.version if behind.live is not None else behind.version) for behind in stale]
            )
        return len(stale)

    async def _release_held(self, rooms: Sequence[LiveRoom]) -> None:
        """Let others hear of changes whose own process did not get that far."""
        held = set(await self.live.channels.held([room.id for room in rooms]))
        await self._release([(room.id, room.version) for room in rooms if room.id in held])

    async def _show_gathered(self) -> None:
        """Show what was gathered; what cannot be shown now stays marked in the store, and is found there."""
        rooms = list(self._gathered.values())
        self._gathered.clear()
        for part in parts(rooms, _CHUNK):
            await self.show(part)
            self._have_shown(part)

    async def _show_warm(self) -> None:
        """Bring rooms that messages have warmed to where they belong; those of a process that dies wait for more."""
        for part in parts(self.live.talk.take_warm(), _CHUNK):
            await self.show(await self.live.rooms(part))

    def _have_shown(self, rooms: Sequence[LiveRoom]) -> None:
        for room in rooms:
            if room.version > self._shown.get(room.id, 0):
                self._shown[room.id] = room.version

    async def _built(self, tenant: TenantName) -> None:
        """Have the list built, once for all who ask; after ``TIMEOUT`` a caller is asked to come back."""
        task = self._building.get(tenant)
        if task is None:
            task = self._building[tenant] = deadlines.spawn(self._build(tenant))
            task.add_done_callback(lambda done: self._end_building(tenant, done))
        done, _ = await asyncio.wait({task}, timeout=deadlines.time_left(TIMEOUT.total_seconds()))
        if not done:
            raise LiveUnavailable("the room list is being built")
        await task

    def _end_building(self, tenant: TenantName, task: asyncio.Task[None]) -> None:
        del self._building[tenant]
        _look_at(task)

    async def _build(self, tenant: TenantName) -> None:
        """Fill a lost list from the rooms, if no other process is at it."""
        if not await self.live.claim_list(tenant):
            return
        try:
            await self._fill(tenant)
            await self.live.finish_list(tenant)
        except BaseException:
            with suppress(LiveUnavailable):
                await self.live.abandon_list(tenant)
            raise

    async def _fill(self, tenant: TenantName) -> None:
        after = RoomId("")
        while rooms := await self.db.rooms.live(tenant, after, _CHUNK):
            found = await self.live.rooms([room.id for room in rooms])
            await self.live.put_listed(tenant, [self._entry(room) for room in found])
            await self.live.listed([(room.id, room.version) for room in found])
            after = rooms[-1].id

    def _entry(self, room: LiveRoom) -> ListedRoom:
        is_shown = not (room.hidden or room.delisted) and may_be_listed(room)
        card = self.cards.finish(room) if is_shown else None
        return ListedRoom(
            room.id, room.version, room.category, room.opened, room.joined, card,
            room.members, room.likes, room.heat, room.zone,
        )  # fmt: skip


def may_be_listed(room: LiveRoom) -> bool:
    """Say whether apps that read ids as integers survive this one: the original's may have been any text."""
    return room.tenant != DEFAULT_TENANT or is_plain_id(room.id)


def _nothing(room: RoomId, version: int) -> ListedRoom:
    return ListedRoom(room, version, "", _NEVER, 0, None)


def _look_at(task: asyncio.Task[None]) -> None:
    """Look at the error of a task whose waiters may all be gone, so that asyncio does not complain about it."""
    if not task.cancelled():
        task.exception()


def _read_cursor(cursor: str) -> int:
    return cursor_number(cursor, 15) if cursor else 0
