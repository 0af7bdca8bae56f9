"""An audience is sent to another room: its host agrees, one viewer goes along and one stays."""

import re

import pytest
from playwright.async_api import expect

from tests.page.browser import Hall
from tests.page.shows import gather

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]


async def test_viewers_go_to_the_room_whose_host_agrees_unless_they_stay(hall: Hall) -> None:
    other, _, target = await gather(hall, "Next door", "Eve")
    host, (ada, ben), _ = await gather(hall, "Ending", "Ada", "Ben")
    await host.at("end").click()
    await host.at("raid-open").click()
    await host.page.locator(f'[data-testid="candidate"][data-room="{target}"]').get_by_test_id("raid-send").click()
    await expect(host.at("raid")).to_have_attribute("data-phase", "asked")
    await expect(ada.at("raid")).to_have_count(0)
    await other.page.locator('[data-testid="ask"][data-kind="raid"]').get_by_test_id("ask-agree").click()
    for viewer in (ada, ben):
        await expect(viewer.at("raid")).to_have_attribute("data-phase", "going")
    await ben.at("raid-stay").click()
    await expect(ben.at("raid-stay")).to_have_text("Go along")
    await expect(ada.at("room-title")).to_have_text("Next door", timeout=60_000)
    await expect(ada.page).to_have_url(re.compile(f"/room/{target}$"))
    await expect(ben.at("room-title")).to_have_text("Ending")
    await expect(host.at("room-title")).to_have_text("Ending")
    hall.check_silence()
