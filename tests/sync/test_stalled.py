"""Clients that stop reading: they are ended, hold little memory until then, and nobody else waits for them."""

import asyncio
import time
from pathlib import Path
from statistics import quantiles

import pytest

from tests.sync.crowd import Client, Crowd, News
from tests.sync.halls import Hall, hall, on_a_fast_loop, resident_bytes

pytestmark = pytest.mark.slow
READERS = 200
STALLED = 20
EVENTS = 450
PACE = 0.008
"""Seconds between two events."""
LONG = "直" * 512
"""Makes an event of 3.6 KB: those who do not read are a megabyte behind when three quarters of the events are over."""
WORSE = 1.2
RUNS = 5
"""The best counts: the machine has other work as well."""
SLOW = 3008
MEMORY = 1024 * 1024
GIVEN_UP = 0
"""No code came: it stood behind what was not read, and was waited for only some seconds."""


class Latency:
    """How long each event took from the host's call to each reader, and how much memory the service had at most."""

    def __init__(self, house: Hall, crowd: Crowd) -> None:
        self.peak = 0
        self._host = house.host
        self._pid = house.service.pid
        self._crowd = crowd
        self._sent: dict[str, float] = {}
        self._seconds: list[float] = []
        crowd.on_news = self._count

    def _count(self, client: Client, news: News) -> None:
        now = time.perf_counter()
        self._seconds += [now - self._sent[title] for title in news.titles]

    async def p99(self, events: int = EVENTS) -> float:
        """Let the host change the room at the pace; return the 99th percentile, in seconds."""
        self._seconds.clear()
        self.peak = 0
        began = time.perf_counter()
        for number in range(events):
            self._sent[str(self._host.number + 1)] = time.perf_counter()
            await self._host.change(1, description=LONG, cover=LONG)
            self.peak = max(self.peak, resident_bytes(self._pid))
            ahead = began + (number + 1) * PACE - time.perf_counter()
            if ahead > 0:
                await asyncio.wait({asyncio.get_running_loop().create_future()}, timeout=ahead)
        await self._crowd.until(lambda: len(self._seconds) == READERS * events)
        return quantiles(self._seconds, n=100)[98]


@on_a_fast_loop
async def test_readers_do_not_wait_for_those_who_have_stopped_reading(tmp_path: Path) -> None:
    async with hall(tmp_path, READERS + RUNS * STALLED) as house, house.crowd(0, READERS) as crowd:
        await crowd.come()
        latency = Latency(house, crowd)
        await latency.p99(events=50)
        ratios: list[float] = []
        while min(ratios, default=WORSE + 1) > WORSE and len(ratios) < RUNS:
            alone = await latency.p99()
            first = READERS + len(ratios) * STALLED
            async with house.crowd(first, STALLED, narrow=True) as stalled:
                await stalled.come()
                for client in stalled.clients:
                    client.stop_reading()
                before = resident_bytes(house.service.pid)
                ratios.append(await latency.p99() / alone)
                assert latency.peak - before <= STALLED * MEMORY
                await were_ended(stalled)
        assert min(ratios) <= WORSE
        assert all(client.segments[0].is_whole() and client.is_in for client in crowd.clients)


async def were_ended(stalled: Crowd) -> None:
    """Let them read again: there is the end of their connections."""
    stalled.comes_back = False
    for client in stalled.clients:
        client.read_on()
    await stalled.until(lambda: sum(stalled.codes.values()) == len(stalled.clients))
    assert set(stalled.codes) <= {SLOW, GIVEN_UP}


@on_a_fast_loop
async def test_a_client_that_stops_reading_is_ended_as_slow(tmp_path: Path) -> None:
    async with hall(tmp_path, 1) as house, house.crowd(0, 1, narrow=True) as crowd:
        await crowd.come()
        crowd.clients[0].stop_reading()
        while await open_sockets(house):
            await house.host.change(20, description=LONG, cover=LONG)
        await were_ended(crowd)
        assert crowd.codes == {SLOW: 1}


async def open_sockets(house: Hall) -> int:
    """Return how many connections the service says that it has."""
    figures = (await house.host.http.get("/metrics")).text
    (line,) = (line for line in figures.splitlines() if line.startswith("liveroom_open_sockets "))
    return int(float(line.split()[1]))
