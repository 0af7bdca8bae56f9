"""What is told, on both databases: empty tables, made once and emptied for each test."""

import asyncio
import shutil
from pathlib import Path

import pytest

from liveroom.store.sql.schema import migrate
from tests.servers import Mariadb

DATABASE = "recorded_events"


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("recorded_events") / "liveroom.db"
    asyncio.run(migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def migrated_server(mariadb: Mariadb) -> Mariadb:
    """Return a MariaDB server with a migrated database, to be emptied."""
    asyncio.run(migrate(mariadb.create_database(DATABASE)))
    return mariadb


@pytest.fixture(params=["sqlite", pytest.param("mariadb", marks=pytest.mark.services)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of a database with tables, empty when the session begins; a test empties what it needs."""
    if request.param == "sqlite":
        return f"sqlite:///{shutil.copy(request.getfixturevalue('migrated_file'), tmp_path)}"
    server: Mariadb = request.getfixturevalue("migrated_server")
    return server.url(DATABASE)


@pytest.fixture
def mariadb_url(migrated_server: Mariadb) -> str:
    """Return the address of a MariaDB with tables."""
    return migrated_server.url(DATABASE)
