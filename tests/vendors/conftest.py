"""Services with fake vendors."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.vendors.stage import Stage, with_im


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Yield a service whose messages go through Tencent IM."""
    async with with_im(tmp_path) as running:
        yield running
