"""An operator's first evening: signed in by a link, a room found and closed, and seen on the live page at once."""

import pytest
from playwright.async_api import expect

from tests.console.desk import Office
from tests.page.browser import Hall

pytestmark = pytest.mark.asyncio(loop_scope="module")
A_SECOND = 1000


async def test_a_room_is_found_and_closed_and_the_live_page_shows_it_at_once(office: Office, hall: Hall) -> None:
    desk = await office.desk()
    await desk.accept(await office.invite("mei"))
    assert "#" not in desk.page.url
    host = await hall.guest("Ann")
    room = await host.go_live("Evening show")
    await desk.find(room)
    await expect(desk.page.get_by_role("heading", name="Evening show")).to_be_visible()
    await expect(desk.page.get_by_text("live", exact=True).last).to_be_visible()
    await host.at("chat-field").fill("buy cheap followers")
    await host.at("chat-send").click()
    await expect(desk.at("feed")).to_contain_text("buy cheap followers", timeout=A_SECOND)
    await desk.page.locator("[name=say]").fill("please stop that")
    await desk.page.keyboard.press("Enter")
    await expect(host.page.get_by_text("please stop that")).to_be_visible(timeout=A_SECOND)
    await desk.at("close-room").click()
    await desk.at("confirm-go").click()
    await expect(desk.at("confirm").get_by_role("alert")).to_be_visible()
    await desk.confirm("adverts all evening")
    await expect(host.at("ending")).to_be_visible(timeout=A_SECOND)
    await expect(desk.at("close-room")).to_be_hidden()
    await desk.at("nav-audit").click()
    audited = desk.page.get_by_role("row").filter(has_text="adverts all evening")
    await expect(audited).to_contain_text("admin/close_room")
    assert desk.complaints == []
    hall.check_silence()


async def test_who_is_signed_out_sees_nothing_and_comes_back_to_where_they_were(office: Office) -> None:
    desk = await office.desk()
    await desk.accept(await office.invite("bo", "viewer"))
    await expect(desk.at("nav-rooms")).to_be_visible()
    await expect(desk.at("nav-operators")).to_be_hidden()
    await desk.page.goto(f"{desk.url}/users?tab=presence")
    await desk.at("account").click()
    await desk.page.get_by_text("Sign out", exact=True).click()
    await desk.sign_in("bo", "not the password")
    await expect(desk.at("problem")).to_be_visible()
    await desk.sign_in("bo")
    await expect(desk.at("nav-users")).to_have_attribute("aria-current", "page")
    await desk.page.goto(f"{desk.url}/operators")
    await expect(desk.at("empty")).to_contain_text("operators.view")
    assert desk.complaints == []
