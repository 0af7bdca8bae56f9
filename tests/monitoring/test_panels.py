"""Every panel of every dashboard shows something: a real Prometheus, a real service, and people who use it."""

import asyncio
import time
from pathlib import Path
from typing import Final

import pytest

from tests.monitoring.declared import chosen, queries
from tests.monitoring.house import dropped, house, visit
from tests.monitoring.prometheus import Prometheus
from tests.servers import Mariadb, Redis, running

pytestmark = [pytest.mark.long, pytest.mark.services, pytest.mark.slow]

_SECONDS: Final = 240.0


async def test_every_panels_query_returns_data_under_a_short_load(
    mariadb: Mariadb, redis_server: Redis, tmp_path: Path
) -> None:
    redis_server.flushall()
    async with house(tmp_path, mariadb, redis_server.url, 2) as ours:
        with running(Prometheus(tmp_path / "prometheus", ours.targets)) as prometheus:
            host, guest = await ours.opened(), await ours.newcomer()
            deadline = time.monotonic() + _SECONDS
            async with ours.listener(ours.processes[0], host.user):
                while empty := await asyncio.to_thread(
                    lambda: [asked for asked in queries() if not prometheus.ask(chosen(asked.expr))]
                ):
                    assert time.monotonic() < deadline, empty
                    await visit(ours, host, guest)
                    await dropped(ours, host.user)
    redis_server.flushall()
