"""Telling rooms what is counted: at most five times a second for each activity, by the process that has counted.

A process that dies before it does leaves that to whoever counts next, or to the job, which looks at all activities that
run: so a lost live store has it again within seconds.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import msgspec
import structlog

from liveroom import deadlines
from liveroom.domain.activities.payloads import tally_of
from liveroom.domain.errors import Unavailable
from liveroom.ports import Live
from liveroom.usecases.activities.changes import ActivityChanges, ActivityView

log = structlog.get_logger("liveroom.activities")

_PACE: Final = 0.2
"""Least seconds between two publications of an activity by this process."""
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class TallyNews:
    """Tells it."""

    changes: ActivityChanges
    live: Live
    _newest: dict[str, ActivityView] = field(default_factory=dict)
    """What is to be told next of each activity."""
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    def counted(self, views: Iterable[ActivityView]) -> None:
        """Note what was counted: rooms are told now, or as soon as they may be."""
        for view in views:
            id = view.activity.id
            self._newest[id] = view
            if id not in self._tasks:
                self._tasks[id] = deadlines.spawn(self._tell_paced(id))

    async def tell(self, view: ActivityView) -> None:
        """Tell a room what is counted in one of its activities. Raises ``LiveUnavailable``."""
        activity, shown = view
        data = msgspec.json.encode(tally_of(activity, tallied=shown is not None and shown.tallied))
        await self.live.activities.tell(activity.room, activity.tenant, activity.id, activity.votes, data)

    async def tell_all(self) -> None:
        """Tell rooms what is counted in all activities that run: those that know it already are told nothing."""
        after = ""
        while found := await self.changes.db.activities.voted(after, _AT_ONCE):
            for activity in found:
                if (ruled := self.changes.types.read(activity)) is not None:
                    await self.tell(ActivityView(activity, ruled.running()))
            after = found[-1].id

    async def _tell_paced(self, id: str) -> None:
        try:
            while (view := self._newest.pop(id, None)) is not None:
                try:
                    await self.tell(view)
                except (Unavailable, TimeoutError) as failure:
                    log.warning("activities.untold", activity=id, cause=repr(failure.__cause__ or failure))
                await asyncio.sleep(_PACE)
        finally:
            del self._tasks[id]
