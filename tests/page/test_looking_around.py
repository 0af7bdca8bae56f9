"""Before anybody signs in, and one login in all tabs of a browser."""

import asyncio
from typing import Final

import pytest
from playwright.async_api import Route, expect

from tests.page.browser import Hall

pytestmark = pytest.mark.asyncio(loop_scope="module")
_PASSWORD: Final = "a long enough secret"


async def test_whoever_comes_by_a_link_watches_at_once_and_is_asked_who_they_are_when_they_write(hall: Hall) -> None:
    host = await hall.guest("Mara")
    room = await host.go_live("Open door")
    visitor = await hall.person()
    await visitor.watch(room)
    await visitor.at("chat-field").fill("Hello")
    await visitor.at("chat-send").click()
    await visitor.give_name("Ada")
    await expect(host.at("message")).to_contain_text("Ada")
    await expect(visitor.at("account")).to_contain_text("Ada")
    await expect(host.at("people-count"), "they are still the same one").to_have_text("2")
    await visitor.check_moving()
    hall.check_silence()


async def test_whoever_does_not_say_who_they_are_says_nothing_else_either(hall: Hall) -> None:
    host = await hall.guest("Mara")
    room = await host.go_live("Quiet guests")
    visitor = await hall.person()
    await visitor.watch(room)
    await visitor.at("chat-field").fill("Hello")
    await visitor.at("chat-send").click()
    await visitor.page.keyboard.press("Escape")
    await expect(visitor.at("chat-field")).to_have_value("Hello")
    await visitor.at("like").click()
    await expect(visitor.at("nickname")).to_be_visible()
    await visitor.page.keyboard.press("Escape")
    await expect(host.at("message")).to_have_count(0)
    await expect(host.at("likes")).to_have_text("0")


async def test_whoever_signs_in_before_they_are_a_visitor_goes_on_writing_their_name(hall: Hall) -> None:
    visitor = await hall.person()
    arrived, let_go = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        arrived.set()
        await let_go.wait()
        await route.continue_()

    await visitor.page.route("**/auth_users/guest", hold)
    await visitor.open()
    await visitor.at("sign-in").click()
    await visitor.at("nickname").fill("Ada")
    await arrived.wait()
    async with visitor.page.expect_response("**/auth_users/guest"):
        let_go.set()
    await visitor.at("guest").click()
    await expect(visitor.at("my-name")).to_have_text("Ada")


async def test_an_account_takes_the_visitors_place_in_the_room(hall: Hall) -> None:
    host = await hall.guest("Mara")
    room = await host.go_live("Known guests")
    visitor = await hall.person()
    await visitor.watch(room)
    await visitor.at("sign-in").click()
    await visitor.at("open-register").click()
    await visitor.at("username").fill("ada of the harbour")
    await visitor.at("password").fill(_PASSWORD)
    await visitor.at("account-submit").click()
    await expect(visitor.at("my-name")).to_have_text("ada of the harbour")
    await visitor.check_moving()
    await expect(host.at("people-count"), "the visitor has left").to_have_text("2")
    hall.check_silence()


async def test_all_tabs_of_a_browser_are_one_person_and_the_newest_shows_the_room(hall: Hall) -> None:
    host = await hall.guest("Mara")
    room = await host.go_live("In one place")
    context = await hall.context()
    first, second = await hall.person(context), await hall.person(context)
    await first.come_in("Ada")
    await first.watch(room)
    await second.watch(room)
    await expect(second.at("my-name")).to_have_text("Ada")
    await expect(first.at("ending")).to_have_attribute("data-why", "moved")
    await first.at("again").click()
    await first.see()
    await expect(second.at("ending")).to_have_attribute("data-why", "moved")
    await expect(host.at("people-count")).to_have_text("2")
    await first.at("account").click()
    await first.at("sign-out").click()
    await expect(second.at("farewell"), "whoever signs out does so everywhere").to_be_visible()
    hall.check_silence()
