"""A stay does not end by a webhook alone: LiveKit is asked who is in its rooms first."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from liveroom.domain.accounts.sessions import Actor, EndedSessions
from liveroom.domain.events.model import Socket
from liveroom.domain.ids import DEFAULT_TENANT, RoomId
from liveroom.domain.rooms.model import RoomChanges
from liveroom.simulate.endpoint import Mood
from tests import callbacks
from tests.vendors.livekit_server import Visit
from tests.vendors.stage import MediaStage, with_media

MANY = 12
"""More than are asked for one by one."""


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[MediaStage]:
    """Yield a service whose media goes through LiveKit, with a room whose host is in its media."""
    async with with_media(tmp_path, "livekit") as running:
        yield running


async def a_room(stage: MediaStage) -> RoomId:
    room = await stage.world.go_live(await stage.world.make_actor())
    stage.livekit.rooms[room] = {"another"}
    return room


async def enters(stage: MediaStage, room: RoomId) -> Actor:
    """Return a viewer of the room."""
    viewer = await stage.world.make_actor()
    await stage.world.core.services.entering.enter(viewer, room, role="audience", changes=RoomChanges())
    return viewer


async def tells(stage: MediaStage, event: str, room: RoomId, viewer: Actor, who: str) -> None:
    """Let LiveKit tell that somebody came or went."""
    given = callbacks.livekit(event, room, viewer.user, stage.service.clock.now(), who=who)
    answer = await stage.service.send("POST", given.path, content=given.content, headers=given.headers)
    assert answer.status == 200


async def come_and_go(stage: MediaStage, room: RoomId, number: int = 1) -> list[Actor]:
    """Return viewers who were in the media, and are not, as LiveKit has told."""
    viewers = [await enters(stage, room) for _ in range(number)]
    for viewer in viewers:
        await tells(stage, "participant_joined", room, viewer, "PA_1")
    stage.world.pass_by(3)
    for viewer in viewers:
        await tells(stage, "participant_left", room, viewer, "PA_1")
    return viewers


def is_back(stage: MediaStage, room: RoomId, *viewers: Actor) -> None:
    """Let viewers be in the media again, of which nothing is told."""
    now = int(stage.service.clock.now().timestamp())
    for viewer in viewers:
        stage.livekit.rooms[room].add(viewer.user)
        stage.livekit.visits[room, viewer.user] = Visit("PA_2", now)


async def later(stage: MediaStage, seconds: int) -> None:
    """Let time pass as a running service does; nobody's session is over by then."""
    for _ in range(seconds):
        stage.world.pass_by(1)
        await stage.world.core.jobs.expiry.end_expired()


async def is_in(stage: MediaStage, room: RoomId, viewer: Actor) -> bool:
    return await stage.world.core.live.member(room, viewer.user) is not None


async def test_who_is_back_in_the_media_keeps_their_place_though_nobody_told(stage: MediaStage) -> None:
    room = await a_room(stage)
    back, gone = await come_and_go(stage, room, 2)
    is_back(stage, room, back)
    await later(stage, 25)
    assert not await is_in(stage, room, gone)
    await later(stage, 120)
    assert await is_in(stage, room, back)
    assert stage.livekit.listed == [room, room], "each is asked about once"
    await tells(stage, "participant_left", room, back, "PA_2")
    stage.livekit.rooms[room].discard(back.user)
    await later(stage, 25)
    assert not await is_in(stage, room, back)


async def test_many_who_left_a_room_at_once_are_found_by_one_list(stage: MediaStage) -> None:
    room = await a_room(stage)
    viewers = await come_and_go(stage, room, MANY)
    is_back(stage, room, *viewers[:2])
    await later(stage, 60)
    assert [await is_in(stage, room, viewer) for viewer in viewers] == [True] * 2 + [False] * (MANY - 2)
    assert stage.livekit.listed == [room]


async def test_whoever_is_gone_for_certain_does_not_wait_until_livekit_has_answered(stage: MediaStage) -> None:
    room, endpoint, core = await a_room(stage), stage.livekit.endpoint, stage.world.core
    (left,) = await come_and_go(stage, room)
    over = await enters(stage, room)
    await later(stage, 19)
    await core.live.end_sessions(EndedSessions(over.user, (over.session,), stage.service.clock.now()))
    endpoint.mood = Mood.SILENT
    endpoint.come.clear()
    stage.world.pass_by(3)
    ending = asyncio.create_task(core.jobs.expiry.end_expired())
    await endpoint.come.wait()
    assert [await is_in(stage, room, viewer) for viewer in (left, over)] == [True, False]
    endpoint.mood = Mood.WELL
    endpoint.let_go()
    await ending


@pytest.mark.parametrize("mood", [Mood.BROKEN, Mood.NONSENSE, Mood.ODD, Mood.DOWN, Mood.SILENT])
async def test_a_server_that_does_not_answer_ends_nobody_s_stay(stage: MediaStage, mood: Mood) -> None:
    room = await a_room(stage)
    (viewer,) = await come_and_go(stage, room)
    is_back(stage, room, viewer)
    stage.livekit.endpoint.mood = mood
    await later(stage, 25)
    stage.livekit.endpoint.mood = Mood.WELL
    stage.livekit.endpoint.let_go()
    await tells(stage, "participant_joined", room, viewer, "PA_2")
    await later(stage, 60)
    assert await is_in(stage, room, viewer)


async def test_a_visit_of_which_the_end_was_told_is_not_believed_any_more(stage: MediaStage) -> None:
    room = await a_room(stage)
    (viewer,) = await come_and_go(stage, room)
    stage.livekit.rooms[room].add(viewer.user)
    stage.livekit.visits[room, viewer.user] = Visit("PA_1", int(stage.service.clock.now().timestamp()) - 3)
    await later(stage, 25)
    assert not await is_in(stage, room, viewer)


async def test_who_lost_their_socket_and_is_in_the_media_stays_though_nobody_told(stage: MediaStage) -> None:
    room, live, jobs = await a_room(stage), stage.world.core.live, stage.world.core.jobs
    back, gone = await enters(stage, room), await enters(stage, room)
    is_back(stage, room, back)
    for viewer in (back, gone):
        socket = Socket(f"client-{viewer.user}", viewer.user, viewer.session)
        await live.channels.join(room, DEFAULT_TENANT, socket)
        await live.channels.part(room, socket)
    stage.world.pass_by(21)
    assert await jobs.expiry.end_deserted() == 1
    assert [await is_in(stage, room, viewer) for viewer in (back, gone)] == [True, False]


async def test_a_room_whose_media_goes_elsewhere_is_not_asked_about(tmp_path: Path) -> None:
    async with with_media(tmp_path, "trtc", trtc_callback_key=callbacks.TRTC_KEY) as stage:
        room = await a_room(stage)
        viewer = await enters(stage, room)
        now = stage.service.clock.now()
        for event in (103, 104):
            given = callbacks.trtc(event, room, viewer.user, now)
            answer = await stage.service.send("POST", given.path, content=given.content, headers=given.headers)
            assert answer.status == 200
            now += timedelta(seconds=1)
        is_back(stage, room, viewer)
        stage.livekit.endpoint.mood = Mood.DOWN
        await later(stage, 25)
        assert not await is_in(stage, room, viewer)
        assert stage.livekit.endpoint.asked == 0
