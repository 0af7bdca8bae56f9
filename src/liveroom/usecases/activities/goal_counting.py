"""Counting goals: twice a second one process compares all that run with what there is.

A count is written before its room is told of it, and only ever raised, so that nothing shows less than before, whoever
dies and whatever is lost. A target is noted in the transaction that writes what tells of it, under the locks of room
and activity: so it is reached once, however many processes see it.
"""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from liveroom import faults
from liveroom.domain.activities.goals import REACHED, Goal, count_of, is_step, reached_goals, stepped
from liveroom.domain.activities.model import Activity
from liveroom.domain.events.activities import goal_reached
from liveroom.domain.events.model import EventKind
from liveroom.ports import Tx
from liveroom.usecases.activities.changes import ActivityChanges, ActivityView, WrittenActivity, lock, tell
from liveroom.usecases.activities.goal_figures import CountedGoal, GoalFigures
from liveroom.usecases.activities.tallies import TallyNews
from liveroom.usecases.activities.types import Ruled

_LEASE: Final = "goals"
_CLAIM: Final = timedelta(seconds=4)
"""So long others leave it to the process that counts; half of it goes by before that claims it anew."""
_AT_ONCE: Final = 500


@dataclass(slots=True)
class GoalCounting:
    """Counts them."""

    changes: ActivityChanges
    figures: GoalFigures
    news: TallyNews
    _holder: str = field(default_factory=lambda: secrets.token_hex(8))
    _claimed: datetime | None = None

    async def run(self) -> int:
        """Count all goals that run, unless another process does; return how many targets were reached."""
        found = await self._running("")
        if not found or not await self._claim():
            return 0
        reached, seen = 0, list[str]()
        while found:
            reached += await self._count(found)
            seen += [activity.id for activity in found]
            found = await self._running(seen[-1]) if len(found) == _AT_ONCE else ()
        self.figures.forget(seen)
        return reached

    async def reach(self, known: Activity, count: int) -> int:
        """Note the targets that a goal has reached, and tell its room; return how many this process has noted."""
        steps = 0

        async def work(tx: Tx) -> WrittenActivity | None:
            nonlocal steps
            room, activity = await lock(tx, known)
            ruled = None if activity is None or activity.is_over else self.changes.types.read(activity)
            if room is None or ruled is None or not is_step(ruled.state, count):
                return None
            raised = replace(ruled.activity, votes=max(ruled.activity.votes, count))
            step, now = stepped(ruled.state, count), self.changes.now()
            reached = reached_goals(raised, ruled.state, step.state)
            events = [goal_reached(raised, one, now, room.category) for one in reached]
            await self.changes.recorder.record_for_room(tx, room, *events)
            told = [
                await tell(tx, raised, EventKind.GOAL_REACHED, one, now, about=f"step {one.step}") for one in reached
            ]
            written = await self.changes.step(tx, room, ruled._replace(activity=raised), step, REACHED, None)
            steps = len(reached)
            return WrittenActivity(written.view, [*told, *written.rows])

        view = await self.changes.commit_if_due(work)
        if view is not None and view.running is not None:
            await self.news.tell(view)
        return steps if view is not None else 0

    async def _running(self, after: str) -> Sequence[Activity]:
        return await self.changes.db.activities.running([Goal.type], after, _AT_ONCE)

    async def _claim(self) -> bool:
        now = self.changes.clock.now()
        if self._claimed is not None and timedelta() <= now - self._claimed < _CLAIM / 2:
            return True
        is_held = await self.changes.db.leases.claim(_LEASE, self._holder, now, now + _CLAIM)
        self._claimed = now if is_held else None
        return is_held

    async def _count(self, activities: Sequence[Activity]) -> int:
        ruled = {one.activity.id: one for one in map(self.changes.types.read, activities) if one is not None}
        figures = await self.figures.of([CountedGoal(one.activity, one.state) for one in ruled.values()])
        counts = {id: count_of(ruled[id].state, figure) for id, figure in figures.items()}
        grown = {id: count for id, count in counts.items() if count > ruled[id].activity.votes}
        steps = {id: count for id, count in grown.items() if is_step(ruled[id].state, count)}
        await self._tell_of({id: count for id, count in grown.items() if id not in steps}, ruled)
        return sum([await self.reach(ruled[id].activity, count) for id, count in steps.items()])

    async def _tell_of(self, counts: Mapping[str, int], ruled: Mapping[str, Ruled]) -> None:
        await self.changes.db.activities.raise_votes(counts)
        faults.point("goal.counted")
        views = [_view(ruled[id], count) for id, count in counts.items()]
        await asyncio.gather(*map(self.news.tell, views))


def _view(ruled: Ruled, count: int) -> ActivityView:
    counted = ruled._replace(activity=replace(ruled.activity, votes=count))
    return ActivityView(counted.activity, counted.running())
