"""The evening: somebody goes live, fifty watch, and the host's phone dies."""

import pytest

from liveroom.domain.ids import UserId
from tests.stories.agreement import assert_agreement
from tests.stories.world import Phone, World

VIEWERS = 50


async def enter_all(viewers: list[Phone], room: str) -> None:
    """Let viewers enter one after the other, and see each counted once."""
    for present, viewer in enumerate(viewers, 2):
        entered = await viewer.enter(room)
        assert (entered["role"], entered["nnUsers"], entered["totalJoined"]) == ("audience", present, present)


@pytest.mark.parametrize("over_http", [False, True], ids=["dispatcher", "http"])
async def test_an_evening_from_the_register_form_to_the_crash_of_the_host(any_world: World, over_http: bool) -> None:
    world = any_world
    world.over_http = over_http
    host = await world.register("anchor")
    viewers = await world.crowd(VIEWERS)
    watcher = viewers[0]
    room = await host.go_live(title="今晚 😀", category="mlvb-show-live")
    await host.call("rooms/update_room", roomId=room, cover="https://example.org/cover.jpg")
    await host.keepalive()

    found = (await watcher.listed(category="mlvb-show-live"))[room]
    assert (found["title"], found["ownBy"], found["nnUsers"], found["totalJoined"]) == ("今晚 😀", host.user, 1, 1)
    assert await watcher.listed(category="another") == {}

    await enter_all(viewers, room)
    assert await watcher.members(room) == [host.user, *(viewer.user for viewer in viewers)]
    await viewers[0].enter(room)
    leavers, stayers = viewers[:20], viewers[20:]
    for viewer in leavers:
        await viewer.leave(room)
        await viewer.leave(room)
    await world.run_jobs()
    listed = (await watcher.listed())[room]
    assert (listed["nnUsers"], listed["totalJoined"]) == (31, 51)
    assert await watcher.members(room) == [host.user, *(viewer.user for viewer in stayers)]
    await leavers[0].enter(room)
    again = await watcher.detail(room)
    assert (again["nnUsers"], again["totalJoined"]) == (32, 51)
    await assert_agreement(world.core)

    await crash_of_the_host(world, host, room, watchers=[leavers[0], *stayers])


async def crash_of_the_host(world: World, host: Phone, room: str, watchers: list[Phone]) -> None:
    """From the last keepalive on: hidden when the lease ends, closed after the grace, everybody out, all counted."""
    watcher = watchers[0]
    await world.wind(80, alive=watchers)
    assert room in await watcher.listed()
    await world.wind(20, alive=watchers)
    assert room not in await watcher.listed()
    hidden = await watcher.detail(room)
    assert (hidden["status"], hidden["nnUsers"], hidden["totalJoined"]) == (1, 31, 51)
    assert (host.user, "lost") in await world.stays(room)

    await world.wind(70, alive=watchers)
    assert (await watcher.reply("rooms/room_detail", roomId=room))["errorCode"] == 2004
    assert (await watcher.reply("rooms/list_users", roomId=room))["errorCode"] == 2004
    assert await watcher.listed() == {}
    assert all(one["online"] and not one["roomId"] for one in await watcher.presence(*watchers))
    ends = [reason for _, reason in await world.stays(room)]
    assert {reason: ends.count(reason) for reason in ends} == {"left": 20, "lost": 1, "closed": 31}
    await watcher.leave(room)
    await assert_agreement(world.core)


async def test_the_owner_back_within_the_grace_restores_the_room(world: World) -> None:
    host, viewer = await world.register("anchor"), await world.register("viewer")
    room = await host.go_live()
    await host.keepalive()
    await viewer.enter(room)
    opened = (await viewer.detail(room))["createUtc"]
    await world.wind(100, alive=[viewer])
    assert room not in await viewer.listed()

    await world.wind(30, alive=[viewer])
    back = await host.go_live()
    assert (back, (await viewer.detail(room))["createUtc"]) == (room, opened)
    assert (await viewer.listed())[room]["status"] == 0
    await world.wind(120, alive=[viewer, host])
    listed = (await viewer.listed())[room]
    assert (listed["nnUsers"], listed["totalJoined"]) == (2, 2)
    await assert_agreement(world.core)


async def test_an_owner_who_leaves_is_an_owners_drop(world: World) -> None:
    host, viewer = await world.register("anchor"), await world.register("viewer")
    room = await host.go_live()
    await viewer.enter(room)
    await host.leave(room)
    assert room not in await viewer.listed()
    await world.wind(70, alive=[viewer])
    assert (await viewer.reply("rooms/room_detail", roomId=room))["errorCode"] == 2004
    assert await world.stays(room) == [(host.user, "left"), (viewer.user, "closed")]
    await assert_agreement(world.core)


@pytest.mark.parametrize("category", ["ktv", "chorus"])
async def test_a_room_of_policy_hosts_stays_while_an_anchor_is_there_and_the_anchor_inherits(
    world: World, category: str
) -> None:
    host, singer, viewer = [await world.register(name) for name in ("host", "singer", "viewer")]
    room = await host.go_live(category=category)
    assert (await singer.enter(room, "anchor"))["role"] == "anchor"
    await viewer.enter(room)
    await host.leave(room)
    await world.wind(100, alive=[singer, viewer])
    assert (await viewer.listed())[room]["ownBy"] == host.user

    await singer.leave(room)
    assert room not in await viewer.listed()
    await world.wind(70, alive=[viewer])
    assert (await viewer.reply("rooms/room_detail", roomId=room))["errorCode"] == 2004
    await assert_agreement(world.core)


async def test_an_anchor_inherits_for_the_running_broadcast_only(world: World) -> None:
    """Policy owner: an admin is anchor beside the owner, who goes; next time the room is its holder's again."""
    host, second, viewer = [await world.register(name) for name in ("host", "second", "viewer")]
    await world.core.moderation.name_admin(UserId(second.user), admin=True)
    room = await host.go_live()
    assert (await second.enter(room, "anchor"))["role"] == "anchor"
    await viewer.enter(room)
    await host.leave(room)
    assert room not in await viewer.listed()
    await world.wind(70, alive=[second, viewer])
    listed = (await viewer.listed())[room]
    assert (listed["ownBy"], listed["nnUsers"], listed["totalJoined"]) == (second.user, 2, 3)
    assert (await second.call("rooms/update_room", roomId=room, title="mine now"))["ownBy"] == second.user
    await assert_agreement(world.core)

    await second.call("rooms/destroy_room", roomId=room)
    assert await host.go_live() == room
    again = await viewer.detail(room)
    assert (again["ownBy"], again["title"], again["nnUsers"], again["totalJoined"]) == (host.user, "", 1, 1)
    await assert_agreement(world.core)
