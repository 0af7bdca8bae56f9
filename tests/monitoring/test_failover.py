"""An upgrade under load, then a Redis failover that takes too long: the alerts that should fire do, and no others.

It goes by ``prometheus.FACTOR`` times as fast as in operation. Three days of good service lie behind it, as behind any
installation that is not new: without them, each call that fails is a large part of all that ever were.
"""

import asyncio
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import httpx
import pytest

from tests.monitoring.declared import chosen, queries
from tests.monitoring.house import House, house, visit
from tests.monitoring.prometheus import FACTOR, JOB, Prometheus, program, scaled_rules
from tests.sentinels import RedisSentinel
from tests.servers import Mariadb, running, wait_until
from tests.service import Device
from tests.worlds import a_moment

pytestmark = [pytest.mark.long, pytest.mark.services, pytest.mark.slow]

NONE: Final[Collection[tuple[str, str]]] = frozenset()
EXPECTED: Final = {("LiveroomRedisDown", "page"), ("LiveroomCallsFail", "page")}
BUDGET: Final = {("LiveroomCallsFail", "ticket")}
"""May fire too: whether so many failures are much for days is a matter of how many calls there were in them."""
_VISITORS: Final = 6
_SECONDS: Final = 180.0
_DAYS: Final = 3 * 86400 // FACTOR
_HOUR: Final = 3600 // FACTOR
_STEP: Final = 20
_PAST: Final = (
    ("counter", "liveroom_calls", ('_total{code="0",%s}',)),
    ("histogram", "liveroom_call_seconds", ('_bucket{le="0.25",%s}', '_bucket{le="+Inf",%s}', "_count{%s}")),
    ("histogram", "liveroom_event_delay_seconds", ('_bucket{le="0.25",%s}', '_bucket{le="+Inf",%s}', "_count{%s}")),
)
"""What went well."""


def remember(prometheus: Prometheus, folder: Path) -> None:
    """Give it three good days up to an hour ago: a hundred calls and publications a second."""
    lines, where, now = list[str](), f'job="{JOB}",instance="past"', time.time()
    for kind, name, series in _PAST:
        lines.append(f"# TYPE {name} {kind}")
        for one in series:
            ages = range(_DAYS, _HOUR, -_STEP)
            lines += [f"{name}{one % where} {(_DAYS - age) * 100} {now - age:.3f}" for age in ages]
    file = folder / "past.txt"
    file.write_text("\n".join([*lines, "# EOF", ""]))
    argv = [program("promtool"), "tsdb", "create-blocks-from", "openmetrics", str(file), str(prometheus.data)]
    subprocess.run(argv, check=True, capture_output=True)


@asynccontextmanager
async def crowd(ours: House, host: Device) -> AsyncIterator[None]:
    """Let people visit until the block ends."""
    guests = [await ours.newcomer() for _ in range(_VISITORS)]

    async def go_on(guest: Device) -> None:
        while True:
            with suppress(httpx.TransportError):
                await visit(ours, host, guest)

    tasks = [asyncio.create_task(go_on(guest)) for guest in guests]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until(done: Callable[[], bool], what: str) -> None:
    """Look each half second, while the crowd goes on."""
    async with asyncio.timeout(_SECONDS):
        while not await asyncio.to_thread(done):
            await a_moment(0.5)
    assert what


def shown(prometheus: Prometheus, dashboard: str, panel: str) -> float:
    """Return what a panel of one figure shows."""
    (asked,) = [one for one in queries() if (one.dashboard, one.panel) == (dashboard, panel)]
    (found,) = prometheus.ask(chosen(asked.expr)) or [{"value": (0, "nan")}]
    return float(found["value"][1])


async def test_an_upgrade_and_a_long_failover_raise_the_alerts_that_they_should_and_no_others(
    mariadb: Mariadb, tmp_path: Path
) -> None:
    with running(RedisSentinel(tmp_path / "redis")) as redis:
        async with house(tmp_path, mariadb, redis.url, 3) as ours:
            prometheus = Prometheus(tmp_path / "prometheus", ours.targets, scaled_rules())
            await asyncio.to_thread(remember, prometheus, tmp_path)
            host = await ours.opened()
            with running(prometheus):
                async with crowd(ours, host):
                    await until(lambda: shown(prometheus, "overview", "Processes up") == 1, "everything up")
                    # Its first look at the targets is five seconds after its start, at this pace more than a minute.
                    began = time.monotonic()
                    for process in ours.processes:
                        assert await asyncio.to_thread(process.terminate) == 0
                        await asyncio.to_thread(process.start)
                        await until(lambda: shown(prometheus, "overview", "Processes up") == 1, "it is back")
                    assert _fired_since(prometheus, began) == NONE
                    await _fail_over_slowly(redis, prometheus)
                    await until(lambda: shown(prometheus, "stores", "Redis") == 1, "Redis is back")
                    await until(lambda: prometheus.alerts() <= BUDGET, "nobody is woken any more")
                    assert _fired_since(prometheus, began) - BUDGET == EXPECTED


def _fired_since(prometheus: Prometheus, began: float) -> set[tuple[str, str]]:
    return prometheus.alerts(f"{int(time.monotonic() - began)}s")


async def _fail_over_slowly(redis: RedisSentinel, prometheus: Prometheus) -> None:
    """Crash the master, and let the Sentinel find out only when people have been told of it."""
    redis.sentinels[0].kill()
    redis.master.kill()
    await until(lambda: prometheus.alerts() >= EXPECTED, "the alerts")
    assert shown(prometheus, "stores", "Redis") == 0
    await asyncio.to_thread(redis.sentinels[0].start)
    await asyncio.to_thread(wait_until, lambda: redis.master_port() == redis.replica.port, "the failover")
