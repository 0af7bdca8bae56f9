"""Each screen in each look: what axe finds, what runs over the edge, and the pictures that README and docs show."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from tests.page.browser import Hall, Person
from tests.page.covers import COVERS, TALK
from tests.service import process

pytestmark = pytest.mark.asyncio(loop_scope="module")
PICTURES: Final = os.environ.get("PAGE_PICTURES", "")
"""Where `make pictures` wants the pictures that are shown; all others go where pytest keeps the files of a test."""
_SHOWN: Final = {"lobby", "room"}
_DESKTOP: Final = {"width": 1280, "height": 800}
_SIZES: Final = {
    "desktop": _DESKTOP,
    "large": {"width": 1920, "height": 1080},
    "tablet": {"width": 820, "height": 1180},
    "phone": {"width": 390, "height": 844},
    "side": {"width": 844, "height": 390},
}
_TOUCHED: Final = {"tablet", "phone", "side"}
_COMPACT: Final = {"phone", "side"}


@dataclass(frozen=True)
class Look:
    """A reader's language and colours, and the size of the window."""

    language: str
    colours: str
    size: str = "desktop"

    def __str__(self) -> str:
        return f"{self.language}-{self.colours}-{self.size}"

    @property
    def is_compact(self) -> bool:
        return self.size in _COMPACT

    @property
    def context(self) -> dict[str, Any]:
        touch = {"is_mobile": True, "has_touch": True} if self.size in _TOUCHED else {}
        locale = "zh-CN" if self.language == "zh" else "en-US"
        window = {"viewport": _SIZES[self.size], **touch}
        return {"locale": locale, "color_scheme": self.colours, "reduced_motion": "reduce", **window}


LOOKS: Final = [Look("zh", "dark", "phone")]
"""The daily one; make test-long goes through all."""
MORE_LOOKS: Final = [
    Look(language, colours, size)
    for size in _SIZES
    for language in ("en", "zh")
    for colours in ("light", "dark")
    if Look(language, colours, size) not in LOOKS
]


@dataclass
class Tour:
    """Somebody who looks at screen after screen."""

    person: Person
    look: Look
    folder: Path
    found: list[str]

    async def look_at(self, screen: str) -> None:
        """Take a picture, and write down what is wrong."""
        page, folder = self.person.page, Path(PICTURES) if PICTURES and screen in _SHOWN else self.folder
        await page.screenshot(path=folder / f"page-{screen}-{self.look}.png", animations="disabled")
        results = (await Axe().run(page)).response
        self.found += [
            f"{screen}: {problem['id']}: {node['html'][:160]}: {node.get('failureSummary', '')[-200:]}"
            for problem in results["violations"]
            for node in problem["nodes"]
        ]
        if await page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth"):
            self.found.append(f"{screen}: wider than the window")


async def _fill_the_lobby(hall: Hall, look: Look) -> Person:
    """Let some shows begin, and return the host of the last one: the only one who goes on sending."""
    for name, title, address, category in COVERS[look.language]:
        host = await hall.guest(name, **look.context | {"viewport": _DESKTOP, "is_mobile": False})
        await host.go_live(title, cover=address, category=category)
        if title != COVERS[look.language][-1][1]:
            await host.at("stop-sending").click()
    return host


@pytest.mark.parametrize(
    "look", [*LOOKS, *(pytest.param(look, marks=pytest.mark.long) for look in MORE_LOOKS)], ids=str
)
async def test_every_screen_is_readable_for_everybody(browser: Browser, look: Look, tmp_path: Path) -> None:
    async with process(tmp_path / "service", guest_limit=0, language="en") as running:
        hall = Hall(browser, str(running.http.base_url))
        try:
            tour = Tour(await hall.person(**look.context), look, tmp_path, [])
            await _come_in(tour, hall)
            await _speak(tour, hall)
            await _host(tour)
            assert tour.found == []
            hall.check_silence()
        finally:
            await hall.close()


async def _come_in(tour: Tour, hall: Hall) -> None:
    visitor, look = tour.person, tour.look
    await visitor.open()
    await expect(visitor.at("empty-lobby")).to_be_visible()
    await tour.look_at("empty-lobby")
    await visitor.open("/welcome")
    await expect(visitor.at("guest")).to_be_visible()
    await tour.look_at("welcome")
    await visitor.open()
    await visitor.at("sign-in").click()
    await visitor.at("open-register").click()
    await tour.look_at("register")
    await visitor.give_name("小雨" if look.language == "zh" else "Ada")
    await expect(visitor.at("account")).to_be_visible()
    host = await _fill_the_lobby(hall, look)
    room = host.page.url.rpartition("/")[2]
    await expect(visitor.at("room-card")).to_have_count(len(COVERS[look.language]))
    await tour.look_at("lobby")
    await visitor.watch(room)
    guest = await _talk(tour, hall, host)
    await _settle(visitor.page)
    await tour.look_at("room")
    await host.page.close()
    await expect(visitor.at("waiting")).to_be_visible()
    await tour.look_at("host-away")
    await guest.page.close()


async def _talk(tour: Tour, hall: Hall, host: Person) -> Person:
    """Let a guest join the host on stage, and all say something. Return the guest."""
    visitor = tour.person
    name, lines = TALK[tour.look.language]
    guest = await hall.guest(name, f"/room/{host.page.url.rpartition('/')[2]}")
    await guest.at("seat-go").click()
    await host.at("ask-agree").click()
    await guest.at("source-test").click()
    for person, line in zip((guest, visitor, host), lines, strict=True):
        await person.at("chat-field").fill(line)
        await person.at("chat-send").click()
        await expect(visitor.at("message-text").last).to_have_text(line)
    for _ in range(3):
        await guest.at("like").click()
    await expect(visitor.at("likes")).to_have_text("3")
    await expect(visitor.at("remote-video")).to_have_count(2)
    await visitor.page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0); }")
    return guest


async def _host(tour: Tour) -> None:
    visitor, look = tour.person, tour.look
    await visitor.open("/live")
    await visitor.at("source-test").click()
    await expect(visitor.at("own-video")).to_be_visible()
    await visitor.at("title").fill("雨天的歌" if look.language == "zh" else "Songs for a rainy day")
    await _settle(visitor.page)
    await tour.look_at("go-live")
    await visitor.at("start").click()
    await expect(visitor.at("room")).to_be_visible()
    await _settle(visitor.page)
    await tour.look_at("hosting")
    await _open(tour, "edit", "edit")
    await expect(visitor.at("edit-title")).to_be_visible()
    await tour.look_at("editing")
    await visitor.page.keyboard.press("Escape")
    await _open(tour, "manage-open", "manage")
    await expect(visitor.at("slow-mode")).to_be_visible()
    await tour.look_at("managing")
    await visitor.page.keyboard.press("Escape")
    await _open(tour, "end", "end")
    await tour.look_at("ending-asked")
    await visitor.at("end-confirm").click()
    await expect(visitor.at("ending")).to_be_visible()


async def _open(tour: Tour, button: str, deed: str) -> None:
    """Open something of the host's: by a button of its own, or on a phone in the sheet of tools."""
    visitor = tour.person
    if not tour.look.is_compact:
        await visitor.at(button).click()
        return
    await visitor.at("tools-open").click()
    await expect(visitor.at("tools")).to_be_visible()
    if deed == "edit":
        await tour.look_at("tools")
    await visitor.at(f"do-{deed}").click()


async def _speak(tour: Tour, hall: Hall) -> None:
    """Look at a room of voices."""
    visitor, look = tour.person, tour.look
    host = await hall.guest(COVERS[look.language][1][0], **look.context | {"viewport": _DESKTOP, "is_mobile": False})
    room = await host.go_live("夜聊" if look.language == "zh" else "Late talk", source="microphone")
    await visitor.open(f"/room/{room}")
    await expect(visitor.at("voice-host")).to_have_attribute("data-speaking", "true")
    await tour.look_at("voices")
    await host.end()
    await expect(visitor.at("ending")).to_be_visible()
    await tour.look_at("ending")


async def _settle(page: Page) -> None:
    """Wait until every picture moves."""
    await page.wait_for_function(
        "() => [...document.querySelectorAll('video')].every(v => v.videoWidth > 0 && v.currentTime > 1)",
        polling=100,
    )


async def test_language_and_colours_follow_the_browser_and_can_be_switched(hall: Hall) -> None:
    person = await hall.person(locale="zh-CN", color_scheme="dark")
    await person.open()
    html = person.page.locator("html")
    await expect(html).to_have_attribute("lang", "zh-CN")
    await expect(html).to_have_attribute("theme-mode", "dark")
    await expect(person.page.get_by_role("heading", level=1)).to_have_text("正在直播")
    await person.at("language").click()
    await person.at("theme").click()
    await person.page.reload()
    await expect(html).to_have_attribute("lang", "en")
    await expect(html).to_have_attribute("theme-mode", "light")
    await expect(person.page.get_by_role("heading", level=1)).to_have_text("Live now")
    hall.check_silence()


async def test_a_show_is_started_with_the_keyboard_alone(hall: Hall) -> None:
    person = await hall.person()
    await person.open()
    for testid in ("go-live", "source-test", "start", "guest"):
        await expect(person.at(testid)).to_be_enabled()
        for _ in range(20):
            await person.page.keyboard.press("Tab")
            if await person.at(testid).evaluate("it => it === document.activeElement"):
                break
        await person.page.keyboard.press("Enter")
    await expect(person.at("room")).to_be_visible()
    await person.end()
    await expect(person.at("ending")).to_be_visible()
