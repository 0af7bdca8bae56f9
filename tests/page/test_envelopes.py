"""Red envelopes: somebody puts one into a room, followers grab it, and whoever likes checks the draw in the browser."""

import hashlib
import re
from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
import pytest_asyncio
from playwright.async_api import Locator, expect

from tests.console.evening import id_of
from tests.console.giving import Shop, key_of_a_shop
from tests.page.browser import Hall, Person
from tests.page.looks import PHONE, check_looks
from tests.service import process

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]
WIDE: Final[dict[str, Any]] = {"viewport": {"width": 1280, "height": 800}}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    """Yield where coins are bought of a service on which everybody may send red envelopes."""
    folder = tmp_path_factory.mktemp("service")
    async with process(folder, guest_limit=0, gifts="test", envelopes="everyone", language="en") as running:
        opened = Shop(running.http, await key_of_a_shop(folder))
        await opened.opens()
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(shop: Shop) -> str:
    """Return where that service is."""
    return str(shop.http.base_url)


async def _viewer(hall: Hall, name: str, room: str, **look: Any) -> Person:
    viewer = await hall.guest(name, f"/room/{room}", **look)
    await viewer.see()
    return viewer


async def _follow(viewer: Person, host: str) -> None:
    """Follow the host, at a phone."""
    await viewer.at("people-open").click()
    await viewer.at("person").filter(has_text=host).get_by_test_id("person-menu").click()
    await viewer.at("do-follow").click()
    for _ in ("the sheet of the host", "the list of people"):
        await viewer.page.keyboard.press("Escape")


async def _put(sender: Person, coins: int, parts: int, **choices: str) -> None:
    """Put an envelope into the room, on a large screen."""
    await sender.at("envelope-open").click()
    await sender.at("envelope-coins").fill(str(coins))
    await sender.at("envelope-parts").fill(str(parts))
    for name, choice in choices.items():
        await sender.at(f"envelope-{name}").select_option(choice)
    await check_looks(sender)
    await sender.at("envelope-put").click()
    await expect(sender.at("envelope-form")).to_have_count(0)


async def _check_draw(person: Person, card: Locator, coins: int, parts: int) -> None:
    """Let the page check the draw, and compare the commitment that it shows with the seed that it shows."""
    envelope = await card.get_attribute("data-envelope")
    await card.get_by_test_id("envelope-show").click()
    await person.at("envelope-check").click()
    checked = person.at("envelope-checked")
    commitment, seed = await checked.locator("dd").all_inner_texts()
    terms = ["liveroom-envelope-1", envelope, str(coins), str(parts), "random", seed]
    assert commitment == hashlib.sha256("\n".join(map(str, terms)).encode()).hexdigest()
    await expect(checked.locator(".lr-problem")).to_have_count(0)
    await check_looks(person)


async def test_followers_grab_a_red_envelope_and_the_page_checks_its_draw(hall: Hall, shop: Shop) -> None:
    mara = await hall.guest("Mara", **WIDE)
    room = await mara.go_live("Mara's show")
    ada = await _viewer(hall, "Ada", room, **WIDE, color_scheme="dark")
    bo = await _viewer(hall, "博文", room, **PHONE, color_scheme="dark", locale="zh-CN")
    cho = await _viewer(hall, "Cho", room, **PHONE, color_scheme="light")
    await shop.sell(await id_of(ada), 500)
    await _follow(bo, "Mara")
    await _put(ada, 100, 2, audience="followers", opens="10")
    for person in (mara, ada, bo, cho):
        await expect(person.at("envelope")).to_contain_text("100")
    await expect(bo.at("envelope-grab")).to_have_text(re.compile(r"^\d+ 秒后开抢$"))
    await expect(bo.at("envelope-grab")).to_be_disabled()
    await check_looks(mara, bo)
    await expect(ada.at("envelope-grab")).to_have_count(0)
    await bo.at("envelope-grab").click()
    await cho.at("envelope-grab").click()
    await expect(bo.at("envelope-said")).to_have_text(re.compile(r"^抢到 \d+ 金币$"))
    await expect(cho.at("envelope-said")).to_have_text("This red envelope is for others.")
    await expect(mara.at("envelope")).to_contain_text("1 left")
    await check_looks(bo, cho)
    await cho.at("envelope-show").click()
    await expect(cho.at("envelope-draw")).to_contain_text("The draw can be checked when it is over.")
    await cho.page.keyboard.press("Escape")
    hall.check_silence(but="403")


async def test_what_is_over_shows_who_got_what_and_anybody_can_check_it(hall: Hall, shop: Shop) -> None:
    mara = await hall.guest("Mara", **WIDE, locale="zh-CN")
    room = await mara.go_live("夜聊")
    ada = await _viewer(hall, "Ada", room, **WIDE)
    bo = await _viewer(hall, "博文", room, **PHONE, locale="zh-CN")
    cho = await _viewer(hall, "Cho", room, **PHONE, color_scheme="dark")
    await shop.sell(await id_of(ada), 500)
    await _put(ada, 88, 2)
    for viewer in (bo, cho):
        await viewer.at("envelope-grab").click()
        await expect(viewer.at("envelope-said")).not_to_be_empty()
    await expect(ada.at("envelope-said")).to_have_text("All gone")
    await _check_draw(cho, cho.at("envelope"), 88, 2)
    await expect(cho.at("envelope-part")).to_have_count(2)
    await _check_draw(bo, bo.at("envelope"), 88, 2)
    got = [
        int(re.sub(r"\D", "", await part.locator("strong").inner_text()))
        for part in await cho.at("envelope-part").all()
    ]
    assert sum(got) == 88
    await expect(ada.at("envelope")).to_have_count(0, timeout=15_000)
    hall.check_silence()
