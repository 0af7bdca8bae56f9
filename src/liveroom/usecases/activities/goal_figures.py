"""What goals count, read from what the service counts anyway: nobody who likes, gives or follows pays for a goal.

Likes, people and coins are read from rooms as the live store has them. Pieces of one gift and new followers are sums of
rows: a sum is followed by a pause at least twenty times as long, so that summing does not keep the database busy.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from liveroom.domain.activities.goals import OF_GIFTS, GoalMeasure, GoalState
from liveroom.domain.activities.model import Activity
from liveroom.domain.errors import RoomNotFound
from liveroom.domain.gifts.events import GiftTotals
from liveroom.domain.gifts.model import GiftId
from liveroom.domain.ids import RoomId, TenantName
from liveroom.domain.moments import at
from liveroom.domain.rooms.model import LiveRoom
from liveroom.ports import Clock, Database, Live

_SHARE: Final = 20


class CountedGoal(NamedTuple):
    """A goal that runs."""

    activity: Activity
    state: GoalState


class _Sum(NamedTuple):
    """A sum of rows, and what was true of it."""

    value: int
    gifts: int | None
    """How many gifts the broadcast had then; None: the sum is not of gifts."""
    rests: datetime
    """Until when it is not computed anew."""


@dataclass(slots=True)
class GoalFigures:
    """Reads figures. Raises ``LiveUnavailable``."""

    db: Database
    live: Live
    clock: Clock
    _sums: dict[str, _Sum] = field(default_factory=dict)

    async def of(self, goals: Sequence[CountedGoal]) -> Mapping[str, int]:
        """Return the figures of goals by their ids, without those whose broadcast does not run any more."""
        rooms = {room.id: room for room in await self.live.rooms(sorted({goal.activity.room for goal in goals}))}
        there = [
            (goal, room)
            for goal in goals
            if (room := rooms.get(goal.activity.room)) is not None and room.broadcast == goal.activity.broadcast
        ]
        owners = {room.owner for goal, room in there if goal.state.measure is GoalMeasure.FOLLOWERS}
        follows = await self.db.follows.counts(owners) if owners else {}
        totals = await self._totals({room.id: room.tenant for goal, room in there if goal.state.measure in OF_GIFTS})
        found = {}
        for goal, room in there:
            id, measure = goal.activity.id, goal.state.measure
            if measure is GoalMeasure.FOLLOWERS:
                found[id] = follows[room.owner].followers if room.owner in follows else 0
            elif measure is GoalMeasure.NEW_FOLLOWERS:
                found[id] = await self._new_followers(goal, room)
            elif measure in OF_GIFTS:
                found |= {id: await self._gifts(goal, totals[room.id])} if room.id in totals else {}
            else:
                found[id] = room.likes if measure is GoalMeasure.LIKES else room.members
        return found

    async def first(self, room: LiveRoom, measure: GoalMeasure, gift: str) -> int:
        """Return what a measure is as a goal begins; of new followers: none. Raises ``RoomNotFound``."""
        if measure is GoalMeasure.LIKES:
            return room.likes
        if measure is GoalMeasure.VIEWERS:
            return room.members
        if measure is GoalMeasure.FOLLOWERS:
            counts = await self.db.follows.counts([room.owner])
            return counts[room.owner].followers if room.owner in counts else 0
        if measure is GoalMeasure.COINS:
            return (await self.live.gifts.totals(room.id, room.tenant)).coins
        return await self.db.sent_gifts.pieces(room.broadcast, GiftId(gift)) if measure is GoalMeasure.GIFT else 0

    def forget(self, running: Sequence[str]) -> None:
        """Forget the sums of all goals but these."""
        self._sums = {id: known for id, known in self._sums.items() if id in running}

    async def _totals(self, rooms: Mapping[RoomId, TenantName]) -> Mapping[RoomId, GiftTotals]:
        found = await asyncio.gather(*(self._totals_of(room, tenant) for room, tenant in rooms.items()))
        return {room: totals for room, totals in zip(rooms, found, strict=True) if totals is not None}

    async def _totals_of(self, room: RoomId, tenant: TenantName) -> GiftTotals | None:
        try:
            return await self.live.gifts.totals(room, tenant)
        except RoomNotFound:
            return None

    async def _gifts(self, goal: CountedGoal, totals: GiftTotals) -> int:
        """Return what is counted of gifts; pieces of one gift are summed only once there are more gifts."""
        activity, gift = goal.activity, GiftId(goal.state.gift_id)
        if goal.state.measure is GoalMeasure.COINS:
            return totals.coins
        known = self._sums.get(activity.id)
        if known is not None and known.gifts == totals.gifts:
            return known.value
        return await self._sum(activity.id, lambda: self.db.sent_gifts.pieces(activity.broadcast, gift), totals.gifts)

    async def _new_followers(self, goal: CountedGoal, room: LiveRoom) -> int:
        since = at(goal.state.since)
        return await self._sum(goal.activity.id, lambda: self.db.follows.since_then(room.owner, since), None)

    async def _sum(self, id: str, read: Callable[[], Awaitable[int]], gifts: int | None) -> int:
        known, began = self._sums.get(id), time.monotonic()
        if known is not None and self.clock.now() < known.rests:
            return known.value
        value = await read()
        rests = self.clock.now() + timedelta(seconds=(time.monotonic() - began) * _SHARE)
        self._sums[id] = _Sum(value, gifts, rests)
        return value
