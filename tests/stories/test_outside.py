"""What vendors see of people: anchors who are gone without a word, viewers who are there without one, ended groups."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import httpx
import pytest

from liveroom.app.serving import make_app
from liveroom.domain.ids import UserId
from liveroom.settings import Secret
from tests import callbacks
from tests.callbacks import KEYS, Callback
from tests.service import SDK_APP_ID, SDK_SECRET
from tests.stories.agreement import assert_agreement
from tests.stories.world import World

SETTINGS: Final[Mapping[str, Any]] = {
    name: Secret(value) if name.endswith(("_token", "_callback_key", "_secret")) else value
    for name, value in KEYS.items()
} | {"trtc_sdk_app_id": SDK_APP_ID, "trtc_secret": Secret(SDK_SECRET)}


@pytest.fixture
async def world(world_here: World) -> AsyncIterator[World]:
    """Yield an installation that vendors may call: embedded, and on MariaDB and Redis."""
    world_here.settings = replace(world_here.settings, **SETTINGS)
    await world_here.start()
    yield world_here
    await world_here.stop(gracefully=False)


async def tell(world: World, given: Callback) -> None:
    """Send a vendor's callback to the newest process."""
    transport = httpx.ASGITransport(make_app(world.core)[0])
    async with httpx.AsyncClient(transport=transport, base_url="http://story", trust_env=False) as client:
        answer = await client.post(given.path, params=given.query, content=given.content, headers=given.headers)
    assert answer.status_code == 200, answer.text


async def enter_media(world: World, room: str, user: str, **info: Any) -> None:
    await tell(world, callbacks.trtc(103, room, user, world.clock.now(), **info))


async def leave_media(world: World, room: str, user: str, **info: Any) -> None:
    await tell(world, callbacks.trtc(104, room, user, world.clock.now(), **info))


async def test_an_android_anchor_without_keepalives_who_lost_the_media_is_gone_and_the_room_closes(
    world: World,
) -> None:
    anchor, viewer = await world.register("anchor"), await world.register("viewer")
    room = await anchor.go_live()
    await viewer.enter(room)
    await enter_media(world, room, anchor.user, Role=20, Reason=1)
    await world.wind(timedelta(hours=5), alive=[viewer], step=timedelta(minutes=10))
    assert room in await viewer.listed(), "TRTC sees the anchor, for longer than a silent host is waited for"

    await leave_media(world, room, anchor.user, Reason=2)
    await world.wind(15, alive=[viewer], step=timedelta(seconds=5))
    assert room in await viewer.listed()
    await world.wind(10, alive=[viewer], step=timedelta(seconds=5))
    assert room not in await viewer.listed()
    assert await viewer.members(room) == [viewer.user]
    await world.wind(70, alive=[viewer])
    assert (await viewer.reply("rooms/room_detail", roomId=room))["errorCode"] == 2004
    assert await world.stays(room) == [(anchor.user, "lost"), (viewer.user, "closed")]
    await assert_agreement(world.core)


async def test_an_anchor_who_changes_networks_keeps_the_room(world: World) -> None:
    anchor = await world.register("anchor")
    room = await anchor.go_live()
    await enter_media(world, room, anchor.user)
    await world.wind(60, alive=[anchor])
    await leave_media(world, room, anchor.user, Reason=2)
    await world.wind(10, alive=[anchor], step=timedelta(seconds=5))
    back = callbacks.trtc(103, room, anchor.user, world.clock.now(), Reason=3)
    await tell(world, back)
    await tell(world, back)
    await world.wind(300, alive=[anchor])
    assert room in await anchor.listed()
    assert await anchor.members(room) == [anchor.user]


async def test_an_exit_that_is_older_than_the_last_enter_ends_nothing(world: World) -> None:
    anchor = await world.register("anchor")
    room = await anchor.go_live()
    world.clock.advance(1)
    old = callbacks.trtc(104, room, anchor.user, world.clock.now(), Reason=2)
    world.clock.advance(1)
    await enter_media(world, room, anchor.user, Reason=2)
    await tell(world, old)
    await world.wind(300, alive=[anchor])
    assert room in await anchor.listed()


async def test_a_viewer_whom_trtc_sees_keeps_the_place_while_http_is_silent(world: World) -> None:
    anchor, viewer = await world.register("anchor"), await world.register("viewer")
    room = await anchor.go_live()
    await viewer.enter(room)
    await viewer.keepalive()
    await enter_media(world, room, viewer.user, Role=21)
    await world.wind(600, alive=[anchor])
    assert await anchor.members(room) == [anchor.user, viewer.user]
    assert (await anchor.presence(viewer))[0]["online"] is True
    await leave_media(world, room, viewer.user, Reason=1)
    await world.wind(30, alive=[anchor], step=timedelta(seconds=5))
    assert await anchor.members(room) == [anchor.user]
    assert (await anchor.presence(viewer))[0]["online"] is False
    await assert_agreement(world.core)


async def test_who_is_only_in_the_media_room_is_no_member(world: World) -> None:
    anchor, stranger = await world.register("anchor"), await world.register("stranger")
    room = await anchor.go_live()
    await enter_media(world, room, stranger.user)
    await world.wind(60, alive=[anchor])
    assert await anchor.members(room) == [anchor.user]
    await assert_agreement(world.core)


async def test_a_livekit_participant_who_is_replaced_stays_until_the_newer_one_is_gone(world: World) -> None:
    anchor, viewer = await world.register("anchor"), await world.register("viewer")
    room = await anchor.go_live()
    await viewer.enter(room)

    async def say(event: str, who: str) -> None:
        await tell(world, callbacks.livekit(event, room, viewer.user, world.clock.now(), who=who))

    await say("participant_joined", "PA_1")
    await world.wind(100, alive=[anchor, viewer])
    await say("participant_joined", "PA_2")
    await say("participant_left", "PA_1")
    await world.wind(60, alive=[anchor, viewer])
    assert await anchor.members(room) == [anchor.user, viewer.user]
    await say("participant_left", "PA_2")
    await world.wind(30, alive=[anchor, viewer], step=timedelta(seconds=5))
    assert await anchor.members(room) == [anchor.user]


async def test_after_a_crash_of_livekit_whoever_does_not_come_back_is_gone(world: World) -> None:
    anchor, viewer, quitter = [await world.register(name) for name in ("anchor", "viewer", "quitter")]
    room = await anchor.go_live()
    for phone in (viewer, quitter):
        await phone.enter(room)
        await tell(world, callbacks.livekit("participant_joined", room, phone.user, world.clock.now(), who="PA_1"))
    await world.wind(60, alive=[anchor, viewer, quitter])
    started = world.clock.now()
    await tell(world, callbacks.livekit("participant_joined", room, viewer.user, started, who="PA_2"))
    await tell(world, callbacks.livekit("room_started", room, "", started))
    await world.wind(30, alive=[anchor, viewer, quitter], step=timedelta(seconds=5))
    assert await anchor.members(room) == [anchor.user, viewer.user]
    await assert_agreement(world.core)


async def test_media_that_ends_for_all_ends_their_stays_but_not_the_room(world: World) -> None:
    anchor, viewer, reader = [await world.register(name) for name in ("anchor", "viewer", "reader")]
    room = await anchor.go_live()
    for phone in (viewer, reader):
        await phone.enter(room)
    await enter_media(world, room, viewer.user)
    await world.wind(100, alive=[anchor, viewer, reader])
    await tell(world, callbacks.trtc(102, room, "", world.clock.now()))
    await world.wind(30, alive=[anchor, viewer, reader], step=timedelta(seconds=5))
    assert await anchor.members(room) == [anchor.user, reader.user]
    assert room in await anchor.listed()


async def test_a_group_that_its_owner_destroys_closes_the_room(world: World) -> None:
    anchor, viewer = await world.register("anchor"), await world.register("viewer")
    room = await anchor.go_live()
    await viewer.enter(room)
    world.clock.advance(5)
    for _ in range(2):
        await tell(world, callbacks.group_destroyed(room, anchor.user, world.clock.now()))
    assert room not in await viewer.listed()
    assert (await viewer.reply("rooms/room_detail", roomId=room))["errorCode"] == 2004
    assert await world.stays(room) == [(anchor.user, "closed"), (viewer.user, "closed")]
    await assert_agreement(world.core)


async def test_a_group_of_somebody_else_or_of_no_room_closes_nothing(world: World) -> None:
    anchor, viewer = await world.register("anchor"), await world.register("viewer")
    room = await anchor.go_live()
    world.clock.advance(5)
    await tell(world, callbacks.group_destroyed(room, viewer.user, world.clock.now()))
    await tell(world, callbacks.group_destroyed("no-such-room", anchor.user, world.clock.now()))
    assert room in await viewer.listed()


async def test_an_old_group_s_end_does_not_close_the_returned_anchor_s_room(world: World) -> None:
    anchor, viewer = await world.register("anchor"), await world.register("viewer")
    room = await anchor.go_live()
    world.clock.advance(5)
    destroyed = world.clock.now()
    await anchor.call("rooms/destroy_room", roomId=room)
    world.clock.advance(10)
    assert await anchor.go_live() == room
    await tell(world, callbacks.group_destroyed(room, anchor.user, destroyed, world.clock.now()))
    assert room in await viewer.listed()
    assert await viewer.members(room) == [anchor.user]


async def test_a_process_that_dies_between_word_and_answer_hears_it_again(world: World) -> None:
    anchor = await world.register("anchor")
    room = await anchor.go_live()
    entered = callbacks.trtc(103, room, anchor.user, world.clock.now())
    await tell(world, entered)
    if world.shares:
        await world.restart()
    await tell(world, entered)
    assert await world.core.live.outside.seen(await world.core.live.entries(UserId(anchor.user))) != []
