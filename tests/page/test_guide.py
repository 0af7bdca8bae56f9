"""The guide in a browser: its search in both languages, the switch between them, what axe finds, and pictures of it."""

from pathlib import Path
from typing import Final, Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]
_SIZES: Final = {"phone": (390, 844), "desktop": (1280, 800), "wall": (2560, 1440)}
_SERIOUS: Final = {"serious", "critical"}
_SEEN: Final = ("en/socket", "zh/interactive", "zh/settings", "en/index")


async def _open(browser: Browser, url: str, place: str) -> tuple[Page, list[str]]:
    page = await (await browser.new_context(locale="en")).new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(f"{said.text} {said.location}") if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(f"{url}/guide/{place}")
    return page, complaints


async def _find(page: Page, asked: str) -> None:
    await page.keyboard.press("/")
    await page.get_by_role("searchbox").fill(asked)
    await expect(page.locator(".found ol a").first).to_be_visible()


async def test_the_search_finds_what_stands_in_both_languages(browser: Browser, served: str) -> None:
    page, complaints = await _open(browser, served, "en/index")
    await _find(page, "hand over the broadcast")
    await page.locator(".found ol a", has_text="rooms/transfer_owner").first.click()
    await expect(page).to_have_url(f"{served}/guide/en/interactive#hand-over-roomstransfer_owner")
    await _find(page, "LIVEROOM_SOCKET_RATE")
    await expect(page.locator(".found ol a").first).to_contain_text("Limits")
    await _find(page, "上麦申请")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"{served}/guide/zh/**")
    await _find(page, "更换密钥")
    await expect(page.locator(".found ol a").first).to_have_attribute("href", "../zh/deploy#更换密钥")
    assert complaints == []


async def test_the_switch_keeps_the_page_and_nothing_is_left_in_the_browser(browser: Browser, served: str) -> None:
    page, complaints = await _open(browser, served, "en/socket")
    await page.get_by_role("link", name="中文", exact=True).first.click()
    await expect(page).to_have_url(f"{served}/guide/zh/socket")
    await expect(page.locator("h1")).to_have_text("长连接")
    assert await page.context.cookies() == []
    assert await page.evaluate("() => localStorage.length + sessionStorage.length") == 0
    assert complaints == []


async def test_without_scripts_every_page_can_be_reached_and_nothing_promises_a_search(
    browser: Browser, served: str
) -> None:
    page = await (await browser.new_context(java_script_enabled=False)).new_page()
    await page.goto(f"{served}/guide/en/index")
    await expect(page.get_by_role("searchbox")).to_be_hidden()
    await page.locator("#guide-pages a", has_text="Settings").click()
    await expect(page.locator("h1")).to_have_text("Settings")


@pytest.mark.parametrize("size", _SIZES)
@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_each_look_is_good_to_read(
    browser: Browser, served: str, tmp_path: Path, size: str, theme: Literal["light", "dark"]
) -> None:
    width, height = _SIZES[size]
    context = await browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
    page = await context.new_page()
    found = []
    for place in _SEEN:
        await page.goto(f"{served}/guide/{place}")
        await page.screenshot(path=tmp_path / f"guide-{place.replace('/', '-')}-{theme}-{size}.png")
        violations = (await Axe().run(page)).response["violations"]
        found += [
            f"{place}: {one['id']}: {one['nodes'][0]['html'][:160]}" for one in violations if one["impact"] in _SERIOUS
        ]
        if await page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth"):
            found.append(f"{place}: wider than the window")
    assert found == []
