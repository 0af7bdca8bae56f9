"""Who follows whom on both databases: pages, relations, and counts that agree with the follows."""

import asyncio
from collections.abc import Collection, Mapping
from datetime import timedelta
from itertools import permutations
from random import Random

from sqlalchemy import select

from liveroom.domain.follows.model import FollowCounts, Pair, Relation, Side
from liveroom.domain.ids import UserId
from liveroom.domain.rooms.paging import UserMark
from liveroom.ports import Tx
from liveroom.store.sql.database import SqlDatabase
from liveroom.store.sql.dialect import statement
from liveroom.store.sql.follow_tables import follows
from tests.store.sql.samples import NOW

ANN, BOB, CAT, DAN = (UserId(name) for name in ("40000001", "40000002", "40000003", "40000004"))
_ALL = statement(select(follows.c.follower, follows.c.followed, follows.c.mutual))


async def follow(database: SqlDatabase, follower: UserId, followed: UserId, seconds: float = 0) -> bool:
    """Have one user follow another; say whether that is new."""
    pair = Pair(follower, followed)

    async def work(tx: Tx) -> bool:
        found = await tx.follows.lock(follower, [followed])
        if pair not in found:
            await tx.follows.add(pair, NOW + timedelta(seconds=seconds), found)
        return pair not in found

    return await database.transact(work)


async def unfollow(database: SqlDatabase, follower: UserId, *followed: UserId, both: bool = False) -> None:
    async def work(tx: Tx) -> None:
        found = await tx.follows.lock(follower, followed, theirs=both)
        await tx.follows.remove([pair for pair in found if both or pair.follower == follower], found)

    await database.transact(work)


async def counted(database: SqlDatabase) -> Mapping[UserId, FollowCounts]:
    """Return what the follows themselves come to."""
    rows = [(Pair(UserId(who), UserId(whom)), mutual) for who, whom, mutual in await database.engine.rows(_ALL)]
    pairs = {pair for pair, _ in rows}
    assert {pair: bool(mutual) for pair, mutual in rows} == {pair: pair.back in pairs for pair in pairs}
    return {user: _counts(user, pairs) for user in {user for pair in pairs for user in pair}}


def _counts(user: UserId, pairs: Collection[Pair]) -> FollowCounts:
    mine = [pair for pair in pairs if pair.follower == user]
    theirs = [pair for pair in pairs if pair.followed == user]
    return FollowCounts(len(theirs), len(mine), sum(pair.back in pairs for pair in mine))


async def agree(database: SqlDatabase) -> Mapping[UserId, FollowCounts]:
    """Check that the counts are what the follows come to, and return them."""
    truth = await counted(database)
    kept = await database.follows.counts([*truth, ANN])
    assert {user: numbers for user, numbers in kept.items() if any(numbers)} == truth
    return truth


async def test_a_follow_is_counted_once_with_both_and_a_mutual_one_as_such(database: SqlDatabase) -> None:
    assert await follow(database, ANN, BOB)
    assert not await follow(database, ANN, BOB)
    assert await agree(database) == {ANN: FollowCounts(0, 1, 0), BOB: FollowCounts(1, 0, 0)}
    await follow(database, BOB, ANN)
    assert await agree(database) == {ANN: FollowCounts(1, 1, 1), BOB: FollowCounts(1, 1, 1)}
    await unfollow(database, ANN, BOB)
    await unfollow(database, ANN, BOB)
    assert await agree(database) == {ANN: FollowCounts(1, 0, 0), BOB: FollowCounts(0, 1, 0)}
    await follow(database, ANN, BOB)
    await unfollow(database, ANN, BOB, both=True)
    assert await agree(database) == {}


async def test_what_others_are_to_a_user_is_said_of_each(database: SqlDatabase) -> None:
    for pair in ((ANN, BOB), (CAT, ANN), (ANN, DAN), (DAN, ANN), (BOB, CAT)):
        await follow(database, *pair, seconds=5)
    expected = {BOB: Relation.FOLLOWING, CAT: Relation.FOLLOWER, DAN: Relation.MUTUAL}
    assert await database.follows.relations(ANN, [BOB, CAT, DAN, UserId("nobody")]) == expected
    assert await database.follows.since(Pair(ANN, BOB)) == NOW + timedelta(seconds=5)
    assert await database.follows.since(Pair(BOB, ANN)) is None


async def test_follows_are_paged_the_newest_first_and_those_of_one_moment_by_the_user(database: SqlDatabase) -> None:
    for user, seconds in ((BOB, 1), (CAT, 2), (DAN, 2)):
        await follow(database, ANN, user, seconds)
    await follow(database, DAN, ANN)
    rows = database.follows
    first = await rows.page(ANN, Side.FOLLOWING, None, 2)
    assert [(one.user, one.mutual) for one in first] == [(DAN, True), (CAT, False)]
    rest = await rows.page(ANN, Side.FOLLOWING, UserMark(first[-1].at, first[-1].user), 2)
    assert [one.user for one in rest] == [BOB]
    assert [one.user for one in await rows.page(ANN, Side.MUTUAL, None, 9)] == [DAN]
    assert [one.user for one in await rows.page(ANN, Side.FOLLOWERS, None, 9)] == [DAN]
    assert [one.user for one in await rows.page(CAT, Side.FOLLOWERS, None, 9)] == [ANN]


async def test_fans_are_read_from_a_mark_on_up_to_a_time(database: SqlDatabase) -> None:
    assert not await database.follows.has_fans(ANN)
    for user, seconds in ((DAN, 1), (BOB, 1), (CAT, 2), (UserId("5"), 3)):
        await follow(database, user, ANN, seconds)
    assert await database.follows.has_fans(ANN)
    until = NOW + timedelta(seconds=2)
    first = await database.follows.fans(ANN, UserMark(NOW, UserId("")), until, 2)
    assert [one.user for one in first] == [BOB, DAN]
    assert [one.user for one in await database.follows.fans(ANN, first[-1].mark, until, 9)] == [CAT]


async def test_who_has_come_since_then_is_counted(database: SqlDatabase) -> None:
    for seconds, fan in enumerate((BOB, CAT, DAN)):
        await follow(database, fan, ANN, seconds)
    await follow(database, ANN, BOB, 9)
    found = [await database.follows.since_then(ANN, NOW + timedelta(seconds=since)) for since in (0, 1, 3)]
    assert found == [3, 2, 0]


async def test_whatever_comes_at_once_the_counts_are_what_the_follows_come_to(database: SqlDatabase) -> None:
    users, random = [ANN, BOB, CAT, DAN, UserId("5"), UserId("6")], Random(25)
    pairs = list(permutations(users, 2)) * 2

    async def one(follower: UserId, followed: UserId) -> None:
        if random.random() < 0.6:
            await follow(database, follower, followed)
        elif random.random() < 0.5:
            await unfollow(database, follower, followed)
        else:
            await unfollow(database, follower, followed, both=True)

    for _ in range(2):
        random.shuffle(pairs)
        await asyncio.gather(*(one(*pair) for pair in pairs))
        await agree(database)
