"""Recordings that a server of streams writes: its files are found by its callbacks and without them, played by signed
addresses, and deleted with the recording.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest_asyncio

from liveroom.domain.recordings.model import RecordingState
from tests.contract.conftest import Serving
from tests.contract.recording_studio import RecordingStudio
from tests.providers.streams.servers import PASSWORD, USER, FakeNginxRtmp, listening_server
from tests.service import CALLBACK_KEY
from tests.streaming import Encoder, make_encoder

FILM = bytes(range(256)) * 40


@dataclass
class Studio(RecordingStudio):
    """A host whose encoder pushes to a server that writes into a folder."""

    folder: Path
    obs: Encoder

    def write(self, content: bytes = FILM, begun: float = 0, name: str = "") -> Path:
        """Write as the server does, now; the file began so many seconds ago."""
        now = self.service.clock.now().timestamp()
        path = self.folder / (name or f"{self.obs.name}-{int(now - begun)}.flv")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        os.utime(path, (now, now))
        return path

    async def recorded(self, path: Path) -> None:
        """Call back as nginx-rtmp does when a file is whole."""
        form = {"call": "record_done", "app": "live", "addr": "192.0.2.7", "clientid": "7"}
        form |= {"recorder": "liveroom", "name": self.obs.name, "path": str(path)}
        query = {"key": CALLBACK_KEY}
        assert (await self.service.send("POST", "/callbacks/streams/nginx_rtmp", query=query, form=form)).status == 200


@asynccontextmanager
async def _studio(embedded: Serving, folder: Path, **settings: Any) -> AsyncIterator[Studio]:
    folder.mkdir()
    given = {"recordings_folder": folder, **settings}
    async with embedded(**given) as service:
        host = await service.sign_up()
        room = await host.go_live()
        yield Studio(service, host, room, folder, await make_encoder(host, room))


@pytest_asyncio.fixture(loop_scope="module")
async def studio(embedded: Serving, tmp_path: Path) -> AsyncIterator[Studio]:
    async with _studio(embedded, tmp_path / "films") as made:
        yield made


async def test_a_file_that_the_server_reports_is_played_in_ranges_until_the_address_ends(studio: Studio) -> None:
    id = await studio.start()
    assert await studio.obs.push(1)
    path = studio.write(begun=3)
    assert (await studio.host.call("recordings/stop", {"recordingId": id})).code == 0
    await studio.go_on(1)
    assert (await studio.get(id))["state"] == "processing"
    await studio.recorded(path)
    found = await studio.get(id)
    (file,) = found["playable"]
    assert (found["state"], file["bytes"], file["format"]) == ("ready", len(FILM), "flv")
    assert 3 <= file["seconds"] <= 4, "its name has whole seconds"
    part = await studio.service.http.get(file["url"], headers={"range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, FILM[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(FILM)}"
    assert part.headers["content-type"] == "video/x-flv"
    for wrong in (file["url"].replace(".flv", ".mp4"), file["url"][:-8] + "00000.flv", "/recordings/1.0/x.flv"):
        assert (await studio.service.http.get(wrong)).status_code == 404, wrong
    studio.service.clock.advance(timedelta(hours=4, seconds=1))
    assert (await studio.service.http.get(file["url"])).status_code == 404


async def test_without_any_callback_the_folder_is_looked_into(studio: Studio) -> None:
    id = await studio.start()
    path = studio.write(begun=1)
    await studio.go_on(31)
    studio.write(FILM * 2, name=path.name)
    studio.write(name=f"{studio.obs.name}-{int(studio.service.clock.now().timestamp()) - 600}.flv")
    await studio.host.call("recordings/stop", {"recordingId": id})
    await studio.go_on(1)
    (growing,) = (await studio.get(id))["playable"]
    assert growing["bytes"] == 0, "somebody may still write to it"
    await studio.go_on(31)
    found = await studio.get(id)
    (file,) = found["playable"]
    assert (found["state"], file["bytes"]) == ("ready", 2 * len(FILM)), "what began before is not part of it"


async def test_deleting_a_recording_deletes_its_files_and_no_others(studio: Studio) -> None:
    id = await studio.start()
    path, other = studio.write(begun=1), studio.write(begun=500)
    await studio.recorded(path)
    await studio.host.call("recordings/delete", {"recordingId": id})
    await studio.go_on(1)
    late = studio.write(begun=6)
    await studio.recorded(late)
    await studio.go_on(1)
    assert (path.exists(), late.exists(), other.exists()) == (False, False, True)
    assert (await studio.get(id))["state"] == RecordingState.DELETED


async def test_files_outside_of_the_folder_are_not_to_be_had(studio: Studio, tmp_path: Path) -> None:
    id = await studio.start()
    secret = tmp_path / "secret.flv"
    secret.write_bytes(b"secret")
    link = studio.folder / f"{studio.obs.name}-{int(studio.service.clock.now().timestamp())}.flv"
    link.symlink_to(secret)
    await studio.recorded(link)
    await studio.recorded(studio.folder / ".." / "secret.flv")
    await studio.go_on(31)
    assert (await studio.get(id))["playable"] == []


async def test_nginx_is_told_to_begin_and_to_end_and_again_for_an_encoder_that_comes_back(
    embedded: Serving, tmp_path: Path
) -> None:
    nginx = FakeNginxRtmp()
    async with listening_server(nginx):
        api = {"streams_api_url": nginx.endpoint.url, "streams_api_user": USER, "streams_api_password": PASSWORD}
        async with _studio(embedded, tmp_path / "films", recordings_recorder="liveroom", **api) as studio:
            id, name = await studio.start(), studio.obs.name
            assert nginx.recorded == set(), "nobody pushes yet"
            assert await studio.obs.push(1)
            nginx.pushes = {name: "1"}
            await studio.go_on(2)
            assert nginx.recorded == {name}
            nginx.recorded.clear()
            await studio.go_on(31)
            assert nginx.recorded == {name}, "whoever comes back is recorded on"
            await studio.host.call("recordings/stop", {"recordingId": id})
            await studio.go_on(1)
            assert nginx.recorded == set()


async def test_a_recorder_that_nginx_does_not_have_fails_and_says_so(embedded: Serving, tmp_path: Path) -> None:
    nginx = FakeNginxRtmp()
    async with listening_server(nginx):
        api = {"streams_api_url": nginx.endpoint.url, "streams_api_user": USER, "streams_api_password": PASSWORD}
        async with _studio(embedded, tmp_path / "films", recordings_recorder="another", **api) as studio:
            nginx.pushes = {studio.obs.name: "1"}
            found = await studio.get(await studio.start())
            assert (found["state"], "recorder another" in found["reason"]) == ("failed", True)


async def test_a_server_elsewhere_is_believed_and_its_addresses_are_signed(embedded: Serving, tmp_path: Path) -> None:
    elsewhere = {"recordings_url": "https://files.example.com/rec", "recordings_play_key": "a-key-of-secure-link"}
    async with _studio(embedded, tmp_path / "films", recordings_folder=None, **elsewhere) as studio:
        id = await studio.start()
        now = int(studio.service.clock.now().timestamp())
        await studio.recorded(Path(f"/srv/rec/live/{studio.obs.name}-{now - 1}.flv"))
        (file,) = (await studio.get(id))["playable"]
        assert file["url"].startswith(f"https://files.example.com/rec/live/{studio.obs.name}-{now - 1}.flv?md5=")
        assert f"&expires={now + 4 * 3600}" in file["url"]
