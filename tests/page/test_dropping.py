"""A host whose browser stops or dies: what viewers are told, and how soon."""

import os
import signal
import time
from collections.abc import AsyncIterator
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.page.browser import Hall, chromium

pytestmark = pytest.mark.asyncio(loop_scope="module")
_SECONDS_TO_BE_TOLD: Final = 3.0
# The service waits 20 s for a socket to come back, and 3 s here for a host.
_MILLISECONDS_TO_THE_END: Final = 40_000
_SILENCE_COMES: Final = """
async () => {
  const {sound} = await window.received();
  window.muted ??= {sound, at: performance.now()};
  const {muted} = window;
  return performance.now() - muted.at > 2500 && sound > muted.sound;
}
"""
"""For longer than it takes to find that somebody is gone, packets come."""


async def _processes(browser: Browser) -> list[int]:
    session = await browser.new_browser_cdp_session()
    return [process["id"] for process in (await session.send("SystemInfo.getProcessInfo"))["processInfo"]]


def _send(processes: list[int], which: signal.Signals) -> None:
    """Stop, continue or end all of them at once: nothing is said to anybody."""
    for process in processes:
        os.kill(process, which)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def other() -> AsyncIterator[Browser]:
    """Yield a browser elsewhere, which may end at any time."""
    async with chromium() as started:
        yield started


async def test_a_host_whose_voice_stops_will_be_right_back_and_one_who_is_muted_is_there(
    hall: Hall, other: Browser
) -> None:
    host = await Hall(other, hall.url).guest("Mara")
    room = await host.go_live("Only voices", source="microphone")
    viewer = await hall.guest("Ada", f"/room/{room}")
    voice = viewer.at("voice-host")
    await expect(voice).to_have_attribute("data-speaking", "true")
    await host.at("microphone").click()
    await expect(voice).to_have_attribute("data-speaking", "false")
    await viewer.page.wait_for_function(_SILENCE_COMES, polling=100)
    await expect(voice).not_to_contain_text("right back")
    processes = await _processes(other)
    _send(processes, signal.SIGSTOP)
    try:
        begun = time.monotonic()
        await expect(voice).to_contain_text("The host will be right back")
        assert time.monotonic() - begun <= _SECONDS_TO_BE_TOLD
        await expect(viewer.at("live-badge").first).to_have_text("Host is away")
    finally:
        _send(processes, signal.SIGCONT)
    await expect(voice).not_to_contain_text("right back")
    await host.at("microphone").click()
    await expect(voice).to_have_attribute("data-speaking", "true")
    hall.check_silence()


async def test_a_host_whose_browser_dies_will_be_right_back_and_is_named_until_the_end(
    hall: Hall, other: Browser
) -> None:
    elsewhere = Hall(other, hall.url)
    host = await elsewhere.guest("Mara")
    room = await host.go_live("On a bad machine")
    viewer = await hall.guest("Ada", f"/room/{room}")
    await viewer.check_moving()
    _send(await _processes(other), signal.SIGKILL)
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
