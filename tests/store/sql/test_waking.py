"""A database that has gone to sleep: waited for once, by one task for all, and then no more."""

import asyncio
import time

import pytest
from structlog.testing import capture_logs

from liveroom.domain.errors import DatabaseUnavailable
from liveroom.store.sql.database import SqlDatabase
from liveroom.store.sql.waking import Waking
from tests.servers import Mariadb
from tests.worlds import hastily


class Sleeper:
    """A database that answers when it has been knocked at this often."""

    def __init__(self, wakes_after: int) -> None:
        self.left = wakes_after
        self.probes = 0

    async def probe(self) -> None:
        self.probes += 1
        self.left -= 1
        if self.left > 0:
            raise ConnectionRefusedError


def test_all_who_come_while_it_wakes_up_wait_for_one_who_knocks() -> None:
    async def story() -> None:
        sleeper = Sleeper(wakes_after=6)
        waking = Waking(10, sleeper.probe)
        since = asyncio.get_running_loop().time()
        assert await asyncio.gather(*(waking.wait(since) for _ in range(100))) == [True] * 100
        assert sleeper.probes == 6
        assert await waking.under_way()

    hastily(story())


def test_an_outage_is_waited_for_once_until_a_connection_has_stood_again() -> None:
    async def story() -> None:
        loop, sleeper = asyncio.get_running_loop(), Sleeper(wakes_after=1000)
        waking = Waking(10, sleeper.probe)
        with capture_logs() as logs:
            began = loop.time()
            assert not await waking.wait(began)
            assert 10 <= loop.time() - began < 15
            probes = sleeper.probes
            assert not await waking.wait(loop.time())
            assert sleeper.probes == probes
            waking.stands()
            sleeper.left = 2
            assert await waking.wait(loop.time())
        assert [line["event"] for line in logs if line["log_level"] != "debug"] == [
            "database.waking", "database.waking", "database.awake",
        ]  # fmt: skip

    hastily(story())


def test_without_patience_nobody_waits() -> None:
    async def story() -> None:
        sleeper = Sleeper(wakes_after=1)
        assert not await Waking(0, sleeper.probe).wait(0)
        assert sleeper.probes == 0

    hastily(story())


@pytest.mark.services
async def test_calls_that_find_mariadb_asleep_are_answered_when_it_is_awake(mariadb_template: Mariadb) -> None:
    database = await SqlDatabase.open(mariadb_template.url("store"), pool=2, wake_timeout=30)
    await database.ping()
    mariadb_template.kill()
    try:
        calls = [asyncio.create_task(database.ids.take(1)) for _ in range(20)]
        done, _ = await asyncio.wait(calls, timeout=0.5)
        assert not [call for call in done if call.exception() is None]
    finally:
        await asyncio.to_thread(mariadb_template.start)
    results = await asyncio.gather(*calls, return_exceptions=True)
    answered = [taken for taken in results if isinstance(taken, int)]
    # The one whose connection broke under its statement may have written; it is not run again.
    assert len(set(answered)) >= 18
    await database.close()


@pytest.mark.services
async def test_a_mariadb_that_stays_away_is_waited_for_by_the_first_call_only(mariadb_template: Mariadb) -> None:
    database = await SqlDatabase.open(mariadb_template.url("store"), pool=2, wake_timeout=1)
    mariadb_template.kill()
    try:
        took = []
        for _ in range(2):
            began = time.monotonic()
            with pytest.raises(DatabaseUnavailable):
                await database.ping()
            took.append(time.monotonic() - began)
        assert took[0] >= 1 > took[1]
    finally:
        await asyncio.to_thread(mariadb_template.start)
    await database.ping()
    await database.close()
