"""Questions on the live page: two viewers ask and vote, the host answers one, which all see large, and removes one."""

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


async def _ask(person: Person, text: str) -> None:
    await person.at("question-text").fill(text)
    await person.at("question-ask").click()
    await expect(person.at("question-text")).to_have_value("")


async def _open(host: Person, topic: str) -> None:
    """Let people ask, on a large screen."""
    await host.at("poll-open").click()
    await host.at("poll-type").select_option("questions")
    await host.at("poll-question").fill(topic)
    await check_looks(host)
    await host.at("poll-start").click()


async def test_questions_go_from_asking_to_the_answer(hall: Hall) -> None:
    mara = await hall.guest("Mara", **WIDE)
    room = await mara.go_live("Mara's show")
    ada = await hall.guest("Ada", f"/room/{room}", **PHONE, color_scheme="dark")
    bo = await hall.guest("博文", f"/room/{room}", **PHONE, locale="zh-CN")
    for viewer in (ada, bo):
        await viewer.see()
    await _open(mara, "Ask Mara")
    for person in (mara, ada, bo):
        await person.at("questions-open").click()
    await _ask(ada, "Why so late?")
    await _ask(bo, "下次什么时候唱？")
    await expect(ada.at("question")).to_have_count(2)
    await expect(ada.at("question").nth(1)).to_contain_text("下次什么时候唱？")
    await ada.at("question-vote").nth(1).click()
    for person in (mara, bo):
        await expect(person.at("question").first).to_contain_text("下次什么时候唱？")
        await expect(person.at("question-vote").first).to_contain_text("1")
    await expect(ada.at("question-vote").first).to_have_attribute("aria-pressed", "true")
    await check_looks(mara, ada, bo)
    await mara.at("question-mark").first.click()
    await expect(ada.at("question-large")).to_contain_text("下次什么时候唱？")
    await mara.at("question-answer").fill("On Friday")
    await check_looks(mara)
    await mara.at("question-done").click()
    await expect(bo.at("question-answer-text")).to_have_text("On Friday")
    await expect(bo.at("question")).to_have_count(1)
    await mara.at("question-remove").click()
    await expect(ada.at("question")).to_have_count(0)
    await mara.at("questions-end").click()
    for person in (ada, bo):
        await expect(person.at("questions")).to_have_count(0)
    hall.check_silence()
