"""A room spread over two workers: each event comes once, in order, to everybody, also when a worker is killed."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import NamedTuple

import pytest
import uvloop

from tests.servers import Mariadb, Redis
from tests.sync.crowd import Crowd
from tests.sync.halls import Hall, everybody_received, hall

pytestmark = [pytest.mark.services, pytest.mark.slow]
SOCKETS = 2000
MISSED = 60
"""Changes while sockets are away: as many as can be recovered in any case."""


class Full(NamedTuple):
    """A hall with its crowd, and the loop that they are on."""

    runner: asyncio.Runner
    house: Hall
    crowd: Crowd


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory, mariadb: Mariadb, redis_server: Redis) -> Iterator[Full]:
    """Yield two workers with 2,000 sockets in one room."""
    redis_server.flushall()
    database, folder = mariadb.create_database("sync"), tmp_path_factory.mktemp("hall")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        stack = AsyncExitStack()
        opening = hall(folder, SOCKETS, database=database, redis=redis_server.url, workers=2)
        house = runner.run(stack.enter_async_context(opening))
        try:
            yield Full(runner, house, runner.run(gather(house, stack)))
        finally:
            runner.run(stack.aclose())


async def gather(house: Hall, stack: AsyncExitStack) -> Crowd:
    crowd = await stack.enter_async_context(house.crowd(0, SOCKETS))
    await crowd.come()
    return crowd


def test_200_events_come_once_and_in_order_to_each_of_2000_sockets_over_two_workers(full: Full) -> None:
    async def scenario(house: Hall, crowd: Crowd) -> None:
        assert min(Counter(client.node for client in crowd.clients).values()) > SOCKETS // 4
        await house.host.change(200)
        await everybody_received(house.host, crowd)
        assert all(len(client.segments) == 1 for client in crowd.clients)

    full.runner.run(scenario(full.house, full.crowd))


def test_sockets_of_a_killed_worker_come_back_and_have_missed_nothing(full: Full) -> None:
    async def scenario(house: Hall, crowd: Crowd) -> None:
        before = await house.host.members()
        segments = [len(client.segments) for client in crowd.clients]
        recoveries = sum(client.segments[-1].recoveries for client in crowd.clients)
        os.kill(house.service.workers()[0], signal.SIGKILL)
        await crowd.until(lambda: crowd.codes[0] > SOCKETS // 4)
        await house.host.change(MISSED)
        await crowd.until(lambda: crowd.count == SOCKETS)
        await house.host.change(200 - MISSED)
        await everybody_received(house.host, crowd)
        assert sum(client.segments[-1].recoveries for client in crowd.clients) - recoveries > SOCKETS // 4
        assert [len(client.segments) for client in crowd.clients] == segments
        assert await house.host.members() == before
        assert len(before) == SOCKETS + 1

    full.runner.run(scenario(full.house, full.crowd))
