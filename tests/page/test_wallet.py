"""The wallet on the live page: what somebody has, coins to try things with, and how it came to be."""

from pathlib import Path
from typing import Any, Final

import pytest
from playwright.async_api import expect

from tests.page.browser import Hall
from tests.page.looks import PHONE, check_axe

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]
_LOOKS: Final[list[dict[str, Any]]] = [
    {"locale": "en-US", "color_scheme": "light", **PHONE},
    {"locale": "zh-CN", "color_scheme": "dark", "viewport": {"width": 1280, "height": 800}},
]


@pytest.mark.parametrize("look", _LOOKS, ids=["en-light-phone", "zh-dark-desktop"])
async def test_coins_to_try_things_with_are_given_once_an_hour_and_stand_there_at_once(
    hall: Hall, look: dict[str, Any], tmp_path: Path
) -> None:
    ann = await hall.guest("Ann", **look)
    if "is_mobile" in look:
        await ann.at("account").click()
        await expect(ann.at("my-wallet")).to_contain_text("0")
        await ann.page.screenshot(path=tmp_path / "menu.png")
        await ann.at("my-wallet").click()
    else:
        await expect(ann.at("my-coins")).to_have_text("0")
        await ann.at("my-coins").click()
    await expect(ann.at("wallet-none")).to_be_visible()
    await ann.at("test-coins").click()
    await expect(ann.at("wallet-promo")).to_have_text("1,000")
    await expect(ann.at("wallet-line")).to_contain_text("+1,000")
    await ann.at("test-coins").click()
    await expect(ann.at("toast")).to_have_count(2)
    await ann.page.screenshot(path=tmp_path / "wallet.png")
    await check_axe(ann)
    wide = await ann.page.evaluate("() => document.documentElement.scrollWidth")
    assert wide <= look["viewport"]["width"]
    await expect(ann.at("wallet-line")).to_have_count(1)
    await ann.page.keyboard.press("Escape")
    await expect(ann.at("my-coins")).to_have_text("1,000")
    hall.check_silence()
