"""Recordings against what LiveKit's egress lists: ended there, running there after the end here, and nobody's."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from liveroom.domain.drift.model import DriftCase, DriftOutcome, DriftSource
from liveroom.domain.recordings.model import RecordingState
from tests.vendors.stage import with_media
from tests.vendors.test_egress import BUCKET, Studio

S = RecordingState


@pytest.fixture
async def studio(tmp_path: Path) -> AsyncIterator[Studio]:
    async with with_media(tmp_path, "livekit", **BUCKET) as stage:
        host = await stage.world.make_actor()
        yield Studio(stage, host, await stage.world.go_live(host))


async def _look(studio: Studio, times: int = 2) -> list[DriftCase]:
    core = studio.stage.world.core
    for _ in range(times):
        studio.stage.world.pass_by(11)
        await core.services.console.drift.reconciliation.look(DriftSource.RECORDINGS)
    return [one.drift.case for one in await core.db.drift.of_source(DriftSource.RECORDINGS)]


async def _record(studio: Studio) -> tuple[str, str]:
    """Return the ids of a recording that runs, here and at LiveKit."""
    recording = await studio.start()
    await studio.go_on()
    (id,) = studio.egress.items
    studio.egress.begin(id)
    await studio.call_back("egress_updated", id)
    assert (await studio.find(recording.id)).state is S.RECORDING
    return recording.id, id


async def test_what_runs_in_both_is_no_difference(studio: Studio) -> None:
    await _record(studio)
    assert await _look(studio) == []
    (round,) = [one for one in await studio.stage.world.core.db.drift.rounds() if one.source is DriftSource.RECORDINGS]
    assert (round.outcome, round.items) == (DriftOutcome.DONE, 1)


async def test_an_egress_that_has_ended_without_a_word_is_asked_for_its_file_at_once(studio: Studio) -> None:
    recording, egress = await _record(studio)
    studio.egress.finish(egress, studio.stage.service.clock.now())
    assert await _look(studio) == [DriftCase.RECORDING_GONE]
    await studio.stage.drain(0)
    assert (await studio.find(recording)).state is S.READY
    assert await _look(studio) == []


async def test_an_egress_that_goes_on_after_its_recording_is_ended(studio: Studio) -> None:
    recording, egress = await _record(studio)
    studio.egress.items[egress]["status"] = "EGRESS_COMPLETE"
    await studio.call_back("egress_ended", egress)
    assert (await studio.find(recording)).state is S.FAILED
    studio.egress.begin(egress)
    assert await _look(studio, 1) == [DriftCase.RECORDING_LEFT]
    assert studio.egress.items[egress]["status"] == "EGRESS_ACTIVE", "it may be about to end"
    assert await _look(studio, 2) == []
    assert studio.egress.items[egress]["status"] == "EGRESS_ENDING"


async def test_an_egress_of_others_is_shown_and_left_alone(studio: Studio) -> None:
    studio.egress.items["EG_9"] = {"egress_id": "EG_9", "room_name": "theirs", "status": "EGRESS_ACTIVE"}
    assert await _look(studio, 3) == [DriftCase.RECORDING_UNKNOWN]
    assert studio.egress.items["EG_9"]["status"] == "EGRESS_ACTIVE"
