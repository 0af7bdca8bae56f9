"""The same show on Redis and MariaDB with two workers, and with a Centrifugo in front."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from liveroom.store.sql.schema import migrate
from tests.page.browser import Hall, Person
from tests.page.shows import show_to_three
from tests.sdk.centrifugo import MISSING, PROGRAM
from tests.sdk.stages import fronted
from tests.servers import LOOPBACK, Mariadb, Redis
from tests.service import process

pytestmark = [pytest.mark.services, pytest.mark.asyncio(loop_scope="module")]
_TRIES = 20


async def test_host_and_viewer_on_two_workers_see_each_other(
    browser: Browser, tmp_path: Path, mariadb: Mariadb, redis_server: Redis
) -> None:
    redis_server.flushall()
    url = mariadb.create_database("page")
    await migrate(url)
    given = {"database_url": url, "redis_url": redis_server.url, "workers": 2, "guest_limit": 0, "language": "en"}
    async with process(tmp_path, **given) as running:
        hall = Hall(browser, str(running.http.base_url))
        host, _ = await show_to_three(hall, "On two workers")
        viewer = await _somebody_elsewhere(hall, host)
        await viewer.watch(host.page.url.rpartition("/")[2])
        await viewer.check_moving()
        await host.at("edit").click()
        await host.at("edit-title").fill("Told across")
        await host.at("save").click()
        await expect(viewer.at("room-title")).to_have_text("Told across")
        hall.check_silence()
        await hall.close()


async def _somebody_elsewhere(hall: Hall, host: Person) -> Person:
    """Return a viewer whose socket another process of the service holds."""
    for number in range(_TRIES):
        somebody = await hall.guest(f"Guest {number}")
        await expect(somebody.at("room-card")).to_be_visible()
        if somebody.nodes[-1] != host.nodes[-1]:
            return somebody
        await somebody.page.close()
    raise AssertionError("every socket is held by one process")


@pytest.mark.skipif(not PROGRAM.exists(), reason=MISSING)
async def test_a_show_goes_through_a_centrifugo_in_front(browser: Browser, tmp_path: Path) -> None:
    async with (
        fronted(tmp_path, LIVEROOM_GUEST_LIMIT="0", LIVEROOM_LANGUAGE="en") as stage,
        _one_origin(stage.liveroom.port, stage.port) as port,
    ):
        hall = Hall(browser, f"http://{LOOPBACK}:{port}")
        host, viewers = await show_to_three(hall, "Behind a Centrifugo")
        await host.end()
        for viewer in viewers:
            await expect(viewer.at("ending")).to_have_attribute("data-why", "closed")
        hall.check_silence()
        await hall.close()


@asynccontextmanager
async def _one_origin(liveroom: int, front: int) -> AsyncIterator[int]:
    """Yield the port of what a proxy does: sockets go to Centrifugo, everything else to liveroom."""

    lines: set[asyncio.StreamWriter] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines.add(writer)
        try:
            first = await reader.readline()
            port = front if first.startswith(b"GET /connection/") else liveroom
            there, onwards = await asyncio.open_connection(LOOPBACK, port)
            onwards.write(first)
            await asyncio.gather(_pass_on(reader, onwards), _pass_on(there, writer))
        except ConnectionError:
            writer.close()

    server = await asyncio.start_server(serve, LOOPBACK, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for line in lines:
            line.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()
