"""Recordings by Tencent CSS: a task for each stream, files at VOD by callback or by its list. A stand-in checks TC3."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest_asyncio

from liveroom.providers.streams.css_callbacks import css_sign
from liveroom.simulate.endpoint import Mood
from tests.contract.conftest import Serving
from tests.contract.recording_studio import RecordingStudio
from tests.providers.streams.servers import DOMAIN, FakeCss, listening_server
from tests.service import CALLBACK_KEY
from tests.vendors.simulator import SECRET_ID, SECRET_KEY


@dataclass
class Studio(RecordingStudio):
    """A host with one stream at CSS."""

    css: FakeCss
    name: str

    async def stop(self, id: str) -> None:
        assert (await self.host.call("recordings/stop", {"recordingId": id})).code == 0
        await self.go_on(1)

    async def call_back(self, id: str, begun: float, key: str = CALLBACK_KEY) -> int:
        """Call back as CSS does when a file is at VOD that began so many seconds ago; return the status."""
        now = int(self.service.clock.now().timestamp())
        said = {"event_type": 100, "t": now + 600, "sign": css_sign(key, str(now + 600)), "appid": 1250000000}
        said |= {"stream_id": self.name, "channel_id": self.name, "file_id": id, "file_format": "hls", "task_id": "x"}
        said |= {"start_time": now - int(begun), "end_time": now, "duration": int(begun), "file_size": 4242}
        said["video_url"] = f"http://1500000.vod2.myqcloud.com/x/{id}/playlist.m3u8"
        return (await self.service.send("POST", "/callbacks/streams/css", body=said)).status

    def running(self) -> list[str]:
        return [task["StreamName"] for task in self.css.tasks if not task["Stopped"]]


@pytest_asyncio.fixture(loop_scope="module")
async def studio(embedded: Serving) -> AsyncIterator[Studio]:
    css = FakeCss()
    given = {
        "recordings": "css", "streams": "css", "recordings_play_key": "key-of-hotlinks",
        "css_push_domain": DOMAIN, "css_play_domain": "play.example.com", "css_push_key": "testpushkey0001",
        "tencent_secret_id": SECRET_ID, "tencent_secret_key": SECRET_KEY,
    }  # fmt: skip
    async with (
        listening_server(css),
        embedded(clock=css.clock, tencent_origin=css.service.endpoint.url, **given) as service,
    ):
        host = await service.sign_up()
        await host.go_live()
        made = (await host.call("streams/create", {"roomId": host.user})).data
        name = made["addresses"][0]["key"].partition("?")[0]
        yield Studio(service, host, host.user, css, name)


async def test_a_stream_is_recorded_by_one_task_until_it_is_stopped(studio: Studio) -> None:
    id = await studio.start()
    assert studio.running() == [studio.name]
    await studio.go_on(31)
    assert len(studio.css.tasks) == 1, "one that runs is found again"
    await studio.host.call("streams/create", {"roomId": studio.host.user})
    await studio.go_on(31)
    assert len(studio.running()) == 2, "and a stream that was made since has its own"
    await studio.go_on(12 * 3600)
    await studio.go_on(31)
    assert len(studio.css.tasks) == 4, "a task that is over is followed by another"
    await studio.stop(id)
    assert [task for task in studio.css.tasks[2:] if not task["Stopped"]] == []


async def test_a_file_that_is_called_back_is_played_by_a_signed_address(studio: Studio) -> None:
    id = await studio.start()
    studio.service.clock.advance(60)
    await studio.stop(id)
    assert await studio.call_back("52858909", 600) == 200
    assert (await studio.get(id))["playable"] == [], "it began before anybody was told"
    assert await studio.call_back("52858910", 50) == 200
    assert await studio.call_back("52858910", 50) == 200
    found = await studio.get(id)
    (file,) = found["playable"]
    assert (found["state"], file["seconds"], file["bytes"], file["format"]) == ("ready", 50, 4242, "hls")
    assert "/52858910/playlist.m3u8?t=" in file["url"]
    assert await studio.call_back("52858911", 50, key="another-key-0123456789") == 403


async def test_without_a_callback_the_file_is_found_at_vod_and_goes_with_the_recording(studio: Studio) -> None:
    id = await studio.start()
    studio.service.clock.advance(60)
    studio.css.deliver("somebodyelses", "52858909", 30)
    studio.css.deliver(studio.name, "52858910", 600)
    studio.css.deliver(studio.name, "52858911", 40)
    await studio.stop(id)
    await studio.go_on(31)
    assert (await studio.get(id))["state"] == "processing", "a callback may still come"
    await studio.go_on(200)
    found = await studio.get(id)
    assert (found["state"], [one["seconds"] for one in found["playable"]]) == ("ready", [40])
    await studio.host.call("recordings/delete", {"recordingId": id})
    await studio.go_on(1)
    assert set(studio.css.media) == {"52858909", "52858910"}


async def test_a_task_whose_answer_was_lost_is_not_made_twice(studio: Studio) -> None:
    answer = await studio.host.call("recordings/start", {"roomId": studio.host.user})
    studio.css.service.endpoint.mood = Mood.LOST
    await studio.go_on(6)
    studio.css.service.endpoint.mood = Mood.WELL
    await studio.go_on(20)
    assert (await studio.get(answer.data["recordingId"]))["state"] in ("starting", "recording")
    assert len(studio.css.tasks) <= 1
    await studio.go_on(31)
    assert studio.running() == [studio.name]


async def test_what_css_refuses_has_failed_and_says_why(studio: Studio) -> None:
    studio.css.service.endpoint.refuse("CreateRecordTask", "InvalidParameter.TemplateId")
    found = await studio.get(await studio.start())
    assert (found["state"], "CreateRecordTask: InvalidParameter.TemplateId" in found["reason"]) == ("failed", True)
