"""The log of events as a stream of Redis: one server, Sentinels, a Cluster."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import redis.asyncio as client
from redis.asyncio.cluster import RedisCluster as ClusterClient

from liveroom.domain.errors import ProviderUnavailable
from liveroom.domain.events.records import StoredEvent
from liveroom.domain.ids import TenantName
from liveroom.store.live.redis.event_stream import RedisEventStream
from tests.sentinels import RedisSentinel
from tests.servers import LOOPBACK, Redis, RedisCluster, running

pytestmark = pytest.mark.services
STREAM = "liveroom.events"
_AT = datetime(2026, 3, 1, tzinfo=UTC)


def stored(*numbers: int) -> Sequence[StoredEvent]:
    return [
        StoredEvent(f"e{number}", "room:1", number, TenantName("shop"), "room.updated", "", _AT, '{"title":"x"}')
        for number in numbers
    ]


async def read(server: Any) -> list[dict[str, str]]:
    return [fields for _, fields in await server.xrange(STREAM)]


async def test_every_event_is_an_entry_in_its_order(redis_server: Redis) -> None:
    redis_server.flushall()
    log = RedisEventStream(f"{redis_server.url}/0?stream={STREAM}", STREAM, keep=1000)
    await log.send(stored(1, 2))
    await log.send(stored(3))
    assert await log.length() == 3
    await log.close()
    async with client.Redis(host=LOOPBACK, port=redis_server.port, decode_responses=True) as reader:
        entries = await read(reader)
    assert [entry["id"] for entry in entries] == ["e1", "e2", "e3"]
    assert (entries[0]["type"], entries[0]["subject"]) == ("room.updated", "room:1")
    assert json.loads(entries[0]["event"])["source"] == "/liveroom/shop"


async def test_the_oldest_events_are_forgotten(redis_server: Redis) -> None:
    redis_server.flushall()
    log = RedisEventStream(redis_server.url, STREAM, keep=1000)
    for first in range(1, 3001, 500):
        await log.send(stored(*range(first, first + 500)))
    assert 1000 <= await log.length() < 1200
    await log.close()


async def test_a_cluster_keeps_the_stream_where_its_slot_is(redis_cluster: RedisCluster) -> None:
    redis_cluster.flushall()
    log = RedisEventStream(redis_cluster.url, STREAM, keep=1000)
    await log.send(stored(1, 2, 3))
    await log.close()
    port = int(redis_cluster.url.rpartition(":")[2])
    async with ClusterClient(host=LOOPBACK, port=port, decode_responses=True) as reader:
        assert [entry["id"] for entry in await read(reader)] == ["e1", "e2", "e3"]


async def test_sentinels_say_where_the_stream_is(redis_sentinel: RedisSentinel) -> None:
    log = RedisEventStream(redis_sentinel.url, STREAM, keep=1000)
    before = await log.length()
    await log.send(stored(1))
    assert await log.length() == before + 1
    await log.close()


async def test_a_redis_that_is_down_is_a_failure_that_passes(tmp_path: Path) -> None:
    with running(Redis(tmp_path / "redis")) as server:
        log = RedisEventStream(server.url, STREAM, keep=1000)
        await log.send(stored(1))
        server.kill()
        with pytest.raises(ProviderUnavailable, match="event log"):
            await log.send(stored(2))
        server.start()
        async with asyncio.timeout(10):
            while not await _is_taken(log, stored(2)):
                pass
        assert await log.length() == 2
        await log.close()


async def _is_taken(log: RedisEventStream, events: Sequence[StoredEvent]) -> bool:
    try:
        await log.send(events)
    except ProviderUnavailable:
        return False
    return True


async def test_something_else_under_that_name_is_a_failure(redis_server: Redis) -> None:
    redis_server.flushall()
    redis_server.command("SET", STREAM, "mine")
    log = RedisEventStream(redis_server.url, STREAM, keep=1000)
    with pytest.raises(ProviderUnavailable, match="WRONGTYPE"):
        await log.send(stored(1))
    await log.close()
