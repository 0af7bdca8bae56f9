"""A crowd grabs on two processes while Redis forgets everything: each part goes to one, once, and nothing is lost."""

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from liveroom import faults
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.envelopes.draw import Split
from liveroom.domain.envelopes.failures import EnvelopeOver
from liveroom.domain.envelopes.model import EnvelopeState, EnvelopeTerms
from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.rooms.model import RoomChanges
from liveroom.usecases.envelopes.filling import FilledEnvelope
from tests import migrated
from tests.servers import Mariadb, Redis, RedisCluster
from tests.stories.world import once_rebuilt
from tests.usecases.economy.economy import Economy, Evening, economy_on, make_actor
from tests.usecases.ledger.money import assert_sums, credit, wallet
from tests.worlds import a_moment

CROWD, PARTS, COINS = 40, 12, 140
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


async def _crowd(economy: Economy, evening: Evening) -> list[Actor]:
    crowd = [await make_actor(economy) for _ in range(CROWD)]
    for actor in crowd:
        enter = economy.core.services.entering.enter
        await once_rebuilt(partial(enter, actor, evening.room, role="audience", changes=RoomChanges()))
    for core in economy.cores:
        await core.jobs.backlog.write_all()
    return crowd


async def _grab(economy: Economy, actor: Actor, turn: int, id: str) -> int | None:
    """Grab, again for as long as nobody can say what has become of it; return the part, None: all are gone."""
    for tries in itertools.count():
        core = economy.cores[(turn + tries) % 2]
        try:
            return (await core.services.money.envelopes.grabs.grab(actor, id)).grab.number
        except EnvelopeOver:
            return None
        except LiveUnavailable:
            assert tries < 600
            await a_moment(0.05)
    raise AssertionError("it never ends")


async def test_nobody_gets_a_part_twice_when_redis_forgets_in_the_middle_of_grabs(
    economy: Economy, redis: Redis | RedisCluster
) -> None:
    evening = Evening(economy)
    await evening.begin()
    crowd, lost = await _crowd(economy, evening), itertools.count(1)
    host = evening.actors[0]
    await credit(economy.core, host.user, COINS, f"order-{evening.room}")

    def forget() -> None:
        if next(lost) == 1:
            redis.flushall()

    filled = await economy.core.services.money.envelopes.envelopes.send(
        host, evening.room, EnvelopeTerms(COINS, PARTS, Split.RANDOM, lasts=timedelta(minutes=5)), "k"
    )
    faults.arm("envelope.grabbed", forget)
    id = filled.envelope.id
    found = await asyncio.gather(*(_grab(economy, one, turn, id) for turn, one in enumerate(crowd)))
    faults.disarm()
    assert next(lost) > 1, "Redis has forgotten nothing"
    again = await asyncio.gather(*(_grab(economy, one, turn + 1, id) for turn, one in enumerate(crowd)))
    assert again == found
    assert Counter(part for part in found if part is not None) == Counter(range(PARTS))
    await _check(economy, filled, crowd, found)


async def _check(economy: Economy, filled: FilledEnvelope, crowd: list[Actor], found: list[int | None]) -> None:
    """Fail unless each has their part and no other, and the envelope is empty and over."""
    amounts = filled.envelope.draw.amounts
    assert sum(amounts) == COINS
    for actor, part in zip(crowd, found, strict=True):
        assert (await wallet(economy.core, actor.user)).promo == (0 if part is None else amounts[part])
    for core in economy.cores:
        await core.jobs.envelopes.run()
    over = await economy.core.db.envelopes.get(filled.envelope.id)
    assert over is not None
    assert (over.state, over.taken, over.rest) == (EnvelopeState.OVER, PARTS, 0)
    await assert_sums(economy.core)
