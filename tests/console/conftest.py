"""One Chromium and one service for the tests of a file; who sits in front of it is each test's own."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.console.desk import Office
from tests.console.evening import PRESSED, Evening
from tests.page.browser import Hall, chromium
from tests.page.built import check_built
from tests.service import process


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """Yield a browser."""
    check_built("console.html")
    async with chromium() as started:
        yield started


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(
    tmp_path_factory: pytest.TempPathFactory, browser: Browser, request: pytest.FixtureRequest
) -> AsyncIterator[Office]:
    """Yield a service on SQLite and memory, with an office; a file may have ``SETTINGS`` of its own."""
    folder = tmp_path_factory.mktemp("service")
    settings = getattr(request.module, "SETTINGS", {})
    async with process(folder, guest_limit=0, language="en", **settings) as running:
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


@pytest_asyncio.fixture(loop_scope="module")
async def evening(office: Office, hall: Hall, request: pytest.FixtureRequest) -> Evening:
    """Return an evening on which Ann is live, and an administrator sits in front of her room's page."""
    desk = await office.desk()
    await desk.page.add_init_script(PRESSED)
    await desk.accept(await office.invite(request.node.name.removeprefix("test_")[:60]))
    host = await hall.guest("Ann")
    room = await host.go_live("Evening show")
    await desk.page.goto(f"{desk.url}/rooms/{room}")
    await expect(desk.at("close-room")).to_be_visible()
    return Evening(desk, host, room, hall)
