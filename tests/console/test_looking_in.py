"""An operator looks into a mesh room from the wall, through a real coturn, and nobody in the room can tell."""

from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Browser, expect

from tests.console.desk import Desk, Office
from tests.page.browser import WATCH_PEERS, Hall, chromium
from tests.page.networks import (
    MEETING,
    SERVED,
    SIDES,
    TURN_PORT,
    TURN_SECRET,
    coturn,
    needs_networks,
    program_in,
    two_networks,
)
from tests.page.test_relay import KINDS
from tests.servers import LOOPBACK, find
from tests.service import process

pytestmark = [pytest.mark.asyncio, pytest.mark.long, needs_networks]
_TURN: Final = {"turn_urls": f"turn:{MEETING}:{TURN_PORT}", "turn_secret": TURN_SECRET}
_MOVES: Final = "v => v.videoWidth > 0 && v.currentTime > 0"
_TOLD: Final = """
() => window.signals.map(text => JSON.parse(text).payload).filter(({kind}) => kind === 'answer' || kind === 'ice')
  .map(payload => JSON.stringify(payload)).join(' ')
"""
_KEEP_SIGNALS: Final = """
window.signals = [];
const sent = window.fetch;
window.fetch = (address, init) => {
  if (String(address).endsWith('admin/watch_signal')) window.signals.push(init.body);
  return sent(address, init);
};
"""
_OPEN: Final = "() => window.peers.filter(({connectionState}) => connectionState !== 'closed').length"


async def at_the_wall(browser: Browser, url: str, folder: Path) -> Desk:
    """Return a moderator who sees the wall; what their page sends is kept."""
    office = Office(browser, url, folder)
    desk = await office.desk()
    await desk.page.add_init_script(WATCH_PEERS + _KEEP_SIGNALS)
    await desk.accept(await office.invite("watchful", "moderator"))
    await desk.page.goto(f"{desk.url}/wall")
    return desk


async def test_a_click_shows_the_host_through_the_relay_alone_and_another_ends_it(tmp_path: Path) -> None:
    folder = tmp_path / "service"
    with two_networks():
        near = program_in(SIDES[0], find("chromium"), tmp_path)
        async with (
            coturn(tmp_path),
            process(folder, **SERVED, **_TURN) as running,
            chromium(program=near, reaches=MEETING) as theirs,
            chromium(reaches=f"{LOOPBACK} , EXCLUDE {MEETING}") as ours,
        ):
            port = running.http.base_url.port
            host = await Hall(theirs, f"http://{MEETING}:{port}").guest("Mara")
            await host.go_live("Between browsers")
            reach = await host.at("reach").inner_text()
            desk = await at_the_wall(ours, f"http://{LOOPBACK}:{port}", folder)
            button, picture = desk.at("look-in"), desk.at("picture")
            await button.click()
            await expect(button).to_have_text("Look away")
            await desk.page.wait_for_function(_MOVES, arg=await picture.element_handle())
            kinds = await desk.page.evaluate(KINDS)
            assert kinds, "a connection is there"
            assert all(pair.startswith("relay ") for pair in kinds), kinds
            told = await desk.page.evaluate(_TOLD)
            assert " typ relay raddr 0.0.0.0 rport 0" in told
            assert not any(f" typ {kind} " in told for kind in ("host", "srflx", "prflx")), told
            assert await host.page.evaluate(_OPEN) == 1, "the host's browser sends to one"
            await expect(host.at("reach")).to_have_text(reach)
            await button.click()
            await expect(picture).to_have_count(0)
            await host.page.wait_for_function(f"({_OPEN})() === 0")
            assert desk.complaints == []
