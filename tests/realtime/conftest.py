"""The hub on a whole service, on memory and on Redis; its time is wound by hand."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from liveroom.app.sockets import make_consoles, make_hub
from tests.realtime.peers import Stage, Watch
from tests.servers import Redis
from tests.service import serving

Staging = Callable[..., AbstractAsyncContextManager[Stage]]


@asynccontextmanager
async def staging(data_dir: Path, **settings: Any) -> AsyncIterator[Stage]:
    """Yield a service and a hub that keeps no time."""
    async with serving(data_dir, **{"socket_user_max": 0, **settings}) as service:
        watch = Watch()
        hub = make_hub(service.core, seconds=watch.read)
        try:
            yield Stage(service, hub, watch, make_consoles(service.core, hub, seconds=watch.read))
        finally:
            await hub.stop()


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.services)])
def start(request: pytest.FixtureRequest, tmp_path: Path) -> Staging:
    """Return what starts a stage of the test's own; settings may be given."""
    if request.param == "memory":
        return partial(staging, tmp_path)
    server: Redis = request.getfixturevalue("redis_server")
    server.flushall()
    return partial(staging, tmp_path, redis_url=server.url)


@pytest.fixture
async def stage(start: Staging) -> AsyncIterator[Stage]:
    """Yield a stage with ordinary settings."""
    async with start() as running:
        yield running
