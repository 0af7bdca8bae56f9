"""Reading activities: what runs in a room, what there was, who has voted what, and who has which points."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.accounts.users import User
from liveroom.domain.activities.failures import ActivityRefuses
from liveroom.domain.activities.model import Activity, Ballot
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.rooms.paging import cut
from liveroom.domain.rooms.permissions import Right
from liveroom.ports import CastBallot, Database, UserPoints
from liveroom.usecases.activities.changes import ActivityView, find
from liveroom.usecases.rooms.ranks import Ranks

POINTS_SHOWN: Final = 20


class OwnActivity(NamedTuple):
    """An activity that runs, and what the caller has chosen in it."""

    view: ActivityView
    ballots: Sequence[Ballot]


class RankedPoints(NamedTuple):
    """Somebody with their points."""

    points: UserPoints
    user: User | None
    """None: they are gone."""


@dataclass(frozen=True, slots=True)
class ActivityReading:
    """Reads them."""

    db: Database
    ranks: Ranks

    async def current(self, actor: Actor, room: RoomId) -> Sequence[OwnActivity]:
        """Return what runs in a room, to its members. Raises ``RoomNotFound``, ``NotInRoom``."""
        found = await self.ranks.check_reader(actor, room)
        running = found.room.options.activities
        rows = await self.db.activities.some([one.id for one in running])
        known = [ActivityView(rows[one.id], one) for one in running if one.id in rows and not rows[one.id].is_over]
        own = await asyncio.gather(*(self._own(view.activity, actor.user) for view in known))
        return [OwnActivity(view, ballots) for view, ballots in zip(known, own, strict=True)]

    async def past(self, actor: Actor, room: RoomId, *, cursor: str, limit: int) -> tuple[Sequence[Activity], str]:
        """Return a room's activities that are over, the newest first, to its members; with the next page's cursor.

        Raises ``RoomNotFound``, ``NotInRoom``.
        """
        await self.ranks.check_reader(actor, room)
        found = await self.db.activities.past(actor.tenant.name, room, cursor, limit + 1)
        return cut(found, limit, lambda activity: activity.id)

    async def ballots(self, actor: Actor, id: str, *, cursor: str, limit: int) -> tuple[Sequence[CastBallot], str]:
        """Return who has chosen what, to who may begin activities in the room; with the next page's cursor.

        Raises ``ActivityNotFound``, ``PermissionDenied``, ``RoomNotFound``, ``ActivityRefuses`` where it is anonymous.
        """
        known = await find(self.db, actor.tenant.name, id)
        await self.ranks.check(actor, known.room, Right.ACTIVITIES)
        if known.secret:
            raise ActivityRefuses("it is anonymous")
        return cut(await self.db.ballots.page(id, UserId(cursor), limit + 1), limit, lambda cast: cast.user)

    async def points(self, actor: Actor, room: RoomId) -> Sequence[RankedPoints]:
        """Return who has most points in the running broadcast, to members. Raises ``RoomNotFound``, ``NotInRoom``."""
        found = await self.ranks.check_reader(actor, room)
        points = await self.db.ballots.points(found.room.broadcast, POINTS_SHOWN)
        users = await self._users([one.user for one in points])
        return [RankedPoints(one, users.get(one.user)) for one in points]

    async def _own(self, activity: Activity, user: UserId) -> Sequence[Ballot]:
        return list((await self.db.ballots.known(activity.id, [user])).values()) if activity.votes else ()

    async def _users(self, users: Sequence[UserId]) -> Mapping[UserId, User]:
        return {user.id: user for user in await self.db.users.list(users)} if users else {}
