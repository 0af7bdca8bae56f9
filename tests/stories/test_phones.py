"""What phones really do: fall silent, come twice, lose calls, and send them in the wrong order."""

from datetime import timedelta

from liveroom.domain.ids import UserId
from tests.stories.agreement import assert_agreement
from tests.stories.world import World

MINUTES = timedelta(minutes=10)


async def test_an_android_anchor_after_logout_and_login_stays_live_for_an_hour_without_a_call(world: World) -> None:
    first = await world.register("anchor")
    viewer = await world.register("viewer")
    await first.keepalive()
    await first.call("auth_users/user_logout")
    anchor = await world.sign_in("anchor")
    room = await anchor.go_live()
    await viewer.enter(room)

    await world.wind(timedelta(hours=1), alive=[viewer], step=timedelta(seconds=60))
    listed = (await viewer.listed())[room]
    assert (listed["status"], listed["nnUsers"]) == (0, 2)
    assert await viewer.members(room) == [anchor.user, viewer.user]

    await world.wind(timedelta(hours=2, minutes=50), alive=[viewer], step=MINUTES)
    assert room in await viewer.listed()
    await world.wind(timedelta(minutes=20), alive=[viewer], step=MINUTES)
    assert room not in await viewer.listed()
    assert (anchor.user, "lost") in await world.stays(room)
    await assert_agreement(world.core)


async def test_two_devices_of_one_user_are_one_member(world: World) -> None:
    host, phone = await world.register("anchor"), await world.register("viewer")
    tablet = await world.sign_in("viewer")
    assert (tablet.user, tablet.token == phone.token) == (phone.user, False)
    room = await host.go_live()
    await phone.enter(room)
    entered = await tablet.enter(room)
    assert (entered["nnUsers"], entered["totalJoined"]) == (2, 2)
    assert await host.members(room) == [host.user, phone.user]
    await assert_agreement(world.core)

    await phone.leave(room)
    assert await host.members(room) == [host.user, phone.user]
    await assert_agreement(world.core)
    await tablet.leave(room)
    assert await host.members(room) == [host.user]
    assert (await world.stays(room))[1:] == [(phone.user, "left")]
    await assert_agreement(world.core)


async def test_of_two_devices_the_one_that_dies_does_not_take_the_other_with_it(world: World) -> None:
    host, phone = await world.register("anchor"), await world.register("viewer")
    tablet = await world.sign_in("viewer")
    room = await host.go_live()
    for device in (phone, tablet):
        await device.enter(room)
        await device.keepalive()
    await world.wind(120, alive=[host, tablet])
    assert await host.members(room) == [host.user, phone.user]
    await assert_agreement(world.core)
    await world.wind(120, alive=[host])
    assert await host.members(room) == [host.user]
    assert (await world.stays(room))[1:] == [(phone.user, "lost")]
    await assert_agreement(world.core)


async def test_a_lost_leave_ends_with_the_next_enter(world: World) -> None:
    hosts = [await world.register(name) for name in ("first", "second")]
    viewer = await world.register("viewer")
    first, second = [await host.go_live() for host in hosts]
    await viewer.enter(first)
    await viewer.enter(second)
    assert await hosts[0].members(first) == [hosts[0].user]
    assert (await world.stays(first))[1:] == [(viewer.user, "elsewhere")]
    assert (await hosts[0].presence(viewer))[0]["roomId"] == second
    await assert_agreement(world.core)

    await viewer.leave(first)
    assert await hosts[1].members(second) == [hosts[1].user, viewer.user]
    await assert_agreement(world.core)


async def test_a_lost_leave_of_an_app_that_goes_on_ends_after_six_hours(world: World) -> None:
    host, viewer = await world.register("anchor"), await world.register("viewer")
    room = await host.go_live()
    await viewer.enter(room)
    everybody = [host, viewer]
    await world.wind(timedelta(hours=5, minutes=50), alive=everybody, step=MINUTES)
    assert await host.members(room) == [host.user, viewer.user]
    await world.wind(timedelta(minutes=20), alive=everybody, step=MINUTES)
    assert await host.members(room) == [host.user]
    assert (await host.presence(viewer))[0]["online"]
    assert await world.stays(room) == [(host.user, ""), (viewer.user, "lost")]
    await assert_agreement(world.core)


async def test_a_place_as_host_survives_entering_elsewhere(world: World) -> None:
    singer, other = await world.register("singer"), await world.register("other")
    stage, room = await singer.go_live(), await other.go_live()
    await singer.enter(room)
    assert await other.members(stage) == [singer.user]
    assert await other.members(room) == [other.user, singer.user]
    await assert_agreement(world.core)


async def test_a_leave_that_overtakes_its_enter_changes_nothing(world: World) -> None:
    hosts = [await world.register(name) for name in ("first", "second")]
    viewer = await world.register("viewer")
    first, second = [await host.go_live() for host in hosts]
    await viewer.leave(second)
    await viewer.enter(second)
    await viewer.leave(first)
    await viewer.leave("1234567")
    assert await hosts[1].members(second) == [hosts[1].user, viewer.user]
    await viewer.enter(first)
    await viewer.leave(second)
    assert await hosts[0].members(first) == [hosts[0].user, viewer.user]
    assert (await world.stays(second))[1:] == [(viewer.user, "elsewhere")]
    await assert_agreement(world.core)


async def test_the_same_enter_twice_is_one_stay(world: World) -> None:
    host, viewer = await world.register("anchor"), await world.register("viewer")
    room = await host.go_live()
    for _ in range(3):
        entered = await viewer.enter(room)
        assert (entered["nnUsers"], entered["totalJoined"]) == (2, 2)
    assert await host.go_live() == room
    await world.run_jobs()
    assert await world.stays(room) == [(host.user, ""), (viewer.user, "")]
    await assert_agreement(world.core)


async def test_a_session_that_sends_keepalives_dies_ninety_seconds_after_the_last(world: World) -> None:
    host, viewer, silent = [await world.register(name) for name in ("anchor", "viewer", "silent")]
    room = await host.go_live()
    await viewer.enter(room)
    await silent.enter(room)
    await viewer.keepalive()
    await world.wind(85, alive=[host])
    assert await host.members(room) == [host.user, viewer.user, silent.user]
    await world.wind(10, alive=[host])
    assert await host.members(room) == [host.user, silent.user]
    assert await world.stays(room) == [(host.user, ""), (viewer.user, "lost"), (silent.user, "")]
    assert [one["online"] for one in await host.presence(viewer, silent)] == [False, True]
    await assert_agreement(world.core)

    await viewer.keepalive()
    assert [one["online"] for one in await host.presence(viewer)] == [True]
    await viewer.enter(room)
    assert (await host.detail(room))["totalJoined"] == 3
    await assert_agreement(world.core)


async def test_a_returning_anchor_opens_a_fresh_broadcast(world: World) -> None:
    host, viewer = await world.register("anchor"), await world.register("viewer")
    room = await host.go_live(title="the first")
    await host.call("rooms/update_room", roomId=room, cover="https://example.org/old.jpg")
    await viewer.enter(room)
    before = await viewer.detail(room)
    await host.call("rooms/destroy_room", roomId=room)
    await host.call("rooms/destroy_room", roomId=room)
    world.clock.advance(timedelta(hours=1))
    assert await host.go_live() == room
    after = await viewer.detail(room)
    assert (after["title"], after["cover"], after["nnUsers"], after["totalJoined"]) == ("", "", 1, 1)
    assert after["createUtc"] > before["createUtc"]
    assert await world.stays(room) == [(host.user, "closed"), (viewer.user, "closed"), (host.user, "")]
    await assert_agreement(world.core)


async def test_a_member_whose_index_was_lost_is_named_again_while_the_session_lives(world: World) -> None:
    """A leave that a new enter overtakes can drop the index entry of the new stay."""
    host, viewer, ghost = [await world.register(name) for name in ("anchor", "viewer", "ghost")]
    room = await host.go_live()
    for phone in (viewer, ghost):
        await phone.enter(room)
        await phone.keepalive()
    await world.wind(80, alive=[host, viewer])
    for phone in (host, viewer, ghost):
        await world.core.live.drop_entries(await world.core.live.entries(UserId(phone.user)))
    await world.wind(40, alive=[host, viewer])
    assert await world.audit() == 3
    assert await host.members(room) == [host.user, viewer.user]
    assert await world.audit() == 0
    await assert_agreement(world.core)
