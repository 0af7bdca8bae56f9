"""Writing streams within a transaction: the stream, what its room shows of it, and what is recorded."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from liveroom import faults
from liveroom.domain.events import streams as stream_events
from liveroom.domain.events.outbox import OutboxRow, RoomChanged
from liveroom.domain.events.records import NewEvent
from liveroom.domain.moments import at, moment
from liveroom.domain.rooms.model import Room, RoomStatus
from liveroom.domain.rooms.options import RoomOptions
from liveroom.domain.streams.covers import cover_stream
from liveroom.domain.streams.lifecycle import GRACE, PushedStream, StreamChange, change_of, stopped
from liveroom.domain.streams.shown import with_stream
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.events.relay import OutboxRelay

Work = Callable[[PushedStream, Room | None], PushedStream]
"""From a locked stream, and its room, to what becomes of it; may raise."""


class ChangedStream(NamedTuple):
    """A stream after a transaction, and its room's outbox row: None where the room shows no change."""

    stream: PushedStream
    row: OutboxRow | None
    change: StreamChange | None
    """What became of its state."""


@dataclass(frozen=True, slots=True)
class StreamChanges:
    """Changes streams, each in a transaction of its own. ``outcomes``: what became of them by this process."""

    db: Database
    clock: Clock
    recorder: EventRecorder
    relay: OutboxRelay
    grace: timedelta
    outcomes: Counter[tuple[str, ...]] = field(
        default_factory=lambda: Counter({(change.value,): 0 for change in StreamChange})
    )

    def now(self) -> datetime:
        """Return the time in whole milliseconds, as every store keeps it."""
        return at(moment(self.clock.now()))

    async def change(self, known: PushedStream, work: Work) -> PushedStream | None:
        """Change a stream, and tell its room what it shows now; None: it is not there any more.

        The work may run more than once. Where the live store is down the room is told later.
        """

        async def locked(tx: Tx) -> ChangedStream | None:
            room = await tx.rooms.lock(known.room)
            stream = await tx.push_streams.lock(known.id)
            if stream is None:
                return None
            after = work(stream, room)
            row = await self.put(tx, room, stream, after) if after != stream else None
            return ChangedStream(after, row, change_of(stream, after))

        changed = await self.db.transact(locked)
        if changed is None:
            return None
        faults.point("stream.committed")
        if changed.change is not None:
            self.outcomes[changed.change.value,] += 1
        if changed.row is not None:
            await self.relay.deliver_later([changed.row])
        return changed.stream

    async def put(self, tx: Tx, room: Room | None, before: PushedStream, after: PushedStream) -> OutboxRow | None:
        """Write a changed stream whose room is locked; return the outbox row of what the room shows now."""
        now, change = self.now(), change_of(before, after)
        await tx.push_streams.put(after, after.due(self.grace))
        if room is None:
            return None
        if change is not None:
            await self.recorder.record_for_room(tx, room, stream_events.changed(room, after, change, now))
        return await self._show(tx, room, after, now)

    async def _show(self, tx: Tx, room: Room, stream: PushedStream, now: datetime) -> OutboxRow | None:
        if room.state is not RoomStatus.LIVE or room.broadcast != stream.broadcast:
            return None
        shown = with_stream(room.options.streams, stream)
        if shown == room.options.streams:
            return None
        options = replace(room.options, streams=shown)
        if options.takes_covers:
            await want_cover(tx, options, now)
        if not shown:
            options = options.without_live_cover()
        await tx.rooms.put(replace(room, options=options, rev=room.rev + 1))
        return await tx.outbox.add(room.tenant, RoomChanged(room.id), now)


async def want_cover(tx: Tx, options: RoomOptions, now: datetime) -> None:
    """Have frames taken of the stream of a locked room, if one is live."""
    stream = cover_stream(options.streams)
    if stream is not None:
        await tx.push_streams.want_cover(stream.id, now)


async def close(tx: Tx, room: Room, now: datetime) -> list[NewEvent]:
    """Stop the streams that a locked room shows, as it closes; return what is to be recorded of that."""
    recorded: list[NewEvent] = []
    for shown in room.options.streams:
        stream = await tx.push_streams.lock(shown.id)
        if stream is None or not stream.is_open:
            continue
        over = stopped(stream, now)
        await tx.push_streams.put(over, over.due(GRACE))
        recorded.append(stream_events.changed(room, over, StreamChange.ENDED, now))
    return recorded
