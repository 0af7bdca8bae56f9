"""Beginning goals of a broadcast. How they are counted: ``goal_counting``."""

from dataclasses import dataclass

import msgspec

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.activities.goals import OF_GIFTS, Goal, GoalMeasure, GoalParams
from liveroom.domain.gifts.failures import GiftNotOffered
from liveroom.domain.gifts.model import GiftId
from liveroom.domain.ids import RoomId
from liveroom.domain.moments import moment
from liveroom.domain.rooms.model import LiveRoom
from liveroom.domain.rooms.permissions import Right
from liveroom.usecases.activities.changes import ActivityView
from liveroom.usecases.activities.goal_figures import GoalFigures
from liveroom.usecases.activities.hosting import Activities
from liveroom.usecases.activities.tallies import TallyNews
from liveroom.usecases.gifts.catalogues import GiftCatalogues


@dataclass(frozen=True, slots=True)
class Goals:
    """Begins goals."""

    activities: Activities
    figures: GoalFigures
    news: TallyNews
    catalogues: GiftCatalogues | None
    """None: gifts are off."""

    async def start(self, actor: Actor, room: RoomId, params: GoalParams) -> ActivityView:
        """Begin a goal in a live room.

        Raises what ``Activities.start`` does, ``ActivityRefuses`` for a target that is reached already, and
        ``GiftNotOffered`` where gifts are counted and there are none, or not this one.
        """
        found = (await self.activities.ranks.check(actor, room, Right.ACTIVITIES)).room
        if params.measure in OF_GIFTS:
            self._check_gifts(found, params)
        figure = await self.figures.first(found, params.measure, params.gift_id)
        is_new = params.measure is GoalMeasure.NEW_FOLLOWERS
        since = (found.opened if params.whole else self.activities.changes.now()) if is_new else None
        wanted = msgspec.structs.replace(params, figure=figure, since=0 if since is None else moment(since))
        view = await self.activities.start(actor, room, Goal.type, wanted)
        if view.activity.votes:
            self.news.counted([view])
        return view

    def _check_gifts(self, room: LiveRoom, params: GoalParams) -> None:
        """Raise unless the room takes gifts, and the one that is counted, if it is one, is offered."""
        if self.catalogues is None or not room.options.gifts:
            raise GiftNotOffered
        if params.measure is GoalMeasure.GIFT:
            now = self.activities.changes.clock.now()
            self.catalogues.price(room.tenant, GiftId(params.gift_id), None, now)
