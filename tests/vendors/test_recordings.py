"""Recordings at TRTC, from the order to the file at VOD: with callbacks, and without any of them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.ids import RoomId
from liveroom.domain.recordings.model import Recording, RecordingState
from liveroom.simulate.callbacks import SentCallback, trtc_callback
from liveroom.simulate.endpoint import Mood
from liveroom.simulate.recordings import RecordingSimulator, RecordingTask
from tests.callbacks import TRTC_KEY
from tests.vendors.simulator import KEYS
from tests.vendors.stage import MediaStage, with_media

S = RecordingState


@dataclass
class Studio:
    """A room of TRTC's whose host is live, and what TRTC would call back."""

    stage: MediaStage
    host: Actor
    room: RoomId
    recorder: RecordingSimulator
    said: list[SentCallback]

    async def start(self) -> Recording:
        return await self.stage.world.core.services.recordings.recordings.start(self.host, self.room)

    async def go_on(self, seconds: float = 6) -> None:
        """Let time pass, and do what is due."""
        await self.stage.drain(seconds)
        await self.stage.world.core.jobs.recordings.run()
        await self.stage.drain()

    async def call_back(self) -> None:
        """Deliver what TRTC has said so far."""
        said, self.said[:] = list(self.said), []
        for one in said:
            answer = await self.stage.service.http.post(one.path, content=one.content, headers=dict(one.headers))
            assert answer.status_code == 200, answer.text

    async def find(self, id: str) -> Recording:
        found = await self.stage.world.core.db.recordings.get(id)
        assert found is not None
        return found

    @property
    def task(self) -> RecordingTask:
        return next(reversed(self.recorder.tasks.values()))


@pytest.fixture
async def studio(tmp_path: Path) -> AsyncIterator[Studio]:
    async with with_media(tmp_path, "trtc", recordings="trtc", trtc_callback_key=TRTC_KEY) as stage:
        said: list[SentCallback] = []
        keys, clock = KEYS.callbacks, stage.service.clock

        def tell(event: int, room: int | str, user: str, info: object) -> None:
            assert isinstance(info, dict)
            said.append(trtc_callback(keys, event, room, user, clock.now(), **info))

        stage.recordings.tell = tell
        host = await stage.world.make_actor()
        room = await stage.world.go_live(host)
        yield Studio(stage, host, room, stage.recordings, said)


async def test_a_broadcast_is_recorded_to_vod(studio: Studio) -> None:
    recording = await studio.start()
    await studio.go_on()
    task = studio.task
    assert (task.room, task.ours, task.robot) == (int(studio.room), recording.id, f"recorder-{recording.id}")
    await studio.call_back()
    assert (await studio.find(recording.id)).state is S.RECORDING
    await studio.stage.world.core.services.rooms.destroy(studio.host, studio.room)
    await studio.go_on(1)
    assert task.ended
    await studio.call_back()
    assert (await studio.find(recording.id)).state is S.PROCESSING
    studio.recorder.deliver(task)
    studio.recorder.deliver(task)
    await studio.call_back()
    found = await studio.find(recording.id)
    assert (found.state, found.task, len(found.files)) == (S.READY, task.id, 2)
    assert {file.url for file in found.files} == set(studio.recorder.media.values())


async def test_without_any_callback_polling_finds_the_beginning_and_the_end(studio: Studio) -> None:
    recording = await studio.start()
    await studio.go_on()
    await studio.go_on()
    assert (await studio.find(recording.id)).state is S.RECORDING
    studio.recorder.end(studio.task)
    await studio.go_on(31)
    assert (await studio.find(recording.id)).state is S.PROCESSING
    studio.recorder.deliver(studio.task)
    studio.said[:-1] = []
    await studio.call_back()
    assert (await studio.find(recording.id)).state is S.READY


async def test_callbacks_that_come_twice_and_backwards_lead_to_the_same(studio: Studio) -> None:
    recording = await studio.start()
    await studio.go_on()
    studio.recorder.end(studio.task)
    studio.recorder.deliver(studio.task)
    studio.said.reverse()
    again = list(studio.said)
    await studio.call_back()
    studio.said.extend(again)
    await studio.call_back()
    found = await studio.find(recording.id)
    assert (found.state, len(found.files)) == (S.READY, 1)


async def test_an_order_that_was_not_answered_records_once(studio: Studio) -> None:
    recording = await studio.start()
    studio.stage.cloud.endpoint.mood = Mood.LOST
    await studio.go_on()
    studio.stage.cloud.endpoint.mood = Mood.WELL
    assert (await studio.find(recording.id)).task == ""
    await studio.go_on(10)
    assert (await studio.find(recording.id)).task == studio.task.id
    running = [task for task in studio.recorder.tasks.values() if not task.ended]
    assert running == [studio.task], "the same robot ends what it recorded before"


async def test_a_room_that_closes_while_its_recording_stops_leaves_no_robot_behind(studio: Studio) -> None:
    recording = await studio.start()
    await studio.go_on()
    await studio.call_back()
    await studio.stage.world.core.services.recordings.recordings.stop(studio.host, recording.id)
    await studio.stage.world.core.services.rooms.destroy(studio.host, studio.room)
    await studio.stage.world.core.jobs.recordings.run()
    await studio.go_on(1)
    assert [call.action for call in studio.stage.cloud.calls if call.action == "DeleteCloudRecording"]
    assert studio.task.ended


async def test_what_tencent_refuses_has_failed_and_says_why(studio: Studio) -> None:
    recording = await studio.start()
    studio.stage.cloud.endpoint.refuse("CreateCloudRecording", "InvalidParameter.UserSig")
    await studio.go_on()
    found = await studio.find(recording.id)
    assert found.state is S.FAILED
    assert "CreateCloudRecording: InvalidParameter.UserSig" in found.reason
    live = await studio.stage.world.core.live.room(studio.room)
    assert live is not None
    assert live.options.recording is None


async def test_a_recorder_that_is_down_has_failed_after_two_minutes(studio: Studio) -> None:
    recording = await studio.start()
    studio.stage.cloud.endpoint.mood = Mood.DOWN
    await studio.go_on()
    assert (await studio.find(recording.id)).state is S.STARTING
    await studio.go_on(121)
    assert (await studio.find(recording.id)).state is S.FAILED
    studio.stage.cloud.endpoint.mood = Mood.WELL


async def test_deleting_a_recording_deletes_its_files_at_vod(studio: Studio) -> None:
    recording = await studio.start()
    await studio.go_on()
    studio.recorder.end(studio.task)
    studio.recorder.deliver(studio.task)
    await studio.call_back()
    await studio.stage.world.core.services.recordings.recordings.delete(studio.host, recording.id)
    await studio.go_on(1)
    assert studio.recorder.media == {}
    found = await studio.find(recording.id)
    assert (found.state, found.files) == (S.DELETED, ())


async def test_the_recorders_robot_is_nobody_in_the_room(studio: Studio) -> None:
    await studio.start()
    await studio.go_on()
    await studio.call_back()
    live = await studio.stage.world.core.live.room(studio.room)
    assert live is not None
    assert live.members == 1
    assert all(call.action != "RemoveUser" for call in studio.stage.cloud.calls)
