"""Pages about money with something on them, in each look: what axe finds, what runs over the edge, and pictures."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.console.desk import Office
from tests.console.house import house_of
from tests.console.takings import Takings, take
from tests.console.test_looks import Look, look_at
from tests.page.animations import lottie
from tests.page.browser import SECONDS

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]
SETTINGS: Final = {"earnings_clear": "1s"}
LOOKS: Final = [
    Look(language, colours, size)
    for size in ("phone", "desktop")
    for language in ("en", "zh")
    for colours in ("light", "dark")
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def takings(served: Office) -> AsyncIterator[Takings]:
    """Yield what the house has."""
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(house_of(served))
        yield await take(served, house)


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_pages_about_money_are_readable_for_everybody(
    office: Office, takings: Takings, look: Look, tmp_path: Path
) -> None:
    desk, found = await office.desk(**look.context), list[str]()
    await desk.accept(await office.invite(f"money-{look}"))
    for name, path in takings.screens:
        await desk.page.goto(desk.url + path)
        await expect(desk.page.locator("main [data-row]").first).to_be_visible(timeout=SECONDS * 1000)
        found += await look_at(desk, name, look, tmp_path)
    (tmp_path / "flag.json").write_bytes(lottie())
    await desk.page.goto(f"{desk.url}/gifts")
    await desk.at("add-gift").click()
    await desk.at("file-animationUrl").set_input_files(tmp_path / "flag.json")
    await expect(desk.at("play")).to_be_visible()
    found += await look_at(desk, "gift-editor", look, tmp_path)
    assert found == []
    assert desk.complaints == []
