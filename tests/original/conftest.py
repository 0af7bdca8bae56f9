"""The original's database beside ours: ours on SQLite, on MariaDB, and in the very same database."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from liveroom.app.importing import import_original, open_original
from liveroom.domain.ids import DEFAULT_TENANT, TenantName
from liveroom.settings import Settings, load_settings
from liveroom.store.sql.database import SqlDatabase
from liveroom.usecases.importing.report import ImportReport
from tests.original.database import OLD_SECRET, old_token
from tests.original.sample import Sample, make_sample
from tests.servers import Mariadb
from tests.service import SECRET, Account, Device, Service, serving
from tests.worlds import WoundClock

SECRETS = f"new:{SECRET},old:{OLD_SECRET}"
KINDS = ["sqlite", "mysql", "same"]
"""Ours on SQLite, in a database of its own on MariaDB, and in the original's own database."""
_numbers = itertools.count(1)


@dataclass
class House:
    """Our installation, and the original that it is to take in."""

    sample: Sample
    settings: dict[str, Any]
    folder: Path
    tenant: TenantName = DEFAULT_TENANT

    @property
    def read(self) -> Settings:
        return load_settings({"data_dir": self.folder, "secret": SECRETS, **self.settings}, environ={}, dotenv=None)

    async def take(self, **options: Any) -> ImportReport:
        """Run an import."""
        async with open_original(self.sample.original.url) as original:
            return await import_original(self.read, original, WoundClock(), **options)

    def anew(self) -> "House":
        """Return an installation into which nothing has moved."""
        return House(self.sample, {}, self.folder.parent / "anew")

    def serving(self, **settings: Any) -> AbstractAsyncContextManager[Service]:
        """Run a service on our database."""
        return serving(self.folder, secret=SECRETS, **self.settings, **settings)

    def sample_host(self, service: Service, name: str) -> Device:
        """Return the user of that name with a token of the original."""
        user = self.sample.user(name)
        return Device(Account(service, name, ""), user, old_token(user))

    @asynccontextmanager
    async def database(self) -> AsyncIterator[SqlDatabase]:
        db = await SqlDatabase.open(self.read.database_url)
        try:
            yield db
        finally:
            await db.close()


@pytest.fixture
def sample(mariadb: Mariadb) -> Iterator[Sample]:
    """Yield a sample of its own for the test."""
    name = f"original_{next(_numbers)}"
    yield make_sample(mariadb, name)
    mariadb.drop_database(name)


@contextmanager
def _house(kind: str, sample: Sample, folder: Path) -> Iterator[House]:
    server = sample.original.server
    match kind:
        case "sqlite":
            yield House(sample, {}, folder)
        case "mysql":
            name = f"ours_{next(_numbers)}"
            yield House(sample, {"database_url": server.create_database(name)}, folder)
            server.drop_database(name)
        case _:
            yield House(sample, {"database_url": sample.original.url}, folder)


@pytest.fixture(params=KINDS)
def house(request: pytest.FixtureRequest, sample: Sample, tmp_path: Path) -> Iterator[House]:
    """Yield an installation that has nothing yet, on each kind of database."""
    with _house(request.param, sample, tmp_path / "data") as made:
        yield made


@pytest.fixture(scope="module", params=KINDS)
def moved(
    request: pytest.FixtureRequest, mariadb: Mariadb, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[House, ImportReport]]:
    """Yield an installation into which the sample has moved, shared by those who only look, and what was said."""
    name = f"original_{next(_numbers)}"
    with _house(request.param, make_sample(mariadb, name), tmp_path_factory.mktemp("moved") / "data") as made:
        yield made, asyncio.run(made.take())
    mariadb.drop_database(name)
