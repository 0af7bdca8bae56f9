"""Who follows whom, and the counts of it, which are exact: they change in the transaction that changes the follows.

The rows of counts are also the locks. All transactions take them in one order: first how many somebody follows, then
slots; of each kind by the user's id.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Integer,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)

from liveroom.domain.follows.model import FollowCounts, Pair, Relation, Side, relation_of, slot_of
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.rooms.model import RoomStatus
from liveroom.domain.rooms.paging import UserMark
from liveroom.ports.follows import Follow
from liveroom.store.sql.dialect import Row, Statement, Value, Values, statement
from liveroom.store.sql.follow_tables import follow_counts, follows
from liveroom.store.sql.instants import instant, millis
from liveroom.store.sql.runner import Runner
from liveroom.store.sql.tables import rooms

_F: Final = follows.c
_C: Final = follow_counts.c
_OWN: Final = 0
"""The slot of how many a user follows."""
_END: Final = 1 << 62
"""Behind every time."""
_USER: Final[BindParameter[str]] = bindparam("user")
_OTHERS: Final[BindParameter[Any]] = bindparam("others", expanding=True)
_LIMIT: Final = bindparam("limit", type_=Integer)
_AT: Final = bindparam("before", type_=BigInteger)
_IS: Final = and_(_F.follower == bindparam("who"), _F.followed == bindparam("whom"))

_LOCK: Final = Statement(lambda dialect: dialect.insert_or_keep(follow_counts))
_COUNT: Final = Statement(
    lambda dialect: dialect.upsert(
        follow_counts,
        lambda new: [(name, _C[name] + new[name]) for name in FollowCounts._fields],
    )
)
_FOLLOWED: Final = statement(select(_F.followed).where(_F.follower == _USER, _F.followed.in_(_OTHERS)))
_FOLLOWING: Final = statement(select(_F.follower).where(_F.followed == _USER, _F.follower.in_(_OTHERS)))
_OWN_COUNT: Final = statement(select(_C.following).where(_C.user_id == _USER, _C.slot == _OWN))
_COUNTS: Final = statement(
    select(_C.user_id, _C.followers, _C.following, _C.mutual).where(_C.user_id.in_(bindparam("users", expanding=True)))
)
_SINCE: Final = statement(select(_F.at).where(_IS))
_SINCE_THEN: Final = statement(
    select(func.count()).select_from(follows).where(_F.followed == _USER, _F.at >= bindparam("when", type_=BigInteger))
)
_ADD: Final = Statement(lambda dialect: dialect.insert_or_keep(follows))
_REMOVE: Final = statement(delete(follows).where(_IS))
_MUTUAL: Final = statement(update(follows).where(_IS).values(mutual=bindparam("flag", type_=Integer)))


def _page(mine: Any, other: Any, *only: ColumnElement[bool]) -> Statement:
    behind = and_(_F.at <= _AT, or_(_F.at < _AT, other < bindparam("after")))
    asked = select(other, _F.at, _F.mutual).where(mine == _USER, behind, *only)
    return statement(asked.order_by(_F.at.desc(), other.desc()).limit(_LIMIT))


# By their state as such databases would begin with all live rooms.
_LIVE_ROOMS: Final = statement(
    select(rooms.c.id)
    .join_from(follows, rooms, rooms.c.owner == _F.followed)
    .where(_F.follower == _USER, func.coalesce(rooms.c.state, "") == RoomStatus.LIVE.value)
    .order_by(_F.at.desc(), _F.followed.desc())
    .limit(_LIMIT)
)
_FAN: Final = statement(select(_F.follower).where(_F.followed == _USER).limit(1))
# By the follower as such MariaDB would go through the primary key.
_FANS: Final = statement(
    select(_F.follower, _F.at, _F.mutual)
    .where(
        _F.followed == _USER,
        and_(_F.at >= _AT, or_(_F.at > _AT, func.coalesce(_F.follower, "") > bindparam("after"))),
        _F.at <= bindparam("until", type_=BigInteger),
    )
    .order_by(_F.at, _F.follower)
    .limit(_LIMIT)
)
_PAGES: Final = {
    Side.FOLLOWERS: _page(_F.followed, _F.follower),
    Side.FOLLOWING: _page(_F.follower, _F.followed),
    Side.MUTUAL: _page(_F.follower, _F.followed, _F.mutual == 1),
}
_FOLLOWERS_PAGE: Final = _PAGES[Side.FOLLOWERS]
_FOLLOWING_PAGE: Final = _PAGES[Side.FOLLOWING]
_MUTUAL_PAGE: Final = _PAGES[Side.MUTUAL]
"""Named, so that the test of statements finds them."""

_Changes = Mapping[tuple[UserId, int], Sequence[int]]


@dataclass(frozen=True, slots=True)
class SqlFollows:
    """``ports.FollowRows``."""

    _runner: Runner

    async def lock(self, user: UserId, others: Collection[UserId], *, theirs: bool = False) -> Collection[Pair]:
        own = {(user, _OWN), *((other, _OWN) for other in others if theirs)}
        slots = {(user, slot_of(other)) for other in others} | {(other, slot_of(user)) for other in others}
        nothing = dict.fromkeys(FollowCounts._fields, 0)
        rows: list[Values] = [
            {"user_id": whose, "slot": slot, **nothing} for whose, slot in (*sorted(own), *sorted(slots))
        ]
        await self._runner.run_many(_LOCK, rows)
        following, followers = await self._between(user, others)
        return {Pair(user, other) for other in following} | {Pair(other, user) for other in followers}

    async def add(self, pair: Pair, at: datetime, found: Collection[Pair]) -> None:
        is_mutual = pair.back in found
        await self._runner.run(
            _ADD, follower=pair.follower, followed=pair.followed, at=millis(at), mutual=int(is_mutual)
        )
        if is_mutual:
            await self._runner.run(_MUTUAL, who=pair.followed, whom=pair.follower, flag=1)
        await self._count(_changes([pair], found, 1))

    async def remove(self, pairs: Collection[Pair], found: Collection[Pair]) -> None:
        gone = sorted(pairs)
        await self._runner.run_many(_REMOVE, [{"who": pair.follower, "whom": pair.followed} for pair in gone])
        left = [pair.back for pair in gone if pair.back in found and pair.back not in pairs]
        if left:
            kept: list[Values] = [{"who": pair.follower, "whom": pair.followed, "flag": 0} for pair in left]
            await self._runner.run_many(_MUTUAL, kept)
        await self._count(_changes(gone, found, -1))

    async def following(self, user: UserId) -> int:
        row = await self._runner.row(_OWN_COUNT, user=user)
        return 0 if row is None else int(row[0])

    async def counts(self, users: Collection[UserId]) -> Mapping[UserId, FollowCounts]:
        sums: dict[UserId, FollowCounts] = {}
        for user, *numbers in await self._runner.rows(_COUNTS, users=list(users)):
            sums[user] = FollowCounts(*map(sum, zip(sums.get(user, FollowCounts()), numbers, strict=True)))
        return sums

    async def relations(self, user: UserId, others: Collection[UserId]) -> Mapping[UserId, Relation]:
        following, followers = await self._between(user, others)
        return {
            other: relation_of(following=other in following, followed=other in followers)
            for other in following | followers
        }

    async def since(self, pair: Pair) -> datetime | None:
        row = await self._runner.row(_SINCE, who=pair.follower, whom=pair.followed)
        return None if row is None else instant(row[0])

    async def since_then(self, user: UserId, since: datetime) -> int:
        row = await self._runner.row(_SINCE_THEN, user=user, when=millis(since))
        return 0 if row is None else int(row[0])

    async def has_fans(self, user: UserId) -> bool:
        return await self._runner.row(_FAN, user=user) is not None

    async def fans(self, user: UserId, behind: UserMark, until: datetime, limit: int) -> Sequence[Follow]:
        bounds: dict[str, Value] = {"before": millis(behind.at), "after": behind.user, "until": millis(until)}
        return _read(await self._runner.rows(_FANS, user=user, limit=limit, **bounds))

    async def live_rooms(self, user: UserId, limit: int) -> Sequence[RoomId]:
        return [RoomId(row[0]) for row in await self._runner.rows(_LIVE_ROOMS, user=user, limit=limit)]

    async def page(self, user: UserId, side: Side, before: UserMark | None, limit: int) -> Sequence[Follow]:
        at, after = (_END, "") if before is None else (millis(before.at), before.user)
        rows = await self._runner.rows(_PAGES[side], user=user, before=at, after=after, limit=limit)
        return _read(rows)

    async def _between(self, user: UserId, others: Collection[UserId]) -> tuple[set[UserId], set[UserId]]:
        """Return whom of the others the user follows, and who of them follows the user."""
        asked = [await self._runner.rows(one, user=user, others=list(others)) for one in (_FOLLOWED, _FOLLOWING)]
        following, followers = ({UserId(row[0]) for row in rows} for rows in asked)
        return following, followers

    async def _count(self, changes: _Changes) -> None:
        rows: list[Values] = [
            {"user_id": user, "slot": slot, **dict(zip(FollowCounts._fields, changes[user, slot], strict=True))}
            for user, slot in sorted(changes, key=lambda one: (one[1] != _OWN, one))
        ]
        await self._runner.run_many(_COUNT, rows)


def _read(rows: Sequence[Row]) -> Sequence[Follow]:
    return [Follow(UserId(other), instant(stored), bool(mutual)) for other, stored, mutual in rows]


def _changes(pairs: Iterable[Pair], found: Collection[Pair], sign: int) -> _Changes:
    """Return by how much each row of counts changes as these follows come or go, among those that were found."""
    changes: dict[tuple[UserId, int], list[int]] = defaultdict(lambda: [0, 0, 0])
    pairs = list(pairs)
    for pair in pairs:
        slots = (pair.follower, slot_of(pair.followed)), (pair.followed, slot_of(pair.follower))
        changes[pair.follower, _OWN][1] += sign
        changes[slots[1]][0] += sign
        # Where both of a mutual pair go, it is counted with the first.
        if pair.back in found and not (pair.back in pairs and pair.back < pair):
            for slot in slots:
                changes[slot][2] += sign
    return changes
