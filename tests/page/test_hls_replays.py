"""Watching a recording that is HLS, as VOD has it: a playlist and its segments, by hls.js in Chromium."""

import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Route, expect

from liveroom.providers.streams.css_callbacks import css_sign
from tests.page.browser import Hall
from tests.page.looks import check_looks
from tests.page.replays import go_to, is_shown
from tests.providers.streams.servers import DOMAIN, FakeCss, listening_server
from tests.service import CALLBACK_KEY, Process, process
from tests.vendors.encoder import ffmpeg, shoot
from tests.vendors.simulator import SECRET_ID, SECRET_KEY
from tests.vendors.test_streams_over_nginx import until

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]
_LENGTH: Final = 8
_VOD: Final = "1500000.vod2.myqcloud.com"
_TYPES: Final = {".m3u8": "application/vnd.apple.mpegurl", ".ts": "video/mp2t"}


@dataclass
class Films:
    """What VOD is for files: it gives them to every page."""

    folder: Path
    asked: list[str] = field(default_factory=list)
    """Addresses, from the path on."""

    async def answer(self, route: Route) -> None:
        there = urlsplit(route.request.url)
        self.asked.append(f"{there.path}?{there.query}")
        path = self.folder / Path(there.path).name
        head = {"Content-Type": _TYPES[path.suffix], "Access-Control-Allow-Origin": "*"}
        await route.fulfill(path=path, headers=head)


@dataclass
class Studio:
    """A service whose streams CSS records to VOD."""

    running: Process
    films: Films

    async def recorded(self) -> str:
        """Return the id of a recording of a show in which something was said."""
        host = await self.running.sign_up("mara")
        room = await host.go_live(title="Mara sings")
        stream = (await host.call("streams/create", {"roomId": room})).data["addresses"][0]["key"].partition("?")[0]
        id = str((await host.call("recordings/start", {"roomId": room})).data["recordingId"])

        async def is_at(state: str) -> bool:
            return str((await host.call("recordings/get", {"recordingId": id})).data["state"]) == state

        await until(lambda: is_at("recording"))
        began = int(self.running.clock.now().timestamp()) + 1

        async def is_past() -> bool:
            return self.running.clock.now().timestamp() > began + 3

        await until(is_past)
        assert (await host.call("messages/send", {"roomId": room, "text": "three seconds on"})).code == 0
        assert (await host.call("recordings/stop", {"recordingId": id})).code == 0
        await until(lambda: is_at("processing"))
        await self._file_is_there(stream, began)
        await until(lambda: is_at("ready"))
        return id

    async def _file_is_there(self, stream: str, began: int) -> None:
        """Call back as CSS does."""
        until_then = str(began + 600)
        said = {"event_type": 100, "t": int(until_then), "sign": css_sign(CALLBACK_KEY, until_then)}
        said |= {"appid": 1250000000, "stream_id": stream, "channel_id": stream, "task_id": "x", "file_id": "52858910"}
        said |= {"file_format": "hls", "start_time": began, "end_time": began + _LENGTH, "duration": _LENGTH}
        said |= {"file_size": 4242, "video_url": f"http://{_VOD}/x/52858910/playlist.m3u8"}
        assert (await self.running.send("POST", "/callbacks/streams/css", body=said)).status == 200


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def studio(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Studio]:
    folder = tmp_path_factory.mktemp("films")
    twice = [ffmpeg(), "-v", "error", "-stream_loop", "1", "-i", str(shoot(folder / "short.flv")), "-c", "copy"]
    playlist = ["-f", "hls", "-hls_time", "2", "-hls_playlist_type", "vod", str(folder / "playlist.m3u8")]
    subprocess.run([*twice, *playlist], check=True)
    films, css = Films(folder), FakeCss()
    async with listening_server(css):
        given = {
            "recordings": "css", "streams": "css", "recordings_play_key": "key-of-hotlinks",
            "recordings_notice": "3s", "streams_callback_key": CALLBACK_KEY,
            "css_push_domain": DOMAIN, "css_play_domain": "play.example.com", "css_push_key": "testpushkey0001",
            "tencent_secret_id": SECRET_ID, "tencent_secret_key": SECRET_KEY,
            "tencent_origin": css.service.endpoint.url,
        }  # fmt: skip
        async with process(tmp_path_factory.mktemp("service"), guest_limit=0, language="en", **given) as running:
            yield Studio(running, films)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(studio: Studio) -> str:
    return str(studio.running.http.base_url)


async def test_a_recording_in_segments_plays_and_jumps_with_its_chat_in_step(hall: Hall, studio: Studio) -> None:
    ada = await hall.guest("Ada")
    await ada.page.route(f"https://{_VOD}/**", studio.films.answer)
    await ada.open(f"/replay/{await studio.recorded()}")
    await expect(ada.at("replay-title")).to_have_text("Mara sings")
    await expect(ada.at("replay-clock")).to_have_text("00:00 / 00:08")
    await is_shown(ada)
    await expect(ada.at("replay-message")).to_have_count(0)
    await go_to(ada, 5000)
    await expect(ada.at("replay-message")).to_contain_text("three seconds on")
    await ada.at("replay-turn").click()
    await expect(ada.at("replay-clock")).to_have_text("00:08 / 00:08", timeout=60_000)
    await check_looks(ada)
    playlist, *segments = studio.films.asked
    assert playlist.startswith("/x/52858910/playlist.m3u8?")
    assert "sign=" in playlist, "it is protected against hotlinks"
    assert {one.rpartition("/")[2] for one in segments} == {f"playlist{number}.ts?" for number in range(4)}
    hall.check_silence()
