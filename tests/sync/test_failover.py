"""A room on a Redis Cluster whose master fails: everybody begins again with the state, and misses nothing after it."""

import asyncio
from pathlib import Path

import pytest

from liveroom.domain.ids import RoomId
from liveroom.store.live.redis.keys import RoomKeys
from tests.servers import RedisCluster, running
from tests.sync.halls import everybody_received, hall, on_a_fast_loop

pytestmark = [pytest.mark.services, pytest.mark.slow, pytest.mark.long]
SOCKETS = 2000


@on_a_fast_loop
async def test_a_failover_to_a_lagging_replica_loses_and_repeats_nothing_for_2000_sockets(tmp_path: Path) -> None:
    with running(RedisCluster(tmp_path / "cluster", replicas=True)) as cluster:
        opening = hall(tmp_path / "hall", SOCKETS, redis=cluster.url, workers=2)
        async with opening as house, house.crowd(0, SOCKETS) as crowd:
            await crowd.come()
            before = await house.host.members()
            place = cluster.place_of(RoomKeys(RoomId(house.host.room)).room.decode())
            await house.host.change(80)
            cluster.cut_replica(place)
            await house.host.change(20)
            failing = asyncio.create_task(asyncio.to_thread(cluster.fail_over, place))
            await house.host.change(50)
            await failing
            await house.host.change(50)
            await everybody_received(house.host, crowd)
            assert min(len({segment.epoch for segment in client.segments}) for client in crowd.clients) > 1
            assert await house.host.members() == before
            assert len(before) == SOCKETS + 1
