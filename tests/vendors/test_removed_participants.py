"""Users who were removed from a media room and come back by an old credential: found by callbacks, and by lists."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.ids import RoomId, TenantName
from liveroom.domain.media.model import REMEMBERED
from liveroom.domain.rooms.model import RoomChanges
from liveroom.simulate.endpoint import Mood
from tests import callbacks
from tests.callbacks import Callback
from tests.vendors.stage import MediaStage, with_media


@pytest.fixture
async def livekit(tmp_path: Path) -> AsyncIterator[MediaStage]:
    """Yield a service whose media goes through LiveKit."""
    async with with_media(tmp_path, "livekit") as stage:
        yield stage


@pytest.fixture
async def trtc(tmp_path: Path) -> AsyncIterator[MediaStage]:
    """Yield a service whose media goes through TRTC."""
    async with with_media(tmp_path, "trtc", trtc_callback_key=callbacks.TRTC_KEY) as stage:
        yield stage


async def enter(stage: MediaStage, viewer: Actor, room: RoomId) -> None:
    await stage.world.core.services.entering.enter(viewer, room, role="audience", changes=RoomChanges())
    await stage.world.core.jobs.backlog.write_all()


async def kicked(stage: MediaStage, viewer: Actor, room: RoomId | None = None) -> RoomId:
    """Return the room (a new one unless it is given) from which somebody was kicked, who is back in its media."""
    room = room or await stage.world.go_live(await stage.world.make_actor())
    await enter(stage, viewer, room)
    stage.livekit.rooms.setdefault(room, {"another"}).add(viewer.user)
    await stage.world.core.services.looking_up.operator_kicks.kick(TenantName(""), room, viewer.user)
    await stage.drain()
    await stage.drain(6)
    assert viewer.user not in stage.livekit.rooms[room]
    stage.livekit.rooms[room].add(viewer.user)
    return room


async def tell(stage: MediaStage, given: Callback) -> None:
    """Let a vendor call, and do what follows."""
    answer = await stage.service.send("POST", given.path, content=given.content, headers=given.headers)
    assert answer.status == 200
    await stage.drain()


async def looked(stage: MediaStage, seconds: float = 15) -> int:
    """Let time pass, have LiveKit's lists looked through, and do what follows; return how many had come back."""
    stage.world.pass_by(seconds)
    found = await stage.world.core.jobs.returned_participants.look()
    await stage.drain()
    return found


async def test_who_was_kicked_and_joins_again_is_removed_when_livekit_tells(livekit: MediaStage) -> None:
    viewer = await livekit.world.make_actor()
    room = await kicked(livekit, viewer)
    livekit.world.pass_by(3600)
    now = livekit.service.clock.now()
    await tell(livekit, callbacks.livekit("participant_joined", room, viewer.user, now, who="PA_2"))
    assert livekit.livekit.rooms[room] == {"another"}


async def test_who_was_kicked_and_joins_again_is_found_without_callbacks(livekit: MediaStage) -> None:
    viewer = await livekit.world.make_actor()
    room = await kicked(livekit, viewer)
    assert await looked(livekit) == 1
    assert livekit.livekit.rooms[room] == {"another"}
    assert await looked(livekit) == 0


async def test_who_was_kicked_and_enters_again_stays(livekit: MediaStage) -> None:
    viewer = await livekit.world.make_actor()
    room = await kicked(livekit, viewer)
    await enter(livekit, viewer, room)
    now = livekit.service.clock.now()
    await tell(livekit, callbacks.livekit("participant_joined", room, viewer.user, now, who="PA_2"))
    assert await looked(livekit) == 0
    assert viewer.user in livekit.livekit.rooms[room]


async def test_who_enters_again_right_after_a_kick_is_not_removed_at_the_second_look(livekit: MediaStage) -> None:
    """A stay that began within a second of the kick counted as the one that it had ended."""
    viewer = await livekit.world.make_actor()
    room = await livekit.world.go_live(await livekit.world.make_actor())
    await enter(livekit, viewer, room)
    await livekit.world.core.services.looking_up.operator_kicks.kick(TenantName(""), room, viewer.user)
    livekit.world.pass_by(0.3)
    await enter(livekit, viewer, room)
    await livekit.drain()
    livekit.livekit.rooms = {room: {viewer.user}}
    await livekit.drain(6)
    assert livekit.livekit.rooms == {room: {viewer.user}}


async def test_who_is_back_in_the_media_before_the_first_look_stays(livekit: MediaStage) -> None:
    """Whoever came back within the half second until the work was done was thrown out once more."""
    viewer = await livekit.world.make_actor()
    room = await livekit.world.go_live(await livekit.world.make_actor())
    await enter(livekit, viewer, room)
    await livekit.world.core.services.looking_up.operator_kicks.kick(TenantName(""), room, viewer.user)
    livekit.world.pass_by(0.3)
    await enter(livekit, viewer, room)
    livekit.livekit.rooms = {room: {viewer.user}}
    await livekit.drain()
    await livekit.drain(6)
    assert livekit.livekit.rooms == {room: {viewer.user}}


async def test_who_is_kicked_before_their_stay_is_written_is_removed_at_once(livekit: MediaStage) -> None:
    """They were removed five seconds later: until then no row said that they had been there."""
    viewer = await livekit.world.make_actor()
    room = await livekit.world.go_live(await livekit.world.make_actor())
    await livekit.world.core.services.entering.enter(viewer, room, role="audience", changes=RoomChanges())
    livekit.livekit.rooms = {room: {viewer.user}}
    await livekit.world.core.services.looking_up.operator_kicks.kick(TenantName(""), room, viewer.user)
    await livekit.drain()
    assert livekit.livekit.rooms == {room: set()}


async def test_who_is_kicked_again_after_entering_again_is_removed_again(livekit: MediaStage) -> None:
    viewer = await livekit.world.make_actor()
    room = await kicked(livekit, viewer)
    livekit.world.pass_by(60)
    await kicked(livekit, viewer, room)
    assert await looked(livekit) == 1
    assert viewer.user not in livekit.livekit.rooms[room]


async def test_who_left_by_themselves_is_no_matter_of_livekit_s(livekit: MediaStage) -> None:
    viewer = await livekit.world.make_actor()
    room = await livekit.world.go_live(await livekit.world.make_actor())
    await enter(livekit, viewer, room)
    await livekit.world.core.services.departures.leave(viewer, room)
    livekit.livekit.rooms = {room: {viewer.user}}
    now = livekit.service.clock.now()
    await tell(livekit, callbacks.livekit("participant_joined", room, viewer.user, now))
    assert await looked(livekit) == 0
    assert livekit.livekit.rooms == {room: {viewer.user}}
    assert livekit.livekit.listed == []


async def test_who_is_banned_is_looked_for_in_every_room_of_the_last_hours(livekit: MediaStage) -> None:
    viewer = await livekit.world.make_actor()
    left, older = [await livekit.world.go_live(await livekit.world.make_actor()) for _ in range(2)]
    await enter(livekit, viewer, older)
    await livekit.world.core.services.departures.leave(viewer, older)
    livekit.world.pass_by(timedelta(hours=7).total_seconds())
    livekit.livekit.rooms = {room: {viewer.user, "another"} for room in (left, older)}
    for room in (left, older):
        assert await livekit.world.core.live.room(room) is not None, "hosts without keepalives stay for hours"
    await enter(livekit, viewer, left)
    await livekit.world.core.services.departures.leave(viewer, left)
    await livekit.world.core.jobs.backlog.write_all()
    livekit.world.pass_by(5)
    until = livekit.service.clock.now() + timedelta(days=1)
    await livekit.world.core.moderation.ban(viewer.user, until, "rude")
    await livekit.drain()
    assert await looked(livekit) == 1
    assert livekit.livekit.rooms == {left: {"another"}, older: {viewer.user, "another"}}
    assert livekit.livekit.listed == [left]


async def test_a_list_that_does_not_come_changes_nothing(livekit: MediaStage) -> None:
    viewer = await livekit.world.make_actor()
    room = await kicked(livekit, viewer)
    for mood in (Mood.DOWN, Mood.NONSENSE, Mood.BROKEN, Mood.ODD):
        livekit.livekit.endpoint.mood = mood
        assert await looked(livekit) == 0
    livekit.livekit.endpoint.mood = Mood.WELL
    assert await looked(livekit) == 1
    assert livekit.livekit.rooms[room] == {"another"}


async def test_nobody_is_asked_about_rooms_that_are_over_or_removals_that_are_old(livekit: MediaStage) -> None:
    viewer, host = await livekit.world.make_actor(), await livekit.world.make_actor()
    room = await kicked(livekit, viewer, await livekit.world.go_live(host))
    await livekit.world.core.services.rooms.destroy(host, room)
    assert await looked(livekit) == 0
    await livekit.world.go_live(host)
    assert await looked(livekit) == 0, "LiveKit has ended the room with everybody in it"
    assert livekit.livekit.listed == [room]
    await livekit.world.core.services.rooms.destroy(host, room)
    livekit.world.pass_by(REMEMBERED.total_seconds())
    await livekit.world.go_live(host)
    assert await looked(livekit) == 0
    assert livekit.livekit.listed == [room]
    rows, ever = livekit.world.core.db.removed_participants, datetime.fromtimestamp(0, UTC)
    assert await rows.of_user(viewer.user, ever) != []
    await livekit.world.core.jobs.purge.run()
    assert await rows.of_user(viewer.user, ever) == []


async def test_one_process_asks_for_all(livekit: MediaStage) -> None:
    viewer = await livekit.world.make_actor()
    room = await kicked(livekit, viewer)
    job = livekit.world.core.jobs.returned_participants
    livekit.world.pass_by(15)
    assert [await job.look(), await type(job)(job.returning, job.served, job.lists).look()] == [1, 0]
    assert livekit.livekit.listed == [room]


async def test_who_was_kicked_and_joins_again_is_removed_when_trtc_tells(trtc: MediaStage) -> None:
    viewer = await trtc.world.make_actor()
    room = await trtc.world.go_live(await trtc.world.make_actor())
    await enter(trtc, viewer, room)
    await trtc.world.core.services.looking_up.operator_kicks.kick(TenantName(""), room, viewer.user)
    await trtc.drain()
    await trtc.drain(6)
    before = len(trtc.cloud.calls)
    await tell(trtc, callbacks.trtc(103, int(room), viewer.user, trtc.service.clock.now()))
    assert [call.action for call in trtc.cloud.calls[before:]] == ["RemoveUser"]
