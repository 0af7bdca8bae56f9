"""Announcing recordings, within the transaction of whoever asks for one or opens a room that is always recorded.

Everybody in the room is told some seconds before the recorder begins.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from liveroom.domain.errors import NotOffered
from liveroom.domain.events.outbox import OutboxRow
from liveroom.domain.ids import UserId, new_id
from liveroom.domain.recordings.failures import RoomRecorded
from liveroom.domain.recordings.model import Recording, announce
from liveroom.domain.rooms.model import Room
from liveroom.domain.tenants.model import RecordingRule, Tenant
from liveroom.ports import Clock, Recorder, Tx
from liveroom.usecases.recordings.writing import RecordingWriter
from liveroom.usecases.tenants.registry import Tenancy

_NOBODY: Final = UserId("")


@dataclass(frozen=True, slots=True)
class RecordingStart:
    """Begins recordings within the transaction of whoever asks for it."""

    clock: Clock
    tenants: Tenancy
    writer: RecordingWriter
    recorder: Recorder | None
    notice: timedelta
    """How long before it begins the room is told."""
    rule: RecordingRule = RecordingRule.ASKED
    """Which broadcasts of tenants are recorded who say nothing else."""

    def records(self, room: Room) -> bool:
        """Say whether something can record the room."""
        tenant = self.tenants.get(room.tenant)
        if self.recorder is None or tenant is None or self._rule_of(tenant) is RecordingRule.OFF:
            return False
        return self.recorder.records(tenant)

    def _rule_of(self, tenant: Tenant) -> RecordingRule:
        return tenant.recordings or self.rule

    async def announce(self, tx: Tx, room: Room, by: UserId) -> tuple[Recording, Room, Sequence[OutboxRow]]:
        """Announce a recording of a locked live room, which the caller writes.

        Raises ``NotOffered``, ``RoomRecorded``.
        """
        if self.recorder is None or not self.records(room):
            raise NotOffered("nothing is set up that records this room")
        if room.options.recording is not None:
            raise RoomRecorded
        now = self.clock.now()
        recording = announce(
            Recording(
                id=new_id(now),
                tenant=room.tenant,
                room=room.id,
                broadcast=room.broadcast,
                owner=room.owner,
                by=by,
                recorder=self.recorder.kind,
                announced=now,
                begins=now + self.notice,
                secluded=not room.options.shows_members,
            )
        )
        changed, rows = await self.writer.write(tx, room, None, recording)
        return recording, changed or room, rows

    async def at_opening(self, tx: Tx, room: Room) -> tuple[Room, Sequence[OutboxRow]]:
        """Announce the recording of a broadcast that opens, where it is to be recorded."""
        tenant = self.tenants.get(room.tenant)
        is_wanted = room.options.recorded or (tenant is not None and self._rule_of(tenant) is RecordingRule.ALL)
        if not is_wanted or not self.records(room):
            return room, ()
        _, changed, rows = await self.announce(tx, room, _NOBODY)
        return changed, rows
