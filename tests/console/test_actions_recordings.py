"""What an operator does about recordings: sees them with their states, ends, plays and deletes them."""

import os
import subprocess
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

import pytest
from playwright.async_api import expect

from tests.console.evening import Evening, until
from tests.service import CALLBACK_KEY, STREAMS
from tests.vendors.encoder import ffmpeg

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]
FILMS: Final = Path(mkdtemp(prefix="liveroom-films-"))
SETTINGS: Final = {**STREAMS, "recordings_folder": FILMS, "recordings_notice": "3s"}
_COMES: Final = 60_000
_SHOWN: Final = "() => document.querySelector('[data-testid=recording-video]').videoWidth === 160"


async def _stream(evening: Evening) -> str:
    """Return the name of a stream that the host has made."""
    await evening.host.at("stream-open").click()
    await evening.host.at("stream-create").click()
    key = await evening.host.at("stream-key").input_value()
    await evening.host.page.keyboard.press("Escape")
    return key.partition("?")[0]


async def _write(evening: Evening, stream: str, began: float) -> Path:
    """Write a film of a second as the server does that is told to record, and report it."""
    path = FILMS / f"{stream}-{round(began * 1000)}.mp4"
    picture = ["-f", "lavfi", "-i", "testsrc=size=160x90:rate=10:duration=1", "-pix_fmt", "yuv420p"]
    subprocess.run([ffmpeg(), "-v", "error", *picture, "-c:v", "libx264", str(path)], check=True)
    os.utime(path, (began + 1, began + 1))
    form = {"call": "record_done", "app": "live", "addr": "192.0.2.7", "clientid": "7", "recorder": "liveroom"}
    url = f"{evening.host.url}/callbacks/streams/nginx_rtmp?key={CALLBACK_KEY}"
    answer = await evening.page.request.post(url, form={**form, "name": stream, "path": str(path)})
    assert answer.ok
    return path


async def _begin(evening: Evening) -> None:
    """Have the host start a recording."""
    await evening.host.at("recording-open").click()
    await evening.host.at("recording-turn").click()
    await evening.host.page.keyboard.press("Escape")


def _is_gone(path: Path) -> Callable[[], Awaitable[bool]]:
    async def is_gone() -> bool:
        return not path.exists()

    return is_gone


async def test_a_recording_is_seen_ended_played_and_deleted(evening: Evening) -> None:
    host, desk = evening.host, evening.desk
    stream = await _stream(evening)
    await evening.open(f"/rooms/{evening.room}?tab=recordings")
    await expect(evening.page.get_by_text("Nothing was recorded in this room.")).to_be_visible()
    await _begin(evening)
    await expect(evening.row("about to begin")).to_be_visible()
    await expect(evening.row("recording")).to_be_visible(timeout=_COMES)
    began = time.time()
    await expect(host.at("recording-mark")).to_be_visible()
    await desk.at("show-recording").click()
    await expect(desk.at("recording")).to_contain_text("There is no file yet.")
    await desk.at("stop-recording").click()
    await evening.go("asked to")
    await evening.toast("The recording ends.")
    await expect(evening.row("files on their way")).to_be_visible(timeout=_COMES)
    await expect(host.at("recording-mark")).to_have_count(0)
    path = await _write(evening, stream, began)
    await expect(evening.row("ready")).to_be_visible(timeout=_COMES)
    await desk.at("play-file").click()
    await evening.page.wait_for_function(_SHOWN, polling=100, timeout=_COMES)
    await evening.open("/recordings")
    await expect(evening.row(evening.room)).to_contain_text("ready")
    await desk.at("show-recording").click()
    await desk.at("delete-recording").click()
    await evening.go("it shows a child")
    await evening.toast("The recording is deleted.")
    await expect(evening.row(evening.room)).to_contain_text("deleted")
    await until(_is_gone(path))
    await evening.check("admin/stop_recording", "admin/delete_recording")
