"""The live page over a real LiveKit: somebody shows, two browsers and 28 of LiveKit's own clients watch."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import expect

from tests.page.browser import Hall, chromium
from tests.page.built import check_built
from tests.page.shows import choose
from tests.vendors.real_livekit import joined
from tests.vendors.real_livekit_stage import Stage, with_real_livekit

pytestmark = [pytest.mark.asyncio, pytest.mark.long, pytest.mark.slow]

_CLIENTS: Final = 28
_GIVEN_UP: Final = 120_000
"""Milliseconds after which LiveKit's SDK has surely given up a server that is away."""
_SEEN: Final = 60.0
"""For all of them to have a picture: the machine may be slow."""


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Yield a service with a real LiveKit, and its page."""
    check_built("index.html")
    async with with_real_livekit(tmp_path, guest_limit=0, language="en", grace_owner="3s") as made:
        yield made


async def test_a_host_is_seen_by_two_browsers_and_28_clients(stage: Stage) -> None:
    async with chromium() as browser, AsyncExitStack() as inside:
        hall = Hall(browser, str(stage.service.http.base_url))
        host = await hall.guest("Mara")
        show = replace(stage, room=await host.go_live("Over LiveKit", source="camera"))
        viewers = [await hall.guest(name, f"/room/{show.room}") for name in ("Ada", "Ben")]
        for viewer in viewers:
            await viewer.check_moving()
        clients = [
            await inside.enter_async_context(joined(await show.credential(await show.guest()))) for _ in range(_CLIENTS)
        ]
        await asyncio.gather(*(one.until_it_sees(_SEEN) for one in clients))
        for viewer in viewers:
            await viewer.check_moving()
            await expect(viewer.at("people-count")).to_have_text(str(1 + len(viewers) + _CLIENTS))
        assert len(await show.livekit.there(show.room)) == 1 + len(viewers) + _CLIENTS

        await choose(host, "Ben", "do-kick", "confirm")
        await expect(viewers[1].at("ending")).to_be_visible()
        await host.end()
        await expect(viewers[0].at("ending")).to_have_attribute("data-why", "closed")
        await asyncio.gather(*(one.until_out(_SEEN) for one in clients))
        hall.check_silence()
        await hall.close()


async def test_pictures_come_back_when_livekit_was_away_for_longer_than_its_sdk_waits(stage: Stage) -> None:
    """The page stayed black until it was loaded anew, and the host's own camera was off."""
    async with chromium() as browser:
        hall = Hall(browser, str(stage.service.http.base_url))
        host = await hall.guest("Mara")
        viewer = await hall.guest("Ada", f"/room/{await host.go_live('Over LiveKit', source='camera')}")
        await viewer.check_moving()
        stage.livekit.kill()
        for person in (host, viewer):
            await expect(person.at("trouble")).to_be_visible(timeout=_GIVEN_UP)
        stage.livekit.start()
        for person in (host, viewer):
            await expect(person.at("trouble")).to_be_hidden(timeout=_SEEN * 1000)
        await viewer.check_moving()
        await hall.close()


async def test_pictures_come_back_when_livekit_was_started_anew(stage: Stage) -> None:
    """LiveKit tells everybody that it goes; whoever comes back keeps their place."""
    async with chromium() as browser:
        hall = Hall(browser, str(stage.service.http.base_url))
        host = await hall.guest("Mara")
        room = await host.go_live("Over LiveKit", source="camera")
        viewer = await hall.guest("Ada", f"/room/{room}")
        await viewer.check_moving()
        stage.livekit.end()
        stage.livekit.start()
        await expect(viewer.at("remote-video")).to_be_hidden(timeout=_SEEN * 1000)
        await expect(viewer.at("remote-video")).to_be_visible(timeout=_SEEN * 1000)
        await viewer.check_moving()
        await expect(host.at("people-count")).to_have_text("2")
        await hall.close()
