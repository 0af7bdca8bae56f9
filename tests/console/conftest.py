"""One Chromium and one service for the tests of a file; who sits in front of it is each test's own."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from liveroom.http import pages
from tests.console.desk import Office
from tests.page.browser import Hall, chromium
from tests.service import process


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """Yield a browser."""
    assert (pages.FOLDER / "console.html").is_file(), "the console is not built: python web/build.py"
    async with chromium() as started:
        yield started


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> AsyncIterator[Office]:
    """Yield a service on SQLite and memory, with an office."""
    folder = tmp_path_factory.mktemp("service")
    async with process(folder, guest_limit=0, language="en") as running:
        yield Office(browser, str(running.http.base_url), folder)


@pytest_asyncio.fixture(loop_scope="module")
async def office(served: Office) -> AsyncIterator[Office]:
    """Yield the office; whoever sat there is sent home afterwards."""
    yield served
    await served.close()


@pytest_asyncio.fixture(loop_scope="module")
async def hall(served: Office) -> AsyncIterator[Hall]:
    """Yield the live page of the same service."""
    made = Hall(served.browser, served.url)
    yield made
    await made.close()
