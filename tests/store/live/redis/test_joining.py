"""Calls of a script for several buckets travel as one command, and each is answered as if it came alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from liveroom.store.live.redis.calls import BucketLost, ScriptCaller
from liveroom.store.live.redis.joining import AT_ONCE, ScriptCall
from liveroom.store.live.redis.keys import ROOMS
from liveroom.store.live.redis.schema.hashes import HASHES
from liveroom.store.live.redis.servers import RUN_ID
from liveroom.store.live.redis.wire import Word
from tests.servers import ClusterNode, Redis, wait_until

pytestmark = pytest.mark.services
FACTS = HASHES["FACTS"]


@asynccontextmanager
async def calling(server: Redis) -> AsyncIterator[ScriptCaller]:
    """Yield a caller of an emptied server, in whose every room bucket's journal stands the bucket's number."""
    server.flushall()
    caller = ScriptCaller.open(server.url, 0.5)
    streams = [keys.journal for keys in ROOMS]
    await asyncio.gather(*(caller.command(at, "XADD", at, "*", "v", number) for number, at in enumerate(streams)))
    yield caller
    await caller.close()


@pytest.fixture
async def caller(redis_server: Redis) -> AsyncIterator[ScriptCaller]:
    async with calling(redis_server) as caller:
        yield caller


def of_each(*args: Word, journals: bool = True) -> list[ScriptCall]:
    """Return a call for each room bucket: on its journal, or on its facts."""
    keys = [(one.journal, one.writer) if journals else (one.facts,) for one in ROOMS]
    return [ScriptCall(number, its_keys, args) for number, its_keys in enumerate(keys)]


async def taken(caller: ScriptCaller) -> list[int]:
    """Take every bucket's journal; return what stands there."""
    return [int(value) for _, value in await caller.call_all("take_journal", of_each("me", 1000, 10))]


def scripts_run(server: Redis) -> int:
    """Return how many scripts the server has run since its statistics began."""
    return int(server.command("INFO", "commandstats")["cmdstat_evalsha"]["calls"])


async def test_every_bucket_is_answered_in_order_by_a_few_commands(caller: ScriptCaller, redis_server: Redis) -> None:
    numbers = list(range(len(ROOMS)))
    assert await taken(caller) == numbers
    redis_server.command("CONFIG", "RESETSTAT")
    assert await taken(caller) == numbers
    assert scripts_run(redis_server) == -(-len(ROOMS) // AT_ONCE)


async def test_a_server_that_has_forgotten_the_script_gets_it_again(caller: ScriptCaller, redis_server: Redis) -> None:
    for _ in range(2):
        assert await taken(caller) == list(range(len(ROOMS)))
        redis_server.command("SCRIPT", "FLUSH")


async def test_only_the_bucket_that_is_lost_is_restored(caller: ScriptCaller, redis_server: Redis) -> None:
    restored: list[int] = []

    async def restore(bucket: int) -> None:
        restored.append(bucket)
        await remember(bucket)

    async def remember(bucket: int) -> None:
        facts = ROOMS[bucket].facts
        run_id = redis_server.command("INFO", "server")["run_id"]
        await caller.command(facts, "HSET", facts, FACTS["epoch"], "e", FACTS["run_id"], run_id)

    for number in range(len(ROOMS)):
        if number != 40:
            await remember(number)
    for _ in range(2):
        assert await caller.call_all("positions", of_each(RUN_ID, journals=False), restore) == [[]] * len(ROOMS)
    assert restored == [40]
    await caller.command(ROOMS[7].facts, "DEL", ROOMS[7].facts)
    with pytest.raises(BucketLost):
        await caller.call_all("positions", of_each(RUN_ID, journals=False))


async def test_behind_the_address_of_one_server_that_is_a_cluster_each_bucket_is_asked_alone(tmp_path: Path) -> None:
    node = ClusterNode(tmp_path / "node")
    node.launch()
    try:
        wait_until(node.answers, "the node")
        node.command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
        wait_until(lambda: "cluster_state:ok" in node.command("CLUSTER", "INFO"), "the node's slots")
        async with calling(node) as caller:
            for _ in range(2):
                assert await taken(caller) == list(range(len(ROOMS)))
            assert scripts_run(node) >= 2 * len(ROOMS)
    finally:
        node.kill()
