"""What becomes of recordings by time: they begin, end with their broadcast, give up waiting, and go after a while.

The job looks each second at those that are due. It is the one place that compares recordings with rooms: whatever was
lost, a recording whose broadcast is over is stopped.
"""

from dataclasses import dataclass
from typing import Final

from liveroom.domain.recordings.model import Recording
from liveroom.domain.recordings.steps import on_time
from liveroom.domain.rooms.model import Room
from liveroom.ports import Clock, Database
from liveroom.usecases.recordings.changing import RecordingChanges

_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class RecordingSteps:
    """Takes the steps that are due. Any process may, at once with others: each looks again under the locks."""

    db: Database
    clock: Clock
    changes: RecordingChanges

    async def run(self) -> int:
        """Do what is due, some at a time; return of how many recordings."""
        due = await self.db.recordings.due(self.clock.now(), _AT_ONCE)
        return sum([await self._next(recording) for recording in due])

    async def _next(self, recording: Recording) -> bool:
        now, keep = self.clock.now(), self.changes.writer.keep

        def step(known: Recording, room: Room | None) -> Recording:
            return on_time(known, now, is_live=room is not None, keep=keep)

        return await self.changes.change(recording, step) != recording
