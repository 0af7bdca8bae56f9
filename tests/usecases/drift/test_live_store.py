"""SQL against the live store: what is missing in one of them, found twice, is put right or explained."""

from dataclasses import replace

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.drift.model import DriftCase, DriftOutcome, DriftSource, KnownDrift
from liveroom.domain.ids import BroadcastId, RoomId, StayId, UserId, new_id
from liveroom.domain.presence.members import LeaveReason, Stay
from liveroom.domain.rooms.model import CloseReason, RoomChanges, RoomStatus
from liveroom.usecases.drift.reconciling import Reconciliation
from tests.usecases.conftest import World

LIVE = DriftSource.LIVE


def reconciliation(world: World) -> Reconciliation:
    return world.core.services.console.drift.reconciliation


async def look(world: World, times: int = 1) -> list[DriftCase]:
    """Look so many times, far enough apart, and return what is known then."""
    for _ in range(times):
        world.pass_by(11)
        await reconciliation(world).look(LIVE)
    return [known.drift.case for known in await differences(world)]


async def differences(world: World) -> list[KnownDrift]:
    return list(await world.core.db.drift.of_source(LIVE))


async def watched(world: World) -> tuple[RoomId, Actor]:
    """Return a room that somebody watches, as both stores have it."""
    room = await world.go_live(await world.make_actor())
    viewer = await world.make_actor()
    await world.core.services.entering.enter(viewer, room, role="audience", changes=RoomChanges())
    await world.core.jobs.backlog.write_all()
    return room, viewer


async def open_stay(world: World, room: RoomId, user: UserId) -> Stay:
    stays = await world.core.db.stays.newest_of(user, 1)
    return next(stay for stay in stays if stay.room == room)


async def test_two_stores_that_agree_differ_in_nothing(world: World) -> None:
    await watched(world)
    assert await look(world, 2) == []
    (round,) = await world.core.db.drift.rounds()
    assert (round.outcome, round.items, round.found) == (DriftOutcome.DONE, 3, 0), "a room and two stays"


async def test_a_room_that_the_live_store_has_lost_is_brought_up_again(world: World) -> None:
    host = await world.make_actor()
    room = await world.go_live(host)
    await world.core.services.rooms.destroy(host, room)
    row = await world.core.db.rooms.get(room)
    assert row is not None
    broadcast = BroadcastId(new_id(world.service.clock.now()))
    again = replace(row, state=RoomStatus.LIVE, broadcast=broadcast, rev=row.rev + 1)
    await world.core.db.rooms.put(again)
    await world.core.db.rooms.open_broadcast(again)
    assert await look(world) == [DriftCase.ROOM_MISSING]
    assert await world.core.live.room(room) is None, "once is not enough"
    await look(world)
    assert await world.core.live.room(room) is not None
    assert DriftCase.ROOM_MISSING not in await look(world)


async def test_a_room_that_is_closed_in_sql_alone_is_taken_away(world: World) -> None:
    room, viewer = await watched(world)
    row = await world.core.db.rooms.get(room)
    assert row is not None
    await world.core.db.rooms.close_broadcast(row.broadcast, world.service.clock.now(), CloseReason.TIME_OVER.value)
    await world.core.db.rooms.put(replace(row, state=RoomStatus.CLOSED, rev=row.rev + 1))
    assert DriftCase.ROOM_LEFT in await look(world)
    assert await world.core.live.room(room) is not None
    await look(world)
    assert await world.core.live.room(room) is None
    await world.core.jobs.backlog.write_all()
    assert (await open_stay(world, room, viewer.user)).reason is LeaveReason.CLOSED
    assert await look(world) == []


async def test_a_stay_of_somebody_who_is_not_in_the_room_ends(world: World) -> None:
    room, viewer = await watched(world)
    stay = await open_stay(world, room, viewer.user)
    await world.core.live.leave(room, viewer.user, None, None, LeaveReason.LEFT)
    await world.core.jobs.backlog.write_all()
    await world.core.db.stays.put([stay._replace(id=StayId("lost"), version=stay.version + 1)])
    assert await look(world) == [DriftCase.STAY_LEFT]
    await look(world)
    assert await look(world) == []
    stays = {one.id: one for one in await world.core.db.stays.newest_of(viewer.user, 5)}
    assert {id: one.reason for id, one in stays.items()} == {"lost": LeaveReason.LOST, stay.id: LeaveReason.LEFT}


async def test_a_stay_that_is_over_by_the_time_of_the_repair_is_left_as_it_is(world: World) -> None:
    room, viewer = await watched(world)
    stay = await open_stay(world, room, viewer.user)
    await world.core.live.leave(room, viewer.user, None, None, LeaveReason.LEFT)
    assert await look(world) == [DriftCase.STAY_LEFT], "the journal is not written yet"
    await world.core.jobs.backlog.write_all()
    assert await look(world, 2) == []
    assert (await open_stay(world, room, viewer.user)).reason is LeaveReason.LEFT
    assert +reconciliation(world).repairs == {}
    assert stay.left is None


async def test_a_member_without_a_stay_is_explained_and_left_alone(world: World) -> None:
    room, viewer = await watched(world)
    stay = await open_stay(world, room, viewer.user)
    now = world.service.clock.now()
    await world.core.db.stays.put([stay._replace(version=stay.version + 1, left=now, reason=LeaveReason.LOST)])
    assert await look(world, 3) == [DriftCase.STAY_MISSING]
    (known,) = await differences(world)
    assert (known.drift.room, known.drift.user, known.tries) == (room, viewer.user, 0)
    assert await world.core.live.member(room, viewer.user) is not None


async def test_another_seat_than_in_sql_is_shown_with_both(world: World) -> None:
    room, viewer = await watched(world)
    stay = await open_stay(world, room, viewer.user)
    await world.core.db.stays.put([stay._replace(version=stay.version + 1, seat=3)])
    assert await look(world) == [DriftCase.SEAT_WRONG]
    (known,) = await differences(world)
    assert known.drift.detail == "0 / 3"
