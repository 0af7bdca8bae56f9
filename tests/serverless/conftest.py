"""What the function is deployed on: MySQL and Redis."""

from pathlib import Path

import pytest

from liveroom.settings import Settings
from tests import migrated
from tests.servers import Mariadb, Redis
from tests.stories.world import SECRET


@pytest.fixture
def on_mysql(mariadb: Mariadb, tmp_path: Path) -> Settings:
    """Return an installation on an empty MySQL."""
    url = migrated.mariadb_url(mariadb)
    return Settings(data_dir=tmp_path, secret=SECRET, database_url=url, mysql_pool=4)


@pytest.fixture
def redis_url(redis_server: Redis) -> str:
    """Return the address of an empty Redis."""
    redis_server.flushall()
    return redis_server.url
