"""A room that is open for a month, through the restart of everything and the loss of what is live."""

from datetime import timedelta

from tests.stories.agreement import assert_agreement
from tests.stories.world import Phone, World

STEP = timedelta(hours=6)


async def month(world: World, host: Phone, days: int) -> None:
    """Let days pass: the host's app keeps alive, and signs in again each day, as apps do at their start."""
    for _ in range(days):
        await world.wind(timedelta(days=1), alive=[host], step=STEP)
        host.token = (await host.call("auth_users/user_login_token"))["token"]
        await world.core.jobs.purge.run()


async def test_a_room_open_for_a_month_survives_the_restart_of_everything_and_the_loss_of_what_is_live(
    world: World,
) -> None:
    host = await world.register("anchor")
    room = await host.go_live(category="voiceRoom", title="always on")
    opened = (await host.detail(room))["createUtc"]
    early = await world.crowd(8, "early")
    for viewer in early:
        await viewer.enter(room)
    for viewer in early[:3]:
        await viewer.leave(room)
    await month(world, host, 15)
    assert (await host.detail(room))["totalJoined"] == 9
    assert await host.members(room) == [host.user]

    await world.stop()
    world.crash()
    await world.start()
    late = await world.crowd(4, "late")
    for viewer in late:
        await viewer.enter(room)
    await early[0].enter(room)
    await world.lose_live()
    here = [host, *late, early[0]]
    listed = (await host.listed(category="voiceRoom"))[room]
    assert (listed["nnUsers"], listed["totalJoined"], listed["createUtc"]) == (6, 13, opened)
    await world.wind(200, alive=here)
    assert await host.members(room) == [phone.user for phone in here]
    await assert_agreement(world.core)

    await month(world, host, 15)
    assert await world.audit() == 0
    listed = (await host.listed())[room]
    assert (listed["title"], listed["ownBy"], listed["status"]) == ("always on", host.user, 0)
    assert (listed["nnUsers"], listed["totalJoined"], listed["createUtc"]) == (1, 13, opened)
    assert [reason for user, reason in (await world.stays(room)) if user == host.user] == [""]
    await assert_agreement(world.core)


async def test_who_is_silent_is_not_thrown_out_by_the_loss_of_what_is_live(world: World) -> None:
    """An Android anchor and its silent viewer, whom no keepalive vouches for: they are nobody's loss to punish."""
    host, viewer = await world.register("anchor"), await world.register("viewer")
    room = await host.go_live()
    await viewer.enter(room)
    await world.lose_live()
    await world.wind(timedelta(minutes=20))
    await assert_agreement(world.core)
    other = await world.register("other")
    assert await other.members(room) == [host.user, viewer.user]
    assert (await other.listed())[room]["nnUsers"] == 2
