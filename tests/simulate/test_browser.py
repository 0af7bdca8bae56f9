"""The simulator's page in Chromium: what it shows, what one can do there, on a desktop and on a phone."""

from pathlib import Path
from typing import Any, Final

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from tests.page.browser import chromium
from tests.simulate.conftest import Controlled

pytestmark = pytest.mark.long
_LOOKS: Final[dict[str, dict[str, Any]]] = {
    "desktop": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark", "is_mobile": True, "has_touch": True},
}


async def opened(browser: Browser, sim: Controlled, look: str, complaints: list[str]) -> Page:
    """Open the page in one of the looks; what the browser complains of, such as a breach of the policy, is kept."""
    page = await (await browser.new_context(locale="en-US", **_LOOKS[look])).new_page()
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(str(sim.http.base_url))
    await expect(page.get_by_role("status").first).to_contain_text("live")
    return page


async def go_to(page: Page, section: str) -> None:
    """Show a section: on a phone, one is shown at a time."""
    tab = page.get_by_role("navigation").get_by_role("button", name=section)
    if await tab.is_visible():
        await tab.click()


async def act(page: Page, section: str, label: str, **fields: str) -> None:
    await go_to(page, section)
    form = page.locator("#act-form" if section == "Act" else "#fault-form")
    await form.locator("select").first.select_option(label=label)
    for name, value in fields.items():
        field = form.locator(f"[name={name}]")
        await (field.select_option(value) if await field.evaluate("node => !!node.options") else field.fill(value))
    await form.get_by_role("button", name="Do it").click()


@pytest.mark.parametrize("look", list(_LOOKS))
async def test_the_page_shows_and_does_what_a_developer_wants(sim: Controlled, look: str, tmp_path: Path) -> None:
    complaints: list[str] = []
    sim.simulator.im.accounts |= {"40000001": ("小明", ""), "40000002": ("Bob <b>", "")}
    sim.simulator.im.make("40000001", "周五晚上一起唱歌吧", "40000001")
    async with chromium() as browser:
        page = await opened(browser, sim, look, complaints)
        await act(page, "Act", "TRTC: enter", room="40000001", user="40000001", role="anchor")
        await expect(page.locator("#act-said")).to_have_text('{"allowed":255}')
        await act(page, "Act", "TRTC: begin to send", room="40000001", user="40000001", what="video")
        await act(page, "Act", "IM: join the group", room="40000001", user="40000002")
        await act(page, "Act", "IM: say something", room="40000001", user="40000002", text="你好 <script>")
        await act(page, "Act", "IM: join the group", room="40000001", user="40000002")
        await expect(page.locator("#act-said")).to_have_text("IM refuses this with code 10013")
        await act(page, "Faults", "Calls: an error code", vendor="im", command="create_group", code="10002", times="2")
        await expect(page.locator("#faults")).to_contain_text("10002, 2 more")
        await go_to(page, "State")
        for text in ("sends video", "你好 <script>", "Bob <b>", "members: 40000002"):
            await expect(page.locator("#known")).to_contain_text(text)
        await page.screenshot(path=tmp_path / f"{look}-state.png", full_page=True)
        await looked_at(page, tmp_path / f"{look}.png")
        await go_to(page, "Faults")
        await page.get_by_role("button", name="All well again").click()
        await expect(page.locator("#faults")).to_have_text("")
    assert all("409" in one for one in complaints), "but for the step that is refused"
    assert len(complaints) == 1


async def looked_at(page: Page, picture: Path) -> None:
    """Look at the log: what is newest, one vendor's alone, and nothing that axe finds or that runs over the edge."""
    await go_to(page, "Log")
    newest = page.locator("#entries details").first
    await newest.locator("summary").click()
    await expect(newest.locator("pre").first).to_contain_text('"code": "10002"')
    await page.get_by_label("Show only").select_option("trtc")
    await expect(page.locator("#entries li:visible").first).to_contain_text("trtc")
    await page.screenshot(path=picture, full_page=True)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing runs over the edge"
    found = (await Axe().run(page)).response["violations"]
    assert [one["id"] for one in found] == []
