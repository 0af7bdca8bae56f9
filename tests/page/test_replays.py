"""Watching what was recorded: the picture of several files as one line, the chat in step, and who finds nothing."""

import os
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.console.evening import id_of
from tests.page.browser import Hall
from tests.page.looks import PHONE, check_looks
from tests.page.replays import COMES, go_to, is_shown, place_of
from tests.service import CALLBACK_KEY, STREAMS, Device, Process, process
from tests.streaming import Encoder, make_encoder
from tests.vendors.encoder import ffmpeg, shoot
from tests.vendors.test_streams_over_nginx import until

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]
_LENGTH: Final = 8
"""Seconds of a film."""


@dataclass
class Studio:
    """A service whose server of streams writes into a folder; here the test does."""

    running: Process
    folder: Path
    films: dict[str, Path]

    async def written(self, obs: Encoder, begins: float, format: str) -> None:
        """Put a film there that began then, and report it."""
        path = self.folder / f"{obs.name}-{round(begins * 1000)}.{format}"
        path.write_bytes(self.films[format].read_bytes())
        os.utime(path, (begins + _LENGTH, begins + _LENGTH))
        form = {"call": "record_done", "app": "live", "addr": "192.0.2.7", "clientid": "7"}
        form |= {"recorder": "liveroom", "name": obs.name, "path": str(path)}
        query = {"key": CALLBACK_KEY}
        answer = await self.running.send("POST", "/callbacks/streams/nginx_rtmp", query=query, form=form)
        assert answer.status == 200

    async def passed(self, until_then: float) -> None:
        async def is_past() -> bool:
            return self.running.clock.now().timestamp() > until_then

        await until(is_past)


@dataclass
class Recorded:
    """A show in two files, of two formats."""

    host: Device
    room: str
    id: str


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def studio(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Studio]:
    folder = tmp_path_factory.mktemp("films")
    short, films = shoot(folder / "short.flv"), {format: folder / f"film.{format}" for format in ("mp4", "flv")}
    for film in films.values():
        twice = [ffmpeg(), "-v", "error", "-stream_loop", "1", "-i", str(short), "-c", "copy", str(film)]
        subprocess.run(twice, check=True)
    (written := folder / "written").mkdir()
    settings = {**STREAMS, "recordings_folder": written, "recordings_notice": "3s"}
    async with process(tmp_path_factory.mktemp("service"), guest_limit=0, language="en", **settings) as running:
        yield Studio(running, written, films)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(studio: Studio) -> str:
    return str(studio.running.http.base_url)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def recorded(studio: Studio) -> Recorded:
    host = await studio.running.sign_up("mara")
    room = await host.go_live(title="Mara sings")
    obs = await make_encoder(host, room)
    id = str((await host.call("recordings/start", {"roomId": room})).data["recordingId"])

    async def is_at(state: str) -> bool:
        return str((await host.call("recordings/get", {"recordingId": id})).data["state"]) == state

    async def say(text: str) -> str:
        return str((await host.call("messages/send", {"roomId": room, "text": text})).data["messageId"])

    await until(lambda: is_at("recording"))
    first = studio.running.clock.now().timestamp()
    await say("in the first file")
    recalled = await say("taken back")
    assert (await host.call("messages/recall", {"roomId": room, "messageId": recalled})).code == 0
    await studio.passed(first + _LENGTH + 0.5)
    await say("in the second file")
    await studio.passed(first + _LENGTH + 1)
    assert (await host.call("recordings/stop", {"recordingId": id})).code == 0
    await studio.written(obs, first, "mp4")
    await studio.written(obs, first + _LENGTH, "flv")
    await until(lambda: is_at("ready"))
    return Recorded(host, room, id)


async def test_a_recording_of_two_files_plays_as_one_line_with_its_chat_in_step(hall: Hall, recorded: Recorded) -> None:
    ada = await hall.guest("Ada", f"/replay/{recorded.id}")
    await expect(ada.at("replay-title")).to_have_text("Mara sings")
    await expect(ada.at("replay-clock")).to_have_text("00:00 / 00:16")
    await is_shown(ada)
    await expect(ada.at("replay-message")).to_have_count(0)
    await go_to(ada, 7000)
    await expect(ada.at("replay-message")).to_have_count(1)
    await expect(ada.at("replay-message")).to_contain_text("in the first file")
    await ada.at("replay-turn").click()
    await expect(ada.at("replay-message")).to_have_count(2, timeout=COMES)
    await expect(ada.at("replay-clock")).to_have_text("00:16 / 00:16", timeout=COMES)
    await check_looks(ada)
    await go_to(ada, 7000)
    await expect(ada.at("replay-message")).to_have_count(1)
    await go_to(ada, 15_500)
    await expect(ada.at("replay-message")).to_have_count(2)
    assert "taken back" not in await ada.at("replay-chat").inner_text()
    await ada.at("replay-message").nth(0).get_by_role("button").click()
    await expect(ada.at("replay-message")).to_have_count(1)
    assert await place_of(ada) < 8000
    hall.check_silence()


async def test_a_phone_watches_in_chinese(hall: Hall, recorded: Recorded) -> None:
    ben = await hall.guest("Ben", f"/replay/{recorded.id}", **PHONE, locale="zh-CN")
    await expect(ben.at("replay-title")).to_have_text("Mara sings")
    await go_to(ben, 15_500)
    await expect(ben.at("replay-message")).to_have_count(2)
    await expect(ben.at("replay-chat")).to_contain_text("聊天回放")
    await check_looks(ben)


async def test_whoever_is_banned_from_the_room_finds_nothing(hall: Hall, recorded: Recorded) -> None:
    cho = await hall.guest("Cho")
    ban = {"roomId": recorded.room, "targetId": await id_of(cho), "seconds": 0}
    assert (await recorded.host.call("moderation/ban", ban)).code == 0
    await cho.open(f"/replay/{recorded.id}")
    await expect(cho.at("replay-problem")).to_contain_text("no such recording for you")
    await expect(cho.at("replay-player")).to_have_count(0)
    await check_looks(cho)
