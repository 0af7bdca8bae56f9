"""Where operators put rooms in the lists: pinned, featured, behind all others; for a time or until it is undone."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from liveroom.domain.events.outbox import OutboxRow, RoomChanged
from liveroom.domain.ids import RoomId
from liveroom.domain.operators.caller import Operator
from liveroom.domain.payloads import time_or_empty
from liveroom.domain.rooms.model import Room, RoomStatus, present_room
from liveroom.domain.rooms.placement import Placement
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.rooms.admin import AdminRooms, Overseen
from liveroom.usecases.rooms.broadcasts import Committed

_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class Placements:
    """Changes them, and ends those whose time is over."""

    db: Database
    clock: Clock
    relay: OutboxRelay
    rooms: AdminRooms

    async def change(self, operator: Operator, room_id: RoomId, change: Callable[[Placement], Placement]) -> Overseen:
        """Change where lists have a room, in this broadcast and in those to come; lists show it before this returns.

        Raises ``RoomNotFound``.
        """

        async def work(tx: Tx) -> tuple[Room, Placement, OutboxRow | None]:
            room = present_room(await tx.rooms.lock(room_id), operator.tenant.name)
            changed, row = await self._put(tx, room, change(room.placement.at(self.clock.now())))
            return changed, room.placement, row

        room, before, row = await self.db.transact(work)
        operator.change.note(_noted(before), _noted(room.placement))
        return await self.rooms.committed(Committed(room, row))

    async def end_overdue(self) -> int:
        """Take back what was to last until now; return in how many rooms."""
        ended = 0
        for room_id in await self.db.rooms.overdue_placements(self.clock.now(), _AT_ONCE):
            ended += await self._end(room_id)
        return ended

    async def _end(self, room_id: RoomId) -> bool:
        async def work(tx: Tx) -> tuple[bool, OutboxRow | None]:
            room = await tx.rooms.lock(room_id)
            if room is None or room.placement.at(self.clock.now()) == room.placement:
                return False, None
            _, row = await self._put(tx, room, room.placement.at(self.clock.now()))
            return True, row

        done, row = await self.db.transact(work)
        if row is not None:
            await self.relay.deliver_later([row])
        return done

    async def _put(self, tx: Tx, room: Room, placement: Placement) -> tuple[Room, OutboxRow | None]:
        if placement == room.placement:
            return room, None
        changed = replace(room, placement=placement, rev=room.rev + 1)
        await tx.rooms.put(changed)
        if room.state is not RoomStatus.LIVE:
            return changed, None
        return changed, await tx.outbox.add(room.tenant, RoomChanged(room.id), self.clock.now())


def _noted(placement: Placement) -> dict[str, Any]:
    """Return a placement as the audit has it."""
    return {
        "pin": placement.pin,
        "pinnedUntil": time_or_empty(placement.pinned_until),
        "featured": placement.featured,
        "featuredUntil": time_or_empty(placement.featured_until),
        "demoted": placement.demoted,
        "demotedUntil": time_or_empty(placement.demoted_until),
    }
