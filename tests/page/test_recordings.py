"""A show that is recorded: everybody is told before it begins and sees it while it runs; its owner starts and stops."""

import re
from collections.abc import AsyncIterator
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.page.browser import Hall
from tests.page.looks import PHONE, check_looks
from tests.page.shows import gather
from tests.service import process

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]
_BEGINS: Final = 60_000
"""How long it may take on a full machine until the recorder, which is looked at every second, has begun."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Yield where a service is whose server of streams records, announced long enough to be looked at."""
    settings = {"recordings": "server", "recordings_url": "https://live.example.com/rec", "recordings_notice": "20s"}
    async with process(tmp_path_factory.mktemp("service"), guest_limit=0, language="en", **settings) as running:
        yield str(running.http.base_url)


async def test_a_recording_is_announced_seen_by_everybody_and_stopped(hall: Hall) -> None:
    mara, (ada,), room = await gather(hall, "Mara's show", "Ada")
    ben = await hall.guest("Ben", f"/room/{room}", **PHONE, locale="zh-CN")
    await mara.at("recording-open").click()
    await expect(mara.at("recording-said")).to_have_text("Nothing is being recorded.")
    await mara.at("recording-turn").click()
    await mara.page.keyboard.press("Escape")
    await expect(mara.at("recording-coming")).to_contain_text("You are on stage")
    await expect(mara.at("toast")).to_contain_text("You are on stage")
    await expect(ada.at("recording-coming")).to_contain_text(re.compile(r"in \d+ s"))
    await expect(ben.at("recording-coming")).to_contain_text("直播即将开始录制")
    await check_looks(mara, ada, ben)
    for person in (mara, ada, ben):
        await expect(person.at("recording-mark")).to_be_visible(timeout=_BEGINS)
    late = await hall.guest("Cho", f"/room/{room}")
    await expect(late.at("recording-mark")).to_have_text("Being recorded")
    await expect(ada.at("recording-open")).to_have_count(0)
    await check_looks(mara, ada, ben)
    await mara.at("recording-open").click()
    await mara.at("recording-turn").click()
    await expect(mara.at("recording-made")).to_contain_text("being prepared", timeout=_BEGINS)
    await expect(mara.at("recording-said")).to_have_text("Nothing is being recorded.")
    await expect(ada.at("recording-mark")).to_have_count(0)
    await check_looks(mara)
    hall.check_silence()


async def test_after_the_show_everybody_finds_the_recording_and_its_host_all_of_theirs(hall: Hall) -> None:
    mara, (ada,), _ = await gather(hall, "Mara's last show", "Ada")
    await mara.at("recording-open").click()
    await mara.at("recording-turn").click()
    await expect(mara.at("recording-said")).to_have_text("This show is being recorded.", timeout=_BEGINS)
    await expect(ada.at("recording-mark")).to_be_visible()
    await mara.page.keyboard.press("Escape")
    await mara.end()
    await expect(mara.at("ending")).to_contain_text("This show was recorded.")
    await ada.at("watch-recording").click()
    await expect(ada.at("replay-problem")).to_contain_text("no such recording for you")
    await expect(ada.at("replay-problem")).to_contain_text("it has just ended")
    await check_looks(mara, ada)
    await mara.at("account").click()
    await mara.at("my-recordings").click()
    await expect(mara.at("recordings")).to_contain_text("being prepared", timeout=_BEGINS)
    await check_looks(mara)
    mara.page.on("dialog", lambda asked: asked.accept())
    await mara.at("recording-remove").click()
    await expect(mara.at("recordings-none")).to_be_visible()
    await ada.at("account").click()
    await ada.at("my-recordings").click()
    await expect(ada.at("recordings-none")).to_contain_text("None of your shows")


async def test_an_owner_at_a_phone_calls_a_recording_off_and_has_every_show_recorded(hall: Hall) -> None:
    noor = await hall.guest("Noor", **PHONE)
    await noor.go_live("Noor")
    await noor.at("tools-open").click()
    await noor.at("do-recording").click()
    await noor.at("recording-turn").click()
    await expect(noor.at("recording-turn")).to_have_text("Call it off")
    await noor.at("recording-turn").click()
    await expect(noor.at("recording-said")).to_have_text("Nothing is being recorded.")
    await expect(noor.at("recording-coming")).to_have_count(0)
    await noor.at("recording-always").click()
    await expect(noor.at("recording-always")).to_have_attribute("aria-checked", "true")
    await check_looks(noor)
