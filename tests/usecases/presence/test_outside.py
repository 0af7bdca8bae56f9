"""What vendors tell, taken up: whose words count, how old they may be, and who stays because of them."""

from datetime import timedelta

import pytest

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import LiveUnavailable, PermissionDenied
from liveroom.domain.events.model import Socket
from liveroom.domain.ids import DEFAULT_TENANT, RoomId, UserId
from liveroom.domain.presence.outside import GroupDestroyed, MediaEnded, OutsideReport, OutsideSource, Sighting
from liveroom.domain.rooms.model import RoomChanges
from tests.service import SDK_APP_ID
from tests.usecases.conftest import World

TRTC = OutsideSource.TRTC


def sighting(world: World, user: UserId, room: RoomId | None, *, here: bool = True, ago: float = 0) -> Sighting:
    at = world.service.clock.now() - timedelta(seconds=ago)
    return Sighting(user, TRTC, room, "", at, here)


async def tell(world: World, *words: Sighting, app: int | None = SDK_APP_ID) -> None:
    await world.core.outside.receive(OutsideReport(app, words))


async def seen(world: World, user: UserId) -> list[bool]:
    return [source.alive for source in await world.core.live.sources(user) if not source.session]


async def audience(world: World, room: RoomId) -> Actor:
    viewer = await world.make_actor()
    await world.core.services.entering.enter(viewer, room, role="audience", changes=RoomChanges())
    return viewer


async def is_in(world: World, room: RoomId, user: UserId) -> bool:
    return await world.core.live.member(room, user) is not None


@pytest.mark.parametrize("app", [0, SDK_APP_ID + 1])
async def test_an_application_of_nobody_s_is_not_believed(world: World, app: int) -> None:
    user = (await world.make_user()).id
    with pytest.raises(PermissionDenied):
        await tell(world, sighting(world, user, None), app=app)
    assert await seen(world, user) == []


async def test_a_deleted_user_is_not_seen(world: World) -> None:
    user = (await world.make_user()).id
    await world.core.moderation.delete(user)
    await tell(world, sighting(world, user, None))
    assert await seen(world, user) == []


async def test_an_old_start_says_nothing_and_an_old_end_does(world: World) -> None:
    user = (await world.make_user()).id
    await tell(world, sighting(world, user, RoomId("r1"), ago=601))
    assert await seen(world, user) == []
    await tell(world, sighting(world, user, RoomId("r1"), ago=599))
    assert await seen(world, user) == [True]
    world.pass_by(900)
    await tell(world, sighting(world, user, RoomId("r1"), here=False, ago=700))
    world.pass_by(21)
    assert await seen(world, user) == [False]


async def test_a_report_about_more_users_than_one_statement_takes_is_taken_up(world: World) -> None:
    users = [(await world.make_user()).id for _ in range(120)]
    await tell(world, *(sighting(world, user, None) for user in users))
    assert [await seen(world, user) for user in users] == [[True]] * 120


async def test_a_live_store_that_is_down_is_said(world: World) -> None:
    user = (await world.make_user()).id
    world.live.down = True
    with pytest.raises(LiveUnavailable):
        await tell(world, sighting(world, user, None))


async def test_who_is_seen_in_the_media_stays_when_the_socket_is_gone_and_not_longer(world: World) -> None:
    room = await world.go_live(await world.make_actor())
    viewer = await audience(world, room)
    socket = Socket("client", viewer.user, viewer.session)
    live, jobs = world.core.live, world.core.jobs
    await live.channels.join(room, DEFAULT_TENANT, socket)
    await tell(world, sighting(world, viewer.user, room))
    await live.channels.part(room, socket)
    for _ in range(6):
        world.pass_by(10)
        await jobs.expiry.end_expired()
        assert await jobs.expiry.end_deserted() == 0
    assert await is_in(world, room, viewer.user)
    await tell(world, sighting(world, viewer.user, room, here=False))
    world.pass_by(21)
    await jobs.expiry.end_expired()
    assert not await is_in(world, room, viewer.user)


async def test_who_left_the_media_stays_while_the_socket_listens_and_not_longer(world: World) -> None:
    room = await world.go_live(await world.make_actor())
    viewer = await audience(world, room)
    socket = Socket("client", viewer.user, viewer.session)
    live, jobs = world.core.live, world.core.jobs
    await live.channels.join(room, DEFAULT_TENANT, socket)
    await tell(world, sighting(world, viewer.user, room))
    world.pass_by(1)
    await tell(world, sighting(world, viewer.user, room, here=False))
    for _ in range(6):
        world.pass_by(10)
        await live.channels.renew({room: [socket]})
        await jobs.expiry.end_expired()
        assert await jobs.expiry.end_deserted() == 0
    assert await is_in(world, room, viewer.user)
    await live.channels.part(room, socket)
    world.pass_by(21)
    assert await jobs.expiry.end_deserted() == 1, "what TRTC said is long past, and keeps nobody"
    assert not await is_in(world, room, viewer.user)


async def test_the_audit_names_a_place_again_that_is_only_seen_outside(world: World) -> None:
    room = await world.go_live(await world.make_actor())
    viewer = await audience(world, room)
    await tell(world, sighting(world, viewer.user, room))
    await world.core.jobs.expiry.end_expired()
    world.pass_by(31 * 60)
    await world.core.live.drop_entries(await world.core.live.entries(viewer.user))
    await world.core.jobs.expiry.end_expired()
    await world.core.jobs.comparison.go_on()
    world.pass_by(5)
    assert await world.core.jobs.comparison.go_on() == 1
    assert await is_in(world, room, viewer.user)
    assert [entry.room for entry in await world.core.live.entries(viewer.user)] == [room]


async def test_media_of_a_room_that_is_not_theirs_ends_for_nobody(world: World) -> None:
    room = await world.go_live(await world.make_actor())
    viewer = await audience(world, room)
    await tell(world, sighting(world, viewer.user, room))
    now = world.service.clock.now()
    other = await world.service.make_tenant("other")
    for app, where in ((other.sdk_app_id, room), (SDK_APP_ID, RoomId("nowhere"))):
        await world.core.outside.receive(OutsideReport(app, media=MediaEnded(where, TRTC, now)))
    world.pass_by(21)
    assert await seen(world, viewer.user) == [True]


async def test_a_group_is_closed_by_its_own_application_alone(world: World) -> None:
    host = await world.make_actor()
    room = await world.go_live(host)
    world.pass_by(5)
    other = await world.service.make_tenant("other")
    group = GroupDestroyed(room, host.user, world.service.clock.now(), by_server=False)
    await world.core.outside.receive(OutsideReport(other.sdk_app_id, group=group))
    assert await world.core.live.room(room) is not None
    await world.core.outside.receive(OutsideReport(SDK_APP_ID, group=group._replace(owner=None, by_server=True)))
    assert await world.core.live.room(room) is None
