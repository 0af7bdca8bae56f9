"""Broadcasts that end without anybody asking for it: their host stays away, or their time is over."""

from dataclasses import dataclass
from typing import Final

import structlog

from liveroom import faults
from liveroom.domain.ids import RoomId
from liveroom.domain.rooms.model import CloseReason
from liveroom.ports import AlarmKind, Clock, Database, Live, Orphan
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.rooms.broadcasts import Broadcasts
from liveroom.usecases.seats.maps import SeatMapEditor

log = structlog.get_logger("liveroom.ending")

_BATCH: Final = 1000


@dataclass(frozen=True, slots=True)
class OrphanedRooms:
    """Rooms whose host does not come back."""

    live: Live
    broadcasts: Broadcasts
    relay: OutboxRelay

    async def resolve(self) -> int:
        """Hand rooms whose host's grace is over to their heirs, or close them; return how many."""
        orphans = await self.live.orphans(_BATCH)
        for orphan in orphans:
            await self._resolve(orphan)
        return len(orphans)

    async def _resolve(self, orphan: Orphan) -> None:
        if orphan.heir is not None:
            committed = await self.broadcasts.hand_over(orphan.room, orphan.broadcast, orphan.heir)
        else:
            committed = await self.broadcasts.close(orphan.room, CloseReason.OWNER_GONE, broadcast=orphan.broadcast)
        faults.point("orphan.committed")
        if committed is not None and committed.row is not None:
            log.info("room.settled", room=orphan.room, heir=orphan.heir)
            await self.relay.deliver(committed.row, committed.room)


@dataclass(frozen=True, slots=True)
class OverdueRooms:
    """Rooms in which something is over at a set time."""

    db: Database
    live: Live
    clock: Clock
    broadcasts: Broadcasts
    relay: OutboxRelay
    seat_maps: SeatMapEditor

    async def end(self) -> int:
        """Close broadcasts whose time is over, and end requests for seats that nobody answered; return of how many
        rooms.
        """
        ended = 0
        for room, kind in await self.live.alarms(_BATCH):
            ended += await (self._end(room) if kind is AlarmKind.END else self.seat_maps.tidy(room))
        return ended

    async def _end(self, room_id: RoomId) -> bool:
        """Close a room's broadcast if its time is over; say whether it was."""
        room = await self.db.rooms.get(room_id)
        if room is None or not room.options.is_over(self.clock.now()):
            return False
        committed = await self.broadcasts.close(room_id, CloseReason.TIME_OVER, broadcast=room.broadcast)
        faults.point("close.committed")
        if committed is None or committed.row is None:
            return False
        log.info("room.time_over", room=room_id)
        await self.relay.deliver(committed.row, committed.room)
        return True
