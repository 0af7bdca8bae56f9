"""The ways to run the service that are measured, and what one of them needs to be started."""

import random
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from liveroom.bench.target import BenchTarget
from tests.bench.drill import Drill
from tests.bench.processes import Running, service
from tests.bench.seeding import SECRET, Size, guests, seed

_ALL_DAY: Final = "1d"
_ANY: Final = "1000000000"
"""A limit that is counted as ever, and never reached."""


class Servers(Protocol):
    """Private servers that hold nothing which anybody needs: what they are asked for comes empty."""

    def database(self) -> str:
        """Return the address of an empty MySQL or MariaDB database, and throw the former one away."""

    def redis(self) -> str:
        """Return the address of an empty Redis."""

    def cluster(self) -> str:
        """Return the address of an empty Redis Cluster of three masters."""


@dataclass(frozen=True, slots=True)
class Setup:
    """Where the data is; None is the embedded default."""

    name: str
    database: str | None = None
    redis: str | None = None
    lease: str = _ALL_DAY
    """Of a session that has sent keepalives; those that never did last all day."""
    more: Mapping[str, str] = field(default_factory=dict)
    """Other settings."""

    def settings(self, folder: Path) -> Mapping[str, str]:
        """Return the environment of the service; nobody says too much."""
        given = {
            "LIVEROOM_SECRET": SECRET,
            "LIVEROOM_DATA_DIR": str(folder),
            "LIVEROOM_LOG_LEVEL": "warning",
            "LIVEROOM_LOG_FORMAT": "json",
            "LIVEROOM_DATABASE_URL": self.database or "",
            "LIVEROOM_REDIS_URL": self.redis or "",
            "LIVEROOM_ACCOUNT_LIMIT": _ANY,
            "LIVEROOM_ROOM_PACE": _ANY,
            "LIVEROOM_MESSAGE_LIMIT": "0",
            "LIVEROOM_ROOM_MESSAGE_LIMIT": "200",
            "LIVEROOM_LEASE_KEEPALIVE": self.lease,
            "LIVEROOM_LEASE_SILENT": _ALL_DAY,
            "LIVEROOM_LEASE_SILENT_HOST": _ALL_DAY,
            **self.more,
        }
        return {name: value for name, value in given.items() if value}


def every_setup(servers: Servers) -> Iterator[Setup]:
    """Yield each setup when its turn has come: asking for servers empties them."""
    yield Setup("memory + SQLite")
    yield Setup("Redis + MariaDB", servers.database(), servers.redis())
    yield Setup("three Redis masters + MariaDB", servers.database(), servers.cluster())


@dataclass(frozen=True, slots=True)
class Stage:
    """A service that runs on data of a known size."""

    running: Running
    drill: Drill
    settings: Mapping[str, str]


async def _nothing(_: str) -> None:
    """Most measurements need nothing but users and rooms."""


@asynccontextmanager
async def staged(
    setup: Setup,
    size: Size,
    *,
    driving: int,
    viewers: int,
    active: int,
    prepare: Callable[[str], Awaitable[None]] = _nothing,
) -> AsyncIterator[Stage]:
    """Yield a service on fresh data; of its users ``driving`` make calls, evenly spread over all.

    ``prepare`` is given the address of the database before the service starts.
    """
    with tempfile.TemporaryDirectory(prefix="liveroom-bench-") as name:
        folder = Path(name)
        database = setup.database or f"sqlite:///{folder}/liveroom.db"
        await seed(database, size)
        await prepare(database)
        step = max(1, size.users // driving)
        signed_in = guests(range(0, size.users, step)[:driving])
        settings = setup.settings(folder)
        with service(settings, folder) as running:
            dice = random.Random(1)
            drill = Drill(BenchTarget("127.0.0.1", running.port), signed_in, viewers, active, size.rooms, dice)
            yield Stage(running, drill, settings)
