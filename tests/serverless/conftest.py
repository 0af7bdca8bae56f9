"""The installations on which the function is deployed: MySQL alone, and MySQL with a Redis."""

import asyncio
from pathlib import Path

import pytest

from liveroom.settings import Settings
from liveroom.store.sql.schema import migrate
from liveroom.store.sql.tables import metadata
from tests.servers import Mariadb, Redis
from tests.stories.world import SECRET

DATABASE = "serverless"


@pytest.fixture(scope="session")
def migrated(mariadb: Mariadb) -> Mariadb:
    """Return a server with a migrated database."""
    asyncio.run(migrate(mariadb.create_database(DATABASE)))
    return mariadb


@pytest.fixture
def on_mysql(migrated: Mariadb, tmp_path: Path) -> Settings:
    """Return an installation on an empty MySQL."""
    tables = [table for table in metadata.tables if table != "lr_counters"]
    migrated.execute("".join(f"DELETE FROM {table};" for table in tables), DATABASE)  # noqa: S608 - our own names
    return Settings(data_dir=tmp_path, secret=SECRET, database_url=migrated.url(DATABASE), mysql_pool=4)


@pytest.fixture
def redis_url(redis_server: Redis) -> str:
    """Return the address of an empty Redis."""
    redis_server.flushall()
    return redis_server.url
