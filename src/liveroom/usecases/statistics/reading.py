"""Reading what was counted: a broadcast's figures and who was there, for its host and for operators."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import RoomNotFound
from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.moments import moment
from liveroom.domain.rooms.model import present_room
from liveroom.domain.statistics.attendance import Attendee, CountedBroadcast, attendees_of, figures_of
from liveroom.ports import Clock, Database
from liveroom.ports.activities import HeldActivities
from liveroom.ports.statistics import BROADCAST, BroadcastQuery, BroadcastRow

NO_ACTIVITIES: Final = HeldActivities()
_STAYS: Final = 500


class CountedRow(NamedTuple):
    """A broadcast's figures."""

    row: BroadcastRow
    is_final: bool
    """It is over, and nothing waits to be counted."""
    held: HeldActivities = NO_ACTIVITIES
    """Its activities up to now: their ballots are counted when they are cast."""


class Attended(NamedTuple):
    """Who was in a broadcast, and when."""

    user: UserId
    name: str
    attendee: Attendee


class AttendancePage(NamedTuple):
    """Some of those who were in a broadcast, by their ids."""

    people: Sequence[Attended]
    after: str
    """The last one of them if there are more; else ""."""


@dataclass(frozen=True, slots=True)
class BroadcastStatistics:
    """Figures of broadcasts."""

    db: Database
    clock: Clock

    async def own_page(self, actor: Actor, *, before: tuple[int, str] | None, limit: int) -> Sequence[CountedRow]:
        """Return broadcasts that the actor opened, the newest first."""
        until = moment(self.clock.now()) + 1
        return await self.page(BroadcastQuery(actor.tenant.name, actor.user, 0, until, limit, before))

    async def page(self, query: BroadcastQuery) -> Sequence[CountedRow]:
        """Return broadcasts of a tenant, the newest first."""
        rows = [row for row in await self.db.statistics.page(query) if row.broadcast.tenant == query.tenant]
        waiting = await self.db.statistics_queue.waiting([BROADCAST + row.broadcast.id for row in rows])
        held = await self.db.activities.held([row.broadcast.id for row in rows])
        return [
            CountedRow(
                row,
                _is_final(row, BROADCAST + row.broadcast.id in waiting),
                held.get(row.broadcast.id, NO_ACTIVITIES),
            )
            for row in rows
        ]

    async def own(self, actor: Actor, broadcast: BroadcastId, room: RoomId) -> CountedRow:
        """Return the figures of a broadcast that the actor opened, named by its id or as the last one of a room.

        Raises ``RoomNotFound``.
        """
        return await self._figures(await self._own(actor, broadcast, room))

    async def get(self, tenant: TenantName, broadcast: BroadcastId, room: RoomId) -> CountedRow:
        """Return the figures of a broadcast, named by its id or as the last one of a room. Raises ``RoomNotFound``."""
        return await self._figures(await self._find(tenant, broadcast, room))

    async def own_attendance(self, actor: Actor, broadcast: BroadcastId, *, after: str, limit: int) -> AttendancePage:
        """Return who was in a broadcast that the actor opened. Raises ``RoomNotFound``."""
        return await self._attendance(await self._own(actor, broadcast, RoomId("")), after, limit)

    async def attendance(self, tenant: TenantName, broadcast: BroadcastId, *, after: str, limit: int) -> AttendancePage:
        """Return who was in a broadcast. Raises ``RoomNotFound``."""
        return await self._attendance(await self._find(tenant, broadcast, RoomId("")), after, limit)

    async def _own(self, actor: Actor, broadcast: BroadcastId, room: RoomId) -> CountedBroadcast:
        found = await self._find(actor.tenant.name, broadcast, room)
        if found.host != actor.user:
            raise RoomNotFound
        return found

    async def _find(self, tenant: TenantName, broadcast: BroadcastId, room: RoomId) -> CountedBroadcast:
        if not broadcast:
            known = await self.db.rooms.get(room)
            if known is None:
                raise RoomNotFound
            broadcast = known.broadcast
        return present_room(await self.db.statistics_sources.broadcast(broadcast), tenant)

    async def _figures(self, broadcast: CountedBroadcast) -> CountedRow:
        row = await self.db.statistics.get(broadcast.id)
        waits = await self.db.statistics_queue.waiting([BROADCAST + broadcast.id])
        held = (await self.db.activities.held([broadcast.id])).get(broadcast.id, NO_ACTIVITIES)
        if row is None:
            row = BroadcastRow(broadcast, broadcast.opened, figures_of(broadcast, {}), 0, 0)
            return CountedRow(row, is_final=False, held=held)
        return CountedRow(row, _is_final(row, bool(waits)), held)

    async def _attendance(self, broadcast: CountedBroadcast, after: str, limit: int) -> AttendancePage:
        found: dict[UserId, Attendee] = {}
        last: UserId | None = UserId(after)
        while last is not None and len(found) <= limit:
            stays, last = await self.db.statistics_sources.stays(broadcast.id, last, _STAYS)
            found.update(attendees_of(broadcast, stays, moment(self.clock.now())))
        users = sorted(found)[:limit]
        names = await self._names(broadcast.id, users)
        people = [Attended(user, names.get(user, ""), found[user]) for user in users]
        return AttendancePage(people, users[-1] if users and (last is not None or len(found) > limit) else "")

    async def _names(self, broadcast: BroadcastId, users: Sequence[UserId]) -> Mapping[UserId, str]:
        return await self.db.statistics_sources.names(broadcast, users) if users else {}


def _is_final(row: BroadcastRow, waits: bool) -> bool:
    return row.broadcast.is_over and not waits
