"""The service that liveroom-client for Python is tested against, and its users."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from liveroom_client import Liveroom
from tests.clients.python.evenings import Evening, evening_on
from tests.sdk.stages import Stage, builtin
from tests.service import TEST_CODES


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """Yield a service for all tests of the client."""
    given = {
        "LIVEROOM_TEST_CODES": TEST_CODES,
        "LIVEROOM_ACCOUNT_LIMIT": "0",
        "LIVEROOM_GUEST_LIMIT": "0",
        "LIVEROOM_LANGUAGE": "en",
    }
    async with builtin(tmp_path_factory.mktemp("stage"), **given) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def service(stage: Stage) -> AsyncIterator[Liveroom]:
    """Yield the client's view of the service; its sessions are closed afterwards."""
    async with Liveroom(stage.liveroom.url) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def evening(stage: Stage, service: Liveroom) -> Evening:
    """Return a host who is live, and a guest who is about to come in."""
    return await evening_on(stage, service)
