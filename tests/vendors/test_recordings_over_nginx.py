"""Recordings by a real nginx-rtmp: announced, begun, ended, played and deleted, with its reports and without them."""

import asyncio
import logging
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.service import Device
from tests.vendors.encoder import HEIGHT, WIDTH, probed
from tests.vendors.real_nginx_rtmp import NginxRtmp
from tests.vendors.test_streams_over_nginx import Evening, over_nginx, state_of, until

pytestmark = pytest.mark.long
log = logging.getLogger(__name__)


@asynccontextmanager
async def _recorded(folder: Path, film: Path, kind: type[NginxRtmp]) -> AsyncIterator[Evening]:
    films = folder / "nginx/recordings"
    films.mkdir(parents=True)
    given = {"recordings_folder": films, "recordings_recorder": "liveroom", "recordings_notice": "3s"}
    async with over_nginx(folder, film, kind, **given) as evening:
        yield evening


@pytest.fixture
async def evening(tmp_path: Path, film: Path, nginx_rtmp: type[NginxRtmp]) -> AsyncIterator[Evening]:
    if shutil.which("ffprobe") is None:
        pytest.skip("ffprobe is missing: scripts/get-test-streams.sh gets it")
    async with _recorded(tmp_path, film, nginx_rtmp) as made:
        yield made


async def _get(host: Device, id: str) -> dict[str, Any]:
    found: dict[str, Any] = (await host.call("recordings/get", {"recordingId": id})).data
    return found


async def _begun(evening: Evening) -> tuple[Device, str]:
    """Let a host push, then record; return as soon as the server writes."""
    host = await evening.service.sign_up()
    await host.go_live()
    made = (await host.call("streams/create", {"roomId": host.user})).data
    evening.push(made)

    async def is_live() -> bool:
        return await state_of(host, made["streamId"]) == "live"

    await until(is_live)
    assert list(evening.server.recordings.iterdir()) == [], "nobody was told yet"
    id = (await host.call("recordings/start", {"roomId": host.user})).data["recordingId"]

    async def writes() -> bool:
        return any(path.stat().st_size > 20_000 for path in evening.server.recordings.iterdir())

    log.info("nginx writes %.2f s after the recording was started", await until(writes))
    return host, id


async def _ready(host: Device, id: str) -> float:
    async def is_ready() -> bool:
        return bool((await _get(host, id))["state"] == "ready")

    return await until(is_ready)


async def test_what_was_announced_is_recorded_and_plays_and_goes_when_it_is_deleted(
    evening: Evening, tmp_path: Path
) -> None:
    host, id = await _begun(evening)
    assert (await host.call("recordings/stop", {"recordingId": id})).code == 0
    log.info("ready %.2f s after it was stopped", await _ready(host, id))
    (file,) = (await _get(host, id))["playable"]
    played = await evening.service.http.get(file["url"])
    assert (played.status_code, len(played.content)) == (200, file["bytes"])
    film = tmp_path / "played.flv"
    film.write_bytes(played.content)
    size, seconds = await asyncio.to_thread(probed, film)
    assert size == f"{WIDTH},{HEIGHT}"
    assert seconds > 1
    assert (await host.call("recordings/delete", {"recordingId": id})).code == 0

    async def is_gone() -> bool:
        return list(evening.server.recordings.iterdir()) == []

    log.info("deleted after %.2f s", await until(is_gone))


async def test_without_its_reports_the_file_is_found_and_ends_with_the_broadcast(evening: Evening) -> None:
    """Its hook for files is out of its configuration; the server is killed, which reports nothing, and comes back."""
    evening.server.end()
    conf = evening.server.folder / "nginx.conf"
    conf.write_text(re.sub(r"on_record_done [^;]+;", "", conf.read_text()))
    await asyncio.to_thread(evening.server.start)
    host, id = await _begun(evening)
    evening.server.kill()
    await asyncio.to_thread(evening.server.start)
    assert (await host.call("rooms/destroy_room", {"roomId": host.user})).code == 0
    log.info("found %.2f s after the broadcast, without a report", await _ready(host, id))
    (file,) = (await _get(host, id))["playable"]
    assert file["bytes"] > 20_000
