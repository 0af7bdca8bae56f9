"""What has to be seen within a second or two: the clock runs, and nothing runs beside these tests."""

import time
from typing import Final

import pytest
from playwright.async_api import expect

from tests.page.browser import Hall
from tests.page.shows import choose, gather

pytestmark = pytest.mark.asyncio(loop_scope="module")
_SECONDS_TO_A_PICTURE: Final = 2.0
_SECONDS_TO_BE_OUT: Final = 1.0


async def test_the_first_picture_is_there_within_two_seconds(hall: Hall) -> None:
    host, viewer = await hall.guest("Mara"), await hall.guest("Ada")
    room = await host.go_live("Quick")
    await expect(viewer.at("room-card").filter(has_text="Quick")).to_be_visible()
    begun = time.monotonic()
    await viewer.watch(room)
    assert time.monotonic() - begun <= _SECONDS_TO_A_PICTURE
    hall.check_silence()


async def test_whoever_is_removed_is_out_within_a_second_and_told_why(hall: Hall) -> None:
    host, (ada,), _ = await gather(hall, "Order", "Ada")
    await choose(host, "Ada", "do-kick")
    await host.at("reason").fill("Too loud")
    begun = time.monotonic()
    await host.at("confirm").click()
    await expect(ada.at("ending")).to_have_attribute("data-why", "kicked")
    assert time.monotonic() - begun <= _SECONDS_TO_BE_OUT
    await expect(ada.at("reason-given")).to_have_text("Reason: Too loud")
    await ada.at("again").click()
    await expect(ada.at("room")).to_be_visible()
    await choose(host, "Ada", "do-ban", "confirm")
    await expect(ada.at("ending")).to_have_attribute("data-why", "banned")
    await ada.page.reload()
    await expect(ada.at("ending")).to_contain_text("You can’t enter this room")
    await ada.at("back").click()
    await expect(ada.at("rooms")).to_be_visible()
    await host.at("manage-open").click()
    await host.at("tab-standings").click()
    await host.at("banned").get_by_test_id("take-back").click()
    await expect(host.at("banned").get_by_test_id("listed")).to_have_count(0)
    await host.at("tab-log").click()
    await expect(host.at("log-line").filter(has_text="Too loud")).to_contain_text("removed")
    hall.check_silence()
