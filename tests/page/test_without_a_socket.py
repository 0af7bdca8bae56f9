"""The page of a service that runs as a web function, which has no socket: it asks what happens every few seconds."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.page.browser import Hall
from tests.page.shows import choose, say
from tests.servers import Mariadb, Redis
from tests.service import process

pytestmark = [pytest.mark.services, pytest.mark.long, pytest.mark.asyncio(loop_scope="module")]
NO_SOCKET = "404"
"""What the browser complains of, once for each way of connecting."""


@pytest_asyncio.fixture(loop_scope="module")
async def function(browser: Browser, tmp_path: Path, mariadb: Mariadb, redis_server: Redis) -> AsyncIterator[Hall]:
    redis_server.flushall()
    given = {
        "database_url": mariadb.create_database("function"),
        "redis_url": redis_server.url,
        "serverless": "on",
        "internal_key": "a-timer-s-key-0123456789",
        "uploads": "none",
        "guest_limit": 0,
        "language": "en",
    }
    async with process(tmp_path, **given) as running:
        hall = Hall(browser, str(running.http.base_url))
        yield hall
        await hall.close()


async def test_a_show_goes_on_by_polling(function: Hall) -> None:
    host = await function.guest("Mara")
    room = await host.go_live("On a function")
    ada = await function.guest("Ada")
    await ada.at("room-card").filter(has_text="On a function").click()
    await expect(ada.at("room-title")).to_have_text("On a function")
    for person in (host, ada):
        await expect(person.at("trouble")).to_contain_text("There is no picture or sound here")
    await expect(host.at("people-count")).to_have_text("2")

    await say(ada, "Anybody here?")
    await expect(host.at("message-text")).to_have_text("Anybody here?")
    await say(host, "Welcome, Ada")
    await expect(ada.at("message-text")).to_have_text(["Anybody here?", "Welcome, Ada"])
    await host.at("edit").click()
    await host.at("edit-title").fill("Told by and by")
    await host.at("save").click()
    await expect(ada.at("room-title")).to_have_text("Told by and by")
    await ada.at("seat-go").click()
    await host.at("ask").filter(has_text="Ada").get_by_test_id("ask-agree").click()
    await expect(ada.at("seat").first).to_contain_text("Ada")
    await expect(ada.at("source-test"), "nobody would see it").to_have_count(0)

    await choose(host, "Ada", "do-kick", "confirm")
    await expect(ada.at("ending"), "and does not come back by itself").to_be_visible()
    ben = await function.guest("Ben", f"/room/{room}")
    await expect(ben.at("room-title")).to_have_text("Told by and by")
    await host.end()
    await expect(ben.at("ending")).to_have_attribute("data-why", "closed")
    function.check_silence(but=NO_SOCKET)


async def test_whoever_reloads_or_comes_back_goes_on_where_they_were(function: Hall) -> None:
    host = await function.guest("Mara")
    room = await host.go_live("Still here")
    ada = await function.guest("Ada", f"/room/{room}")
    await expect(ada.at("room-title")).to_have_text("Still here")
    await ada.page.reload()
    await expect(ada.at("room-title")).to_have_text("Still here")
    await ada.page.context.set_offline(True)
    await expect(ada.at("link-away")).to_be_visible()
    await ada.page.context.set_offline(False)
    await expect(ada.at("link-away")).to_be_hidden()
    await say(host, "After the cut")
    await expect(ada.at("message-text")).to_have_text("After the cut")
