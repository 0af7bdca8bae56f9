"""Gifts by the page: test coins, the tray, a combo, and what everybody sees of it."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.page.browser import Hall, Person
from tests.page.looks import check_axe
from tests.page.shows import gather
from tests.service import process

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Yield where a service is on which gifts are tried out."""
    async with process(tmp_path_factory.mktemp("service"), guest_limit=0, gifts="test", language="en") as running:
        yield str(running.http.base_url)


async def test_a_viewer_gets_test_coins_and_sends_a_rose_that_the_host_sees(hall: Hall) -> None:
    host, (ada,), _ = await gather(hall, "Gifts", "Ada")
    await expect(host.at("gift-open")).to_have_count(0)
    await ada.at("gift-open").click()
    await expect(ada.at("gift-balance")).to_have_text("You have 0 coins")
    rose = ada.at("gift").filter(has_text="Rose")
    await rose.click()
    await expect(ada.at("gift-said")).to_have_text("That costs 1 coin. You have 0.")
    await ada.at("gift-coins").click()
    await expect(ada.at("gift-balance")).to_have_text("You have 1,000 coins")
    await rose.click()
    await rose.click()
    await expect(host.at("gift-row")).to_contain_text("Ada")
    await expect(host.at("gift-row")).to_contain_text("Rose for Mara")
    await expect(ada.at("gift-balance")).to_have_text("You have 998 coins")
    await expect(host.at("room-gifts")).to_have_text("2 gifts")
    await host.at("room-gifts").click()
    await expect(host.at("ranked")).to_contain_text(["Mara"])
    await host.at("tab-senders").click()
    await expect(host.at("ranked")).to_contain_text(["Ada"])
    await host.page.keyboard.press("Escape")
    hall.check_silence()


@pytest.mark.long
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_tray_on_a_phone_is_for_everybody_and_gives_to_several_by_keyboard(hall: Hall, scheme: str) -> None:
    host, (ben,), room = await gather(hall, "For two", "Ben")
    await ben.at("seat-go").click()
    await host.at("ask").get_by_test_id("ask-agree").click()
    await ben.at("source-test").click()
    phone = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
    ada = await hall.guest("Ada", f"/room/{room}", color_scheme=scheme, reduced_motion="reduce", **phone)
    await ada.at("gift-open").click()
    await ada.at("gift-coins").click()
    await expect(ada.at("gift-balance")).to_have_text("You have 1,000 coins")
    await ada.at("gift-receiver").filter(has_text="Ben").click()
    coffee = ada.at("gift").filter(has_text="Coffee")
    await coffee.focus()
    for _ in range(3):
        await ada.page.keyboard.press("Enter")
    await expect(ada.at("gift-said")).to_have_text("Coffee ×3 sent")
    await expect(ada.at("gift-balance")).to_have_text("You have 940 coins")
    await expect(host.at("gift-row")).to_have_count(2)
    await expect(host.at("gift-row").filter(has_text="for Ben")).to_contain_text("×3")
    await ada.at("tab-grand").click()
    await expect(ada.at("gift").filter(has_text="Castle")).to_be_disabled()
    await _check_looks(ada)
    await ada.page.keyboard.press("Escape")
    await ada.at("room-gifts").click()
    await expect(ada.at("ranked")).to_contain_text(["30 coins", "30 coins"])
    await _check_looks(ada)
    await ada.at("tab-senders").click()
    await expect(ada.at("ranked")).to_contain_text(["Ada"])
    await expect(ada.at("ranked")).to_contain_text(["60 coins"])
    await _check_looks(ada)
    hall.check_silence()


async def _check_looks(person: Person) -> None:
    """Fail if something cannot be read or reached, or is wider than a phone."""
    await check_axe(person)
    assert await person.page.evaluate("() => document.documentElement.scrollWidth") <= 390
