"""The room in windows of every size: the field to write in is always in sight, and buttons are large enough."""

from typing import Any, Final

import pytest
from playwright.async_api import expect

from tests.page.browser import Hall, Person

pytestmark = pytest.mark.asyncio(loop_scope="module")
_TOUCH: Final = {"is_mobile": True, "has_touch": True}
SIZES: Final[dict[str, dict[str, Any]]] = {
    "phone": {"viewport": {"width": 390, "height": 844}, **_TOUCH},
    "phone on its side": {"viewport": {"width": 844, "height": 390}, **_TOUCH},
    "tablet": {"viewport": {"width": 820, "height": 1180}, **_TOUCH},
    "large screen": {"viewport": {"width": 1920, "height": 1080}},
}
_MORE: Final = ("tablet", "large screen")
_TOO_SMALL: Final = """
() => [...document.querySelectorAll('button, a[href], input, select, summary, [role=switch]')]
  .filter(it => it.checkVisibility({checkOpacity: true, checkVisibilityCSS: true}) && !it.disabled)
  // Names in running words are as large as these are, and a tile's button as the tile.
  .filter(it => !it.matches('.line .name, .skip, .pick, .volume, input[type=search]'))
  .map(it => [it, it.getBoundingClientRect()])
  .filter(([, {width, height}]) => width > 0 && (width < 43.5 || height < 43.5))
  .map(([it, {width, height}]) => `${it.dataset.testid ?? it.outerHTML.slice(0, 80)}: ${width} x ${height}`)
"""
"""44 CSS pixels, less what rounding takes."""
_CHAT_BELOW: Final = """
() => {
  const video = document.querySelector('[data-testid=remote-video]');
  const head = document.querySelector('[data-testid=seats]').getBoundingClientRect();
  const chat = document.querySelector('[data-testid=chat]').getBoundingClientRect();
  const picture = video.getBoundingClientRect();
  const bottom = picture.top + (picture.width * video.videoHeight) / video.videoWidth;
  const touches = (one, other) => one >= other && one <= other + 16;
  return video.videoWidth > video.videoHeight && touches(picture.top, head.bottom) && touches(chat.top, bottom)
    && chat.bottom > innerHeight - 16;
}
"""
"""The picture begins below the seats, and the chat below the picture; it ends with the window."""


async def _check_fingers(person: Person, screen: str) -> None:
    assert await person.page.evaluate(_TOO_SMALL) == [], screen


@pytest.mark.parametrize(
    "size", ["phone", "phone on its side", *(pytest.param(size, marks=pytest.mark.long) for size in _MORE)]
)
async def test_the_field_is_in_sight_and_buttons_are_large_enough(hall: Hall, size: str) -> None:
    look = SIZES[size]
    host = await hall.guest("Mara", **look)
    await _check_fingers(host, "lobby")
    room = await host.go_live(f"On a {size}")
    viewer = await hall.guest("Ada", f"/room/{room}", **look)
    await viewer.see()
    for person in (host, viewer):
        await expect(person.at("chat-field")).to_be_in_viewport(ratio=1)
        await _check_fingers(person, "room")
        await person.at("chat-field").fill("Hello")
        await expect(person.at("chat-send")).to_be_in_viewport(ratio=1)
        await _check_fingers(person, "room, with something to send")
        await person.at("chat-field").fill("")
    await viewer.at("quality").click()
    await expect(viewer.at("quality-note")).to_be_visible()
    await viewer.at("chat-field").fill("I can see you")
    await viewer.at("chat-send").click()
    await expect(host.at("message-text")).to_be_in_viewport(ratio=1)
    assert await viewer.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    hall.check_silence()


async def test_on_a_phone_the_host_has_every_tool_in_a_sheet(hall: Hall) -> None:
    host = await hall.guest("Mara", **SIZES["phone"])
    room = await host.go_live("In one hand")
    viewer = await hall.guest("Ada", f"/room/{room}", **SIZES["phone"])
    await viewer.see()
    box = await viewer.at("player").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 390, "height": 844}, "the picture has the whole window"
    await viewer.at("seat-go").click()
    await host.at("ask").filter(has_text="Ada").get_by_test_id("ask-refuse").click()
    await expect(viewer.at("toast")).to_have_text("Your request was declined.")
    await host.at("tools-open").click()
    for tool in ("microphone", "camera", "change-source", "do-share", "do-manage", "do-edit", "do-end"):
        await expect(host.at(tool)).to_be_visible()
    await _check_fingers(host, "tools")
    await host.at("do-end").click()
    await expect(host.at("end-viewers")).to_have_text("1 person is watching. The show ends for them too.")
    await host.at("end-confirm").click()
    await expect(viewer.at("ending")).to_have_attribute("data-why", "closed")
    hall.check_silence()


async def test_on_an_upright_phone_the_chat_has_all_that_a_picture_across_leaves(hall: Hall) -> None:
    host = await hall.guest("Mara")
    room = await host.go_live("Across")
    viewer = await hall.guest("Ada", f"/room/{room}", **SIZES["phone"])
    await viewer.see()
    await viewer.page.wait_for_function(_CHAT_BELOW, polling=100)
    await viewer.at("fullscreen").click()
    await viewer.page.wait_for_function("() => document.fullscreenElement === document.documentElement")
    await expect(viewer.at("chat-field"), "the whole room has the screen").to_be_in_viewport(ratio=1)
    await viewer.at("fullscreen").click()
    await viewer.page.wait_for_function("() => document.fullscreenElement === null")
    hall.check_silence()
