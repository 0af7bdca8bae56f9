"""What somebody may send, changed at the media provider while they are there: seats taken, left, muted and cleared."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.presence.outside import MediaPublished, OutsideReport
from liveroom.domain.rooms.model import RoomChanges
from liveroom.domain.rooms.options import SeatMode
from liveroom.simulate.endpoint import Mood
from tests import callbacks
from tests.callbacks import TRTC_KEY
from tests.service import SDK_APP_ID, serving
from tests.vendors.stage import MediaStage, with_media


@pytest.fixture
async def livekit(tmp_path: Path) -> AsyncIterator[MediaStage]:
    """Yield a service whose media goes through LiveKit."""
    async with with_media(tmp_path, "livekit") as stage:
        yield stage


@pytest.fixture
async def trtc(tmp_path: Path) -> AsyncIterator[MediaStage]:
    """Yield a service whose media goes through TRTC."""
    async with with_media(tmp_path, "trtc") as stage:
        yield stage


@pytest.fixture
async def strict(tmp_path: Path) -> AsyncIterator[MediaStage]:
    """Yield a service whose media goes through TRTC, which checks what credentials allow."""
    async with with_media(tmp_path, "trtc", trtc_callback_key=TRTC_KEY, trtc_permission_control=True) as stage:
        yield stage


async def trtc_tells(stage: MediaStage, event: int, room: RoomId, *users: UserId) -> None:
    """Let TRTC tell of each user that they have begun to send."""
    for user in users:
        callback = callbacks.trtc(event, int(room), user, stage.service.clock.now())
        answer = await stage.service.send("POST", callback.path, content=callback.content, headers=callback.headers)
        assert answer.status == 200


def taken_out(stage: MediaStage) -> list[str]:
    """Return who was taken out of TRTC's rooms, in the order of their ids."""
    assert {call.action for call in stage.cloud.calls} <= {"RemoveUser"}
    return sorted(user for call in stage.cloud.calls for user in call.parameters["UserIds"])


async def open_stage(stage: MediaStage, *guests: Actor) -> tuple[Actor, RoomId]:
    """Return the host, and the room with free seats in which the guests are, at the provider too."""
    world = stage.world
    host = await world.make_actor()
    room = await world.go_live(host)
    for guest in guests:
        await world.core.services.entering.enter(guest, room, role="audience", changes=RoomChanges())
    await world.core.services.seating.plans.configure(host, room, None, SeatMode.FREE)
    await world.core.jobs.backlog.write_all()
    stage.livekit.rooms = {room: {host.user, *(guest.user for guest in guests)}}
    return host, room


def may(stage: MediaStage, room: RoomId, guest: Actor) -> tuple[bool, Sequence[str]] | None:
    """Return whether a guest may publish and from which sources only; None: nothing was changed."""
    found = stage.livekit.permissions.get((room, guest.user))
    return None if found is None else (found["canPublish"], found["canPublishSources"])


async def test_a_seat_and_its_mutes_are_what_livekit_lets_one_send(livekit: MediaStage) -> None:
    guest = await livekit.world.make_actor()
    host, room = await open_stage(livekit, guest)
    services = livekit.world.core.services
    await services.seating.seats.take(guest, room, 0)
    await livekit.drain()
    assert may(livekit, room, guest) == (True, [])
    await services.seating.seats.mute(host, room, guest.user, audio=True, video=None)
    await livekit.drain()
    assert may(livekit, room, guest) == (True, ["CAMERA", "SCREEN_SHARE"])
    await services.seating.seats.mute(guest, room, None, audio=None, video=True)
    await livekit.drain()
    assert len(livekit.livekit.did) == 2, "what one mutes oneself is the client's"
    await services.seating.seats.leave(guest, room)
    await livekit.drain()
    assert may(livekit, room, guest) == (False, [])
    assert livekit.livekit.permissions[room, guest.user]["canSubscribe"] is True
    await livekit.drain(60)
    assert await livekit.world.core.db.vendor_work.waiting() == []


async def test_who_joins_livekit_by_an_old_token_gets_what_they_may_send_now(livekit: MediaStage) -> None:
    """After a crash of LiveKit a speaker who had sat down meanwhile could not be heard."""
    guest, leaver = await livekit.world.make_actor(), await livekit.world.make_actor()
    host, room = await open_stage(livekit, guest, leaver)
    await livekit.world.core.services.seating.seats.take(guest, room, 0)
    livekit.livekit.rooms = {}
    await livekit.drain()
    livekit.livekit.rooms = {room: {host.user, guest.user, leaver.user}}
    for user, sends in ((host.user, True), (guest.user, False), (leaver.user, True)):
        permission = {"canSubscribe": True, **({"canPublish": True} if sends else {})}
        now = livekit.service.clock.now()
        told = callbacks.livekit("participant_joined", room, user, now, permission=permission)
        answer = await livekit.service.send("POST", told.path, content=told.content, headers=told.headers)
        assert answer.status == 200
    await livekit.drain()
    assert (may(livekit, room, guest), may(livekit, room, leaver)) == ((True, []), (False, []))
    assert may(livekit, room, host) is None, "the token says so already"


async def test_who_is_put_off_a_seat_is_silent_when_livekit_is_back(livekit: MediaStage) -> None:
    guest = await livekit.world.make_actor()
    host, room = await open_stage(livekit, guest)
    services = livekit.world.core.services
    await services.seating.seats.take(guest, room, 0)
    await livekit.drain()
    livekit.livekit.endpoint.mood = Mood.DOWN
    await services.seating.seats.kick(host, room, guest.user)
    await livekit.drain()
    assert may(livekit, room, guest) == (True, [])
    livekit.livekit.endpoint.mood = Mood.WELL
    await livekit.drain(15)
    assert may(livekit, room, guest) == (False, [])
    assert livekit.livekit.rooms[room] == {host.user, guest.user}, "they stay in the room"


async def test_the_newest_state_wins_whatever_was_asked_for_before(livekit: MediaStage) -> None:
    guest = await livekit.world.make_actor()
    _, room = await open_stage(livekit, guest)
    services = livekit.world.core.services
    for _ in range(2):
        await services.seating.seats.take(guest, room, 0)
        await services.seating.seats.leave(guest, room)
    await services.seating.seats.take(guest, room, 0)
    await livekit.drain()
    assert may(livekit, room, guest) == (True, [])
    assert len(livekit.livekit.did) == 1


async def test_whose_presence_ends_on_a_seat_sends_nothing_any_more(livekit: MediaStage) -> None:
    guest = await livekit.world.make_actor()
    _, room = await open_stage(livekit, guest)
    await livekit.world.core.services.seating.seats.take(guest, room, 0)
    await livekit.drain()
    await livekit.world.core.moderation.sign_out(guest.user)
    livekit.world.pass_by(2)
    await livekit.world.core.tick()
    await livekit.drain()
    assert may(livekit, room, guest) == (False, [])


async def test_who_comes_back_to_livekit_with_an_old_token_is_silenced_when_they_send(livekit: MediaStage) -> None:
    left, gone, speaker, watcher = [await livekit.world.make_actor() for _ in range(4)]
    host, room = await open_stage(livekit, left, gone, speaker, watcher)
    services, receive = livekit.world.core.services, livekit.world.core.outside.receive
    for user in (left, gone, speaker):
        await services.seating.seats.take(user, room, 0)
    await services.seating.seats.leave(left, room)
    await services.departures.leave(gone, room)
    await livekit.world.core.jobs.backlog.write_all()
    await livekit.drain(60)
    livekit.livekit.permissions.clear()
    for user in (host, left, gone, speaker, watcher):
        await receive(OutsideReport(None, published=MediaPublished(room, user.user)))
    await receive(OutsideReport(None, published=MediaPublished(room, UserId("recorder"))))
    await receive(OutsideReport(None, published=MediaPublished(RoomId("39999999"), left.user)))
    await livekit.drain()
    assert [may(livekit, room, user) for user in (left, gone, watcher)] == [(False, [])] * 3
    assert [may(livekit, room, user) for user in (host, speaker)] == [None] * 2, "they may"


async def test_a_seat_that_is_locked_or_taken_away_takes_the_word_with_it(livekit: MediaStage) -> None:
    one, two = await livekit.world.make_actor(), await livekit.world.make_actor()
    host, room = await open_stage(livekit, one, two)
    services = livekit.world.core.services
    await services.seating.seats.take(one, room, 1)
    await services.seating.seats.take(two, room, 5)
    await services.seating.plans.lock(host, room, 1, locked=True)
    await services.seating.plans.configure(host, room, 4, None)
    await livekit.drain()
    assert [may(livekit, room, guest) for guest in (one, two)] == [(False, [])] * 2


async def test_trtc_takes_out_who_is_put_off_a_seat_once_and_nobody_else(trtc: MediaStage) -> None:
    guest, other = await trtc.world.make_actor(), await trtc.world.make_actor()
    host, room = await open_stage(trtc, guest, other)
    services = trtc.world.core.services
    for user in (guest, other):
        await services.seating.seats.take(user, room, 0)
    await services.seating.seats.mute(host, room, guest.user, audio=True, video=True)
    await services.seating.seats.leave(other, room)
    await trtc.drain()
    assert trtc.cloud.calls == []
    await services.seating.seats.kick(host, room, guest.user)
    await trtc.drain()
    removed: list[Any] = [(call.action, dict(call.parameters)) for call in trtc.cloud.calls]
    assert removed == [("RemoveUser", {"SdkAppId": SDK_APP_ID, "RoomId": int(room), "UserIds": [guest.user]})]
    await trtc.drain(6)
    await trtc.drain(60)
    assert len(trtc.cloud.calls) == 1, "they come back as audience, and are left alone"


async def test_who_has_a_seat_again_when_trtc_is_back_is_not_taken_out(trtc: MediaStage) -> None:
    guest = await trtc.world.make_actor()
    host, room = await open_stage(trtc, guest)
    services = trtc.world.core.services
    await services.seating.seats.take(guest, room, 0)
    trtc.cloud.endpoint.mood = Mood.DOWN
    await services.seating.seats.kick(host, room, guest.user)
    await trtc.drain()
    await services.seating.seats.take(guest, room, 0)
    trtc.cloud.endpoint.mood = Mood.WELL
    await trtc.drain(60)
    assert trtc.cloud.calls == []


async def test_who_sends_by_an_old_key_of_trtc_is_taken_out_and_nobody_who_has_a_place(strict: MediaStage) -> None:
    left, gone, watcher, speaker, hushed = [await strict.world.make_actor() for _ in range(5)]
    host, room = await open_stage(strict, left, gone, watcher, speaker, hushed)
    services = strict.world.core.services
    for user in (left, gone, speaker, hushed):
        await services.seating.seats.take(user, room, 0)
    await services.seating.seats.leave(left, room)
    await services.departures.leave(gone, room)
    await services.seating.seats.mute(host, room, hushed.user, audio=True, video=True)
    await strict.world.core.jobs.backlog.write_all()
    for event in (201, 203, 205):
        users = [actor.user for actor in (host, left, gone, watcher, speaker, hushed)]
        await trtc_tells(strict, event, room, *users, UserId("recorder"))
    await strict.drain()
    assert taken_out(strict) == sorted([left.user, gone.user, watcher.user]), "once each, whatever they send"
    await strict.drain(60)
    assert len(strict.cloud.calls) == 3, "they come back as audience, and are left alone"
    await trtc_tells(strict, 203, room, left.user)
    await strict.drain()
    assert len(strict.cloud.calls) == 4, "until they send again"


async def test_who_enters_or_stops_to_send_is_left_where_they_are(strict: MediaStage) -> None:
    watcher = await strict.world.make_actor()
    _, room = await open_stage(strict, watcher)
    for event in (103, 105, 202, 204, 206):
        await trtc_tells(strict, event, room, watcher.user)
    await strict.drain(6)
    assert strict.cloud.calls == []


async def test_who_has_sent_without_a_seat_and_has_one_by_then_is_not_taken_out(strict: MediaStage) -> None:
    eager, hushed = await strict.world.make_actor(), await strict.world.make_actor()
    host, room = await open_stage(strict, eager, hushed)
    services = strict.world.core.services
    strict.cloud.endpoint.mood = Mood.DOWN
    await trtc_tells(strict, 201, room, eager.user, hushed.user)
    await strict.drain()
    for user in (eager, hushed):
        await services.seating.seats.take(user, room, 0)
    await services.seating.seats.mute(host, room, hushed.user, audio=True, video=True)
    strict.cloud.endpoint.mood = Mood.WELL
    await strict.drain(60)
    assert strict.cloud.calls == []


async def test_where_trtc_lets_anybody_send_nobody_is_taken_out_for_it(tmp_path: Path) -> None:
    async with with_media(tmp_path, "trtc", trtc_callback_key=TRTC_KEY) as stage:
        guest = await stage.world.make_actor()
        _, room = await open_stage(stage, guest)
        await trtc_tells(stage, 201, room, guest.user)
        assert await stage.world.core.db.vendor_work.waiting() == []


async def test_holding_people_at_trtc_takes_its_callbacks_and_the_keys_of_the_cloud(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="LIVEROOM_TRTC_PERMISSION_CONTROL is on"):
        async with serving(tmp_path, trtc_callback_key=TRTC_KEY, trtc_permission_control=True):
            pass


async def test_without_a_provider_that_can_be_asked_nothing_waits(tmp_path: Path) -> None:
    async with with_media(tmp_path, "mesh") as stage:
        guest = await stage.world.make_actor()
        host, room = await open_stage(stage, guest)
        services = stage.world.core.services
        await services.seating.seats.take(guest, room, 0)
        await services.seating.seats.kick(host, room, guest.user)
        assert await stage.world.core.db.vendor_work.waiting() == []
