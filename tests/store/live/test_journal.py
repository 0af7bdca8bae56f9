"""The journal: what of the stays reaches the recovery store, and when."""

from contextlib import suppress

from liveroom.domain.errors import Unavailable
from liveroom.domain.ids import SessionId, UserId
from liveroom.domain.presence.members import LeaveReason, Role, Stay
from liveroom.domain.rooms.model import HostPolicy
from tests.store.live.world import World

BOB = UserId("bob")


async def only_stay(world: World) -> Stay:
    await world.save()
    (stay,) = world.recovery.of(BOB)
    return stay


async def test_a_stay_is_saved_with_all_that_attendance_keeps(world: World) -> None:
    await world.open_room()
    entered = await world.enter("bob", session="phone")
    (entry,) = await world.live.entries(BOB)
    (member,) = await world.members()
    assert await only_stay(world) == Stay(
        id=entry.id,  # type: ignore[arg-type]  # a stay bears the name of its first place
        tenant=entered.room.tenant,
        broadcast=entered.room.broadcast,
        room=entered.room.id,
        user=BOB,
        role=Role.AUDIENCE,
        name="name of bob",
        avatar="picture of bob",
        entered=member.joined,
        order=member.order,
        entries=((entry.session, entry.id),),
        version=entered.room.version,
    )


async def test_the_end_of_a_stay_is_saved_with_its_time_and_reason(world: World) -> None:
    await world.go_live()
    await world.enter("bob")
    began = await only_stay(world)
    world.clock.advance(60)
    await world.leave("bob", reason=LeaveReason.KICKED)
    ended = await only_stay(world)
    assert ended.id == began.id
    assert ended.version > began.version
    assert ended.reason is LeaveReason.KICKED
    assert ended.left is not None
    assert 60 <= (ended.left - began.entered).total_seconds() < 65


async def test_who_comes_back_to_a_place_that_the_index_still_names_begins_another_stay(world: World) -> None:
    await world.go_live()
    await world.enter("bob", session="phone")
    began = await only_stay(world)
    await world.live.leave(began.room, BOB, SessionId("phone"), None, LeaveReason.LEFT)
    await world.enter("bob", session="phone")
    await world.save()
    first, second = sorted(world.recovery.of(BOB), key=lambda stay: stay.order)
    assert (first.id, first.entries, second.left) == (began.id, (), None)
    assert first.left is not None
    assert second.id != first.id
    assert second.entries == began.entries, "the process died before it dropped the place"


async def test_a_changed_role_is_saved(world: World) -> None:
    await world.go_live(policy=HostPolicy.HOSTS)
    await world.enter("bob")
    await only_stay(world)
    await world.enter_as_anchor("bob")
    assert (await only_stay(world)).role is Role.ANCHOR


async def test_every_session_of_a_stay_is_saved_with_its_place(world: World) -> None:
    await world.go_live()
    await world.enter("bob", session="phone")
    await world.enter("bob", session="tablet")
    assert sorted(session for session, _ in (await only_stay(world)).entries) == ["phone", "tablet"]
    await world.leave("bob", session="phone")
    stay = await only_stay(world)
    assert [session for session, _ in stay.entries] == ["tablet"]
    assert stay.left is None


async def test_each_return_is_a_stay_of_its_own(world: World) -> None:
    await world.go_live()
    for _ in range(3):
        await world.enter("bob")
        await world.leave("bob")
    await world.save()
    stays = world.recovery.of(BOB)
    assert len(stays) == 3
    assert all(stay.left is not None for stay in stays)


async def test_what_the_ledger_refuses_is_saved_later(world: World) -> None:
    await world.go_live()
    await world.touch("bob")
    await world.save()
    world.recovery.down = True
    await world.enter("bob")
    with suppress(Unavailable):
        await world.save()
    assert world.recovery.of(BOB) == []
    await world.leave("bob")
    with suppress(Unavailable):
        await world.save()
    world.recovery.down = False
    world.clock.advance(3)
    assert (await only_stay(world)).reason is LeaveReason.LEFT


async def test_what_was_saved_is_not_saved_again(world: World) -> None:
    await world.go_live()
    await world.enter("bob")
    await world.save()
    saves = len(world.recovery.saves)
    assert await world.live.flush() == 0
    world.clock.advance(2)
    assert await world.live.flush() == 0
    assert len(world.recovery.saves) == saves


async def test_flushing_says_how_many_stays_it_wrote(world: World) -> None:
    await world.open_room("r1")
    await world.open_room("r2")
    await world.enter("bob", "r1")
    await world.enter("eve", "r2")
    assert await world.live.flush() == 2


async def test_an_enter_that_changes_nothing_is_not_journaled(world: World) -> None:
    await world.go_live()
    await world.enter("bob")
    await world.save()
    await world.enter("bob")
    assert await world.live.flush() == 0
