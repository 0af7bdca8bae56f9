"""What people do in activities, beside voting: hosts begin, steer and end them, and members do what a type allows."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, NamedTuple

import msgspec

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.activities.failures import ActivityNotFound, ActivityOver, TooManyActivities
from liveroom.domain.activities.model import RUNNING_MAX, Activity, ActivityEnd
from liveroom.domain.activities.rules import ActivityMember, ActivityStep, AnyRules
from liveroom.domain.errors import NotInRoom, PermissionDenied, RoomNotFound
from liveroom.domain.ids import RoomId, new_id
from liveroom.domain.messages.words import TextKind
from liveroom.domain.rooms.model import Room, running_room
from liveroom.domain.rooms.permissions import Right
from liveroom.ports import Tx
from liveroom.usecases.activities.changes import ActivityChanges, ActivityView, WrittenActivity, find
from liveroom.usecases.activities.types import Ruled, read_params, write_state
from liveroom.usecases.messages.screening import Screening
from liveroom.usecases.rates import check_rate
from liveroom.usecases.rooms.ranks import Ranked, Ranks, check_in, role_of

CHANGES: Final = 60
"""What one user may begin and do in activities within ``WINDOW``: the whole room is told of each."""
WINDOW: Final = timedelta(seconds=10)
Along = Callable[[Tx, Ruled, ActivityStep[Any]], Awaitable[Ruled]]
"""What is written in the transaction of a step: it gets the activity as it was before, and returns it."""


class KnownActivity(NamedTuple):
    """An activity that ran a moment ago, and what the actor is to its room."""

    activity: Activity
    ranked: Ranked


@dataclass(frozen=True, slots=True)
class Activities:
    """Begins, steers and ends activities."""

    changes: ActivityChanges
    ranks: Ranks
    screening: Screening

    async def start(
        self, actor: Actor, room: RoomId, type: str, params: Mapping[str, Any] | msgspec.Struct
    ) -> ActivityView:
        """Begin an activity in a live room.

        Raises ``RoomNotFound``, ``PermissionDenied``, ``RateLimited``, ``TooManyActivities``, ``ContentRefused``, and
        what its rules do.
        """
        rules = self.changes.types[type]
        await self._check_rate(actor)
        ranked = await self.ranks.check(actor, room, Right.ACTIVITIES)
        wanted = await self._screened(actor, ranked, rules, read_params(rules, params))

        async def work(tx: Tx) -> WrittenActivity:
            found = running_room(await tx.rooms.lock(room), actor.tenant.name)
            await check_in(tx, found, actor, Right.ACTIVITIES, role_of(ranked))
            running = found.options.activities
            if len(running) >= RUNNING_MAX or sum(one.type == type for one in running) >= rules.at_once:
                raise TooManyActivities
            now = self.changes.now()
            state = rules.start(wanted, now)
            activity = Activity(
                id=new_id(now),
                tenant=found.tenant,
                room=found.id,
                broadcast=found.broadcast,
                type=type,
                by=actor.user,
                version=1,
                state=write_state(state),
                began=now,
                due=rules.due(state),
                votes=rules.counts_from(state),
                secret=rules.is_secret(state),
            )
            return await self.changes.begin(tx, found, Ruled(activity, rules, state))

        return await self.changes.commit(work)

    async def act(self, actor: Actor, id: str, type: str, action: str, data: Mapping[str, Any]) -> ActivityView:
        """Do something in an activity, as a member of its room or somebody who may begin activities there.

        Raises ``ActivityNotFound``, ``ActivityOver``, ``NotInRoom``, ``RateLimited``, and what its rules do.
        """
        return await self.act_in(actor, await self.known(actor, id, type), action, data)

    async def act_in(
        self,
        actor: Actor,
        known: KnownActivity,
        action: str,
        data: Mapping[str, Any],
        along: Along | None = None,
    ) -> ActivityView:
        """Do the same in an activity that was found already (``known``)."""
        activity, ranked = known

        async def work(tx: Tx) -> WrittenActivity:
            room, ruled = await self.changes.locked(tx, activity)
            is_host = await _is_host(tx, room, actor, ranked)
            if ranked.member is None and not is_host:
                raise NotInRoom
            participant = _participant(actor, ranked, is_host=is_host)
            step = ruled.rules.act(ruled.state, action, data, participant, self.changes.now())
            if along is not None:
                ruled = await along(tx, ruled, step)
            return await self.changes.step(tx, room, ruled, step, action, actor.user)

        return await self.changes.commit(work)

    async def end(self, actor: Actor, id: str) -> ActivityView:
        """End an activity. Raises ``ActivityNotFound``, ``ActivityOver``, ``PermissionDenied``, ``RateLimited``."""
        known, ranked = await self.known(actor, id)

        async def work(tx: Tx) -> WrittenActivity:
            room, ruled = await self.changes.locked(tx, known)
            await check_in(tx, room, actor, Right.ACTIVITIES, role_of(ranked))
            return await self.changes.finish(tx, room, ruled, ActivityEnd.ENDED, actor.user)

        return await self.changes.commit(work)

    async def known(self, actor: Actor, id: str, type: str | None = None) -> KnownActivity:
        """Return an activity that runs, of this type if one is given.

        Raises ``ActivityNotFound``, ``ActivityOver``, ``RateLimited``.
        """
        await self._check_rate(actor)
        known = await find(self.changes.db, actor.tenant.name, id)
        if type not in (None, known.type):
            raise ActivityNotFound
        if known.is_over:
            raise ActivityOver
        try:
            return KnownActivity(known, await self.ranks.of(actor.tenant.name, known.room, actor.user))
        except RoomNotFound:
            raise ActivityOver from None

    async def _check_rate(self, actor: Actor) -> None:
        await check_rate(self.ranks.live, f"activities:{actor.user}", limit=CHANGES, window=WINDOW)

    async def _screened(self, actor: Actor, ranked: Ranked, rules: AnyRules, params: Any) -> Any:
        """Return the parameters with their texts as they may be shown."""
        tenant, room = actor.tenant.name, ranked.room
        if not self.screening.looks_at(tenant):
            return params
        shown = {
            name: await self.screening.words(
                tenant, TextKind.ACTIVITY, text, user=actor.user, room=room.id, category=room.category
            )
            for name, text in rules.texts(params).items()
        }
        return rules.with_texts(params, shown)


async def _is_host(tx: Tx, room: Room, actor: Actor, ranked: Ranked) -> bool:
    try:
        await check_in(tx, room, actor, Right.ACTIVITIES, role_of(ranked))
    except PermissionDenied:
        return False
    return True


def _participant(actor: Actor, ranked: Ranked, *, is_host: bool) -> ActivityMember:
    member = ranked.member
    if member is None:
        return ActivityMember(actor.user, is_host)
    return ActivityMember(actor.user, is_host, member.name, member.seat > 0)
