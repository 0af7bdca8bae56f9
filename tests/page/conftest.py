"""One Chromium and one service for the tests of a file; contexts are each test's own."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.page.browser import Hall, chromium
from tests.page.built import check_built
from tests.service import process


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """Yield a browser."""
    check_built("index.html")
    async with chromium() as started:
        yield started


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Yield where a service on SQLite and memory is, that closes a room soon after its host has gone."""
    async with process(tmp_path_factory.mktemp("service"), guest_limit=0, grace_owner="3s", language="en") as running:
        yield str(running.http.base_url)


@pytest_asyncio.fixture(loop_scope="module")
async def hall(browser: Browser, served: str) -> AsyncIterator[Hall]:
    """Yield the page; whoever came is sent home afterwards."""
    made = Hall(browser, served)
    yield made
    await made.close()
