"""Takes the journal of stays into SQL, and tells what has changed by it.

Of a tenant who is told nothing of members, stays are written and no more. Otherwise what is stored is read first, with
the rooms' streams held, so that of two processes with the same stay the second has nothing to tell.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from liveroom import faults
from liveroom.domain.ids import StayId, TenantName
from liveroom.domain.members import Stay
from liveroom.domain.parts import parts
from liveroom.domain.tellings import Telling, of_room
from liveroom.domain.told_stays import KINDS, steps, tell
from liveroom.ports import Database, Tx
from liveroom.usecases.event_recorder import EventRecorder

AT_ONCE: Final = 500
"""Stays of a transaction: their rooms' streams are held for as long as it takes."""


@dataclass(frozen=True, slots=True)
class Journaling:
    """Writes stays; writing one twice, late or beside another process changes nothing and tells nothing."""

    db: Database
    recorder: EventRecorder

    async def save(self, stays: Sequence[Stay]) -> None:
        """Write stays, in any order."""
        wanting = {name for name in {stay.tenant for stay in stays} if self.recorder.is_wanted(name, KINDS)}
        told = [stay for stay in stays if stay.tenant in wanting] if wanting else ()
        if len(told) < len(stays):
            await self.db.stays.put([stay for stay in stays if stay.tenant not in wanting])
        for some in parts(told, AT_ONCE):
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
            told: dict[tuple[TenantName, str], Sequence[Telling]] = {}
            for room, part in found.items():
                stream = part[0].after.tenant, of_room(room)
                told[stream] = [tell(step, categories.get(step.after.broadcast, "")) for step in part]
            await self.recorder.record_many(tx, told)
            faults.point("journal.told")

        await self.db.transact(work)
