"""Media rooms at TRTC and LiveKit: closed with their room, and emptied of who was evicted."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from liveroom.domain.accounts.sessions import Actor, Session
from liveroom.domain.ids import RoomId, SessionId, TenantName, UserId, new_id
from liveroom.domain.rooms.model import RoomChanges
from liveroom.domain.tenants.model import RtcKind
from liveroom.domain.vendors.model import Key, Matter, Vendor
from liveroom.simulate.endpoint import Mood
from tests.service import SDK_APP_ID
from tests.vendors.stage import MediaStage, with_media


@pytest.fixture
async def trtc(tmp_path: Path) -> AsyncIterator[MediaStage]:
    """Yield a service whose media goes through TRTC."""
    async with with_media(tmp_path, "trtc") as stage:
        yield stage


@pytest.fixture
async def livekit(tmp_path: Path) -> AsyncIterator[MediaStage]:
    """Yield a service whose media goes through LiveKit."""
    async with with_media(tmp_path, "livekit") as stage:
        yield stage


def asked(stage: MediaStage) -> list[tuple[str, Any]]:
    return [(call.action, dict(call.parameters)) for call in stage.cloud.calls]


async def watched(stage: MediaStage, viewer: Actor) -> RoomId:
    """Return the room of a host whom the viewer watches."""
    room = await stage.world.go_live(await stage.world.make_actor(viewer.tenant))
    await stage.world.core.services.entering.enter(viewer, room, role="audience", changes=RoomChanges())
    await stage.world.core.jobs.backlog.write_all()
    return room


async def ban(stage: MediaStage, user: UserId) -> None:
    now = stage.service.clock.now()
    await stage.world.core.moderation.ban(user, now + timedelta(days=1), "rude")


async def signed_in_again(stage: MediaStage, actor: Actor) -> Actor:
    now = stage.service.clock.now()
    session = SessionId(new_id(now))
    await stage.world.core.db.sessions.add(Session(session, actor.user, actor.tenant.name, now))
    return actor._replace(session=session)


async def test_a_room_that_closes_is_dismissed_at_trtc_by_its_number(trtc: MediaStage) -> None:
    host = await trtc.world.make_actor()
    room = await trtc.world.go_live(host)
    await trtc.drain()
    assert asked(trtc) == [], "TRTC makes rooms by itself"
    await trtc.world.core.services.rooms.destroy(host, room)
    await trtc.drain()
    assert asked(trtc) == [("DismissRoom", {"SdkAppId": SDK_APP_ID, "RoomId": int(room)})]
    assert trtc.cloud.calls[0].region == "ap-guangzhou"
    await trtc.drain(3600)
    assert len(trtc.cloud.calls) == 1


async def test_a_room_that_is_named_by_a_text_is_dismissed_by_it(trtc: MediaStage) -> None:
    shop = await trtc.service.make_tenant("shop", rtc=RtcKind.TRTC)
    host = await trtc.world.make_actor(shop)
    room = await trtc.world.go_live(host)
    await trtc.world.core.services.rooms.destroy(host, room)
    await trtc.drain()
    assert asked(trtc) == [("DismissRoomByStrRoomId", {"SdkAppId": shop.sdk_app_id, "RoomId": str(room)})]


async def test_a_room_that_is_live_again_is_not_dismissed_late(trtc: MediaStage) -> None:
    host = await trtc.world.make_actor()
    room = await trtc.world.go_live(host)
    trtc.cloud.endpoint.mood = Mood.DOWN
    await trtc.world.core.services.rooms.destroy(host, room)
    await trtc.drain()
    await trtc.world.go_live(host)
    trtc.cloud.endpoint.mood = Mood.WELL
    await trtc.drain(70)
    assert asked(trtc) == []
    assert await trtc.world.core.db.vendor_work.waiting() == []


@pytest.mark.parametrize("code", ["FailedOperation.RoomNotExist", "FailedOperation.UserNotExist"])
async def test_a_media_room_that_nobody_was_in_is_no_failure(trtc: MediaStage, code: str) -> None:
    trtc.cloud.endpoint.refuse("DismissRoom", code)
    host = await trtc.world.make_actor()
    await trtc.world.core.services.rooms.destroy(host, await trtc.world.go_live(host))
    await trtc.drain()
    assert await trtc.world.core.db.vendor_work.failed(1) == []
    assert await trtc.world.core.db.vendor_work.waiting() == []


async def test_who_is_banned_is_taken_out_of_the_media_room_they_are_in(trtc: MediaStage) -> None:
    viewer = await trtc.world.make_actor()
    room = await watched(trtc, viewer)
    await ban(trtc, viewer.user)
    await trtc.drain()
    removed = ("RemoveUser", {"SdkAppId": SDK_APP_ID, "RoomId": int(room), "UserIds": [viewer.user]})
    assert asked(trtc) == [removed]
    await trtc.drain(6)
    assert asked(trtc) == [removed] * 2, "once more when all that had begun is written"
    await trtc.drain(60)
    assert len(trtc.cloud.calls) == 2
    assert await trtc.world.core.db.vendor_work.get(Key(Vendor.TRTC, Matter.REMOVAL, viewer.user)) is None


async def test_who_came_in_a_moment_before_the_ban_is_found_at_the_second_look(trtc: MediaStage) -> None:
    viewer = await trtc.world.make_actor()
    room = await trtc.world.go_live(await trtc.world.make_actor())
    await trtc.world.core.services.entering.enter(viewer, room, role="audience", changes=RoomChanges())
    await ban(trtc, viewer.user)
    await trtc.drain()
    await trtc.world.core.jobs.backlog.write_all()
    await trtc.drain(6)
    assert [action for action, _ in asked(trtc)][-1:] == ["RemoveUser"]


async def test_who_was_pardoned_and_came_again_is_left_alone(trtc: MediaStage) -> None:
    viewer = await trtc.world.make_actor()
    room = await watched(trtc, viewer)
    trtc.cloud.endpoint.mood = Mood.DOWN
    await ban(trtc, viewer.user)
    await trtc.world.core.services.departures.leave(viewer, room)
    await trtc.drain()
    trtc.world.pass_by(10)
    await trtc.world.core.moderation.unban(viewer.user)
    back = await signed_in_again(trtc, viewer)
    await trtc.world.core.services.entering.enter(back, room, role="audience", changes=RoomChanges())
    await trtc.world.core.jobs.backlog.write_all()
    trtc.cloud.endpoint.mood = Mood.WELL
    await trtc.drain(70)
    assert asked(trtc) == []


async def kick(stage: MediaStage, room: RoomId, user: UserId) -> bool:
    return await stage.world.core.services.looking_up.operator_kicks.kick(TenantName(""), room, user)


async def test_who_is_kicked_is_taken_out_of_that_media_room_only(trtc: MediaStage) -> None:
    viewer = await trtc.world.make_actor()
    tablet = await signed_in_again(trtc, viewer)
    room, other = await watched(trtc, viewer), await watched(trtc, tablet)
    assert await kick(trtc, room, viewer.user)
    await trtc.drain()
    removed = ("RemoveUser", {"SdkAppId": SDK_APP_ID, "RoomId": int(room), "UserIds": [viewer.user]})
    assert asked(trtc) == [removed]
    await trtc.drain(6)
    await trtc.drain(60)
    assert asked(trtc) == [removed] * 2, "once more when all that had begun is written"
    assert str(other) not in str(asked(trtc))
    assert await trtc.world.core.db.vendor_work.waiting() == []


async def test_who_was_kicked_and_came_again_is_left_alone(trtc: MediaStage) -> None:
    viewer = await trtc.world.make_actor()
    room = await watched(trtc, viewer)
    trtc.cloud.endpoint.mood = Mood.DOWN
    await kick(trtc, room, viewer.user)
    await trtc.drain()
    trtc.world.pass_by(10)
    await trtc.world.core.services.entering.enter(viewer, room, role="audience", changes=RoomChanges())
    await trtc.world.core.jobs.backlog.write_all()
    trtc.cloud.endpoint.mood = Mood.WELL
    await trtc.drain(70)
    assert asked(trtc) == []


async def test_a_kick_waits_for_no_vendor_and_is_done_when_there_is_one_again(livekit: MediaStage) -> None:
    viewer = await livekit.world.make_actor()
    room = await watched(livekit, viewer)
    livekit.livekit.rooms = {room: {viewer.user, "another"}}
    livekit.livekit.endpoint.mood = Mood.DOWN
    assert await kick(livekit, room, viewer.user)
    await livekit.drain()
    assert livekit.livekit.rooms == {room: {viewer.user, "another"}}
    livekit.livekit.endpoint.mood = Mood.WELL
    await livekit.drain(15)
    assert livekit.livekit.rooms == {room: {"another"}}


async def test_who_is_deleted_leaves_the_media_room_and_their_own_is_closed(livekit: MediaStage) -> None:
    viewer = await livekit.world.make_actor()
    own = await livekit.world.go_live(viewer)
    room = await watched(livekit, viewer)
    livekit.livekit.rooms = {room: {viewer.user, "another"}, own: {viewer.user}}
    await livekit.world.core.services.deletion.delete(viewer)
    await livekit.drain()
    assert livekit.livekit.rooms == {room: {"another"}}


async def test_a_livekit_that_knows_neither_room_nor_user_is_no_failure(livekit: MediaStage) -> None:
    viewer = await livekit.world.make_actor()
    await livekit.world.go_live(viewer)
    await watched(livekit, viewer)
    await livekit.world.core.services.deletion.delete(viewer)
    await livekit.drain(6)
    await livekit.drain(60)
    assert await livekit.world.core.db.vendor_work.waiting() == []
    assert await livekit.world.core.db.vendor_work.failed(1) == []


async def test_each_tenants_own_media_provider_is_called(livekit: MediaStage) -> None:
    shop = await livekit.service.make_tenant("shop", rtc=RtcKind.TRTC)
    mesh = await livekit.service.make_tenant("mesh", rtc=RtcKind.MESH)
    for tenant in (shop, mesh):
        host = await livekit.world.make_actor(tenant)
        await livekit.world.core.services.rooms.destroy(host, await livekit.world.go_live(host))
    await livekit.drain()
    assert [action for action, _ in asked(livekit)] == ["DismissRoomByStrRoomId"]
    assert livekit.livekit.endpoint.asked == 0


async def test_without_keys_of_the_cloud_trtc_is_not_called(tmp_path: Path) -> None:
    async with with_media(tmp_path, "trtc", tencent_secret_id="", tencent_secret_key=None) as stage:
        host = await stage.world.make_actor()
        await stage.world.core.services.rooms.destroy(host, await stage.world.go_live(host))
        assert await stage.world.core.db.vendor_work.waiting() == []
