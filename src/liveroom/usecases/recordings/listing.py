"""Recordings of one's own, and of a tenant, with addresses for whoever asks to play them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.recordings.failures import RecordingNotFound
from liveroom.domain.recordings.model import Recording, RecordingState
from liveroom.domain.rooms.paging import cut
from liveroom.ports import Clock, Database, PlayableFile, Recorder
from liveroom.usecases.rooms.ranks import Ranks


class PlayableRecording(NamedTuple):
    """A recording, with an address of each file for one viewer."""

    recording: Recording
    files: Sequence[PlayableFile]


@dataclass(frozen=True, slots=True)
class RecordingLists:
    """Reads recordings."""

    db: Database
    clock: Clock
    ranks: Ranks
    recorder: Recorder | None

    async def mine(
        self, actor: Actor, room: RoomId | None, *, cursor: str, limit: int
    ) -> tuple[Sequence[Recording], str]:
        """List recordings of the actor's broadcasts, the newest first."""
        return cut(await self.db.recordings.of_owner(actor.user, room, cursor, limit + 1), limit, _id_of)

    async def of_tenant(
        self, tenant: TenantName, room: RoomId | None, *, cursor: str, limit: int
    ) -> tuple[Sequence[Recording], str]:
        """List recordings of a tenant, the newest first."""
        return cut(await self.db.recordings.page(tenant, room, cursor, limit + 1), limit, _id_of)

    async def own(self, actor: Actor, id: str) -> Recording:
        """Return a recording for the owner of its broadcast and admins. Raises ``RecordingNotFound``."""
        recording = await self.of(actor.tenant.name, id)
        if recording.owner != actor.user and not await self.ranks.is_admin(actor.user):
            raise RecordingNotFound
        return recording

    async def of(self, tenant: TenantName, id: str) -> Recording:
        """Return a recording of a tenant. Raises ``RecordingNotFound``."""
        recording = await self.db.recordings.get(id)
        if recording is None or recording.tenant != tenant:
            raise RecordingNotFound
        return recording

    def playable(self, recording: Recording, viewer: UserId) -> PlayableRecording:
        """Return a recording with addresses for a viewer; none where it is gone, or its recorder is not set up."""
        recorder, now = self.recorder, self.clock.now()
        if recorder is None or recorder.kind is not recording.recorder or recording.state is RecordingState.DELETED:
            return PlayableRecording(recording, ())
        return PlayableRecording(recording, [recorder.playable(file, viewer, now) for file in recording.files])


def _id_of(recording: Recording) -> str:
    return recording.id
