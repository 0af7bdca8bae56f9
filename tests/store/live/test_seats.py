"""Seats in the live store: changed by comparing, freed with presence and options, and told to the room."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from liveroom.domain.accounts.users import Profile
from liveroom.domain.errors import SeatOccupied
from liveroom.domain.events.model import Cause, EventKind
from liveroom.domain.ids import BroadcastId, RoomId, StayId, UserId
from liveroom.domain.presence.members import LeaveReason, Role
from liveroom.domain.rooms.options import RoomOptions, SeatMode
from liveroom.domain.seats.model import Mutes, RequestAnswer, RequestOutcome, SeatDecision, Seated, SeatMap, with_lock
from liveroom.ports import Alarm, AlarmKind
from tests.store.live.listener import RecordingListener, listen
from tests.store.live.seat_maps import (
    FREE,
    arrange,
    ask,
    expire_requests,
    held,
    look,
    mute,
    rise,
    take,
    users,
    waiting,
)
from tests.store.live.world import World

BOB, CID = UserId("bob"), UserId("cid")
R1 = RoomId("r1")


@pytest.fixture
async def listener(world: World) -> RecordingListener:
    """Return the listener to room r1, in which ann, bob and cid are and have been received as entered."""
    listener = await listen(world)
    await world.go_live(options=FREE)
    for user in ("bob", "cid"):
        await world.enter(user)
    await listener.new_events()
    return listener


def received(listener: RecordingListener, kind: EventKind = EventKind.SEATS_CHANGED) -> list[dict[str, Any]]:
    return [json.loads(event.data) for event in listener.events() if event.kind is kind and event.data is not None]


def taken(said: dict[str, Any]) -> dict[int, str]:
    return {seat["seat"]: seat["userId"] for seat in said["seats"] if seat["userId"]}


async def silenced(world: World) -> list[tuple[str, int]]:
    return [(one.user, one.mutes) for one in (await look(world.live, "r1")).seat_map.silenced]


async def stays(world: World, user: UserId) -> list[tuple[int, int]]:
    await world.save()
    return [(stay.seat, stay.mutes) for stay in world.recovery.of(user)]


async def test_who_takes_a_seat_is_a_speaker_everywhere_until_they_leave_it(
    world: World, listener: RecordingListener
) -> None:
    await take(world, "bob", 2)
    assert (await held(world), await world.role("bob")) == ({2: "bob"}, Role.SPEAKER)
    assert [member.role for member in await world.members()] == [Role.OWNER, Role.SPEAKER, Role.AUDIENCE]
    assert await stays(world, BOB) == [(2, 0)]
    await rise(world, "bob")
    assert (await held(world), await world.role("bob")) == ({}, Role.AUDIENCE)
    assert await stays(world, BOB) == [(0, 0)]
    assert await listener.new_events() == ["member.role_changed bob", "seats.changed"] * 2


async def test_the_room_is_told_of_all_seats_with_who_has_them(world: World, listener: RecordingListener) -> None:
    await take(world, "bob", 2)
    await mute(world, "bob")
    await listener.catch_up()
    events = [event for event in listener.events() if event.kind is EventKind.SEATS_CHANGED]
    assert [(event.by, event.cause) for event in events] == [("bob", Cause.CALL)] * 2
    said = received(listener)[-1]
    assert (said["mode"], len(said["seats"])) == ("free", 4)
    nobody = {"userId": "", "name": "", "avatar": "", "locked": False, "audioMuted": False, "videoMuted": False}
    assert said["seats"][0] == {**nobody, "seat": 1, "audioOff": False, "videoOff": False}
    bob = {"userId": "bob", "name": "name of bob", "avatar": "picture of bob", "audioMuted": True}
    assert said["seats"][1] == {**said["seats"][0], "seat": 2, **bob}
    assert await listener.new_events() == ["member.role_changed bob", "seats.changed", "seats.changed"]


async def test_a_host_on_a_seat_stays_what_they_are(world: World, listener: RecordingListener) -> None:
    await take(world, "ann", 1)
    assert await world.role("ann") is Role.OWNER
    assert await listener.new_events() == ["seats.changed"]


async def test_what_is_changed_by_now_is_not_changed_again(world: World, listener: RecordingListener) -> None:
    seen = await look(world.live, "r1", "bob", "cid")
    assert users(seen) == ["bob", "cid"]
    await take(world, "bob", 1)
    await listener.new_events()
    assert not await world.live.seat_maps.put(seen, SeatDecision(SeatMap((Seated(1, CID),))), CID)
    assert await held(world) == {1: "bob"}
    assert await listener.new_events() == []


async def test_nobody_who_is_not_in_the_room_comes_to_a_seat(world: World, listener: RecordingListener) -> None:
    seen = await look(world.live, "r1", "bob", "nobody")
    assert users(seen) == ["bob"]
    assert not await world.live.seat_maps.put(seen, SeatDecision(SeatMap((Seated(1, UserId("nobody")),))), None)
    await world.leave("bob")
    assert not await world.live.seat_maps.put(seen, SeatDecision(SeatMap((Seated(1, BOB),))), BOB)
    assert await held(world) == {}


async def test_options_that_have_changed_are_read_again(world: World) -> None:
    row = await world.go_live(options=FREE)
    await world.enter("bob")
    seen = await look(world.live, "r1", "bob")
    await arrange(world, row, replace(FREE, seat_locks=0b1))
    assert not await world.live.seat_maps.put(seen, SeatDecision(SeatMap((Seated(1, BOB),))), BOB)


async def test_of_two_who_take_one_seat_at_once_one_has_it(world: World, listener: RecordingListener) -> None:
    answers = await asyncio.gather(take(world, "bob", 3), take(world, "cid", 3), return_exceptions=True)
    assert sorted(isinstance(answer, SeatOccupied) for answer in answers) == [False, True]
    await listener.catch_up()
    assert len(received(listener)) == 1


async def test_of_fifty_at_once_as_many_sit_down_as_there_are_seats(world: World, listener: RecordingListener) -> None:
    crowd = [f"u{number}" for number in range(50)]
    await asyncio.gather(*(world.enter(user) for user in crowd))
    answers = await asyncio.gather(*(take(world, user) for user in crowd), return_exceptions=True)
    assert sum(answer is None for answer in answers) == 4
    assert all(answer is None or isinstance(answer, SeatOccupied) for answer in answers)
    assert sorted(await held(world)) == [1, 2, 3, 4]


# --- leaving the room -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "by", "cause"),
    [
        (LeaveReason.LEFT, "bob", Cause.CALL),
        (LeaveReason.ELSEWHERE, "bob", Cause.CALL),
        (LeaveReason.LOST, None, Cause.PRESENCE),
        (LeaveReason.KICKED, None, Cause.CALL),
    ],
)
async def test_a_seat_is_left_with_the_room_in_one_step(
    world: World, listener: RecordingListener, reason: LeaveReason, by: str | None, cause: Cause
) -> None:
    await take(world, "bob", 2)
    await take(world, "cid", 3)
    await listener.new_events()
    left = await world.leave("bob", reason=reason)
    assert left is not None
    assert left.seated
    assert await held(world) == {3: "cid"}
    await listener.catch_up()
    assert listener.news() == [f"member.left bob ({reason.value})", "seats.changed"]
    event = [event for event in listener.events() if event.kind is EventKind.SEATS_CHANGED][-1]
    assert (taken(received(listener)[-1]), event.by, event.cause) == ({3: "cid"}, by, cause)
    assert await stays(world, BOB) == [(0, 0)]


async def test_who_had_no_seat_leaves_none(world: World, listener: RecordingListener) -> None:
    await take(world, "bob", 2)
    left = await world.leave("cid")
    assert left is not None
    assert not left.seated
    assert await held(world) == {2: "bob"}


async def test_a_seat_survives_a_reconnect_and_is_left_with_the_last_session(
    world: World, listener: RecordingListener
) -> None:
    await take(world, "bob", 2)
    await mute(world, "bob")
    await world.enter("bob", session="tablet")
    first = await world.leave("bob")
    assert first is not None
    assert not first.seated
    assert await held(world) == {2: "bob"}
    assert await stays(world, BOB) == [(2, Mutes.AUDIO)]
    assert await world.role("bob") is Role.SPEAKER
    await world.leave("bob", session="tablet")
    assert await held(world) == {}


async def test_how_a_host_has_muted_somebody_is_known_until_they_have_a_seat_again(
    world: World, listener: RecordingListener
) -> None:
    await take(world, "bob", 2)
    await mute(world, "bob")
    await world.leave("bob")
    assert await silenced(world) == [("bob", Mutes.AUDIO)]
    await world.enter("bob")
    await take(world, "bob", 1)
    assert await silenced(world) == []
    assert (await stays(world, BOB))[-1] == (1, Mutes.AUDIO)
    await take(world, "cid", 3)
    await mute(world, "cid", by_host=False)
    await rise(world, "cid")
    await rise(world, "bob")
    assert await silenced(world) == [("bob", Mutes.AUDIO)], "of those alone whom a host had muted"


async def test_who_is_muted_on_a_seat_that_is_locked_is_muted_on_the_next(
    world: World, listener: RecordingListener
) -> None:
    await take(world, "bob", 2)
    await mute(world, "bob")
    await arrange(world, world.recovery.rooms[R1][0], with_lock(FREE, 2, locked=True))
    assert (await held(world), await silenced(world)) == ({}, [("bob", Mutes.AUDIO)])


async def test_who_comes_again_after_leaving_has_no_seat(world: World, listener: RecordingListener) -> None:
    await take(world, "bob", 2)
    await world.leave("bob")
    await world.enter("bob")
    assert (await held(world), await world.role("bob")) == ({}, Role.AUDIENCE)


async def test_another_name_is_told_with_the_seat_from_then_on(world: World, listener: RecordingListener) -> None:
    await take(world, "bob", 2)
    await world.live.put_profile(BOB, Profile('Bob "the" 王/', ""))
    await take(world, "cid", 1)
    await listener.catch_up()
    assert received(listener)[-1]["seats"][1]["name"] == 'Bob "the" 王/'


async def test_a_seat_ends_with_the_broadcast_and_the_next_one_begins_with_none(
    world: World, listener: RecordingListener
) -> None:
    row = await world.open_room("r2", options=FREE)
    for user in ("ann", "bob"):
        await world.enter(user, "r2", session=f"{user}-2")
    await take(world, "bob", 1, "r2")
    await world.close_room(replace(row, rev=2))
    assert await world.live.seat_maps.read(RoomId("r2"), []) is None
    await world.put(replace(row, rev=3, broadcast=BroadcastId("r2-b2")))
    assert (await look(world.live, "r2"))[2:4] == (0, SeatMap())
    await world.enter("bob", "r2", session="bob-2")
    assert await world.role("bob", "r2") is Role.AUDIENCE


async def test_a_broadcast_whose_close_was_not_heard_leaves_nobody_on_a_seat(world: World) -> None:
    row = await world.go_live(options=FREE)
    await world.enter("bob")
    await take(world, "bob", 1)
    await ask(world, "ann")
    await world.put(replace(row, rev=2, broadcast=BroadcastId("b2")))
    assert (await look(world.live))[2:4] == (0, SeatMap())
    world.clock.advance(60)
    assert list(await world.live.alarms(10)) == []


# --- options ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "left"),
    [
        (replace(FREE, seats=2), {1: "bob", 2: "cid"}),
        (replace(FREE, seat_locks=0b0010), {1: "bob", 4: "ann"}),
        (replace(FREE, seats=0), {}),
        (replace(FREE, seat_mode=SeatMode.INVITE), {1: "bob", 2: "cid", 4: "ann"}),
    ],
)
async def test_who_has_a_seat_that_is_not_to_be_had_any_more_leaves_it_with_the_change(
    world: World, options: RoomOptions, left: dict[int, str]
) -> None:
    row = await world.go_live(options=FREE)
    for user, seat in (("bob", 1), ("cid", 2), ("ann", 4)):
        if user != "ann":
            await world.enter(user)
        await take(world, user, seat)
    listener = await listen(world)
    await arrange(world, row, options)
    assert await held(world) == left
    await listener.catch_up()
    assert taken(received(listener)[-1]) == left
    assert [seat["locked"] for seat in received(listener)[-1]["seats"]] == [
        options.is_locked(one + 1) for one in range(options.seats)
    ]
    put_off = {user for user in ("bob", "cid") if user not in left.values()}
    assert {event.member.user for event in listener.events() if event.member is not None} == put_off
    assert await stays(world, CID) == [(2 if "cid" in left.values() else 0, 0)]


async def test_other_options_say_nothing_of_seats(world: World, listener: RecordingListener) -> None:
    row = await world.go_live("r2", "dan", options=FREE)
    listener = await listen(world, "r2")
    await arrange(world, row, replace(FREE, muted=True))
    await listener.catch_up(RoomId("r2"))
    assert [event.kind for event in listener.events(RoomId("r2"))] == [EventKind.OPTIONS_CHANGED]


# --- requests ---------------------------------------------------------------------------------------------------------


async def test_requests_are_kept_with_the_stage_and_told_at_the_pace_of_the_room(
    world: World, listener: RecordingListener
) -> None:
    first, second = await ask(world, "bob"), await ask(world, "cid", "q2", by=UserId("ann"), seat=3)
    assert (await look(world.live)).seat_map.requests == (first, second)
    assert await listener.new_events() == ["seats.requested", "seats.requested"]
    said = received(listener, EventKind.SEAT_REQUESTED)[1]
    assert (said["requestId"], said["kind"], said["userId"], said["seat"], said["by"]) == (
        "q2",
        "apply",
        "cid",
        3,
        "ann",
    )
    assert said["expireUtc"] == second.expires.isoformat(" ", "seconds")[:19]
    view = await look(world.live)
    answered = SeatDecision(
        view.seat_map._replace(requests=(second,)),
        answered=(RequestAnswer(first, RequestOutcome.REFUSED, CID, reason="no"),),
    )
    assert await world.live.seat_maps.put(view, answered, CID)
    assert await listener.new_events() == ["seats.answered"]
    assert received(listener, EventKind.SEAT_ANSWERED) == [
        {
            "requestId": "q1",
            "kind": "apply",
            "userId": "bob",
            "seat": 0,
            "outcome": "refused",
            "reason": "no",
            "by": "cid",
        }
    ]
    assert await held(world) == {}
    assert await stays(world, BOB) == [(0, 0)]


async def test_a_request_that_nobody_answers_rings_when_it_is_over(world: World, listener: RecordingListener) -> None:
    await ask(world, "bob", seconds=15)
    await ask(world, "cid", "q2", seconds=20)
    world.clock.advance(14)
    assert list(await world.live.alarms(10)) == []
    world.clock.advance(1.5)
    assert list(await world.live.alarms(10)) == [Alarm(R1, AlarmKind.REQUESTS)]
    await expire_requests(world)
    assert waiting((await look(world.live)).seat_map) == ["q2"]
    world.clock.advance(2)
    assert list(await world.live.alarms(10)) == []
    world.clock.advance(3)
    assert list(await world.live.alarms(10)) == [Alarm(R1, AlarmKind.REQUESTS)]
    await expire_requests(world)
    world.clock.advance(60)
    assert list(await world.live.alarms(10)) == []
    await listener.new_events()
    answered = [(one["requestId"], one["outcome"], one["by"]) for one in received(listener, EventKind.SEAT_ANSWERED)]
    assert answered == [("q1", "expired", ""), ("q2", "expired", "")]


async def test_a_room_that_closes_does_not_ring(world: World) -> None:
    row = await world.go_live(options=FREE)
    await ask(world, "ann")
    await world.close_room(replace(row, rev=2))
    world.clock.advance(60)
    assert list(await world.live.alarms(10)) == []


# --- what comes back --------------------------------------------------------------------------------------------------


async def test_a_snapshot_shows_the_stage_as_it_was_at_its_position(world: World, listener: RecordingListener) -> None:
    await take(world, "bob", 2)
    asked = await ask(world, "cid")
    found = await world.live.channels.snapshot(R1, (await world.room()).tenant)
    assert found.seat_map == SeatMap((Seated(2, BOB),), (asked,))
    assert dict(found.names) == {"bob": ("name of bob", "picture of bob")}
    assert [member.role for member in found.members] == [Role.OWNER, Role.SPEAKER, Role.AUDIENCE]


async def test_seats_come_back_out_of_the_stays_and_requests_do_not(world: World) -> None:
    await world.go_live(options=FREE)
    for user in ("bob", "cid"):
        await world.enter(user)
    await take(world, "bob", 4)
    await mute(world, "bob")
    await take(world, "ann", 1)
    await ask(world, "cid")
    await world.lose()
    assert await held(world) == {1: "ann", 4: "bob"}
    view = await look(world.live)
    assert view.seat_map == SeatMap((Seated(1, UserId("ann")), Seated(4, BOB, Mutes.AUDIO)))
    assert [await world.role(user) for user in ("ann", "bob", "cid")] == [Role.OWNER, Role.SPEAKER, Role.AUDIENCE]
    await take(world, "cid", 2)
    await world.leave("bob")
    assert await held(world) == {1: "ann", 2: "cid"}


async def test_of_two_stays_with_one_seat_the_newer_has_it_and_that_is_written(world: World) -> None:
    await world.go_live(options=FREE)
    for user in ("bob", "cid"):
        await world.enter(user)
    await take(world, "bob", 2)
    await world.save()
    (stale,) = world.recovery.of(BOB)
    await rise(world, "bob")
    await take(world, "cid", 2)
    await world.save()
    world.recovery.stays[StayId(stale.id)] = stale
    await world.lose()
    assert await held(world) == {2: "cid"}
    assert await world.role("bob") is Role.AUDIENCE
    assert await stays(world, BOB) == [(0, 0)]


async def test_a_seat_that_was_locked_meanwhile_does_not_come_back(world: World) -> None:
    row = await world.go_live(options=FREE)
    await world.enter("bob")
    await take(world, "bob", 2)
    await world.save()
    world.recovery.rooms[R1] = (
        replace(row, rev=2, options=replace(FREE, seat_locks=0b10)),
        *world.recovery.rooms[R1][1:],
    )
    await world.lose()
    assert await held(world) == {}
    assert await stays(world, BOB) == [(0, 0)]
