"""A service with a receiver of its events."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.webhooks.stage import Stage, on_stage


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Yield a service on SQLite and a receiver; nothing is delivered by itself."""
    async with on_stage(tmp_path) as running:
        yield running
