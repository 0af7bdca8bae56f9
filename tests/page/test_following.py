"""Following and blocking by the page: at the host, in the lobby, in a person's sheet, in the list of blocked people."""

from typing import Final

import pytest
from playwright.async_api import expect

from tests.page.browser import Hall
from tests.page.shows import choose, gather

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]
PHONE: Final = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}


async def test_a_viewer_follows_the_host_and_finds_them_in_the_lobby(hall: Hall) -> None:
    host, (ada,), room = await gather(hall, "Followed", "Ada")
    await expect(ada.at("follow")).to_have_text("Follow")
    await ada.at("follow").click()
    await expect(ada.at("follow")).to_have_text("Following")
    await expect(ada.at("followers")).to_have_text("1 follower")
    await expect(host.at("follow")).to_have_count(0)
    await _check_phone(hall, room)
    await expect(ada.at("followers")).to_have_text("1 follower")
    ben = await hall.guest("Ben", "/")
    await ben.at("lobby-following").click()
    await expect(ben.at("none-found")).to_have_text("Nobody whom you follow is live.")
    await ada.at("leave").click()
    await ada.at("lobby-following").click()
    await expect(ada.at("rooms").get_by_role("listitem")).to_have_count(1)
    await expect(ada.at("rooms")).to_contain_text("Followed")
    hall.check_silence()


async def _check_phone(hall: Hall, room: str) -> None:
    """Let somebody follow the host beside their name, and no longer; nothing is cut off there."""
    cho = await hall.guest("Cho", f"/room/{room}", **PHONE, locale="zh-CN")
    await expect(cho.at("follow-top")).to_have_accessible_name("关注Mara")
    await cho.at("follow-top").click()
    await expect(cho.at("follow-top")).to_have_accessible_name("已关注Mara")
    await expect(cho.at("follow-top")).to_have_attribute("aria-pressed", "true")
    for button in ("follow-top", "people-open", "leave"):
        await expect(cho.at(button)).to_be_in_viewport(ratio=1)
    assert await cho.at("room-host").evaluate("name => name.scrollWidth <= name.clientWidth"), "the name is cut off"
    await cho.at("follow-top").click()
    await expect(cho.at("follow-top")).to_have_accessible_name("关注Mara")


async def test_a_host_blocks_a_viewer_who_is_put_out_until_they_are_unblocked(hall: Hall) -> None:
    host, (ada, ben), _ = await gather(hall, "Blocked", "Ada", "Ben")
    await choose(host, "Ada", "do-block")
    await expect(host.at("toast")).to_have_text("Ada is blocked.")
    await expect(ada.at("room-head")).to_have_count(0)
    await expect(ben.at("room-head")).to_have_count(1)
    await host.at("account").click()
    await host.at("my-blocked").click()
    await expect(host.at("blocked")).to_contain_text("Ada")
    await host.at("unblock").click()
    await expect(host.at("blocked-none")).to_be_visible()
    await ada.page.get_by_role("button", name="Enter again").click()
    await expect(ada.at("room-title")).to_have_text("Blocked")
    hall.check_silence()
