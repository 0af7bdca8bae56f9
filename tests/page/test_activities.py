"""A poll and a prediction on the live page: the host asks, viewers choose and see bars, all see the result."""

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
    async with process(tmp_path_factory.mktemp("service"), guest_limit=0, language="en") as running:
        yield str(running.http.base_url)


async def _viewer(hall: Hall, name: str, room: str, **look: Any) -> Person:
    viewer = await hall.guest(name, f"/room/{room}", **look)
    await viewer.see()
    return viewer


async def _ask(host: Person, question: str, *options: str, **choices: str) -> None:
    """Ask the room, on a large screen."""
    await host.at("poll-open").click()
    for name, choice in choices.items():
        await host.at(f"poll-{name}").select_option(choice)
    await host.at("poll-question").fill(question)
    await host.at("poll-options").fill("\n".join(options))
    await check_looks(host)
    await host.at("poll-start").click()
    await expect(host.at("poll-form")).to_have_count(0)


async def test_a_poll_goes_from_the_question_to_the_result(hall: Hall) -> None:
    mara = await hall.guest("Mara", **WIDE)
    room = await mara.go_live("Mara's show")
    ada = await _viewer(hall, "Ada", room, **WIDE, color_scheme="dark", reduced_motion="reduce")
    bo = await _viewer(hall, "博文", room, **PHONE, locale="zh-CN")
    await expect(ada.at("poll-open")).to_have_count(0)
    await _ask(mara, "Which song next?", "Moonlight", "Rain")
    for person in (mara, ada, bo):
        await expect(person.at("choice")).to_contain_text("Which song next?")
    await check_looks(ada, bo)
    await ada.at("choice-option-1").click()
    await expect(ada.at("choice-bar-1")).to_contain_text("100% · 1")
    await bo.at("choice-option-0").click()
    for person in (ada, bo):
        await expect(person.at("choice-bar-0")).to_contain_text("50% · 1")
    await expect(mara.at("choice-votes")).to_have_text("2 votes")
    await ada.page.reload()
    await expect(ada.at("choice-bar-1")).to_contain_text("Your choice")
    late = await _viewer(hall, "Cho", room, **PHONE, color_scheme="dark")
    await expect(late.at("choice-votes")).to_have_text("2 votes")
    await check_looks(mara, ada, bo, late)
    await mara.at("choice-end").click()
    for person in (mara, late):
        await expect(person.at("choice")).to_contain_text("Result")
    await expect(bo.at("choice")).to_contain_text("结果")
    hall.check_silence()


async def test_a_prediction_is_closed_and_comes_true(hall: Hall) -> None:
    mara = await hall.guest("Mara", **WIDE, locale="zh-CN")
    room = await mara.go_live("竞猜之夜")
    ada = await _viewer(hall, "Ada", room, **PHONE)
    await _ask(mara, "Who wins?", "Red", "Blue", type="prediction")
    await ada.at("choice-option-1").click()
    await expect(ada.at("choice-bar-1")).to_contain_text("100% · 1")
    await mara.at("choice-lock").click()
    await expect(ada.at("choice")).to_contain_text("Closed. Waiting for the outcome.")
    await mara.at("choice-outcome-1").click()
    await expect(ada.at("choice")).to_contain_text("Result")
    await check_looks(mara, ada)
    hall.check_silence()
