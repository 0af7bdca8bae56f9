"""Groups and accounts at Tencent IM follow rooms and users, after the commit and never in anybody's path."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.ids import ROOM_BUCKETS, RoomId, SessionId, UserId
from liveroom.domain.rooms.model import RoomChanges, RoomStatus
from liveroom.domain.tenants.model import Language
from liveroom.domain.vendors.model import Key, Matter, Vendor
from liveroom.ports import Tx
from liveroom.simulate.im_state import ImGroup
from liveroom.usecases.accounts.profiles import ProfileChanges
from tests.service import SDK_APP_ID, SDK_SECRET, serving, session_of
from tests.vendors.stage import Stage


async def test_a_room_that_opens_gets_a_group_whose_owner_has_an_account(stage: Stage) -> None:
    host = await stage.world.make_actor(name="小明", avatar="https://a.example/1.png")
    room = await stage.go_live(host, "周五晚上一起唱歌吧 🎤")
    assert stage.im.did == [], "the call has waited for nobody"
    await stage.drain()
    assert stage.im.commands() == ["account_import", "create_group"]
    assert stage.im.groups == {room: ImGroup("周五晚上一起唱歌吧", host.user)}
    assert stage.im.accounts == {host.user: ("小明", "https://a.example/1.png")}
    assert await stage.waiting() == 0


async def test_the_same_room_is_not_made_twice(stage: Stage) -> None:
    host = await stage.world.make_actor()
    await stage.go_live(host)
    await stage.drain()
    await stage.go_live(host)
    await stage.drain()
    assert stage.im.commands().count("create_group") == 1


async def test_a_new_title_names_the_group_and_other_changes_do_not(stage: Stage) -> None:
    host = await stage.world.make_actor()
    room = await stage.go_live(host)
    await stage.drain()
    await stage.core.services.rooms.update(host, room, RoomChanges(cover="https://a.example/2.png"))
    assert await stage.waiting() == 0
    await stage.rename(host, "")
    await stage.drain()
    assert stage.im.groups[room].name == "live", "a group cannot be without a name"
    assert stage.im.commands() == ["account_import", "create_group", "modify_group_base_info"]


async def test_a_room_that_closes_loses_its_group_and_is_forgotten(stage: Stage) -> None:
    host = await stage.world.make_actor()
    room = await stage.go_live(host)
    await stage.drain()
    await stage.close(host)
    await stage.drain()
    assert stage.im.groups == {}
    assert await stage.work(Matter.ROOM, room) is not None, "Tencent's guard has to be remembered"
    await stage.later(10)
    assert await stage.work(Matter.ROOM, room) is None


async def test_a_room_whose_time_is_over_loses_its_group_which_its_app_takes_for_the_end(stage: Stage) -> None:
    host = await stage.world.make_actor()
    room = RoomId(str(host.user))
    await stage.core.services.entering.enter(host, room, role="anchor", changes=RoomChanges(), kind="TIMER_ROOM")
    await stage.drain()
    assert list(stage.im.groups) == [room]
    stage.world.service.clock.advance(timedelta(hours=12))
    assert await stage.core.jobs.overdue_rooms.end() == 1
    await stage.drain()
    assert stage.im.groups == {}


async def test_a_group_that_the_app_has_made_is_taken_as_it_is_and_named(stage: Stage) -> None:
    host = await stage.world.make_actor()
    stage.im.make(str(host.user), "made by the app", str(host.user))
    room = await stage.go_live(host, "Karaoke")
    await stage.drain()
    assert stage.im.codes("create_group") == [10021]
    assert stage.im.groups[room] == ImGroup("Karaoke", host.user)
    assert await stage.waiting() == 0


async def test_a_group_that_the_app_has_ended_already_is_no_failure(stage: Stage) -> None:
    host = await stage.world.make_actor()
    room = await stage.go_live(host)
    await stage.drain()
    stage.im.dissolve(room)
    await stage.close(host)
    await stage.drain()
    assert (stage.im.codes("destroy_group"), await stage.core.db.vendor_work.failed(1)) == ([10010], [])


async def test_an_owner_whom_tencent_does_not_know_any_more_is_imported_again(stage: Stage) -> None:
    services = stage.core.services
    login = await services.guests.welcome(services.tenants.default, "192.0.2.1", "Guest", Language.EN)
    host = Actor(login.user.id, SessionId(session_of(login.token)), login.tenant)
    await stage.drain()
    stage.im.accounts.clear()
    room = await stage.go_live(host)
    await stage.drain()
    assert stage.im.codes("create_group") == [10019, 0]
    assert room in stage.im.groups


async def test_who_signs_up_and_in_gets_one_account_that_follows_the_profile(stage: Stage) -> None:
    account = await stage.world.service.register("ada")
    device = await account.sign_in(nickname="Ada")
    await stage.drain()
    assert stage.im.accounts == {device.user: ("Ada", "")}
    await account.sign_in()
    assert await stage.waiting() == 0, "at a second login there is nothing to do"
    actor = Actor(UserId(device.user), SessionId(session_of(device.token)), stage.core.services.tenants.default)
    await stage.core.services.profiles.update(actor, ProfileChanges(name="Ada L.", avatar="https://a.example/3.png"))
    await stage.drain()
    assert stage.im.accounts[device.user] == ("Ada L.", "https://a.example/3.png")
    assert stage.im.commands(device.user)[-1] == "portrait_set"


async def test_a_guest_gets_an_account_too(stage: Stage) -> None:
    services = stage.core.services
    login = await services.guests.welcome(services.tenants.default, "192.0.2.1", "Guest", Language.EN)
    await stage.drain()
    assert stage.im.accounts == {login.user.id: ("Guest", "")}


async def test_who_is_deleted_loses_account_and_group(stage: Stage) -> None:
    host = await stage.world.make_actor()
    await stage.go_live(host)
    await stage.drain()
    await stage.core.services.deletion.delete(host)
    await stage.drain()
    await stage.later(10)
    assert (stage.im.accounts, stage.im.groups) == ({}, {})
    assert await stage.work(Matter.ACCOUNT, host.user) is None


async def test_a_picture_that_is_too_long_for_tencent_is_left_out(stage: Stage) -> None:
    host = await stage.world.make_actor(name="n", avatar=f"https://a.example/{'x' * 500}")
    await stage.go_live(host)
    await stage.drain()
    assert stage.im.accounts == {host.user: ("n", "")}


async def test_an_audience_that_comes_and_goes_gives_no_work(stage: Stage) -> None:
    host, viewer = await stage.world.make_actor(), await stage.world.make_actor()
    room = await stage.go_live(host)
    await stage.drain()
    await stage.core.services.entering.enter(viewer, room, role="audience", changes=RoomChanges())
    await stage.core.services.departures.leave(viewer, room)
    assert await stage.waiting() == 0
    assert await stage.work(Matter.ACCOUNT, viewer.user) is None


async def test_with_no_vendor_nothing_is_written_at_all(tmp_path: Path) -> None:
    async with serving(tmp_path) as service:
        device = await service.sign_up()
        room = await device.go_live()
        await device.call("rooms/update_room", {"roomId": room, "title": "new"})
        await device.call("auth_users/user_delete")
        assert await service.core.db.vendor_work.waiting() == []
        assert await service.core.db.vendor_work.get(Key(Vendor.IM, Matter.ROOM, room)) is None
        assert await service.core.jobs.vendors.run() == 0


async def test_each_tenant_has_its_own_application_and_one_without_has_none(stage: Stage) -> None:
    shop = await stage.world.service.make_tenant("shop", sdk_app_id=SDK_APP_ID + 500, sdk_secret=SDK_SECRET[::-1])
    bare = await stage.world.service.make_tenant("bare", sdk_app_id=0, sdk_secret="")
    stage.im.secrets[shop.sdk_app_id] = shop.sdk_secret
    for tenant in (shop, bare):
        await stage.go_live(await stage.world.make_actor(tenant))
    await stage.drain()
    assert [room.partition("-")[0] for room in stage.im.groups] == ["shop"]


async def test_a_tenant_that_moves_to_another_application_has_its_groups_made_there(stage: Stage) -> None:
    shop = await stage.world.service.make_tenant("shop")
    stage.im.secrets[shop.sdk_app_id] = shop.sdk_secret
    host = await stage.world.make_actor(shop)
    room = await stage.go_live(host)
    await stage.drain()
    moved = await stage.world.service.make_tenant("shop", sdk_app_id=SDK_APP_ID + 900)
    stage.im.secrets = {moved.sdk_app_id: moved.sdk_secret}
    stage.im.groups.clear()
    await all_reviewed(stage)
    await stage.drain()
    assert list(stage.im.groups) == [room]


async def test_groups_that_nobody_asked_for_are_found_by_the_review(stage: Stage) -> None:
    host, gone = await stage.world.make_actor(), await stage.world.make_actor()
    open_room, closed_room = await stage.go_live(host), await stage.go_live(gone)
    await stage.drain()
    stage.im.groups.pop(open_room)
    await forget(stage, open_room)
    await close_as_an_older_release_does(stage, closed_room)
    await all_reviewed(stage)
    await stage.drain()
    assert list(stage.im.groups) == [open_room]
    await stage.later(10)
    await all_reviewed(stage)
    assert await stage.waiting() == 0, "what is right is left alone"


async def test_what_failed_is_tried_again_after_an_hour(stage: Stage) -> None:
    host = await stage.world.make_actor()
    stage.im.endpoint.refuse("create_group", 10036)
    room = await stage.go_live(host)
    await stage.drain()
    stage.im.endpoint.faults.clear()
    await all_reviewed(stage)
    assert await stage.drain() == 0
    stage.world.pass_by(3601)
    await all_reviewed(stage)
    await stage.drain()
    assert (list(stage.im.groups), await stage.core.db.vendor_work.failed(1)) == ([room], [])


async def test_switching_im_on_makes_the_groups_of_the_rooms_that_are_live(tmp_path: Path, stage: Stage) -> None:
    stage.world.core.services.tenants.default = replace(stage.core.services.tenants.default, sdk_secret="")
    host, gone = await stage.world.make_actor(), await stage.world.make_actor()
    room = await stage.go_live(host)
    await stage.go_live(gone)
    await stage.close(gone)
    assert await stage.waiting() == 0
    stage.world.core.services.tenants.default = replace(stage.core.services.tenants.default, sdk_secret=SDK_SECRET)
    await all_reviewed(stage)
    await stage.drain()
    assert list(stage.im.groups) == [room]


async def test_of_two_processes_one_reviews_at_a_time(stage: Stage) -> None:
    host = await stage.world.make_actor()
    await forget(stage, await stage.go_live(host))
    async with stage.world.neighbour() as other:
        found = [await core.jobs.vendor_review.run(HOUR, ROOM_BUCKETS) for core in (stage.core, other)]
    assert found == [1, 0]


HOUR = timedelta(hours=1)


async def all_reviewed(stage: Stage) -> None:
    """Let the review come round all buckets."""
    await stage.core.jobs.vendor_review.run(HOUR, ROOM_BUCKETS)


async def forget(stage: Stage, room: RoomId) -> None:
    """Take away what is known of a room's group."""
    queue, now = stage.core.db.vendor_work, stage.world.service.clock.now()
    await queue.want(Key(Vendor.IM, Matter.ROOM, room), stage.core.services.tenants.default.name, now)
    for work in await queue.claim("im:", "test", now, now + HOUR, 100):
        if work.key.subject == room:
            await queue.drop(work, "test")


async def close_as_an_older_release_does(stage: Stage, id: RoomId) -> None:
    """Close a room in SQL, without a word about vendors."""

    async def work(tx: Tx) -> None:
        room = await tx.rooms.lock(id)
        assert room is not None
        await tx.rooms.put(replace(room, state=RoomStatus.CLOSED, rev=room.rev + 1))

    await stage.core.db.transact(work)
