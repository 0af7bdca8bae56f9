"""Coming in by the page: accounts with the signed login, guests and where they are not wanted, links to a room."""

from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Browser, expect

from tests.page.browser import Hall
from tests.service import process

pytestmark = pytest.mark.asyncio(loop_scope="module")
_MILLISECONDS_TO_BE_LISTED: Final = 30_000


async def test_an_account_is_registered_and_signs_in_again_elsewhere(hall: Hall) -> None:
    first, second = await hall.person(), await hall.person()
    await first.give_account("open-register", "mara")
    await expect(first.at("my-name")).to_have_text("mara")
    await first.at("account").click()
    await first.at("sign-out").click()
    await expect(first.at("farewell")).to_be_visible()
    await second.give_account("open-sign-in", "mara")
    await expect(second.at("my-name")).to_have_text("mara")
    hall.check_silence()


async def test_a_wrong_password_is_refused_in_words(hall: Hall) -> None:
    person = await hall.person()
    await person.give_account("open-sign-in", "nobody", "a guess or two")
    await expect(person.at("account-problem")).to_have_text("Wrong name or password.")


async def test_a_link_to_a_room_leads_there_after_coming_in(hall: Hall) -> None:
    host = await hall.guest("Mara")
    room = await host.go_live("Linked")
    viewer = await hall.guest("Ada", f"/room/{room}")
    await expect(viewer.at("room-title")).to_have_text("Linked")
    await viewer.see()
    hall.check_silence()


async def test_where_guests_are_off_strangers_see_the_list_and_are_asked_to_sign_in(
    browser: Browser, tmp_path: Path
) -> None:
    async with process(tmp_path, guests="off", browsing="on", language="en") as running:
        hall = Hall(browser, str(running.http.base_url))
        host, person = await hall.person(), await hall.person()
        await host.give_account("open-register", "mara")
        await host.go_live("For members")
        await person.open()
        card = person.at("room-card").filter(has_text="For members")
        await expect(card, "the list is looked at every ten seconds").to_be_visible(timeout=_MILLISECONDS_TO_BE_LISTED)
        await card.click()
        await expect(person.page.get_by_role("heading", name="Sign in to see the room")).to_be_visible()
        await person.at("guest").click()
        await expect(person.at("guest-problem")).to_have_text("This feature is turned off here.")
        await hall.close()


async def test_where_the_list_is_not_for_strangers_either_they_are_asked_to_sign_in(
    browser: Browser, tmp_path: Path
) -> None:
    async with process(tmp_path, guests="off", language="en") as running:
        hall = Hall(browser, str(running.http.base_url))
        person = await hall.person()
        await person.open()
        await expect(person.at("open-sign-in")).to_be_visible()
        await hall.close()
