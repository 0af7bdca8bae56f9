"""Pictures that people choose on the live page: a cover of a show, a picture of oneself."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Locator, expect

from tests.page.browser import SECONDS, Hall
from tests.uploading import picture

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]
_SEEN = "img => img.complete && img.naturalWidth"


async def _sides(image: Locator) -> int:
    await expect(image).to_have_js_property("complete", True)
    width: int = await image.evaluate(_SEEN)
    return width


async def test_a_host_chooses_a_cover_and_everybody_sees_it(hall: Hall, tmp_path: Path) -> None:
    host, viewer = await hall.guest("Mara"), await hall.guest("Ada")
    photo = tmp_path / "photo.png"
    photo.write_bytes(picture("PNG", (3000, 2000), "RGBA"))
    await host.open("/live")
    await host.at("source-test").click()
    await host.at("title").fill("Sketches")
    await host.at("choose-picture").set_input_files(photo)
    await expect(host.at("cover")).to_be_hidden()
    address = await host.at("picture").get_attribute("src")
    assert address is not None
    assert re.fullmatch(rf"{hall.url}/files/[0-9a-f]{{32}}\.jpg", address)
    await host.at("start").click()
    await expect(host.at("room")).to_be_visible()
    shown = viewer.page.locator(f'img[src="{address}"]')
    await expect(shown).to_be_visible()
    assert await _sides(shown) == 1280
    hall.check_silence()


async def test_somebody_changes_and_removes_their_picture(hall: Hall, tmp_path: Path) -> None:
    user = await hall.guest("Ben")
    (tmp_path / "me.webp").write_bytes(picture("WEBP", (300, 300)))
    await user.at("account").click()
    await user.at("choose-picture").set_input_files(tmp_path / "me.webp")
    worn = user.at("account").locator("img")
    await expect(worn).to_have_attribute("src", re.compile(r"/files/[0-9a-f]{32}\.jpg$"))
    assert await _sides(worn) == 300
    await user.page.reload()
    await expect(user.at("account").locator("img")).to_be_visible()
    await user.at("account").click()
    await user.at("remove-picture").click()
    await expect(user.at("account").locator("img")).to_be_hidden()
    hall.check_silence()


async def test_what_is_no_picture_is_refused_in_words(hall: Hall, tmp_path: Path) -> None:
    user = await hall.guest("Cleo")
    (tmp_path / "me.png").write_bytes(b"<script>alert(1)</script>")
    await user.at("account").click()
    await user.at("choose-picture").set_input_files(tmp_path / "me.png")
    await expect(user.at("picture-problem")).to_have_text("This file cannot be used as a picture. Choose another.")
    await expect(user.at("account").locator("img")).to_be_hidden()
    hall.check_silence()


async def test_a_picture_is_said_in_the_chat_and_seen_large(hall: Hall, tmp_path: Path) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
    host = await hall.guest("Mara")
    room = await host.go_live("Sketches")
    ben = await hall.guest("Ben", f"/room/{room}", **phone)
    photo = tmp_path / "photo.png"
    photo.write_bytes(picture("PNG", (3000, 2000), "RGBA"))
    await ben.at("chat-picture").set_input_files(photo)
    await expect(ben.at("sending-picture").locator("img")).to_be_visible(timeout=SECONDS * 1000)
    await ben.at("chat-send").click()
    await expect(ben.at("sending-picture")).to_have_count(0)
    shown = host.at("message-picture")
    assert await _sides(shown.locator("img")) == 2048
    await shown.click()
    await expect(host.at("large-picture")).to_be_visible()
    await host.page.keyboard.press("Escape")
    (tmp_path / "me.png").write_bytes(b"<script>alert(1)</script>")
    await ben.at("chat-picture").set_input_files(tmp_path / "me.png")
    refused = "This file cannot be used as a picture. Choose another."
    await expect(ben.at("chat-note")).to_have_text(refused, timeout=SECONDS * 1000)
    hall.check_silence("Failed to load resource")
