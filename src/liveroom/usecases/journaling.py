"""Writes the journal of stays to SQL, and records the events of what has changed by it.

Where no target of a tenant wants events of members, stays are only written. Otherwise the stored versions are read
first, with the rooms' streams locked: of two processes with the same stay only the first records events.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from liveroom import faults
from liveroom.domain.ids import StayId, TenantName
from liveroom.domain.members import Stay
from liveroom.domain.parts import parts
from liveroom.domain.recorded_events import NewEvent, of_room
from liveroom.domain.stay_events import KINDS, event_of, steps
from liveroom.ports import Database, Tx
from liveroom.usecases.event_recorder import EventRecorder

AT_ONCE: Final = 500
"""Stays of a transaction: their rooms' streams are held for as long as it takes."""


@dataclass(frozen=True, slots=True)
class Journaling:
    """Writes stays. Writing one twice, late or beside another process changes nothing and records no event."""

    db: Database
    recorder: EventRecorder

    async def save(self, stays: Sequence[Stay]) -> None:
        """Write stays, in any order."""
        wanting = {name for name in {stay.tenant for stay in stays} if self.recorder.is_wanted(name, KINDS)}
        recorded = [stay for stay in stays if stay.tenant in wanting] if wanting else ()
        if len(recorded) < len(stays):
            await self.db.stays.put([stay for stay in stays if stay.tenant not in wanting])
        for some in parts(recorded, AT_ONCE):
            await self._save(some)

    async def _save(self, stays: Sequence[Stay]) -> None:
        newest: dict[StayId, Stay] = {}
        for stay in stays:
            known = newest.get(stay.id)
            if known is None or stay.version > known.version:
                newest[stay.id] = stay

        async def work(tx: Tx) -> None:
            await tx.events.hold({of_room(stay.room) for stay in newest.values()})
            known = await tx.stays.known(list(newest))
            await tx.stays.put(list(newest.values()))
            found = steps(known, stays)
            over = {step.after.broadcast for part in found.values() for step in part}
            categories = await tx.rooms.categories(over) if over else {}
            by_stream: dict[tuple[TenantName, str], Sequence[NewEvent]] = {}
            for room, part in found.items():
                stream = part[0].after.tenant, of_room(room)
                by_stream[stream] = [event_of(step, categories.get(step.after.broadcast, "")) for step in part]
            await self.recorder.record_many(tx, by_stream)
            faults.point("journal.recorded")

        await self.db.transact(work)
