"""A service that records every call, and the collector that it sends its spans to."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests import migrated
from tests.realtime.conftest import staging
from tests.realtime.peers import Stage
from tests.servers import Mariadb, Redis
from tests.service import SECRET
from tests.tracing.collector import Collector, Told, collecting, flush

TRACE: Final = "0af7651916cd43dd8448eb211c80319c"
PARENT: Final = "b7ad6b7169203331"
SAMPLED: Final = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
UNSAMPLED: Final = {"traceparent": f"00-{TRACE}-{PARENT}-00"}


@dataclass
class Recorded:
    """A service with its hub, and a collector."""

    stage: Stage
    collector: Collector

    async def flush(self) -> None:
        """Have the collector told everything until now."""
        await flush(self.stage.service.core)

    async def span(self, name: str) -> Told:
        """Return the newest span of a name."""
        await self.flush()
        return self.collector.named(name)

    async def tree(self, name: str) -> list[str]:
        """Return the newest span of a name with those below it."""
        return self.collector.tree(await self.span(name))


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    """Yield a collector."""
    async with collecting() as running:
        yield running


@pytest.fixture
async def recorded(collector: Collector, tmp_path: Path) -> AsyncIterator[Recorded]:
    """Yield a service on SQLite and memory that records everything."""
    async with staging(tmp_path, traces=True, traces_ratio=1, traces_endpoint=collector.url) as stage:
        yield Recorded(stage, collector)


@pytest.fixture
async def on_servers(
    collector: Collector, tmp_path: Path, mariadb: Mariadb, redis_server: Redis
) -> AsyncIterator[Recorded]:
    """Yield a service on MariaDB and Redis that records everything."""
    redis_server.flushall()
    settings = {
        "database_url": migrated.mariadb_url(mariadb),
        "redis_url": redis_server.url,
        "secret": SECRET,
    }
    async with staging(tmp_path, traces=True, traces_ratio=1, traces_endpoint=collector.url, **settings) as stage:
        yield Recorded(stage, collector)
