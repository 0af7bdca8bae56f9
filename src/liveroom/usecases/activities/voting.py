"""Voting: ballots that come together are counted in one transaction, under the lock of their activity.

Of each user one ballot counts, by its key in SQL: whoever votes again, because an answer was lost, is answered as the
first time. What is counted is in the transaction, so neither a process that dies nor a lost live store changes it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from liveroom import faults
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.activities.failures import ActivityNotFound, ActivityOver
from liveroom.domain.activities.model import Activity, Ballot, counted
from liveroom.domain.errors import Failure, NotInRoom, Unavailable
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.ports import CastBallot, Live, Tx
from liveroom.usecases.activities.changes import ActivityChanges, ActivityView
from liveroom.usecases.activities.tallies import TallyNews
from liveroom.usecases.till import Till


class Vote(NamedTuple):
    """What a member votes."""

    tenant: TenantName
    user: UserId
    activity: str
    choices: Sequence[str]
    type: str | None = None
    """The activity's; None: any."""
    takes_back: bool = False


class Voted(NamedTuple):
    """What came of it."""

    view: ActivityView
    ballot: Ballot
    """The one that counts."""
    is_repeated: bool
    """An earlier call had cast it, or taken it back."""


Decision = Voted | Failure
_Key = tuple[UserId, str]
"""Whose ballot it is, and on which subject."""


@dataclass
class Votes:
    """Counts ballots."""

    changes: ActivityChanges
    live: Live
    tallies: TallyNews

    async def vote(self, actor: Actor, id: str, choices: Sequence[str]) -> Voted:
        """Cast a ballot as a member of the activity's room; it counts once, and the first one stays.

        Raises ``ActivityNotFound``, ``ActivityOver``, ``NotInRoom``, and what its rules do.
        """
        return await self.settle(Vote(actor.tenant.name, actor.user, id, choices))

    async def settle(self, vote: Vote) -> Voted:
        """Do the same with a vote that may be one that is taken back, where its type lets members do that."""
        decision = await self._till.take(vote)
        if isinstance(decision, Failure):
            raise decision
        return decision

    @cached_property
    def _till(self) -> Till[Vote, Decision]:
        return Till(self._settle)

    async def _settle(self, votes: Sequence[Vote]) -> Sequence[Decision]:
        known = await self.changes.db.activities.some({vote.activity for vote in votes})
        refused = await self._refused(votes, known)
        asked = [vote for number, vote in enumerate(votes) if number not in refused]
        found = iter(await self._count(asked) if asked else ())
        return [refused.get(number) or next(found) for number in range(len(votes))]

    async def _refused(self, votes: Sequence[Vote], known: Mapping[str, Activity]) -> Mapping[int, Failure]:
        """Return which votes need no counting: of somebody who is not in the room, or for what is not there."""
        refused = dict[int, Failure]()
        by_room = defaultdict[RoomId, list[int]](list)
        for number, vote in enumerate(votes):
            activity = known.get(vote.activity)
            if activity is None or activity.tenant != vote.tenant or vote.type not in (None, activity.type):
                refused[number] = ActivityNotFound()
            elif activity.is_over:
                refused[number] = ActivityOver()
            else:
                by_room[activity.room].append(number)
        for room, numbers in by_room.items():
            view = await self.live.seat_maps.read(room, sorted({votes[number].user for number in numbers}))
            for number in numbers:
                if view is None:
                    refused[number] = ActivityOver()
                elif votes[number].user not in view.members:
                    refused[number] = NotInRoom()
        return refused

    async def _count(self, votes: Sequence[Vote]) -> Sequence[Decision]:
        async def work(tx: Tx) -> Sequence[Decision]:
            by_activity = defaultdict[str, list[int]](list)
            for number, vote in enumerate(votes):
                by_activity[vote.activity].append(number)
            decisions = dict[int, Decision]()
            for id, activity in (await tx.activities.lock_all(by_activity)).items():
                numbers = by_activity[id]
                decided = await self._decide(tx, activity, [votes[number] for number in numbers])
                decisions |= zip(numbers, decided, strict=True)
            faults.point("activity.counted")
            return [decisions.get(number) or ActivityNotFound() for number in range(len(votes))]

        decisions = await self.changes.db.transact(work)
        views = {one.view.activity.id: one.view for one in decisions if isinstance(one, Voted)}
        self.tallies.counted(views.values())
        return decisions

    async def _decide(self, tx: Tx, activity: Activity, votes: Sequence[Vote]) -> Sequence[Decision]:
        """Decide votes in one activity, whose row is locked, and write what counts."""
        ruled = None if activity.is_over else self.changes.types.read(activity)
        if ruled is None:
            return [ActivityOver() for _ in votes]
        now = self.changes.now()
        before = await tx.ballots.known(activity.id, {vote.user for vote in votes})
        cast = dict(before)
        outcomes = list[tuple[Ballot, bool] | Failure]()
        for vote in votes:
            try:
                ballot = ruled.rules.ballot(ruled.state, vote.choices, now)
            except Unavailable:
                raise
            except Failure as failure:
                outcomes.append(failure)
                continue
            key = vote.user, ballot.subject
            outcomes.append((cast.get(key, ballot), (key in cast) is not vote.takes_back))
            if vote.takes_back:
                cast.pop(key, None)
            else:
                cast.setdefault(key, ballot)
        after = await self._written(tx, activity, before, cast, now)
        view = ActivityView(after, ruled._replace(activity=after).running())
        return [one if isinstance(one, Failure) else Voted(view, *one) for one in outcomes]

    async def _written(
        self, tx: Tx, activity: Activity, before: Mapping[_Key, Ballot], cast: Mapping[_Key, Ballot], now: datetime
    ) -> Activity:
        """Write which ballots of some users there are now; return the activity with them."""
        new = [CastBallot(activity.id, key[0], ballot, now) for key, ballot in cast.items() if key not in before]
        gone = [key for key in before if key not in cast]
        if not new and not gone:
            return activity
        after = counted(activity, [one.ballot for one in new], [before[key] for key in gone])
        await tx.ballots.add(new)
        await tx.ballots.take_back(activity.id, gone)
        await tx.activities.put(after)
        return after
