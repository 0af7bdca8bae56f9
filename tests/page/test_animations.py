"""The animations of gifts over the stage: each kind is played, and nothing moves where that is asked for."""

import asyncio
import io
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from PIL import Image
from playwright.async_api import Route, expect

from tests import migrated
from tests.forks.client import command
from tests.page.animations import GREEN, KINDS
from tests.page.browser import Hall, Person
from tests.page.shows import gather
from tests.service import SECRET, Process, process

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Yield where a service with a gift for each kind of animation is, and with one whose animation is broken."""
    data = tmp_path_factory.mktemp("service")
    migrated.sqlite_file(data / "liveroom.db")
    key = await _key(data)
    async with process(data, guest_limit=0, gifts="test", language="en") as running:
        for kind in (*KINDS, "broken"):
            await _set_gift(running, key, kind)
        yield str(running.http.base_url)


async def _key(data: Path) -> str:
    settings = {"LIVEROOM_DATA_DIR": str(data), "LIVEROOM_SECRET": SECRET, "LIVEROOM_GIFTS": "test"}
    adding = await asyncio.create_subprocess_exec(
        *(str(command()), "tenants", "key", "add", "--name", "test", "--scope", "admin:gifts"),
        env={"PATH": os.environ.get("PATH", ""), **settings},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    return (await adding.communicate())[0].decode().strip()


async def _set_gift(running: Process, key: str, kind: str) -> None:
    played = "vap" if kind == "broken" else kind
    gift = {"giftId": kind, "name": kind, "price": 1, "iconUrl": "/gifts/rose.webp"}
    moving = {"animationUrl": f"/animations/{kind}", "animationKind": played}
    answer = await running.call("admin/set_gift", {**gift, **moving}, headers={"Authorization": f"Bearer {key}"})
    assert answer.code == 0, answer.text


async def _serve(route: Route) -> None:
    make = KINDS.get(route.request.url.rpartition("/")[2], lambda: b"broken")
    await route.fulfill(body=make())


async def _show(hall: Hall, **look: Any) -> tuple[Person, Person]:
    host, _, room = await gather(hall, "Moving")
    await host.page.context.route("**/animations/*", _serve)
    ada = await hall.guest("Ada", f"/room/{room}", **look)
    await ada.page.context.route("**/animations/*", _serve)
    await ada.see()
    await ada.at("gift-open").click()
    await ada.at("gift-coins").click()
    await expect(ada.at("gift-balance")).to_have_text("You have 1,000 coins")
    await ada.at("tab-else").click()
    return host, ada


async def _send(person: Person, gift: str) -> None:
    await person.page.locator(f'[data-testid="gift"][data-gift="{gift}"]').click()


async def _middle(person: Person) -> tuple[int, ...]:
    """Return the colour in the middle of the stage."""
    shot = Image.open(io.BytesIO(await person.at("player").screenshot())).convert("RGB")
    found = shot.getpixel((shot.width // 2, shot.height // 2))
    assert isinstance(found, tuple)
    return tuple(int(part) for part in found)


@pytest.mark.parametrize("kind", KINDS)
async def test_an_animation_is_played_over_the_stage_and_goes(hall: Hall, kind: str) -> None:
    host, ada = await _show(hall)
    await _send(ada, kind)
    playing = host.at("gift-play")
    await expect(playing).to_have_attribute("data-kind", kind)
    async with asyncio.timeout(10):
        while max(abs(seen - meant) for seen, meant in zip(await _middle(host), GREEN, strict=True)) > 40:
            assert await playing.get_attribute("data-kind") == kind
    await expect(playing).to_have_count(0)
    hall.check_silence()


async def test_of_what_cannot_be_played_the_icon_is_shown_and_the_next_is_played(hall: Hall) -> None:
    host, ada = await _show(hall)
    await _send(ada, "broken")
    await _send(ada, "webp")
    await expect(host.page.locator('[data-testid="gift-play"][data-kind="icon"] img')).to_have_attribute(
        "src", "/gifts/rose.webp"
    )
    await expect(host.at("gift-play")).to_have_attribute("data-kind", "webp")
    await expect(host.at("gift-play")).to_have_count(0)


async def test_nothing_is_played_for_whoever_asks_for_less_motion(hall: Hall) -> None:
    host, ada = await _show(hall, reduced_motion="reduce")
    await _send(ada, "mp4")
    await expect(host.at("gift-play")).to_have_attribute("data-kind", "mp4")
    await expect(ada.at("gift-row")).to_contain_text("mp4")
    await expect(ada.at("gift-play")).to_have_count(0)
