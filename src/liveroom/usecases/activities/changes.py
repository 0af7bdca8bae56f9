"""Writing an activity: its own row, its room's, and what tells of it, in one transaction.

The room's row is locked first, then the activity's. So every process shows the same, a lost live store is filled with
it, and what a room is told comes in the order of the versions.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec

from liveroom import faults
from liveroom.domain.activities.failures import ActivityNotFound, ActivityOver
from liveroom.domain.activities.model import Activity, ActivityEnd, Running, RunningActivity, with_running, without
from liveroom.domain.activities.payloads import activity_change, activity_state, arriving_raid, ended_activity
from liveroom.domain.activities.rules import ActivityStep, Destination
from liveroom.domain.events import activities as activity_events
from liveroom.domain.events.model import EventKind
from liveroom.domain.events.outbox import OutboxRow, RoomTold
from liveroom.domain.events.records import of_room
from liveroom.domain.ids import TenantName, UserId, derived_id
from liveroom.domain.moments import at, moment
from liveroom.domain.payloads import Payload
from liveroom.domain.rooms.model import Room, RoomStatus
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.activities.types import ActivityTypes, Ruled, write_state
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.events.relay import OutboxRelay

_BY_RULES: Final = frozenset({ActivityEnd.FINISHED, ActivityEnd.TIME_OVER})


class ActivityView(NamedTuple):
    """An activity, and what of it everybody is shown while it runs."""

    activity: Activity
    running: RunningActivity | None = None


class WrittenActivity(NamedTuple):
    """What a transaction has written, and what tells rooms of it, in this order."""

    view: ActivityView
    rows: Sequence[OutboxRow]


@dataclass(frozen=True, slots=True)
class ActivityChanges:
    """Runs such transactions."""

    db: Database
    clock: Clock
    recorder: EventRecorder
    relay: OutboxRelay
    types: ActivityTypes

    def now(self) -> datetime:
        """Return the time in whole milliseconds, as every store keeps it."""
        return at(moment(self.clock.now()))

    async def locked(self, tx: Tx, known: Activity) -> tuple[Room, Ruled]:
        """Lock an activity that runs, with its room. Raises ``ActivityOver``."""
        room, activity = await lock(tx, known)
        ruled = None if activity is None or activity.is_over else self.types.read(activity)
        if room is None or ruled is None:
            raise ActivityOver
        return room, ruled

    async def commit(self, work: Callable[[Tx], Awaitable[WrittenActivity]]) -> ActivityView:
        """Run the work in one transaction, and tell the room. Where the live store is down it is told later."""
        return await self._told(await self.db.transact(work))

    async def commit_if_due(self, work: Callable[[Tx], Awaitable[WrittenActivity | None]]) -> ActivityView | None:
        """Do the same for work that may find nothing to do: None."""
        written = await self.db.transact(work)
        return None if written is None else await self._told(written)

    async def _told(self, written: WrittenActivity) -> ActivityView:
        faults.point("activity.committed")
        await self.relay.deliver_later(written.rows)
        return written.view

    async def begin(self, tx: Tx, room: Room, ruled: Ruled) -> WrittenActivity:
        """Put a new activity into its room, whose row is locked."""
        shown, activity = ruled.running(), ruled.activity
        await tx.activities.add(activity)
        await self.recorder.record_for_room(tx, room, activity_events.started(activity, shown, room.category))
        await _put_running(tx, room, with_running(room.options.activities, shown))
        told = activity_state(shown)
        row = await tell(tx, activity, EventKind.ACTIVITY_STARTED, told, activity.began, by=activity.by)
        return WrittenActivity(ActivityView(activity, shown), [row])

    async def step(
        self, tx: Tx, room: Room, ruled: Ruled, step: ActivityStep[Any], action: str, by: UserId | None
    ) -> WrittenActivity:
        """Write what has become of an activity whose rows are locked."""
        known = replace(ruled.activity, state=write_state(step.state))
        if step.is_over:
            why = ActivityEnd.FINISHED if action else ActivityEnd.TIME_OVER
            return await self.finish(tx, room, Ruled(known, ruled.rules, step.state), why, by)
        after = replace(known, version=known.version + 1, due=ruled.rules.due(step.state))
        changed = Ruled(after, ruled.rules, step.state)
        shown = changed.running()
        await tx.activities.put(after)
        await _put_running(tx, room, with_running(room.options.activities, shown))
        told = activity_change(shown, action)
        row = await tell(tx, after, EventKind.ACTIVITY_CHANGED, told, self.now(), by=by)
        return WrittenActivity(ActivityView(after, shown), [row])

    async def finish(
        self, tx: Tx, room: Room | None, ruled: Ruled | Activity, why: ActivityEnd, by: UserId | None = None
    ) -> WrittenActivity:
        """End an activity whose rows are locked. Without the room: the broadcast is over, and nobody is told."""
        now, activity = self.now(), ruled.activity if isinstance(ruled, Ruled) else ruled
        over = replace(
            activity,
            version=activity.version + 1,
            ended=now,
            end=why,
            due=now if activity.secret and activity.votes else None,
            state=ruled.kept() if isinstance(ruled, Ruled) else activity.state,
            result=ruled.result() if isinstance(ruled, Ruled) else "{}",
        )
        if isinstance(ruled, Ruled) and why in _BY_RULES:
            over = replace(over, award=ruled.rules.award(ruled.state))
        await tx.activities.put(over)
        category = "" if room is None else room.category
        await self.recorder.record(tx, over.tenant, of_room(over.room), [activity_events.ended(over, now, category)])
        if room is None:
            return WrittenActivity(ActivityView(over), [])
        await _put_running(tx, room, without(room.options.activities, over.id))
        rows = [await tell(tx, over, EventKind.ACTIVITY_ENDED, ended_activity(over), now, by=by)]
        destination = ruled.rules.destination(ruled.state) if isinstance(ruled, Ruled) else None
        if destination is not None:
            arriving = arriving_raid(over, destination)
            rows.append(await tell(tx, over, EventKind.RAID_ARRIVED, arriving, now, by=over.by, to=destination))
        return WrittenActivity(ActivityView(over), rows)


async def find(db: Database, tenant: TenantName, id: str) -> Activity:
    """Return an activity of the tenant. Raises ``ActivityNotFound``."""
    known = await db.activities.get(id)
    if known is None or known.tenant != tenant:
        raise ActivityNotFound
    return known


async def lock(tx: Tx, known: Activity) -> tuple[Room | None, Activity | None]:
    """Lock the room's row, then the activity's. Without the room: its broadcast is over."""
    room = await tx.rooms.lock(known.room)
    is_live = room is not None and room.state is RoomStatus.LIVE and room.broadcast == known.broadcast
    return room if is_live else None, await tx.activities.lock(known.id)


async def _put_running(tx: Tx, room: Room, activities: Running) -> None:
    await tx.rooms.put(replace(room, options=replace(room.options, activities=activities), rev=room.rev + 1))


async def tell(
    tx: Tx,
    activity: Activity,
    kind: EventKind,
    data: Payload,
    now: datetime,
    *,
    by: UserId | None = None,
    about: object = "",
    to: Destination | None = None,
) -> OutboxRow:
    """Add the outbox row that brings a room up to its row, and tells it of the change, once.

    ``about``: what of the change, where there is more than one thing to tell. ``to``: another room, which is told what
    concerns it.
    """
    room, broadcast = (activity.room, activity.broadcast) if to is None else (to.room, to.broadcast)
    name = f"{activity.id} {about or activity.version}" if to is None else f"{activity.id} {to.room}"
    id, written = derived_id(activity.began, name), msgspec.json.encode(data).decode()
    message = RoomTold(room, broadcast=broadcast, event=kind.value, event_id=id, data=written, by=by)
    return await tx.outbox.add(activity.tenant, message, now)
