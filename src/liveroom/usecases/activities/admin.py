"""What operators do with activities: they see all of a room, and end one."""

from collections.abc import Sequence
from dataclasses import dataclass

from liveroom.domain.activities.failures import ActivityOver
from liveroom.domain.activities.model import Activity, ActivityEnd
from liveroom.domain.ids import RoomId, TenantName
from liveroom.domain.operators.caller import Operator
from liveroom.domain.rooms.paging import cut
from liveroom.ports import Tx
from liveroom.usecases.activities.changes import ActivityChanges, ActivityView, WrittenActivity, find, lock


@dataclass(frozen=True, slots=True)
class AdminActivities:
    """Does it for an operator."""

    changes: ActivityChanges

    async def page(
        self, tenant: TenantName, room: RoomId, *, cursor: str, limit: int
    ) -> tuple[Sequence[ActivityView], str]:
        """Return a room's activities, the newest first, and the next page's cursor."""
        found = await self.changes.db.activities.of_room(tenant, room, cursor, limit + 1)
        some, following = cut(found, limit, lambda activity: activity.id)
        return [self._view(activity) for activity in some], following

    async def end(self, operator: Operator, id: str) -> ActivityView:
        """End an activity, and tell its room. Raises ``ActivityNotFound``, ``ActivityOver``."""
        known = await find(self.changes.db, operator.tenant.name, id)

        async def work(tx: Tx) -> WrittenActivity:
            room, activity = await lock(tx, known)
            if room is None or activity is None or activity.is_over:
                raise ActivityOver
            ruled = self.changes.types.read(activity)
            return await self.changes.finish(tx, room, ruled or activity, ActivityEnd.ENDED)

        ended = await self.changes.commit(work)
        operator.change.note({}, {"reason": ActivityEnd.ENDED.value})
        return ended

    def _view(self, activity: Activity) -> ActivityView:
        ruled = None if activity.is_over else self.changes.types.read(activity)
        return ActivityView(activity, None if ruled is None else ruled.running())
