"""Raids: another room agrees or does not, people go after a countdown, and both rooms are told once."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.activities.failures import ActivityOver, TooManyActivities
from liveroom.domain.errors import BadRequest, PermissionDenied, RoomNotFound, UserRefuses
from liveroom.domain.ids import RoomId
from tests.usecases.activities.evening import Evening, begin_evening
from tests.usecases.conftest import World


@pytest.fixture
async def evening(world: World) -> Evening:
    return await begin_evening(world, 2)


async def other_room(world: World) -> tuple[Actor, RoomId]:
    host = await world.make_actor()
    room = await world.go_live(host, title="Next door")
    await world.core.live.channels.snapshot(room, host.tenant.name)
    return host, room


async def ask(evening: Evening, target: RoomId, countdown: int = 10) -> str:
    return (await evening.services.raids.start(evening.host, evening.room, target, countdown)).activity.id


async def pass_by(world: World, evening: Evening, seconds: float) -> None:
    world.service.clock.advance(seconds)
    await evening.services.due.run()
    await world.core.jobs.relay.run()


async def heard(world: World, room: RoomId, kind: str) -> Sequence[dict[str, Any]]:
    """Return what a room was told of one kind."""
    recent = await world.core.live.channels.recent(room, after=0, limit=500)
    events = [event for one in recent.publications for event in one.events if event.kind == kind]
    return [msgspec.json.decode(event.data or b"{}") for event in events]


async def test_people_go_after_a_countdown_once_the_other_room_has_agreed(world: World, evening: Evening) -> None:
    host, target = await other_room(world)
    id = await ask(evening, target)
    (shown,) = await evening.shown()
    assert (shown.type, msgspec.json.decode(shown.shown)["phase"]) == ("raid", "asked")
    await evening.services.raids.answer(host, id, accepted=True)
    (shown,) = await evening.shown()
    assert msgspec.json.decode(shown.shown)["phase"] == "going"
    await pass_by(world, evening, 9)
    assert len(await evening.shown()) == 1, "the countdown is not over"
    await pass_by(world, evening, 2)
    result = await evening.result(id)
    assert result == {"phase": "gone", "roomId": target}
    assert "Next door" not in (await evening.row(id)).state, "of whose rooms they are nothing is kept"
    await pass_by(world, evening, 1)
    (arrived,) = await heard(world, target, "raid.arrived")
    assert (arrived["roomId"], arrived["userId"], arrived["activityId"]) == (evening.room, evening.host.user, id)
    assert await heard(world, evening.room, "raid.arrived") == []


async def test_the_other_room_may_refuse_until_people_go(world: World, evening: Evening) -> None:
    host, target = await other_room(world)
    for agreed_before in (False, True):
        id = await ask(evening, target)
        if agreed_before:
            await evening.services.raids.answer(host, id, accepted=True)
            with pytest.raises(ActivityOver):
                await evening.services.raids.answer(host, id, accepted=True)
        await evening.services.raids.answer(host, id, accepted=False)
        assert (await evening.result(id))["phase"] == "refused"
        with pytest.raises(ActivityOver):
            await evening.services.raids.answer(host, id, accepted=True)
    await pass_by(world, evening, 60)
    assert await heard(world, target, "raid.arrived") == []


async def test_who_does_not_answer_in_time_has_not_agreed(world: World, evening: Evening) -> None:
    _, target = await other_room(world)
    id = await ask(evening, target)
    await pass_by(world, evening, 31)
    assert (await evening.result(id))["phase"] == "unanswered"
    await pass_by(world, evening, 1)
    assert await heard(world, target, "raid.arrived") == []


async def test_a_raid_is_called_off_by_its_host_and_with_the_broadcast(world: World, evening: Evening) -> None:
    host, target = await other_room(world)
    first = await ask(evening, target)
    await evening.services.raids.answer(host, first, accepted=True)
    await evening.services.activities.end(evening.host, first)
    second = await ask(evening, target)
    await evening.services.raids.answer(host, second, accepted=True)
    await world.core.services.rooms.destroy(evening.host, evening.room)
    await pass_by(world, evening, 60)
    assert (await evening.row(second)).is_over
    assert await heard(world, target, "raid.arrived") == []


async def test_who_may_raid_whom(world: World, evening: Evening) -> None:
    host, target = await other_room(world)
    with pytest.raises(BadRequest):
        await ask(evening, evening.room)
    with pytest.raises(RoomNotFound):
        await ask(evening, RoomId("77"))
    with pytest.raises(PermissionDenied):
        await evening.services.raids.start(evening.fans[0], evening.room, target, 10)
    id = await ask(evening, target)
    with pytest.raises(TooManyActivities):
        await ask(evening, target)
    for stranger in (evening.host, evening.fans[0]):
        with pytest.raises(PermissionDenied):
            await evening.services.raids.answer(stranger, id, accepted=True)
    await evening.services.raids.answer(host, id, accepted=False)
    await world.core.services.following.blocks.add(host, evening.host.user)
    with pytest.raises(UserRefuses):
        await ask(evening, target)


async def test_the_countdown_has_bounds(world: World, evening: Evening) -> None:
    _, target = await other_room(world)
    for countdown in (4, 121):
        with pytest.raises(BadRequest):
            await ask(evening, target, countdown)


async def test_a_raid_survives_the_loss_of_its_process(world: World, evening: Evening) -> None:
    host, target = await other_room(world)
    id = await ask(evening, target)
    async with world.neighbour() as other:
        raids = other.services.connecting.activities.raids
        assert (await raids.answer(host, id, accepted=True)).activity.version == 2
        world.service.clock.advance(11)
        assert await other.services.connecting.activities.due.run() == 1
    await pass_by(world, evening, 5)
    assert len(await heard(world, target, "raid.arrived")) == 1
