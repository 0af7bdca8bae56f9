"""Cuts of all sorts, on SQLite and memory: a host offline for a while, a page loaded anew, a tab that is closed."""

from typing import Final

import pytest
from playwright.async_api import expect

from tests.page.browser import Hall

pytestmark = pytest.mark.asyncio(loop_scope="module")
_SECONDS_OFFLINE: Final = 5
# The service waits 20 s for a socket to come back before it takes somebody for gone.
_MILLISECONDS_TO_BE_GONE: Final = 30_000


async def test_a_host_who_was_offline_for_five_seconds_goes_on_showing(hall: Hall) -> None:
    host, viewer = await hall.guest("Mara"), await hall.guest("Ada")
    room = await host.go_live("Through a tunnel")
    await viewer.watch(room)
    await host.page.context.set_offline(True)
    await expect(host.at("link-away")).to_be_visible()
    await host.page.wait_for_timeout(_SECONDS_OFFLINE * 1000)
    await host.page.context.set_offline(False)
    await expect(host.at("link-away")).to_be_hidden()
    await viewer.check_moving()
    await expect(host.at("reach")).to_have_text("Streaming to 1 of 1")
    await expect(viewer.at("live-badge").first).to_have_text("Live")
    hall.check_silence(but="ERR_INTERNET_DISCONNECTED")


async def test_loading_the_page_anew_keeps_the_place(hall: Hall) -> None:
    host, viewer = await hall.guest("Mara"), await hall.guest("Ada")
    room = await host.go_live("Reloaded")
    await viewer.watch(room)
    for reloads, watches in ((viewer, viewer), (host, viewer)):
        await reloads.page.reload()
        await expect(reloads.at("room")).to_be_visible()
        await watches.check_moving()
    await expect(viewer.at("people-count")).to_have_text("2")
    await expect(viewer.at("my-name")).to_have_text("Ada")
    assert host.page.url.endswith(room)
    hall.check_silence()


async def test_closing_the_hosts_tab_hides_the_room_and_then_closes_it(hall: Hall) -> None:
    host, viewer, other = await hall.guest("Mara"), await hall.guest("Ada"), await hall.guest("Ben")
    room = await host.go_live("Short visit")
    await viewer.watch(room)
    card = other.at("room-card").filter(has_text="Short visit")
    await expect(card).to_be_visible()
    await host.page.close()
    await expect(viewer.at("live-badge").first).to_have_text("Host is away")
    await expect(card).to_be_hidden(timeout=_MILLISECONDS_TO_BE_GONE)
    await expect(viewer.at("ending")).to_have_attribute("data-why", "closed")
    hall.check_silence()
