"""Every page of the console in each look: what axe finds, what runs over the edge, and pictures to look at.

`make pictures` takes those that docs/console.md shows anew; all others go where pytest keeps the files of a test.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from tests.console.desk import Desk, Office
from tests.console.house import House, house_of
from tests.page.browser import Hall
from tests.page.covers import COVERS, TALK

pytestmark = pytest.mark.asyncio(loop_scope="module")
PICTURES: Final = os.environ.get("PAGE_PICTURES", "")
_SHOWN: Final = {"wall", "room"}
_PAGES: Final = Path(__file__).parents[2] / "web/src/console/pages.ts"
_SIZES: Final = {
    "phone": {"width": 390, "height": 844},
    "desktop": {"width": 1280, "height": 800},
    "wide": {"width": 2560, "height": 1440},
}
_SERIOUS: Final = {"serious", "critical"}


@dataclass(frozen=True)
class Look:
    """A reader's language and colours, and the size of the window."""

    language: str
    colours: str
    size: str

    def __str__(self) -> str:
        return f"{self.language}-{self.colours}-{self.size}"

    @property
    def context(self) -> dict[str, Any]:
        touch = {"is_mobile": True, "has_touch": True} if self.size == "phone" else {}
        locale = "zh-CN" if self.language == "zh" else "en-US"
        return {
            "locale": locale,
            "color_scheme": self.colours,
            "reduced_motion": "reduce",
            "viewport": _SIZES[self.size],
            **touch,
        }


LOOKS: Final = [
    Look(language, colours, size) for size in _SIZES for language in ("en", "zh") for colours in ("light", "dark")
]


def listed() -> list[str]:
    """Return the paths of the pages that need no id."""
    paths = re.findall(r"path: '(/[\w-]+)'", _PAGES.read_text("utf-8"))
    assert len(paths) > 5
    return paths


async def look_at(desk: Desk, screen: str, look: Look, folder: Path) -> list[str]:
    """Take a picture, and return what is wrong."""
    page = desk.page
    await page.wait_for_load_state("networkidle")
    await expect(page.locator(".n-spin")).to_have_count(0)
    kept = Path(PICTURES) if PICTURES and screen in _SHOWN else folder
    await page.screenshot(path=kept / f"console-{screen}-{look}.png", animations="disabled")
    found = [
        f"{screen}: {problem['id']}: {node['html'][:160]}"
        for problem in (await Axe().run(page)).response["violations"]
        if problem["impact"] in _SERIOUS
        for node in problem["nodes"]
    ]
    if await page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth"):
        found.append(f"{screen}: wider than the window")
    return found


async def furnish(house: House, language: str) -> None:
    """Have shows on the wall, one of them reported, and something on most pages."""
    await house.fill()
    for name, title, address, category in COVERS[language]:
        host = await house.come(name)
        room = str((await host.call("rooms/generate_roomid", category=category, title=title))["roomId"])
        await host.call("rooms/enter_room", roomId=room, role="anchor", title=title)
        await host.call("rooms/update_room", roomId=room, cover=address)


@pytest.mark.long
@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_every_page_is_readable_for_everybody(office: Office, hall: Hall, look: Look, tmp_path: Path) -> None:
    title = "Evening show" if look.language == "en" else "晚间节目"
    host = await hall.guest("Ann")
    room = await host.go_live(title)
    async with house_of(office, f"chief-{look}") as house:
        await furnish(house, look.language)
        found = await walk(office, house, room, look, tmp_path)
    assert found == []


async def walk(office: Office, house: House, room: str, look: Look, tmp_path: Path) -> list[str]:
    """Look at every page as a new administrator; return what is wrong."""
    desk = await office.desk(**look.context)
    await desk.page.goto(f"{desk.url}/sign-in")
    found = await look_at(desk, "sign-in", look, tmp_path)
    await desk.accept(await office.invite(f"mei-{look}"))
    for path in listed():
        await desk.page.goto(f"{desk.url}{path}")
        found += await look_at(desk, path.strip("/"), look, tmp_path)
    await desk.page.goto(f"{desk.url}/rooms/{room}")
    await expect(desk.at("feed")).to_be_visible()
    await house.guest.call("rooms/enter_room", roomId=room, role="audience")
    for said in TALK[look.language][1]:
        await house.guest.call("messages/send", roomId=room, text=said)
        await expect(desk.at("feed")).to_contain_text(said)
    found += await look_at(desk, "room", look, tmp_path)
    await desk.page.goto(f"{desk.url}/users")
    await desk.page.get_by_role("link", name="Ann", exact=True).first.click()
    await expect(desk.page).to_have_url(re.compile(r"/users/\d+"))
    found += await look_at(desk, "user", look, tmp_path)
    for tab in await desk.page.locator("[role=tab]").all():
        await tab.click()
        found += await look_at(desk, f"user-{await tab.get_attribute('data-testid')}", look, tmp_path)
    for name, path in (("wallet", "/users/{guest}?tab=wallet"), ("approval", "/money?approval={approval}")):
        await desk.page.goto(desk.url + path.format(**house.places))
        await expect(desk.at(name)).to_be_visible()
        found += await look_at(desk, name, look, tmp_path)
    await desk.page.goto(f"{desk.url}/rooms/nowhere")
    found += await look_at(desk, "failed", look, tmp_path)
    await desk.page.goto(f"{desk.url}/rooms/{room}")
    await desk.at("close-room").click()
    return found + await look_at(desk, "asked", look, tmp_path)
