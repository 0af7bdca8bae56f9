"""Rooms of voices alone, several people on the stage, and what hosts choose before they begin."""

import re
from typing import Final

import pytest
from playwright.async_api import expect

from tests.page.browser import Hall
from tests.page.shows import gather

pytestmark = pytest.mark.asyncio(loop_scope="module")
_HEARS: Final = "() => Number(document.querySelector('[data-testid=level]').getAttribute('aria-valuenow')) > 20"
"""Chromium's own microphone for tests beeps."""


async def test_in_a_voice_room_the_seats_are_the_stage_and_rings_show_who_speaks(hall: Hall) -> None:
    host = await hall.guest("Mara")
    room = await host.go_live("Only voices", source="microphone")
    viewer, ada = await hall.guest("Ben", f"/room/{room}"), await hall.guest("Ada", f"/room/{room}")
    await expect(viewer.at("voices").get_by_test_id("seats")).to_be_visible()
    await expect(viewer.at("voice-host")).to_have_attribute("data-speaking", "true")
    await ada.at("seat-go").click()
    await host.at("ask-agree").click()
    await ada.at("source-microphone").click()
    await expect(viewer.at("seat").first).to_contain_text("Ada")
    await expect(viewer.at("seat").first).to_have_attribute("data-speaking", "true")
    await host.at("microphone").click()
    await expect(viewer.at("voice-host")).to_have_attribute("data-speaking", "false")
    await host.at("change-source").click()
    await host.at("source-test").click()
    await viewer.see()
    await expect(viewer.at("voices"), "a picture takes the stage").to_be_hidden()
    hall.check_silence()


async def test_of_several_on_stage_a_viewer_chooses_who_is_large(hall: Hall) -> None:
    host, (ada, ben), _ = await gather(hall, "Three of us", "Ada", "Ben")
    await ada.at("seat-go").click()
    await host.at("ask-agree").click()
    await ada.at("source-test").click()
    tiles = ben.at("player").locator(".tile")
    await expect(tiles).to_have_count(2)
    await expect(tiles.first).to_contain_text("Mara")
    await ben.at("pin").click()
    await expect(tiles.first).to_contain_text("Ada")
    await ben.at("arrangement").click()
    await expect(ben.at("player")).to_have_attribute("data-arrangement", "grid")
    first, second = await tiles.first.bounding_box(), await tiles.last.bounding_box()
    assert first is not None
    assert second is not None
    assert abs(first["width"] - second["width"]) <= 1
    await ben.at("pin").last.click()
    await expect(ben.at("player")).to_have_attribute("data-arrangement", "focus")
    await expect(tiles.first).to_contain_text("Mara")
    hall.check_silence()


async def test_devices_are_tried_before_the_show_and_remembered(hall: Hall) -> None:
    host = await hall.guest("Mara", "/live")
    await host.at("source-camera").click()
    await expect(host.at("own-video")).to_be_visible()
    await host.page.wait_for_function(_HEARS)
    labels = await host.at("device-microphone").locator("option").all_inner_texts()
    await host.at("device-microphone").select_option(label=labels[-1])
    await expect(host.at("device-microphone").locator("option:checked")).to_have_text(labels[-1])
    await host.page.reload()
    await host.at("source-microphone").click()
    await expect(host.at("own-voice")).to_be_visible()
    await expect(host.at("device-microphone").locator("option:checked")).to_have_text(labels[-1])
    await expect(host.at("category")).to_have_value("voice")
    hall.check_silence()


async def test_messages_run_over_the_picture_and_its_quality_is_measured(hall: Hall) -> None:
    host, (ada,), _ = await gather(hall, "Over the picture", "Ada")
    await ada.check_moving()
    await host.at("chat-field").fill("弹幕 says hello")
    await host.at("emoji-open").click()
    await host.at("emoji").get_by_text("👏").click()
    await host.at("chat-send").click()
    await expect(ada.at("danmaku-lines")).to_have_text("弹幕 says hello👏")
    await ada.at("danmaku").click()
    await expect(ada.at("danmaku-lines")).to_have_count(0)
    await ada.at("quality").click()
    await expect(ada.at("quality-note")).to_have_text(
        re.compile(r"Mara \d+×\d+, \d+ frames/s · \d+ kbit/s · delay \d+ ms")
    )
    await ada.at("people-count").click()
    await ada.at("people-search").fill("mar")
    await expect(ada.at("person")).to_have_count(1)
    await ada.at("people-search").fill("nobody of this name")
    await expect(ada.at("nobody")).to_be_visible()
    hall.check_silence()
