"""Several processes share the work: each stream in order, nothing lost, whoever dies at whatever step."""

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from liveroom import faults
from tests import migrated
from tests.dying import Died, die
from tests.servers import Mariadb
from tests.webhooks.stage import LONG, Stage, on_stage


@pytest.fixture(params=["sqlite", pytest.param("mariadb", marks=pytest.mark.services)])
async def shared(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    """Yield a service on each database."""
    settings = {}
    if request.param == "mariadb":
        server: Mariadb = request.getfixturevalue("mariadb")
        settings["database_url"] = migrated.mariadb_url(server)
    async with on_stage(tmp_path, **settings) as stage:
        yield stage


async def test_two_processes_deliver_each_event_once_and_in_order(shared: Stage) -> None:
    await shared.add(batch=10)
    for _ in range(3):
        for room in range(60):
            await shared.tell(f"room:{room}", 3)
    async with shared.world.neighbour() as other:
        await asyncio.gather(shared.deliver(), shared.deliver(other))
        await other.leave_vendors()
    assert len(shared.receiver.taken) == 540
    assert all(shared.receiver.of(f"room:{room}") == list(range(1, 10)) for room in range(60))


async def test_what_is_told_while_it_is_delivered_arrives_in_order(shared: Stage) -> None:
    await shared.add(batch=5)
    dice = random.Random(7)

    async def tell() -> None:
        for _ in range(150):
            await shared.tell(f"room:{dice.randrange(8)}", dice.randrange(1, 4))

    async def deliver() -> None:
        while not writing.done():
            await shared.core.outward.workers.run()
            await asyncio.sleep(0)

    writing = asyncio.create_task(tell())
    await asyncio.gather(writing, deliver())
    await shared.deliver()
    assert await shared.waiting() == 0
    for room in range(8):
        came = [event["seq"] for event in shared.receiver.taken if event["stream"] == f"room:{room}"]
        assert came == list(range(1, len(came) + 1)), "in order, without gaps, each once"


@pytest.mark.parametrize("point", ["webhook.claimed", "webhook.sent"])
async def test_a_process_that_dies_leaves_its_partitions_to_others(shared: Stage, point: str) -> None:
    await shared.add()
    for room in range(4):
        await shared.tell(f"room:{room}", 2)
    async with shared.world.neighbour() as other:
        faults.arm(point, die)
        with pytest.raises(Died):
            await other.outward.workers.run(LONG)
        faults.disarm()
        assert await shared.deliver() == 0, "they are claimed"
        assert await shared.later(61) == 8
        await other.leave_vendors()
    sent = {"webhook.claimed": 1, "webhook.sent": 2}[point]
    assert len(shared.receiver.messages) == sent
    assert len({tuple(ids) for ids in shared.receiver.seen}) == 1, "the same events, under the same ids"
    assert all(shared.receiver.of(f"room:{room}") == [1, 2] for room in range(4))


async def test_events_of_one_stream_are_never_in_two_messages_under_way(shared: Stage) -> None:
    await shared.add(batch=3)
    for room in range(10):
        await shared.tell(f"room:{room}", 9)
    shared.receiver.endpoint.delay = 0.02
    async with shared.world.neighbour() as other:
        await asyncio.gather(shared.deliver(), shared.deliver(other))
        await other.leave_vendors()
    assert shared.receiver.endpoint.most_under_way > 2
    for room in range(10):
        came = [event["seq"] for event in shared.receiver.taken if event["stream"] == f"room:{room}"]
        assert came == list(range(1, 10))
