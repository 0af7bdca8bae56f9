"""A crowd votes on two processes while Redis forgets everything: each vote counts once, and the room shows all."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import msgspec
import pytest

from liveroom import faults
from liveroom.domain.errors import LiveUnavailable
from tests import migrated
from tests.servers import Mariadb, Redis, RedisCluster
from tests.usecases.activities.cloakroom import Cloakroom, Hooks
from tests.usecases.activities.evening import Evening
from tests.usecases.activities.test_machine import FANS, evening_on
from tests.usecases.economy.economy import Economy, economy_on
from tests.worlds import a_moment

_REDIS = [pytest.param("redis_server"), pytest.param("redis_cluster", marks=pytest.mark.long)]

pytestmark = pytest.mark.services


@pytest.fixture(autouse=True)
def _alive() -> Iterator[None]:
    yield
    faults.disarm()


@pytest.fixture(params=_REDIS)
def redis(request: pytest.FixtureRequest) -> Redis | RedisCluster:
    found: Redis | RedisCluster = request.getfixturevalue(request.param)
    found.flushall()
    return found


@pytest.fixture
async def economy(tmp_path: Path, mariadb: Mariadb, redis: Redis | RedisCluster) -> AsyncIterator[Economy]:
    url = migrated.mariadb_url(mariadb)
    async with economy_on(tmp_path, database_url=url, redis_url=redis.url) as economy:
        yield economy


async def _vote(evening: Evening, fan: int, id: str) -> bool:
    """Vote, again for as long as nobody can say what has become of it; say whether an earlier try had counted."""
    for tries in itertools.count():
        try:
            return (await evening.vote(fan, id, fan % 3)).is_repeated
        except LiveUnavailable:
            assert tries < 600
            await a_moment(0.05)
    raise AssertionError("it never ends")


async def test_no_vote_counts_twice_or_is_lost_when_redis_forgets_in_the_middle(
    economy: Economy, redis: Redis | RedisCluster
) -> None:
    evenings = await evening_on(economy)
    for core in economy.cores:
        await core.jobs.backlog.write_all()
    id, lost = await evenings[0].poll(), itertools.count(1)

    def forget() -> None:
        if next(lost) == 1:
            redis.flushall()

    faults.arm("activity.counted", forget)
    votes = [_vote(evenings[turn % 2], fan, id) for turn in range(2) for fan in range(FANS)]
    found = await asyncio.gather(*votes)
    faults.disarm()
    assert next(lost) > 1, "Redis has forgotten nothing"
    row = await evenings[0].row(id)
    assert (row.votes, found.count(False)) == (FANS, FANS)
    assert dict(row.tally) == {str(number): FANS // 3 for number in range(3)}
    await _shows(evenings[1], id)


@pytest.mark.long
async def test_nobody_is_taken_for_gone_after_redis_has_forgotten_who_is_there(
    economy: Economy, redis: Redis | RedisCluster
) -> None:
    evenings = await evening_on(economy)
    for evening in evenings:
        evening.services.types.add(Cloakroom.type, Cloakroom())
    one, host = evenings[0], evenings[0].host
    id = (await one.services.activities.start(host, one.room, Cloakroom.type, Hooks())).activity.id
    for fan in one.fans[:3]:
        await one.services.activities.act(fan, id, Cloakroom.type, "hang", {})
    await one.core.services.departures.leave(one.fans[0], one.room)
    for core in economy.cores:
        await core.jobs.backlog.write_all()
    redis.flushall()
    changed = await asyncio.gather(*map(_look_who_has_left, evenings))
    assert sum(changed) == 1
    left = msgspec.json.decode((await one.row(id)).state)["hats"]
    assert left == [fan.user for fan in one.fans[1:3]]
    assert await _look_who_has_left(evenings[1]) == 0


async def _look_who_has_left(evening: Evening) -> int:
    """Have a process look, again for as long as the live store is being filled."""
    for tries in itertools.count():
        try:
            return await evening.services.departed.run()
        except LiveUnavailable:
            assert tries < 600
            await a_moment(0.05)
    raise AssertionError("it never ends")


async def _shows(evening: Evening, id: str) -> None:
    """Fail unless the room shows the poll, with all that is counted once the job has looked."""
    for tries in itertools.count():
        try:
            await evening.core.jobs.tally_news.tell_all()
            snapshot = await evening.core.live.channels.snapshot(evening.room, evening.host.tenant.name)
            break
        except LiveUnavailable:
            assert tries < 600
            await a_moment(0.05)
    assert [one.id for one in snapshot.room.options.activities] == [id]
    assert msgspec.json.decode(snapshot.tallies[id])["votes"] == FANS
