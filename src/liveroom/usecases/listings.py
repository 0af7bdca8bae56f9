"""The lists: rooms of a tenant, one room, its members. Everything is read from the live store.

A room's card is on its tenant's list before the caller is answered, and so are its counts, unless the room changes
so often that they are gathered for a moment (docs/decisions/0011).
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from liveroom.domain.errors import BadRequest, LiveUnavailable, RoomNotFound
from liveroom.domain.ids import RoomId, TenantName
from liveroom.domain.members import Member
from liveroom.domain.paging import ListedRoom, RoomPage, RoomQuery
from liveroom.domain.rooms import LiveRoom, Room, RoomState
from liveroom.domain.sessions import Actor
from liveroom.ports import Cards, Clock, Database, ListLost, Live

GATHERED: Final = timedelta(milliseconds=250)
"""How long the counts of a room that changes all the time are gathered: the beat's rhythm."""
PATIENCE: Final = timedelta(seconds=2)
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
    _building: dict[TenantName, asyncio.Task[None]] = field(default_factory=dict)

    async def rooms(self, query: RoomQuery) -> RoomPage:
        """Return a page of the tenant's visible rooms, as ready cards."""
        for _ in range(4):
            try:
                return await self.live.list_rooms(query)
            except ListLost as lost:
                await self._built(lost.tenant)
        raise LiveUnavailable("the room list is lost again and again")

    async def room(self, actor: Actor, room_id: RoomId) -> LiveRoom | Room:
        """Return a live room, or the room that the caller has reserved. Raises ``RoomNotFound``."""
        live = await self.live.room(room_id)
        if live is not None and live.tenant == actor.tenant.name:
            return live
        room = await self.db.rooms.get(room_id)
        if room is None or room.state is not RoomState.RESERVED or room.holder != actor.user:
            raise RoomNotFound
        return room

    async def members(
        self, actor: Actor, room_id: RoomId, *, cursor: str, offset: int, limit: int
    ) -> tuple[Sequence[Member], str]:
        """Return members in the order of joining, and the cursor of the next page ("" at the end)."""
        after = _read_cursor(cursor)
        found = await self.live.members(actor.tenant.name, room_id, after=after, offset=offset, limit=limit + 1)
        page = found[:limit]
        return page, str(page[-1].order) if len(found) > limit else ""

    async def show(self, rooms: Sequence[LiveRoom]) -> None:
        """Bring these rooms' entries up to date at once."""
        by_tenant: dict[TenantName, list[ListedRoom]] = defaultdict(list)
        for room in rooms:
            by_tenant[room.tenant].append(self._entry(room))
        for tenant, entries in by_tenant.items():
            await self.live.put_listed(tenant, entries)

    async def keep_up(self, rooms: Sequence[LiveRoom], *, at_once: bool) -> None:
        """Bring the rooms' counts up to date for whoever changed them and asks next.

        A room that changes more often than every ``GATHERED`` waits for the beat, unless ``at_once``: it was hidden or
        shown, which nobody may see late.
        """
        now = self.clock.now()
        due = [room for room in rooms if at_once or now - self._kept_up.get(room.id, _NEVER) >= GATHERED]
        if not due:
            return
        if len(self._kept_up) > _REMEMBERED:
            self._kept_up.clear()
        self._kept_up.update((room.id, now) for room in due)
        await self.show(due)
        await self.live.listed([(room.id, room.version) for room in due])

    async def catch_up(self) -> int:
        """Bring every entry that is behind up to date; return how many there were."""
        stale = await self.live.stale_rooms(_STALE)
        by_tenant: dict[TenantName, list[ListedRoom]] = defaultdict(list)
        for behind in stale:
            entry = (
                self._entry(behind.live)
                if behind.live is not None
                else ListedRoom(behind.room, behind.version, "", _NEVER, 0, None)
            )
            by_tenant[behind.tenant].append(entry)
        for tenant, entries in by_tenant.items():
            await self.live.put_listed(tenant, entries)
        if stale:
            await self.live.listed(
                [(behind.room, behind.live.version if behind.live is not None else behind.version) for behind in stale]
            )
        return len(stale)

    async def _built(self, tenant: TenantName) -> None:
        """Have the list built, once for all who ask; whoever has waited for ``PATIENCE`` is told to come back."""
        task = self._building.get(tenant)
        if task is None:
            task = self._building[tenant] = asyncio.create_task(self._build(tenant))
            task.add_done_callback(lambda done: self._end_building(tenant, done))
        done, _ = await asyncio.wait({task}, timeout=PATIENCE.total_seconds())
        if not done:
            raise LiveUnavailable("the room list is being built")
        await task

    def _end_building(self, tenant: TenantName, task: asyncio.Task[None]) -> None:
        del self._building[tenant]
        if not task.cancelled():
            task.exception()

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
        card = None if room.hidden else self.cards.finish(room)
        return ListedRoom(room.id, room.version, room.category, room.opened, room.joined, card)


def _read_cursor(cursor: str) -> int:
    if not cursor:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 15):
        raise BadRequest("cursor: not one of ours")
    return int(cursor)
