"""What is told, on both databases: empty tables, made once and emptied for each test."""

from pathlib import Path

import pytest

from tests import migrated
from tests.servers import Mariadb


@pytest.fixture(params=["sqlite", pytest.param("mariadb", marks=pytest.mark.services)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of a database with empty tables."""
    if request.param == "sqlite":
        return f"sqlite:///{migrated.sqlite_file(tmp_path / 'liveroom.db')}"
    return migrated.mariadb_url(request.getfixturevalue("mariadb"))


@pytest.fixture
def mariadb_url(mariadb: Mariadb) -> str:
    """Return the address of a MariaDB with empty tables."""
    return migrated.mariadb_url(mariadb)
