"""Writing what has become of a recording: its row, its room's row, its events, and the work of its recorder.

All in one transaction. The room has the recording in its row, so that every process shows it, a lost live store is
filled with it, and whoever enters is told.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import msgspec

from liveroom.domain.events.model import EventKind
from liveroom.domain.events.outbox import OutboxRow, RoomTold
from liveroom.domain.events.recordings import DELETED, OUTCOMES, event_of, kinds_of
from liveroom.domain.events.records import of_room
from liveroom.domain.ids import derived_id
from liveroom.domain.moments import at, moment
from liveroom.domain.recordings.model import Recording, shown
from liveroom.domain.recordings.payloads import news
from liveroom.domain.recordings.steps import needs_recorder
from liveroom.domain.rooms.model import Room
from liveroom.domain.vendors.model import Key, Matter, Vendor
from liveroom.ports import Clock, Tx
from liveroom.usecases.events.recorder import EventRecorder


@dataclass(frozen=True, slots=True)
class RecordingWriter:
    """Writes recordings within a transaction. ``outcomes``: what became of them by this process."""

    clock: Clock
    recorder: EventRecorder
    keep: timedelta
    """How long files are kept; 0: until somebody deletes them."""
    outcomes: Counter[tuple[str, ...]] = field(default_factory=lambda: Counter({(name,): 0 for name in OUTCOMES}))

    async def write(
        self, tx: Tx, room: Room | None, before: Recording | None, after: Recording
    ) -> tuple[Room | None, Sequence[OutboxRow]]:
        """Write a change; return the room as it is to be written, and what tells it.

        ``room``: its locked row, while the broadcast runs. ``before`` None: the recording is new.
        """
        now = at(moment(self.clock.now()))
        await (tx.recordings.add(after) if before is None else tx.recordings.put(after))
        if needs_recorder(before, after):
            await tx.vendor_work.want(work_key(after), after.tenant, now)
        kinds = kinds_of(before, after)
        events = [event_of(kind, after, "" if room is None else room.category, now) for kind in kinds]
        await self.recorder.record(tx, after.tenant, of_room(after.room), events)
        if room is None:
            return None, ()
        rows = [await _tell(tx, kind, after, now) for kind in kinds if kind != DELETED]
        return _shown_in(room, after), rows

    def count(self, before: Recording, after: Recording) -> None:
        """Count a change that is committed."""
        for kind in kinds_of(before, after):
            self.outcomes[kind.rpartition(".")[2],] += 1


def work_key(recording: Recording) -> Key:
    """Return what the recorder's work about a recording is known by."""
    return Key(Vendor.RECORDER, Matter.RECORDING, recording.id)


def _shown_in(room: Room, recording: Recording) -> Room:
    """Return a room with what it shows of a recording; it goes on showing another one."""
    other = room.options.recording
    if other is not None and other.id != recording.id:
        return room
    return replace(room, options=replace(room.options, recording=shown(recording)))


async def _tell(tx: Tx, kind: str, recording: Recording, now: datetime) -> OutboxRow:
    """Add the outbox row that brings a room up to its row, and tells it of a recording."""
    id = derived_id(recording.announced, f"{recording.id} {kind} {len(recording.files)}")
    data, by = msgspec.json.encode(news(recording, now)).decode(), None
    if kind == EventKind.RECORDING_ANNOUNCED:
        by = recording.by or None
    told = RoomTold(recording.room, broadcast=recording.broadcast, event=str(kind), event_id=id, data=data, by=by)
    return await tx.outbox.add(recording.tenant, told, now)
