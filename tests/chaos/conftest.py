"""Servers that the tests here kill: one set for each file, apart from those that other tests rely on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import Mariadb, Redis, RedisCluster, running


@pytest.fixture(scope="module")
def mariadb_to_kill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mariadb]:
    """Yield a MariaDB server."""
    with running(Mariadb(tmp_path_factory.mktemp("mariadb"))) as server:
        yield server


@pytest.fixture(scope="module")
def redis_to_kill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    """Yield a single Redis server with AOF."""
    with running(Redis(tmp_path_factory.mktemp("redis"))) as server:
        yield server


@pytest.fixture
def cluster_to_kill(tmp_path: Path) -> Iterator[RedisCluster]:
    """Yield a cluster of three masters, each with a replica."""
    with running(RedisCluster(tmp_path / "cluster", replicas=True)) as cluster:
        yield cluster
