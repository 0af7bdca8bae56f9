"""A live show in the browser, on SQLite and memory: who shows and who watches."""

import re

import pytest
from playwright.async_api import expect

from tests.page.browser import Hall, Person
from tests.page.shows import show_to_three

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_three_viewers_see_the_host_move_and_hear_them(hall: Hall) -> None:
    host, viewers = await show_to_three(hall, "Evening sketches")
    await expect(host.at("reach")).to_have_text("Streaming to 3 of 3")
    await expect(viewers[0].at("people-count")).to_have_text("4")
    await expect(viewers[0].at("room-title")).to_have_text("Evening sketches")
    hall.check_silence()


async def test_a_new_title_and_the_end_are_seen_at_once(hall: Hall) -> None:
    host, viewer, other = await hall.guest("Mara"), await hall.guest("Ada"), await hall.guest("Ben")
    room = await host.go_live("First title")
    await viewer.watch(room)
    await host.at("edit").click()
    await host.at("edit-title").fill("Second title")
    await host.at("save").click()
    await expect(viewer.at("room-title")).to_have_text("Second title")
    await expect(other.at("card-title").filter(has_text="Second title")).to_be_visible()
    await host.end()
    for person in (host, viewer):
        await expect(person.at("ending")).to_have_attribute("data-why", "closed")
    await expect(other.at("room-card").filter(has_text="Second title")).to_be_hidden()
    hall.check_silence()


async def test_a_tab_can_be_opened_as_another_person_on_the_same_machine(hall: Hall) -> None:
    host = await hall.guest("Mara")
    await host.at("account").click()
    async with host.page.expect_popup() as opened:
        await host.at("another-person").click()
    viewer = Person(await opened.value, hall.url)
    hall.people.append(viewer)
    await expect(viewer.at("sign-in")).to_be_visible()
    await viewer.come_in("Ada")
    room = await host.go_live("In two tabs")
    await viewer.watch(room)
    await viewer.check_moving()
    await expect(host.at("my-name")).to_have_text("Mara")
    await expect(viewer.at("my-name")).to_have_text("Ada")
    await expect(viewer.at("person")).to_have_text([re.compile("Mara"), re.compile("Ada")])
    hall.check_silence()
