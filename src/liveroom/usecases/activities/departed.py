"""What activities have of people goes when these leave their room: by any process, and whatever has ended their stay.

It is compared, not heard: who of the people in an activity is in its room is asked of the live store every few seconds.
So a process that dies takes no leave with it, and who comes back in the meantime keeps their things.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from liveroom.domain.activities.model import Activity
from liveroom.domain.activities.rules import ActivityStep
from liveroom.domain.ids import UserId
from liveroom.ports import Live, Tx
from liveroom.usecases.activities.changes import ActivityChanges, WrittenActivity, lock
from liveroom.usecases.activities.types import Ruled

LEFT: Final = "left"
"""The action by which a room is told."""
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class DepartedPeople:
    """Takes people who have left their room out of its activities."""

    changes: ActivityChanges
    live: Live

    async def run(self) -> int:
        """Look at all activities that run and have people; return how many of them have changed."""
        types, after, changed = self.changes.types.with_people(), "", 0
        while types and (found := await self.changes.db.activities.running(types, after, _AT_ONCE)):
            changed += sum(await asyncio.gather(*map(self._compare, found)))
            after = found[-1].id
        return changed

    async def _compare(self, known: Activity) -> bool:
        ruled = self.changes.types.read(known)
        people = sorted(ruled.rules.people(ruled.state)) if ruled is not None else ()
        view = await self.live.seat_maps.read(known.room, people) if people else None
        if view is None or view.room.broadcast != known.broadcast:
            return False
        gone = [one for one in people if one not in view.members]
        return bool(gone) and await self._take_out(known, gone)

    async def _take_out(self, known: Activity, gone: Sequence[UserId]) -> bool:
        async def work(tx: Tx) -> WrittenActivity | None:
            room, activity = await lock(tx, known)
            # Of another version, somebody may have come back and put in something new: the next run compares it anew.
            if room is None or activity is None or activity.is_over or activity.version != known.version:
                return None
            ruled = self.changes.types.read(activity)
            if ruled is None:
                return None
            step = self._without(ruled, gone)
            if step.state == ruled.state and not step.is_over:
                return None
            return await self.changes.step(tx, room, ruled, step, LEFT, None)

        return await self.changes.commit_if_due(work) is not None

    def _without(self, ruled: Ruled, gone: Sequence[UserId]) -> ActivityStep[Any]:
        now, step = self.changes.now(), ActivityStep(ruled.state)
        for who in gone:
            if not step.is_over:
                step = ruled.rules.left(step.state, who, now)
        return step
