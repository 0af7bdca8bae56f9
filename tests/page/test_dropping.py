"""A host whose browser dies: what viewers are told, and how soon."""

import os
import signal
import time
from typing import Final

import pytest
from playwright.async_api import Browser, expect

from tests.page.browser import Hall, chromium

pytestmark = pytest.mark.asyncio(loop_scope="module")
_SECONDS_TO_BE_TOLD: Final = 3.0
# The service waits 20 s for a socket to come back, and 3 s here for a host.
_MILLISECONDS_TO_THE_END: Final = 40_000


async def _kill(browser: Browser) -> None:
    """End all of its processes at once: nothing is said to anybody."""
    session = await browser.new_browser_cdp_session()
    for process in (await session.send("SystemInfo.getProcessInfo"))["processInfo"]:
        os.kill(process["id"], signal.SIGKILL)


async def test_a_host_whose_browser_dies_will_be_right_back_and_is_named_until_the_end(hall: Hall) -> None:
    async with chromium() as other:
        elsewhere = Hall(other, hall.url)
        host = await elsewhere.guest("Mara")
        room = await host.go_live("On a bad machine")
        viewer = await hall.guest("Ada", f"/room/{room}")
        await viewer.check_moving()
        await _kill(other)
        begun = time.monotonic()
        await expect(viewer.at("waiting")).to_contain_text("The host will be right back")
        assert time.monotonic() - begun <= _SECONDS_TO_BE_TOLD
        await expect(viewer.at("live-badge").first).to_have_text("Host is away")
        still = viewer.at("waiting").locator("img")
        assert (await still.get_attribute("src") or "").startswith("data:image/jpeg"), "over the last picture"
        await viewer.page.wait_for_function(
            """() => document.querySelector('[data-testid=ending]') !== null
              || document.querySelector('[data-testid=trouble]') !== null
              || /User \\d|Live$/.test(document.querySelector('[data-testid=room-head]')?.innerText ?? '')""",
            timeout=_MILLISECONDS_TO_THE_END,
            polling=100,
        )
        await expect(viewer.at("ending")).to_have_attribute("data-why", "closed")
    hall.check_silence()
