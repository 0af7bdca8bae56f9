"""Compares what a room has counted with what was paid in it, at the last moment: before a closed room is taken down.

No lock holds gifts up meanwhile. So SQL is read before and behind the room: what was told before is in the room then,
and what the room has was paid before.
"""

from dataclasses import dataclass

import structlog

from liveroom.domain.errors import DatabaseUnavailable, RoomNotFound
from liveroom.domain.ledger.differences import LedgerCheck, LedgerDifference
from liveroom.domain.rooms.model import Room
from liveroom.ports import Database, Live
from liveroom.usecases.ledger.auditing import Findings

log = structlog.get_logger("liveroom.gifts")


@dataclass(frozen=True, slots=True)
class CountedGifts:
    """Looks at rooms that close."""

    db: Database
    live: Live
    findings: Findings

    async def compare(self, room: Room) -> None:
        """Tell of a broadcast whose room has counted more than was paid, or less than it was told.

        Without SQL nothing is compared: the room closes all the same.
        """
        try:
            await self._compare(room)
        except DatabaseUnavailable as failure:
            log.warning("gifts.uncompared", room=room.id, cause=repr(failure.__cause__ or failure))

    async def _compare(self, room: Room) -> None:
        before = await self.db.sent_gifts.settled(room.broadcast, room.id)
        counted = await self._counted(room)
        if counted is None or counted == before.coins:
            return
        behind = await self.db.sent_gifts.settled(room.broadcast, room.id)
        if before.coins - before.untold <= counted <= behind.coins:
            return
        difference = LedgerDifference(LedgerCheck.ROOM, room.tenant, room.broadcast, behind.coins, counted)
        await self.findings.tell([difference])

    async def _counted(self, room: Room) -> int | None:
        """Return the coins of the broadcast as its room has them; None: another runs there, or none does any more."""
        try:
            totals = await self.live.gifts.totals(room.id, room.tenant)
        except RoomNotFound:
            return None
        live = await self.live.room(room.id)
        return totals.coins if live is not None and live.broadcast == room.broadcast else None
