"""LiveKit's lists against rooms: with all webhooks lost, what follows is what would have followed from them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.drift.model import DriftCase, DriftOutcome, DriftRound, DriftSource
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.presence.outside import OutsideSource, Sighting
from liveroom.domain.rooms.model import RoomChanges
from liveroom.simulate.endpoint import Mood
from tests.vendors.livekit_server import Visit
from tests.vendors.stage import MediaStage, with_media

LIVEKIT = DriftSource.LIVEKIT


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[MediaStage]:
    """Yield a service whose media goes through LiveKit."""
    async with with_media(tmp_path, "livekit") as running:
        yield running


async def look(stage: MediaStage, times: int = 1) -> set[tuple[DriftCase, str]]:
    """Look so many times, do what follows, and return what is known then: cases and whom they are about."""
    for _ in range(times):
        stage.world.pass_by(11)
        await stage.world.core.services.console.drift.reconciliation.look(LIVEKIT)
        await stage.drain()
    known = await stage.world.core.db.drift.of_source(LIVEKIT)
    return {(one.drift.case, one.drift.user or one.drift.room) for one in known}


async def round_of(stage: MediaStage) -> DriftRound:
    (round,) = [one for one in await stage.world.core.db.drift.rounds() if one.source is LIVEKIT]
    return round


async def watched(stage: MediaStage) -> tuple[RoomId, Actor, Actor]:
    """Return a room with its host and a viewer, none of whom is in its media."""
    host, viewer = await stage.world.make_actor(), await stage.world.make_actor()
    room = await stage.world.go_live(host)
    await stage.world.core.services.entering.enter(viewer, room, role="audience", changes=RoomChanges())
    await stage.world.core.jobs.backlog.write_all()
    return room, host, viewer


def join(stage: MediaStage, room: RoomId, user: UserId, sid: str, *, sends: bool = False) -> None:
    joined = int(stage.service.clock.now().timestamp())
    stage.livekit.rooms.setdefault(room, set()).add(user)
    stage.livekit.visits[room, user] = Visit(sid, joined, sends=sends)


async def sees(stage: MediaStage, user: UserId) -> bool:
    """Say whether LiveKit vouches for a user now."""
    return any(one.source == "livekit" and one.alive for one in await stage.world.core.live.sources(user))


async def test_whoever_is_in_the_media_is_noted_without_a_webhook(stage: MediaStage) -> None:
    room, host, viewer = await watched(stage)
    join(stage, room, host.user, "PA_1", sends=True)
    join(stage, room, viewer.user, "PA_2")
    await look(stage)
    assert await sees(stage, host.user)
    assert await sees(stage, viewer.user)
    assert await look(stage) == set()
    assert (await round_of(stage)).items == 3


async def test_a_member_whose_media_is_gone_is_missed_in_two_lists_and_their_stay_ends(stage: MediaStage) -> None:
    room, host, viewer = await watched(stage)
    join(stage, room, host.user, "PA_1")
    join(stage, room, viewer.user, "PA_2")
    await look(stage)
    stage.livekit.rooms[room].discard(viewer.user)
    assert await look(stage) == {(DriftCase.PARTICIPANT_GONE, viewer.user)}
    await look(stage)
    stage.world.pass_by(30)
    await stage.world.core.tick()
    stage.world.pass_by(30)
    await stage.world.core.tick()
    assert await stage.world.core.live.member(room, viewer.user) is None
    assert await stage.world.core.live.member(room, host.user) is not None


async def test_a_user_who_is_in_the_media_alone_is_removed_and_a_recorder_is_left_there(stage: MediaStage) -> None:
    room, host, _ = await watched(stage)
    stranger = await stage.world.make_actor()
    join(stage, room, host.user, "PA_1")
    join(stage, room, stranger.user, "PA_2")
    join(stage, room, UserId("recorder-of-ours"), "PA_3")
    join(stage, room, UserId("watcher:operator:ann"), "PA_4")
    join(stage, room, UserId("stream-abc"), "PA_5")
    stage.livekit.rooms[room].add("EG_1")
    stage.livekit.visits[room, "EG_1"] = Visit("PA_6", kind="EGRESS")
    unknown = (DriftCase.PARTICIPANT_UNKNOWN, "recorder-of-ours")
    assert await look(stage) == {(DriftCase.PARTICIPANT_STRANGER, stranger.user), unknown} | {
        (DriftCase.PARTICIPANT_UNSEEN, host.user)
    }
    await look(stage)
    assert [did[::2] for did in stage.livekit.did] == [("RemoveParticipant", stranger.user)]
    assert await look(stage) == {unknown}


async def test_somebody_who_enters_before_they_are_removed_stays(stage: MediaStage) -> None:
    room, _, _ = await watched(stage)
    stranger = await stage.world.make_actor()
    join(stage, room, stranger.user, "PA_2")
    await look(stage)
    await stage.world.core.services.entering.enter(stranger, room, role="audience", changes=RoomChanges())
    await look(stage, 2)
    assert stage.livekit.did == []
    assert await sees(stage, stranger.user)


async def test_a_media_room_whose_room_is_closed_is_closed_and_one_of_others_is_left(stage: MediaStage) -> None:
    room, host, _ = await watched(stage)
    await stage.world.core.services.rooms.destroy(host, room)
    await stage.drain()
    stage.livekit.rooms |= {room: set(), "another-program": {"somebody"}}
    unknown = (DriftCase.MEDIA_ROOM_UNKNOWN, "another-program")
    assert await look(stage) == {(DriftCase.MEDIA_ROOM_LEFT, room), unknown}
    await look(stage)
    assert list(stage.livekit.rooms) == ["another-program"]
    assert await look(stage) == {unknown}


async def test_an_audience_that_sends_is_given_what_they_may(stage: MediaStage) -> None:
    room, host, viewer = await watched(stage)
    join(stage, room, host.user, "PA_1", sends=True)
    join(stage, room, viewer.user, "PA_2", sends=True)
    assert (DriftCase.PUBLISHER_UNALLOWED, viewer.user) in await look(stage)
    await look(stage)
    assert stage.livekit.permissions[room, viewer.user]["canPublish"] is False
    assert (room, host.user) not in stage.livekit.permissions


@pytest.mark.parametrize("mood", [Mood.BROKEN, Mood.NONSENSE, Mood.ODD, Mood.DOWN])
async def test_a_server_that_does_not_answer_changes_nothing(stage: MediaStage, mood: Mood) -> None:
    room, host, _ = await watched(stage)
    join(stage, room, host.user, "PA_1")
    await look(stage)
    stage.livekit.endpoint.mood = mood
    await look(stage, 3)
    assert (await round_of(stage)).outcome is DriftOutcome.FAILED
    assert await sees(stage, host.user)


async def test_a_list_that_is_cut_off_concludes_nothing(stage: MediaStage) -> None:
    room, host, _ = await watched(stage)
    join(stage, room, host.user, "PA_1")
    await look(stage)
    stage.livekit.rooms[room] = {"x" * (9 * 1024 * 1024)}
    await look(stage, 2)
    assert (await round_of(stage)).outcome is DriftOutcome.FAILED
    assert "cannot be read" in (await round_of(stage)).reason
    assert await sees(stage, host.user)


async def test_a_late_webhook_of_a_visit_that_is_over_does_not_bring_it_back(stage: MediaStage) -> None:
    room, _, viewer = await watched(stage)
    began = stage.service.clock.now()
    join(stage, room, viewer.user, "PA_2")
    await look(stage)
    stage.livekit.rooms[room].discard(viewer.user)
    await look(stage, 2)
    late = Sighting(viewer.user, OutsideSource.LIVEKIT, room, "PA_2", began, present=True)
    await stage.world.core.live.outside.receive([late])
    assert not [one for one in await stage.world.core.live.comparing.seen(0) if one.user == viewer.user]
    stage.world.pass_by(60)
    assert not await sees(stage, viewer.user)
