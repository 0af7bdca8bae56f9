"""Changing recordings: one step in one transaction, under the locks of the room's row and the recording's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from liveroom.domain.events.outbox import OutboxRow, RoomChanged
from liveroom.domain.recordings.model import Recording, RecordingReport
from liveroom.domain.recordings.steps import reported
from liveroom.domain.rooms.model import Room, RoomStatus
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.recordings.writing import RecordingWriter

Step = Callable[[Recording, Room | None], Recording]
"""How a recording goes on; given its room while its broadcast runs."""


@dataclass(frozen=True, slots=True)
class RecordingChanges:
    """Changes recordings that there are. Any process may, at once with others: each looks again under the locks."""

    db: Database
    clock: Clock
    writer: RecordingWriter
    relay: OutboxRelay

    async def change(self, known: Recording, step: Step) -> Recording:
        """Take a step; return the recording after it. What tells the room leaves behind the commit."""

        async def work(tx: Tx) -> tuple[Recording, Recording, Sequence[OutboxRow]]:
            room = await tx.rooms.lock(known.room)
            is_live = room is not None and room.state is RoomStatus.LIVE and room.broadcast == known.broadcast
            here, recording = room if is_live else None, await tx.recordings.lock(known.id)
            if recording is None:
                return known, known, ()
            after = step(recording, here)
            if after == recording:
                return recording, recording, ()
            changed, rows = await self.writer.write(tx, here, recording, after)
            if changed is not None and here is not None and changed != here:
                await tx.rooms.put(replace(changed, rev=here.rev + 1))
                rows = rows or [await _refresh(tx, after, self.clock.now())]
            return recording, after, rows

        before, after, rows = await self.db.transact(work)
        self.writer.count(before, after)
        await self.relay.deliver_later(rows)
        return after

    async def report(self, known: Recording, report: RecordingReport) -> Recording:
        """Take up what a recorder has said."""
        now = self.clock.now()
        return await self.change(known, lambda recording, _: reported(recording, report, now, self.writer.keep))


async def _refresh(tx: Tx, recording: Recording, now: datetime) -> OutboxRow:
    """Add the outbox row that brings a room up to its row, of which nothing is told."""
    return await tx.outbox.add(recording.tenant, RoomChanged(recording.room), now)
