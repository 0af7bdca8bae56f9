"""Recordings from the announcement to the end: people are told first, see it while it runs, it ends with the show."""

from typing import Any

import pytest

from liveroom.domain.errors import NotOffered, PermissionDenied, RoomNotFound
from liveroom.domain.ids import RoomId
from liveroom.domain.recordings.failures import RecordingNotFound, RoomRecorded
from liveroom.domain.recordings.model import (
    FILES_WITHIN,
    RecordingReportKind,
    RecordingState,
)
from liveroom.domain.rooms.model import RoomChanges
from liveroom.domain.rooms.options import OptionChanges
from liveroom.domain.tenants.model import RecordingRule
from tests.usecases.conftest import World
from tests.usecases.recordings.conftest import FILE, Show, show_of

S = RecordingState


async def test_a_room_is_told_before_it_is_recorded_and_sees_it_while_it_is(show: Show) -> None:
    recording = await show.start()
    assert [kind for kind, _ in await show.told()] == ["announced"]
    (_, news), *_ = await show.told()
    assert (news["recordingId"], news["beginsIn"]) == (recording.id, pytest.approx(5000, abs=1))
    assert await show.shown() == "announced"
    await show.go_on(2)
    assert await show.state(recording.id) is S.ANNOUNCED, "the five seconds are not over"
    await show.go_on(2)
    await show.go_on()
    assert await show.state(recording.id) is S.RECORDING
    assert [kind for kind, _ in await show.told()] == ["announced", "started"]
    assert await show.shown() == "recording"
    await show.core.services.recordings.recordings.stop(show.host, recording.id)
    await show.go_on()
    assert await show.state(recording.id) is S.PROCESSING
    assert [kind for kind, _ in await show.told()] == ["announced", "started", "ended"]
    assert await show.shown() == ""
    await show.report(recording.id, RecordingReportKind.FILES, FILE)
    kind, news = (await show.told())[-1]
    assert (kind, news["files"], await show.state(recording.id)) == ("ready", 1, S.READY)


async def test_whoever_enters_a_recorded_room_is_told(show: Show) -> None:
    recording = await show.start()
    for _ in range(3):
        await show.go_on()
    entered = await show.core.services.entering.enter(
        await show.world.make_actor(), show.room, role="audience", changes=RoomChanges()
    )
    seen = entered.room.options.recording
    assert seen is not None
    assert (seen.id, seen.state) == (recording.id, S.RECORDING)


async def test_only_the_owner_and_admins_record(show: Show) -> None:
    with pytest.raises(PermissionDenied):
        await show.core.services.recordings.recordings.start(show.guest, show.room)
    with pytest.raises(RoomNotFound):
        await show.core.services.recordings.recordings.start(show.host, RoomId("77"))
    recording = await show.start()
    assert (await show.start()).id == recording.id, "a call that is repeated starts nothing more"
    with pytest.raises(RecordingNotFound):
        await show.core.services.recordings.recordings.stop(show.guest, recording.id)
    mine, cursor = await show.core.services.recordings.lists.mine(show.host, None, cursor="", limit=10)
    assert ([one.id for one in mine], cursor) == ([recording.id], "")
    assert await show.core.services.recordings.lists.mine(show.guest, show.room, cursor="", limit=10) == ([], "")


async def test_while_a_recording_ends_there_is_no_other(show: Show) -> None:
    recording = await show.start()
    await show.go_on()
    await show.core.services.recordings.recordings.stop(show.host, recording.id)
    with pytest.raises(RoomRecorded):
        await show.start()
    await show.go_on()
    assert (await show.start()).id != recording.id


async def test_a_recording_that_is_called_off_never_begins(show: Show) -> None:
    recording = await show.start()
    await show.core.services.recordings.recordings.stop(show.host, recording.id)
    await show.go_on()
    assert (await show.state(recording.id), await show.shown()) == (S.DELETED, "")
    assert [kind for kind, _ in await show.told()] == ["announced", "ended"]
    assert (await show.start()).state is S.ANNOUNCED, "and the next one may"


async def test_a_recording_ends_with_its_broadcast(show: Show) -> None:
    recording = await show.start()
    for _ in range(2):
        await show.go_on()
    await show.close()
    await show.go_on(1)
    assert await show.state(recording.id) is S.PROCESSING
    await show.world.go_live(show.host)
    assert await show.shown() == "", "the next broadcast is not recorded"
    await show.go_on(FILES_WITHIN.total_seconds() + 1)
    found = await show.core.db.recordings.get(recording.id)
    assert found is not None
    assert (found.state, found.reason) == (S.FAILED, "the recorder has left no file")


async def test_figures_say_what_becomes_of_recordings(show: Show) -> None:
    counts = show.core.services.recordings.steps.changes.writer.outcomes
    assert set(counts.values()) == {0}, "all are there from the start"
    recording = await show.start()
    for _ in range(3):
        await show.go_on()
    await show.close()
    await show.go_on(1)
    await show.go_on(FILES_WITHIN.total_seconds() + 1)
    await show.report(recording.id, RecordingReportKind.FILES, FILE)
    assert counts == {("started",): 1, ("ended",): 1, ("failed",): 1, ("ready",): 1, ("deleted",): 0}


async def test_an_end_that_nobody_noticed_is_noticed_within_a_minute(show: Show) -> None:
    recording = await show.start()
    for _ in range(2):
        await show.go_on()
    room = await show.core.db.rooms.get(show.room)
    assert room is not None
    await show.core.db.transact(lambda tx: tx.rooms.close_broadcast(room.broadcast, show.core.clock.now(), "lost"))
    await show.close()
    await show.go_on(61)
    assert await show.state(recording.id) is S.PROCESSING


async def test_two_processes_at_once_take_each_step_once(show: Show) -> None:
    recording = await show.start()
    async with show.world.neighbour() as other:
        for _ in range(3):
            await show.go_on(core=other)
            await show.go_on(0)
    assert await show.state(recording.id) is S.RECORDING
    assert [kind for kind, _ in await show.told()] == ["announced", "started"]


async def test_rooms_with_the_option_are_recorded_from_the_next_opening_on(show: Show) -> None:
    await show.core.services.room_settings.options.set(show.host, show.room, OptionChanges(recorded=True))
    assert await show.shown() == "", "not in the middle of a broadcast"
    await show.close()
    await show.world.go_live(show.host)
    assert await show.shown() == "announced"
    (mine, *_), _ = await show.core.services.recordings.lists.mine(show.host, show.room, cursor="", limit=1)
    assert mine.by == ""


async def test_deleting_an_account_deletes_its_recordings(show: Show) -> None:
    recording = await show.start()
    for _ in range(2):
        await show.go_on()
    await show.core.services.deletion.delete(show.host)
    await show.go_on(1)
    await show.report(recording.id, RecordingReportKind.FILES, FILE)
    await show.go_on(1)
    found = await show.core.db.recordings.get(recording.id)
    assert found is not None
    assert (found.state, found.files) == (S.DELETED, ())


async def test_files_have_an_address_only_for_whoever_may_play_them(show: Show) -> None:
    recording = await show.start()
    for _ in range(2):
        await show.go_on()
    await show.report(recording.id, RecordingReportKind.COMPLETE, FILE)
    lists = show.core.services.recordings.lists
    found = lists.playable(await lists.own(show.host, recording.id), show.host.user)
    assert [one.file for one in found.files] == [FILE]
    await show.core.services.recordings.recordings.delete(show.host, recording.id)
    gone = lists.playable(await lists.own(show.host, recording.id), show.host.user)
    assert (gone.recording.state, gone.files) == (S.DELETED, ())


class TestWithoutRecorder:
    """Nothing records."""

    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        return {"recordings": "off"}

    async def test_nothing_is_recorded(self, show: Show) -> None:
        with pytest.raises(NotOffered):
            await show.start()


class TestAlways:
    """Every broadcast is recorded."""

    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        return {"recordings_start": "all"}

    async def test_a_broadcast_that_opens_is_announced_as_recorded(self, show: Show) -> None:
        assert await show.shown() == "announced"
        await show.go_on()
        await show.go_on()
        assert await show.shown() == "recording"


@pytest.mark.parametrize(
    ("rule", "opening", "started"),
    [(None, "", "announced"), (RecordingRule.ASKED, "", "announced"), (RecordingRule.ALL, "announced", "announced")],
)
async def test_a_tenant_says_which_of_its_broadcasts_are_recorded(
    world: World, rule: RecordingRule | None, opening: str, started: str
) -> None:
    show = await show_of(world, rule)
    assert await show.shown() == opening
    if not opening:
        await show.start()
    assert await show.shown() == started


async def test_a_tenant_may_have_nothing_recorded_whatever_rooms_and_hosts_want(world: World) -> None:
    show = await show_of(world, RecordingRule.OFF)
    with pytest.raises(NotOffered):
        await show.start()
    await show.core.services.room_settings.options.set(show.host, show.room, OptionChanges(recorded=True))
    await show.close()
    await world.go_live(show.host)
    assert await show.shown() == ""
