"""The live cover of a host who shows a camera: lists have a frame of it within seconds of its being allowed."""

from typing import Final

import pytest
from playwright.async_api import expect

from tests.page.browser import Hall

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]
_SHOWN: Final = 60_000


async def test_lists_show_a_frame_of_what_the_host_shows(hall: Hall) -> None:
    mara = await hall.guest("Mara")
    await mara.go_live("Mara's garden", source="camera")
    ada = await hall.guest("Ada")
    picture = ada.at("room-card").filter(has_text="Mara's garden").locator("img")
    await expect(picture).to_have_count(0)
    await mara.at("manage-open").click()
    await mara.at("live-cover").click()
    await expect(mara.at("live-cover")).to_have_attribute("aria-checked", "true")
    await expect(picture).to_have_count(1, timeout=_SHOWN)
    assert await picture.evaluate("async (img) => { await img.decode(); return img.naturalWidth; }") == 640
    hall.check_silence()
