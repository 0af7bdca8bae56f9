"""The servers of a test session: started when first asked for, one set for each pytest-xdist worker.

A missing program fails the test that needs it: a skipped store test would look like a passed one.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pytest
import structlog

from tests.servers import Mariadb, Redis, RedisCluster, RedisSentinel, running

CROWDED: Final = frozenset({"page", "sync"})
"""Folders whose tests fill the machine with browsers or thousands of sockets: they run after all others, one by one."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Mark the tests of the crowded folders ``alone``."""
    for item in items:
        if item.path.relative_to(Path(__file__).parent).parts[0] in CROWDED:
            item.add_marker(pytest.mark.alone)


@pytest.fixture(autouse=True)
def _log_as_it_was() -> Iterator[None]:
    """Undo what a command that runs in this process does to the log: other tests read it."""
    kept = structlog.get_config()
    yield
    structlog.configure(**kept)


@pytest.fixture(scope="session")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mariadb]:
    """Yield a MariaDB server without databases."""
    with running(Mariadb(tmp_path_factory.mktemp("mariadb"))) as server:
        yield server


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    """Yield a single Redis server."""
    with running(Redis(tmp_path_factory.mktemp("redis"))) as server:
        yield server


@pytest.fixture(scope="session")
def redis_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisCluster]:
    """Yield a Redis Cluster of three masters without replicas."""
    with running(RedisCluster(tmp_path_factory.mktemp("cluster"))) as server:
        yield server


@pytest.fixture(scope="session")
def redis_sentinel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisSentinel]:
    """Yield a master and a replica watched by one Sentinel."""
    with running(RedisSentinel(tmp_path_factory.mktemp("sentinel"))) as server:
        yield server
