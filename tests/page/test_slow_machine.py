"""The page on a processor that is four times slower: soon something is there, and soon the picture moves."""

from typing import Any, Final

import pytest
from playwright.async_api import Page

from tests.page.browser import Hall

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]
_SLOWER: Final = 4
_MILLISECONDS_TO_PAINT: Final = 1500
_MILLISECONDS_TO_A_FRAME: Final = 3000
_NOTE_THE_FIRST_FRAME: Final = """
addEventListener('loadeddata', ({target}) => {
  if (target.dataset.testid === 'remote-video') window.firstFrame ??= performance.now();
}, true);
"""
_TIMES: Final = """
() => ({
  painted: performance.getEntriesByName('first-contentful-paint')[0].startTime,
  shown: window.firstFrame,
})
"""


async def _slow_page(hall: Hall) -> Page:
    context = await hall.context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    await context.add_init_script(_NOTE_THE_FIRST_FRAME)
    page = await context.new_page()
    session = await context.new_cdp_session(page)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": _SLOWER})
    return page


async def test_a_stranger_with_a_slow_phone_sees_something_in_time_and_then_the_show(hall: Hall) -> None:
    host = await hall.guest("Mara")
    room = await host.go_live("In no time")
    page = await _slow_page(hall)
    await page.goto(f"{hall.url}/#/room/{room}")
    await page.wait_for_function("() => window.firstFrame !== undefined", polling=100)
    times: dict[str, Any] = await page.evaluate(_TIMES)
    print(times)  # noqa: T201 (for whoever watches how it changes)
    assert times["painted"] <= _MILLISECONDS_TO_PAINT, times
    assert times["shown"] <= _MILLISECONDS_TO_A_FRAME, times
