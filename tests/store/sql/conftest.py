"""The durable store on both databases: each test gets empty tables of the newest schema."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from liveroom.store.sql.database import SqlDatabase
from tests import migrated
from tests.servers import Mariadb

BACKENDS = [pytest.param("sqlite"), pytest.param("mariadb", marks=pytest.mark.services)]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated file, to be copied."""
    return migrated.sqlite_file(tmp_path_factory.mktemp("template") / "liveroom.db")


@pytest.fixture(scope="session")
def mariadb_template(mariadb: Mariadb) -> Mariadb:
    """Return a server with a migrated database, to be emptied."""
    migrated.mariadb_url(mariadb, "store")
    return mariadb


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """Return which database the test runs on."""
    return str(request.param)


@pytest.fixture
def url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of a database with empty tables."""
    if backend == "sqlite":
        return f"sqlite:///{shutil.copy(request.getfixturevalue('sqlite_template'), tmp_path)}"
    server: Mariadb = request.getfixturevalue("mariadb_template")
    return migrated.mariadb_url(server, "store")


@pytest.fixture
def empty_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of a database without any tables."""
    if backend == "sqlite":
        return f"sqlite:///{tmp_path}/empty.db"
    server: Mariadb = request.getfixturevalue("mariadb")
    return server.create_database("empty")


@pytest.fixture
async def database(url: str) -> AsyncIterator[SqlDatabase]:
    """Yield an open database with empty tables."""
    opened = await SqlDatabase.open(url)
    yield opened
    await opened.close()
