"""What the tests of the socket's pages share: a service of each module's, and a room in it for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.docs.socket_programs import SDKS, TITLE, Evening
from tests.service import Process, process


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def socket_service(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Process]:
    """Yield a service of this module's."""
    async with process(tmp_path_factory.mktemp("service")) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def evening(socket_service: Process, tmp_path: Path) -> Evening:
    """Return a room of its own in the service."""
    (tmp_path / "node_modules").symlink_to(SDKS)
    host, guest = await socket_service.sign_up(), await socket_service.sign_up()
    return Evening(socket_service, host, guest, await host.go_live(title=TITLE), tmp_path)
