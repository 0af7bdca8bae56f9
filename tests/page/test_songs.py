"""A karaoke evening on the live page: two sing in chorus, who is late is in step, and the queue outlives a phone."""

import wave
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio
from playwright.async_api import Error, expect

from tests.page.browser import Hall, Person, chromium
from tests.page.looks import PHONE, check_looks
from tests.service import process

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]
IN_STEP_MS: Final = 200
WIDE: Final[dict[str, Any]] = {"viewport": {"width": 1280, "height": 800}}
_SECONDS: Final = 240
_RATE: Final = 4000
# When each line comes, by the machine's clock, which all these pages share.
_WATCH: Final = """
() => {
  const line = () => document.querySelector('[data-testid=singing-lyrics]')?.dataset.line;
  const first = line();
  const seen = (window.linesSeen = {});
  const note = () => {
    const now = line();
    if (now !== undefined && now !== first && !(now in seen)) seen[now] = performance.timeOrigin + performance.now();
  };
  new MutationObserver(note).observe(document.body, { subtree: true, childList: true, attributes: true });
}
"""
_SEEN: Final = "(lines) => Object.keys(window.linesSeen).length >= lines"


def _record(folder: Path, name: str) -> None:
    """Write a quiet song with a line each second."""
    with wave.open(str(folder / f"{name}.wav"), "wb") as file:
        file.setparams((1, 1, _RATE, 0, "NONE", ""))
        file.writeframes(bytes([128]) * _RATE * _SECONDS)
    lines = [f"[{number // 60:02}:{number % 60:02}.00]line {number} of this song" for number in range(1, _SECONDS)]
    (folder / f"{name}.lrc").write_text("\n".join(lines))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Yield where a service is that has three songs."""
    folder = tmp_path_factory.mktemp("songs")
    for name in ("Ann - Moon", "Bob - Sun", "Cat - Rain"):
        _record(folder, name)
    given = {"music": "folder", "music_folder": folder, "guest_limit": 0, "grace_owner": "60s", "language": "en"}
    async with process(tmp_path_factory.mktemp("service"), **given) as running:
        yield str(running.http.base_url)


async def _close(person: Person) -> None:
    await person.page.keyboard.press("Escape")
    await expect(person.at("songs")).to_have_count(0)


async def _open_queue(host: Person) -> None:
    await host.at("songs-open").click()
    await check_looks(host)
    await host.at("song-begin").click()
    await expect(host.at("song-found").get_by_role("listitem")).to_have_count(3)
    await _close(host)


async def _add(person: Person, title: str) -> None:
    await person.at("singing-open").click()
    await person.at("song-found").get_by_role("listitem").filter(has_text=title).get_by_test_id("song-add").click()
    await expect(person.at("song-add").first).to_be_enabled()
    await check_looks(person)
    await _close(person)


async def _apart(people: Sequence[Person], lines: int) -> Sequence[float]:
    """Return how far apart people see the next lines, in milliseconds: between the first and the last of them."""
    for person in people:
        await expect(person.at("singing-lyrics")).to_be_visible()
        await person.page.evaluate(_WATCH)
    for person in people:
        await person.page.wait_for_function(_SEEN, arg=lines, polling=100, timeout=30_000)
    seen = [await person.page.evaluate("window.linesSeen") for person in people]
    common = sorted(set.intersection(*(set(one) for one in seen)), key=int)
    return [max(one[line] for one in seen) - min(one[line] for one in seen) for line in common]


@pytest_asyncio.fixture(loop_scope="module")
async def phone(served: str) -> AsyncIterator[Hall]:
    """Yield a browser of its own, which may die."""
    async with chromium() as browser:
        yield Hall(browser, served)


async def _kill(phone: Hall) -> None:
    """Let a browser die: no page of it says goodbye."""
    session = await phone.browser.new_browser_cdp_session()
    with pytest.raises(Error):
        await session.send("Browser.crash")


async def test_a_karaoke_evening(hall: Hall, phone: Hall) -> None:
    mara = await phone.guest("Mara", **WIDE)
    room = await mara.go_live("Karaoke")
    ada = await hall.guest("Ada", f"/room/{room}", **PHONE)
    ben = await hall.guest("Ben", f"/room/{room}", **WIDE, color_scheme="dark")
    await _open_queue(mara)
    for person, title in ((ada, "Moon"), (ben, "Sun"), (ada, "Rain")):
        await _add(person, title)
    await expect(ben.at("singing-title")).to_have_text("Moon")
    await ben.at("song-chorus").click()
    await expect(mara.at("singing-who")).to_have_text("Ada · Ben")
    await expect(mara.at("singing-faces").locator("[data-user]")).to_have_count(2)

    late = await hall.guest("晓雨", f"/room/{room}", **PHONE, locale="zh-CN", color_scheme="dark")
    apart = await _apart((mara, ada, ben, late), lines=4)
    print("milliseconds between four screens, one of them late:", *map(round, apart))  # noqa: T201
    assert len(apart) >= 3
    assert max(apart) <= IN_STEP_MS
    await check_looks(mara, ada, ben, late)

    await mara.at("song-skip").click()
    await expect(late.at("singing-title")).to_have_text("Sun")
    await _kill(phone)
    await expect(ben.at("singing-title")).to_have_text("Sun")
    await ben.at("singing-open").click()
    await ben.at("tab-queue").click()
    await expect(ben.at("song-waiting").get_by_role("listitem")).to_have_count(1)
    await _close(ben)
    await ben.at("song-next").click()
    await expect(ada.at("singing-title")).to_have_text("Rain")
    await expect(late.at("singing-who")).to_have_text("Ada")
    hall.check_silence()


async def test_who_sings_is_marked_on_the_seats_of_a_voice_room(hall: Hall) -> None:
    mara = await hall.guest("Mara", **WIDE)
    room = await mara.go_live("Voices", source="microphone")
    ada, ben = [await hall.guest(name, f"/room/{room}", **PHONE) for name in ("Ada", "Ben")]
    for person in (ada, ben):
        await person.at("seat-go").click()
        await mara.at("ask-agree").click()
        await person.at("source-microphone").click()
    await _open_queue(mara)
    await _add(ada, "Moon")
    sings = mara.page.locator("[data-testid=seat]:has([data-testid=seat-sings])")
    await expect(sings).to_have_count(1)
    await expect(sings).to_contain_text("Ada")
    await ben.at("song-chorus").click()
    await expect(sings).to_have_count(2)
    await expect(mara.at("voice-host")).to_have_attribute("data-sings", "false")
    await check_looks(mara, ada, ben)
    await ben.at("song-chorus").click()
    await expect(sings).to_have_count(1)
    await mara.at("song-chorus").click()
    await expect(ben.at("singing-who")).to_have_text("Ada · Mara")
    await expect(ben.at("voice-host")).to_have_attribute("data-sings", "true")
    hall.check_silence()
