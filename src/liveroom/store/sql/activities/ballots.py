"""Ballots: one of each user for each subject of an activity, and what points come of them."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from typing import Final

from sqlalchemy import BindParameter, Integer, bindparam, delete, insert, select

from liveroom.domain.activities.model import Ballot
from liveroom.domain.ids import BroadcastId, UserId
from liveroom.ports.activities import CastBallot, UserPoints
from liveroom.store.sql.activities.stored import read_choices, write_choices
from liveroom.store.sql.activity_tables import activities, ballots
from liveroom.store.sql.dialect import Row, statement
from liveroom.store.sql.instants import instant, millis
from liveroom.store.sql.runner import Runner

_B: Final = ballots.c
_A: Final = activities.c
_USERS: Final[BindParameter[str]] = bindparam("users", expanding=True)
_LIMIT: Final = bindparam("limit", type_=Integer)
_OF: Final = _B.activity == bindparam("of")
_KNOWN: Final = statement(select(ballots).where(_OF, _B.user_id.in_(_USERS)))
_ADD: Final = statement(insert(ballots))
_PAGE: Final = statement(
    select(ballots).where(_OF, _B.user_id > bindparam("after")).order_by(_B.user_id, _B.subject).limit(_LIMIT)
)
_SOME: Final = statement(select(_B.user_id).where(_OF).order_by(_B.user_id).limit(_LIMIT))
_DROP: Final = statement(delete(ballots).where(_OF, _B.user_id.in_(_USERS)))
_TAKE_BACK: Final = statement(
    delete(ballots).where(_OF, _B.user_id == bindparam("who"), _B.subject == bindparam("about"))
)
_AWARDED: Final = statement(
    select(_A.id, _A.award_choice, _A.award_points).where(_A.broadcast == bindparam("broadcast"), _A.award_points > 0)
)
_RIGHT: Final = statement(select(_B.user_id).where(_OF, _B.choices == bindparam("choice")))


@dataclass(frozen=True, slots=True)
class SqlBallots:
    """``ports.BallotRows``."""

    _runner: Runner

    async def known(self, activity: str, users: Collection[UserId]) -> Mapping[tuple[UserId, str], Ballot]:
        rows = await self._runner.rows(_KNOWN, of=activity, users=sorted(users)) if users else ()
        found = map(_read, rows)
        return {(one.user, one.ballot.subject): one.ballot for one in found}

    async def add(self, ballots: Sequence[CastBallot]) -> None:
        if ballots:
            await self._runner.run_many(
                _ADD,
                [
                    {
                        "activity": one.activity,
                        "user_id": one.user,
                        "subject": one.ballot.subject,
                        "choices": write_choices(one.ballot.choices),
                        "at": millis(one.at),
                    }
                    for one in ballots
                ],
            )

    async def take_back(self, activity: str, keys: Collection[tuple[UserId, str]]) -> None:
        if keys:
            await self._runner.run_many(
                _TAKE_BACK, [{"of": activity, "who": user, "about": subject} for user, subject in keys]
            )

    async def page(self, activity: str, after: UserId, limit: int) -> Sequence[CastBallot]:
        return [_read(row) for row in await self._runner.rows(_PAGE, of=activity, after=after, limit=limit)]

    async def drop(self, activity: str, limit: int) -> int:
        users = [row[0] for row in await self._runner.rows(_SOME, of=activity, limit=limit)]
        return await self._runner.run(_DROP, of=activity, users=users) if users else 0

    async def points(self, broadcast: BroadcastId, limit: int) -> Sequence[UserPoints]:
        # No index has sums in their order: all who were right are read, and the best taken out of them.
        points, right = Counter[str](), Counter[str]()
        for activity, choice, award in await self._runner.rows(_AWARDED, broadcast=broadcast):
            for (user,) in await self._runner.rows(_RIGHT, of=activity, choice=choice):
                points[user] += award
                right[user] += 1
        best = nsmallest(limit, points, key=lambda user: (-points[user], user))
        return [UserPoints(UserId(user), points[user], right[user]) for user in best]


def _read(row: Row) -> CastBallot:
    activity, user, subject, choices, at = row
    return CastBallot(activity, UserId(user), Ballot(read_choices(choices), subject), instant(at))
