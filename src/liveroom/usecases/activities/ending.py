"""What is due in activities, by any process and once: timers, ends of broadcasts, ballots that are to be forgotten."""

from dataclasses import dataclass, replace
from typing import Final

from liveroom.domain.activities.model import Activity, ActivityEnd
from liveroom.ports import Tx
from liveroom.usecases.activities.changes import ActivityChanges, WrittenActivity, lock

_AT_ONCE: Final = 200
_DROPPED: Final = 1000
"""Ballots of one activity that one run forgets."""


@dataclass(frozen=True, slots=True)
class DueActivities:
    """Does it."""

    changes: ActivityChanges

    async def run(self) -> int:
        """Do what is due, some at a time; return of how many activities."""
        due = await self.changes.db.activities.due(self.changes.now(), _AT_ONCE)
        return sum([await (self._forget(one) if one.is_over else self._step(one)) for one in due])

    async def _step(self, known: Activity) -> bool:
        async def work(tx: Tx) -> WrittenActivity | None:
            room, activity = await lock(tx, known)
            now = self.changes.now()
            if activity is None or activity.is_over or activity.due is None or activity.due > now:
                return None
            ruled = self.changes.types.read(activity)
            if ruled is None:
                return await self.changes.finish(tx, room, activity, ActivityEnd.WITHDRAWN)
            if room is None:
                return await self.changes.finish(tx, None, ruled, ActivityEnd.CLOSED)
            return await self.changes.step(tx, room, ruled, ruled.rules.when_due(ruled.state, now), "", None)

        return await self.changes.commit_if_due(work) is not None

    async def _forget(self, over: Activity) -> bool:
        """Drop ballots of an anonymous activity, which nobody is to read later; its sums stay."""

        async def work(tx: Tx) -> bool:
            if await tx.ballots.drop(over.id, _DROPPED) < _DROPPED:
                await tx.activities.put(replace(over, due=None))
            return True

        return await self.changes.db.transact(work)
