"""A small world on any database, beside which a second process can run."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from liveroom.domain.errors import DatabaseUnavailable, LiveUnavailable
from tests.outages import Switch
from tests.service import serving
from tests.usecases.conftest import World


@asynccontextmanager
async def two_processes(folder: Path, **given: Any) -> AsyncIterator[World]:
    """Yield a world with these settings; ``World.neighbour`` is the second process."""
    async with serving(folder, **given) as service:
        yield World(service, Switch(DatabaseUnavailable), Switch(LiveUnavailable))
