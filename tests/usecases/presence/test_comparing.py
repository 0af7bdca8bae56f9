"""The cross-check puts right what it finds twice, counts that, and leaves alone what is only under way."""

from datetime import timedelta

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.accounts.users import Profile
from liveroom.domain.ids import EntryId, RoomId, StayId
from liveroom.domain.presence.members import LeaveReason, Role
from liveroom.domain.rooms.model import RoomChanges
from liveroom.ports import Admission
from liveroom.ports.comparing import PARTS
from liveroom.usecases.presence.comparing import Comparison
from tests.usecases.conftest import World
from tests.usecases.rooms.test_entering import entries, members

TICKS = 5
"""So many compare everything."""
NONE = {("named",): 0, ("ended",): 0, ("dropped",): 0}


async def enter(world: World, viewer: Actor, room: RoomId) -> None:
    await world.core.services.entering.enter(viewer, room, role="audience", changes=RoomChanges())
    await world.core.jobs.backlog.write_all()


async def compared(world: World) -> int:
    """Go round once as a running service does, and look again; return how much was put right."""
    repaired = 0
    for _ in range(PARTS):
        repaired += await world.core.jobs.comparison.go_on()
        world.pass_by(0.75)
    world.pass_by(5)
    return repaired + await world.core.jobs.comparison.go_on()


async def lose_index(world: World, viewer: Actor) -> None:
    await world.core.live.drop_entries(await world.core.live.entries(viewer.user))


async def test_in_a_healthy_service_nothing_is_repaired(world: World) -> None:
    rooms = [await world.go_live(await world.make_actor()) for _ in range(2)]
    viewers = [await world.make_actor() for _ in range(4)]
    for room in (*rooms, rooms[0]):
        for viewer in viewers:
            await enter(world, viewer, room)
    await world.core.services.departures.leave(viewers[0], rooms[0])
    assert await compared(world) == 0
    assert dict(world.core.jobs.comparison.repairs) == NONE


async def test_a_difference_is_put_right_when_it_is_found_twice(world: World) -> None:
    room = await world.go_live(await world.make_actor())
    viewer = await world.make_actor()
    await enter(world, viewer, room)
    await lose_index(world, viewer)
    assert await world.core.jobs.comparison.go_on() == 0
    world.pass_by(4)
    assert await world.core.jobs.comparison.go_on() == 0
    world.pass_by(1)
    assert await world.core.jobs.comparison.go_on() == 1
    assert await entries(world, viewer) == [room]
    assert dict(world.core.jobs.comparison.repairs) == NONE | {("named",): 1}
    assert await compared(world) == 0


async def test_what_comes_while_another_difference_waits_is_not_late(world: World) -> None:
    room = await world.go_live(await world.make_actor())
    first, second = await world.make_actor(), await world.make_actor()
    for viewer in (first, second):
        await enter(world, viewer, room)
    await lose_index(world, first)
    await world.core.jobs.comparison.go_on()
    world.pass_by(1)
    await world.core.jobs.comparison.go_on()
    await lose_index(world, second)
    world.pass_by(2)
    assert await world.core.jobs.comparison.go_on() == 0
    world.pass_by(2)
    assert await world.core.jobs.comparison.go_on() == 1
    world.pass_by(3)
    assert await world.core.jobs.comparison.go_on() == 1
    assert await entries(world, second) == [room]


async def test_what_was_under_way_at_the_first_look_is_no_difference(world: World) -> None:
    room = await world.go_live(await world.make_actor())
    viewer = await world.make_actor()
    await enter(world, viewer, room)
    (entry,) = await world.core.live.entries(viewer.user)
    await lose_index(world, viewer)
    await world.core.jobs.comparison.go_on()
    await world.core.live.leave(room, viewer.user, viewer.session, entry.id, LeaveReason.LEFT)
    world.pass_by(5)
    assert await world.core.jobs.comparison.go_on() == 0
    assert dict(world.core.jobs.comparison.repairs) == NONE


async def test_who_is_in_two_rooms_stays_in_the_newest(world: World) -> None:
    first, second = [await world.go_live(await world.make_actor()) for _ in range(2)]
    viewer = await world.make_actor()
    await enter(world, viewer, first)
    (older,) = await world.core.live.entries(viewer.user)
    world.pass_by(1)
    await enter(world, viewer, second)
    await world.core.live.admit(late(viewer, first, older.id))
    assert await compared(world) == 1
    assert [room for room in (first, second) if viewer.user in await members(world, room)] == [second]
    assert await entries(world, viewer) == [second]
    assert dict(world.core.jobs.comparison.repairs) == NONE | {("ended",): 1}


async def test_a_process_that_lives_for_one_tick_looks_twice_before_it_returns(world: World) -> None:
    core = world.core
    comparison = Comparison(core.live, core.services.departures, core.clock, apart=timedelta(0))
    room = await world.go_live(await world.make_actor())
    viewer = await world.make_actor()
    await enter(world, viewer, room)
    await lose_index(world, viewer)
    assert sum([await comparison.at_once() for _ in range(TICKS)]) == 1
    assert await entries(world, viewer) == [room]


def late(viewer: Actor, room: RoomId, entry: EntryId) -> Admission:
    """Return the second half of an enter that nobody waits for."""
    return Admission(
        tenant=viewer.tenant.name,
        room=room,
        user=viewer.user,
        session=viewer.session,
        entry=entry,
        stay=StayId("late"),
        wanted=Role.AUDIENCE,
        label="",
        profile=Profile(),
        admin=False,
        anyone_hosts=False,
        keepalive=False,
    )
