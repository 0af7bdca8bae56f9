"""The dispatcher on a real service: SQLite in a temporary folder, live data in memory."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.service import Service, serving


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    """Yield a service that nobody else uses."""
    async with serving(tmp_path) as running:
        yield running
