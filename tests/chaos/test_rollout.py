"""A rolling upgrade on Kubernetes, played with real processes and the chart's numbers: nobody misses an event.

Three pods on one MariaDB and Redis, and 200 sockets in a room that changes all the time.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import httpx
import pytest

from liveroom.settings import Settings
from tests.bench.seeding import CATEGORY, Size, guests, seed
from tests.chaos.cluster import LAG, Balancer, clustered, fullest
from tests.servers import LOOPBACK, Mariadb, Redis
from tests.sync.crowd import Crowd
from tests.sync.halls import Host, Outage, everybody_received, on_a_fast_loop

pytestmark = [pytest.mark.long, pytest.mark.services]
PODS: Final = 3
SOCKETS: Final = 200
AT_ONCE: Final = 20
"""So many come at a time: the evening begins quietly."""
PACE: Final = 0.2
"""Seconds between two changes: within twenty seconds there are not more than a socket can recover."""
SHUTDOWN: Final = 3001
PATIENCE: Final = 60.0
FEW: Final = SOCKETS // PODS // 2
"""Not more sockets than this come back within a tenth of a second; a pod has twice as many."""


async def _settings(folder: Path, mariadb: Mariadb, redis_server: Redis) -> Settings:
    redis_server.flushall()
    database = mariadb.create_database("rollout")
    await seed(database, Size(users=SOCKETS + 1, rooms=1))
    return Settings(data_dir=folder, database_url=database, redis_url=redis_server.url)


@asynccontextmanager
async def _hosted(balancer: Balancer) -> AsyncIterator[Host]:
    """Yield a host who is live. Each call is a connection of its own, so each can be sent to a pod that is gone."""
    limits = httpx.Limits(max_keepalive_connections=0)
    url = f"http://{LOOPBACK}:{balancer.port}"
    async with httpx.AsyncClient(base_url=url, timeout=30, limits=limits, trust_env=False) as http:
        (first,) = guests(range(1))
        host = Host(first, http, first.id)
        async with asyncio.timeout(PATIENCE):
            while not await _goes_live(host):
                pass
        yield host


async def _goes_live(host: Host) -> bool:
    """Open the host's room; say whether that was answered in time."""
    try:
        await host.call("rooms/enter_room", role="anchor", category=CATEGORY, title="0")
    except Outage:
        return False
    return True


async def _change(host: Host, over: asyncio.Event) -> list[int]:
    """Change the room's title again and again; return which changes lost their connection."""
    broken = []
    while not over.is_set():
        host.number += 1
        try:
            await host.call("rooms/update_room", title=str(host.number))
            host.received.append(host.number)
        except Outage as failure:  # on a machine that is too busy, a call can be answered that it took too long
            if isinstance(failure.__cause__, httpx.TransportError):
                broken.append(host.number)
        with suppress(TimeoutError):
            async with asyncio.timeout(PACE):
                await over.wait()
    return broken


@on_a_fast_loop
async def test_all_pods_are_replaced_and_nobody_misses_an_event_or_is_refused(
    tmp_path: Path, mariadb: Mariadb, redis_server: Redis, record_property: Callable[[str, object], None]
) -> None:
    settings = await _settings(tmp_path, mariadb, redis_server)
    async with clustered(tmp_path, settings, PODS) as cluster, _hosted(cluster.balancer) as host:
        people = guests(range(1, SOCKETS + 1))
        async with Crowd([cluster.balancer.port], host.room, people) as crowd:
            for first in range(0, SOCKETS, AT_ONCE):
                await crowd.come(crowd.clients[first : first + AT_ONCE])
            before, over = await host.members(), asyncio.Event()
            changing = asyncio.create_task(_change(host, over))
            ends = await cluster.roll_out()
            await crowd.until(lambda: crowd.count == SOCKETS)
            over.set()
            assert await changing == []
            await everybody_received(host, crowd)
            assert crowd.codes[SHUTDOWN] >= SOCKETS
            assert all(len(client.segments) == 1 for client in crowd.clients), "each was made up for, none began anew"
            assert sum(client.segments[0].recoveries for client in crowd.clients) >= crowd.codes[SHUTDOWN]
            assert await host.members() == before
            assert len(before) == SOCKETS + 1
        assert cluster.balancer.refused() == []
        for end in ends:
            assert end.status == 0
            assert end.gone - end.deleted < cluster.shutdown["terminationGracePeriodSeconds"]
            assert end.gone - end.told < cluster.shutdown["graceSeconds"] + 10
            came = cluster.balancer.sockets(end.told, end.gone + LAG)
            times = (end.gone - end.told, came[-1] - came[0], len(came), fullest(came, 0.1))
            record_property("seconds to stop, seconds and sockets that came back, most of them within 0.1 s", times)
            assert came[-1] - came[0] > 0.3, "all came back at once"
            assert fullest(came, 0.1) <= max(FEW, len(came) // 2)
        assert min(_shares(crowd).values()) > SOCKETS // PODS // 4


def _shares(crowd: Crowd) -> Counter[str]:
    """Return how many sockets each pod has."""
    shares = Counter(client.node for client in crowd.clients)
    assert len(shares) == PODS
    return shares


@on_a_fast_loop
async def test_without_the_pause_before_the_stop_calls_are_refused(
    tmp_path: Path, mariadb: Mariadb, redis_server: Redis
) -> None:
    """What preStop is for: the balancer still sends to a pod that listens no more."""
    settings = await _settings(tmp_path, mariadb, redis_server)
    async with (
        clustered(tmp_path, settings, 2, lag=PATIENCE, preStopSeconds=0) as cluster,
        _hosted(cluster.balancer) as host,
    ):
        former = cluster.pods[0]
        end = await cluster.delete(former)
        assert end.status == 0
        async with asyncio.timeout(PATIENCE):
            while not cluster.balancer.refused():
                await host.change(1)
        assert {arrival.port for arrival in cluster.balancer.refused()} == {former.port}
