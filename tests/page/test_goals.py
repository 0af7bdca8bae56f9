"""A goal on the live page: the host sets it, likes fill the bar, and who is there celebrates each step, once."""

from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.page.browser import Hall, Person
from tests.page.looks import PHONE, check_looks
from tests.service import process

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]
WIDE: Final[dict[str, Any]] = {"viewport": {"width": 1280, "height": 800}}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Yield where a service is."""
    async with process(tmp_path_factory.mktemp("service"), guest_limit=0, language="en", gifts="test") as running:
        yield str(running.http.base_url)


async def _viewer(hall: Hall, name: str, room: str, **look: Any) -> Person:
    viewer = await hall.guest(name, f"/room/{room}", **look)
    await viewer.see()
    return viewer


async def _like(person: Person, times: int) -> None:
    for _ in range(times):
        await person.at("like").click()


async def _reached(text: str, *people: Person) -> None:
    for person in people:
        await expect(person.at("goal-party")).to_contain_text(text)


async def _set(host: Person, targets: str, title: str) -> None:
    """Set a goal of likes, on a large screen."""
    await host.at("goal-open").click()
    await host.at("goal-targets").fill(targets)
    await host.at("goal-title").fill(title)
    await check_looks(host)
    await host.at("goal-start").click()
    await expect(host.at("goal-form")).to_have_count(0)


async def test_a_goal_is_reached_in_steps_and_celebrated_by_who_is_there(hall: Hall) -> None:
    mara = await hall.guest("Mara", **WIDE)
    room = await mara.go_live("Mara's show")
    ada = await _viewer(hall, "Ada", room, **WIDE, color_scheme="dark", reduced_motion="reduce")
    bo = await _viewer(hall, "博文", room, **PHONE, locale="zh-CN")
    await expect(ada.at("goal-open")).to_have_count(0)
    await _set(mara, "5, 12", "One more song")
    for person in (mara, ada, bo):
        await expect(person.at("goal")).to_contain_text("One more song")
    await expect(ada.at("goal-end")).to_have_count(0)
    await _like(ada, 3)
    await expect(ada.at("goal-far")).to_have_text("3 of 5 likes")
    await expect(bo.at("goal-far")).to_have_text("3 / 5 点赞")
    await check_looks(mara, bo)
    await _like(ada, 3)
    await _reached("5 likes: we did it!", mara, ada)
    await _reached("5 点赞，达成！", bo)
    await expect(mara.at("confetti").first).to_be_attached()
    await expect(ada.at("confetti")).to_have_count(0)
    late = await _viewer(hall, "Cho", room, **PHONE, color_scheme="dark")
    await expect(late.at("goal-far")).to_have_text("6 of 12 likes")
    await expect(late.at("goal-party")).to_have_count(0)
    await expect(mara.at("goal-party")).to_have_count(0, timeout=20_000)
    await _like(bo, 6)
    await _reached("12 likes: we did it!", mara, ada, late)
    await check_looks(ada, late)
    await expect(mara.at("goal")).to_have_count(0)
    hall.check_silence()


async def test_a_host_counts_a_gift_on_a_phone_and_ends_it(hall: Hall) -> None:
    mara = await hall.guest("Mara", **PHONE, locale="zh-CN")
    room = await mara.go_live("玫瑰之夜")
    ada = await _viewer(hall, "Ada", room, **PHONE)
    await mara.at("tools-open").click()
    await mara.at("do-goal").click()
    await mara.at("goal-measure").select_option("gift")
    await mara.at("goal-gift").select_option("rose")
    await mara.at("goal-targets").fill("50")
    await check_looks(mara)
    await mara.at("goal-start").click()
    await expect(ada.at("goal-far")).to_have_text("0 of 50 Rose")
    await expect(mara.at("goal-far")).to_have_text("0 / 50 玫瑰")
    await check_looks(mara, ada)
    await mara.at("goal-end").click()
    for person in (mara, ada):
        await expect(person.at("goal")).to_have_count(0)
    hall.check_silence()
