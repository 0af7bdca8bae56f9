"""The installations that stories are told on: embedded, and on a MariaDB with a Redis of any kind."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from liveroom.settings import Settings
from tests import migrated
from tests.migrated import DATABASE
from tests.servers import Mariadb, Redis, RedisCluster
from tests.stories.world import SECRET, World


def embedded_world(folder: Path) -> World:
    """Return an installation on SQLite and memory."""
    file = migrated.sqlite_file(folder / "liveroom.db")

    def rows(sql: str) -> Sequence[Sequence[Any]]:
        with closing(sqlite3.connect(file)) as connection:
            return connection.execute(sql).fetchall()

    return World(Settings(data_dir=folder, secret=SECRET), rows, _nothing, _nothing, shares=False)


def served_world(folder: Path, server: Mariadb, redis: Redis | RedisCluster) -> World:
    """Return an installation on MariaDB and a Redis, both emptied."""
    url = migrated.mariadb_url(server)
    redis.flushall()
    settings = Settings(data_dir=folder, secret=SECRET, database_url=url, redis_url=redis.url, mysql_pool=4)

    def crash() -> None:
        for crashed in (server, *(redis.nodes if isinstance(redis, RedisCluster) else [redis])):
            crashed.kill()
        server.start()
        redis.start()

    return World(settings, lambda sql: server.execute(sql, DATABASE), redis.flushall, crash, shares=True)


def _nothing() -> None:
    """What the memory of a process has of its own: it is lost with the process, and there is no server to crash."""
