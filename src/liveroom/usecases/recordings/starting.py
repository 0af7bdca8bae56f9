"""Starting, stopping and deleting recordings: by the room's owner or an admin, and by the operator."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.events.outbox import OutboxRow
from liveroom.domain.ids import RoomId
from liveroom.domain.operators.caller import Operator
from liveroom.domain.recordings.model import Recording, RecordingState
from liveroom.domain.recordings.steps import delete, stop
from liveroom.domain.rooms.model import Room, running_room
from liveroom.domain.rooms.permissions import Right
from liveroom.ports import Database, Live, Tx
from liveroom.usecases.moderation.audit import Audit
from liveroom.usecases.rates import check_rate
from liveroom.usecases.recordings.announcing import RecordingStart
from liveroom.usecases.recordings.changing import RecordingChanges
from liveroom.usecases.recordings.listing import RecordingLists
from liveroom.usecases.rooms.ranks import Ranks, check_in, role_of

CALLS: Final = 20
"""Recordings that one user starts or stops in a minute."""
_MINUTE: Final = timedelta(minutes=1)
_START: Final = "base/v1/recordings/start"


@dataclass(frozen=True, slots=True)
class Recordings:
    """What people do with recordings."""

    db: Database
    live: Live
    ranks: Ranks
    announcing: RecordingStart
    changes: RecordingChanges
    lists: RecordingLists
    trail: Audit

    async def start(self, actor: Actor, room_id: RoomId) -> Recording:
        """Announce a recording of a live room, for its owner or an admin; return the one that there is already.

        Raises ``RoomNotFound``, ``PermissionDenied``, ``NotOffered``, ``RoomRecorded``, ``RateLimited``.
        """
        await check_rate(self.live, f"recordings:{actor.user}", limit=CALLS, window=_MINUTE)
        ranked = await self.ranks.check(actor, room_id, Right.RECORD)

        async def work(tx: Tx) -> tuple[Recording, Sequence[OutboxRow]]:
            room = running_room(await tx.rooms.lock(room_id), actor.tenant.name)
            await check_in(tx, room, actor, Right.RECORD, role_of(ranked))
            if (known := await _recorded(tx, room)) is not None:
                return known, ()
            recording, changed, rows = await self.announcing.announce(tx, room, actor.user)
            await tx.rooms.put(replace(changed, rev=room.rev + 1))
            await tx.audit.add([self.trail.entry(room.tenant, actor.user, _START, room=room.id)])
            return recording, rows

        recording, rows = await self.db.transact(work)
        await self.changes.relay.deliver_later(rows)
        return recording

    async def stop(self, actor: Actor, id: str) -> Recording:
        """Stop a recording; one that does not run stays as it is. Raises ``RecordingNotFound``, ``RateLimited``."""
        await check_rate(self.live, f"recordings:{actor.user}", limit=CALLS, window=_MINUTE)
        return await self._stop(await self.lists.own(actor, id))

    async def delete(self, actor: Actor, id: str) -> Recording:
        """Delete a recording with its files; one that runs ends first. Raises ``RecordingNotFound``."""
        await check_rate(self.live, f"recordings:{actor.user}", limit=CALLS, window=_MINUTE)
        return await self._delete(await self.lists.own(actor, id))

    async def stop_as_operator(self, operator: Operator, id: str) -> Recording:
        """Do the same for the operator."""
        return await self._stop(await self.lists.of(operator.tenant.name, id))

    async def delete_as_operator(self, operator: Operator, id: str) -> Recording:
        """Do the same for the operator."""
        return await self._delete(await self.lists.of(operator.tenant.name, id))

    async def _stop(self, recording: Recording) -> Recording:
        now = self.changes.clock.now()
        return await self.changes.change(recording, lambda known, _: stop(known, now))

    async def _delete(self, recording: Recording) -> Recording:
        now = self.changes.clock.now()
        return await self.changes.change(recording, lambda known, _: delete(known, now))


async def _recorded(tx: Tx, room: Room) -> Recording | None:
    """Return the recording that is made of a room, unless it is about to end."""
    recording = room.options.recording
    if recording is None or recording.state is RecordingState.STOPPING:
        return None
    return await tx.recordings.get(recording.id)
