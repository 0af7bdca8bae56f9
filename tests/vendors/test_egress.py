"""Recordings by LiveKit's egress: one file in our bucket, whose address is signed for each viewer."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.ids import RoomId
from liveroom.domain.recordings.model import Recording, RecordingState
from tests.callbacks import livekit_raw
from tests.vendors.livekit_egress import FakeEgress
from tests.vendors.stage import MediaStage, with_media

S = RecordingState
BUCKET = {
    "recordings": "livekit",
    "recordings_s3_url": "https://s3.example.com",
    "recordings_s3_bucket": "films",
    "recordings_s3_key": "AKIAEXAMPLE",
    "recordings_s3_secret": "wJalrXUtnFEMI",
}


@dataclass
class Studio:
    """A room of LiveKit's whose host is live."""

    stage: MediaStage
    host: Actor
    room: RoomId

    @property
    def egress(self) -> FakeEgress:
        return self.stage.livekit.egress

    async def start(self) -> Recording:
        return await self.stage.world.core.services.recordings.recordings.start(self.host, self.room)

    async def go_on(self, seconds: float = 6) -> None:
        await self.stage.drain(seconds)
        await self.stage.world.core.jobs.recordings.run()
        await self.stage.drain()

    async def call_back(self, event: str, id: str) -> None:
        now = self.stage.service.clock.now()
        sent = livekit_raw(self.egress.webhook(event, id, now), now)
        answer = await self.stage.service.http.post(sent.path, content=sent.content, headers=dict(sent.headers))
        assert answer.status_code == 200, answer.text

    async def find(self, id: str) -> Recording:
        found = await self.stage.world.core.db.recordings.get(id)
        assert found is not None
        return found


@pytest.fixture
async def studio(tmp_path: Path) -> AsyncIterator[Studio]:
    async with with_media(tmp_path, "livekit", **BUCKET) as stage:
        host = await stage.world.make_actor()
        yield Studio(stage, host, await stage.world.go_live(host))


async def test_a_broadcast_is_recorded_into_our_bucket(studio: Studio) -> None:
    recording = await studio.start()
    await studio.go_on()
    (id,) = studio.egress.items
    assert (await studio.find(recording.id)).state is S.STARTING
    studio.egress.begin(id)
    await studio.call_back("egress_updated", id)
    assert (await studio.find(recording.id)).state is S.RECORDING
    await studio.stage.world.core.services.recordings.recordings.stop(studio.host, recording.id)
    await studio.go_on(1)
    assert studio.egress.items[id]["status"] == "EGRESS_ENDING"
    studio.egress.finish(id, studio.stage.service.clock.now())
    for _ in range(2):
        await studio.call_back("egress_ended", id)
    found = await studio.find(recording.id)
    assert (found.state, [file.seconds for file in found.files]) == (S.READY, [61.0])
    lists = studio.stage.world.core.services.recordings.lists
    (playable,) = lists.playable(found, studio.host.user).files
    address = urlsplit(playable.url)
    assert (address.netloc, address.path) == ("s3.example.com", f"/films/recordings/{recording.id}.mp4")
    assert parse_qs(address.query)["X-Amz-Expires"] == ["14400"]


async def test_an_end_without_its_webhook_is_found_by_asking(studio: Studio) -> None:
    recording = await studio.start()
    await studio.go_on()
    (id,) = studio.egress.items
    studio.egress.begin(id)
    await studio.go_on()
    assert (await studio.find(recording.id)).state is S.RECORDING
    studio.egress.finish(id, studio.stage.service.clock.now())
    await studio.go_on(31)
    assert (await studio.find(recording.id)).state is S.READY


async def test_an_egress_that_breaks_has_failed_with_its_words(studio: Studio) -> None:
    recording = await studio.start()
    await studio.go_on()
    (id,) = studio.egress.items
    studio.egress.begin(id)
    studio.egress.finish(id, studio.stage.service.clock.now(), error="could not upload")
    await studio.go_on(31)
    found = await studio.find(recording.id)
    assert (found.state, found.reason) == (S.FAILED, "could not upload")


async def test_without_an_egress_worker_it_has_failed_after_two_minutes(studio: Studio) -> None:
    recording = await studio.start()
    studio.egress.has_worker = False
    await studio.go_on()
    assert (await studio.find(recording.id)).state is S.STARTING
    await studio.go_on(121)
    assert (await studio.find(recording.id)).state is S.FAILED


async def test_an_egress_that_was_begun_unanswered_is_found_again(studio: Studio) -> None:
    recording = await studio.start()
    await studio.go_on()
    (id,) = studio.egress.items
    known = await studio.find(recording.id)
    recorder = studio.stage.world.core.broadcasts.recording.recorder
    assert recorder is not None
    assert await recorder.start(studio.host.tenant, known) == id
    assert list(studio.egress.items) == [id]
