"""What a room's hosts do to people reaches its group of messages and its media room, after the commit, with retries."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.ids import RoomId
from liveroom.domain.presence.members import Role
from liveroom.domain.rooms.model import RoomChanges
from liveroom.domain.vendors.model import Matter, removal_from
from liveroom.simulate.endpoint import Mood
from tests.usecases.conftest import World
from tests.vendors.stage import MediaStage, Stage, with_media

FOR_EVER = 2**32 - 1


@pytest.fixture
async def livekit(tmp_path: Path) -> AsyncIterator[MediaStage]:
    """Yield a service whose media goes through LiveKit."""
    async with with_media(tmp_path, "livekit") as stage:
        yield stage


async def show(world: World) -> tuple[Actor, Actor, RoomId]:
    """Return a host, a member of the audience, and their room."""
    host, guest = await world.make_actor(), await world.make_actor()
    room = await world.go_live(host)
    await world.core.services.entering.enter(guest, room, role="audience", changes=RoomChanges())
    await world.core.jobs.backlog.write_all()
    return host, guest, room


async def mute(world: World, host: Actor, guest: Actor, room: RoomId, seconds: int | None) -> None:
    lasts = None if seconds is None else timedelta(seconds=seconds)
    await world.core.services.room_moderation.mute(host, room, guest.user, lasts=lasts, reason="flood")


async def ban(world: World, host: Actor, guest: Actor, room: RoomId) -> None:
    await world.core.services.room_moderation.ban(host, room, guest.user, lasts=None, reason="spam")


async def test_a_mute_and_its_end_reach_the_group(stage: Stage) -> None:
    host, guest, room = await show(stage.world)
    await stage.drain()
    await mute(stage.world, host, guest, room, 60)
    assert stage.im.muted == {}, "the call has waited for nobody"
    await stage.drain()
    assert 55 <= stage.im.muted[room, guest.user] <= 60
    await mute(stage.world, host, guest, room, None)
    await stage.drain()
    assert stage.im.muted == {(room, guest.user): FOR_EVER}
    await stage.core.services.room_moderation.unmute(host, room, guest.user)
    await stage.drain()
    assert stage.im.muted == {}
    assert await stage.work(Matter.MUTE, removal_from(guest.user, room)) is None


async def test_a_ban_and_its_end_reach_the_group_and_a_kick_does_not(stage: Stage) -> None:
    host, guest, room = await show(stage.world)
    await stage.drain()
    await ban(stage.world, host, guest, room)
    await stage.drain()
    assert stage.im.banned == {(room, guest.user): FOR_EVER}
    await stage.core.services.room_moderation.unban(host, room, guest.user)
    await stage.drain()
    assert stage.im.banned == {}
    before = len(stage.im.did)
    await stage.core.services.entering.enter(guest, room, role="audience", changes=RoomChanges())
    await stage.core.services.room_moderation.kick(host, room, guest.user, "")
    await stage.drain()
    assert len(stage.im.did) == before


async def test_the_newest_word_is_told_whatever_happened_before(stage: Stage) -> None:
    host, guest, room = await show(stage.world)
    await stage.drain()
    stage.im.endpoint.mood = Mood.DOWN
    await mute(stage.world, host, guest, room, 60)
    await stage.drain()
    await stage.core.services.room_moderation.unmute(host, room, guest.user)
    await mute(stage.world, host, guest, room, None)
    stage.im.endpoint.mood = Mood.WELL
    await stage.later(90)
    assert stage.im.muted == {(room, guest.user): FOR_EVER}
    assert await stage.waiting() == 0


async def test_a_group_of_the_next_broadcast_is_told_of_those_who_are_still_out(stage: Stage) -> None:
    host, guest, room = await show(stage.world)
    await stage.drain()
    await ban(stage.world, host, guest, room)
    other = await stage.world.make_actor()
    await mute(stage.world, host, other, room, None)
    await stage.close(host)
    await stage.later(10)
    assert (stage.im.groups, stage.im.banned) == ({}, {})
    await stage.go_live(host)
    await stage.later(10)
    assert stage.im.banned == {(room, guest.user): FOR_EVER}
    assert stage.im.muted == {(room, other.user): FOR_EVER}


async def test_a_group_that_is_still_to_come_is_waited_for_and_not_for_ever(stage: Stage) -> None:
    host, guest, room = await show(stage.world)
    await stage.drain()
    stage.im.dissolve(room)
    await ban(stage.world, host, guest, room)
    await stage.drain()
    assert stage.im.codes("ban_group_member") == [10010]
    stage.im.make(room, "live", str(host.user))
    await stage.later(6)
    assert stage.im.banned == {(room, guest.user): FOR_EVER}
    stage.im.dissolve(room)
    await stage.core.services.room_moderation.unban(host, room, guest.user)
    for _ in range(15):
        await stage.later(6)
    assert await stage.waiting() == 0


async def test_an_edition_without_bans_is_given_up_and_shown_and_mutes_go_on(stage: Stage) -> None:
    host, guest, room = await show(stage.world)
    await stage.drain()
    stage.im.endpoint.refuse("ban_group_member", 10007)
    await ban(stage.world, host, guest, room)
    await mute(stage.world, host, guest, room, None)
    await stage.drain()
    (failed,) = await stage.core.db.vendor_work.failed(10)
    assert (failed.key.matter, "edition" in failed.reason) == (Matter.BAN, True)
    assert stage.im.muted == {(room, guest.user): FOR_EVER}
    outcomes = stage.workers.queue.outcomes
    assert (outcomes["im", "given_up"], outcomes["im", "done"]) == (1, stage.workers.queue.done)


async def test_who_is_banned_is_taken_out_of_the_media_room_as_soon_as_there_is_one_to_ask(livekit: MediaStage) -> None:
    host, guest, room = await show(livekit.world)
    livekit.livekit.rooms = {room: {guest.user, host.user}}
    livekit.livekit.endpoint.mood = Mood.DOWN
    await ban(livekit.world, host, guest, room)
    await livekit.drain()
    assert livekit.livekit.rooms == {room: {guest.user, host.user}}
    livekit.livekit.endpoint.mood = Mood.WELL
    await livekit.drain(15)
    assert livekit.livekit.rooms == {room: {host.user}}


async def test_who_is_kicked_by_a_moderator_is_taken_out_of_the_media_room(livekit: MediaStage) -> None:
    host, guest, room = await show(livekit.world)
    judge = await livekit.world.make_actor()
    await livekit.world.core.services.roles.give(host, room, judge.user, Role.MODERATOR)
    livekit.livekit.rooms = {room: {guest.user, host.user}}
    await livekit.world.core.services.room_moderation.kick(judge, room, guest.user, "")
    await livekit.drain()
    assert livekit.livekit.rooms == {room: {host.user}}


async def test_who_becomes_a_host_or_is_one_no_more_may_send_what_they_may_now(livekit: MediaStage) -> None:
    host, guest, room = await show(livekit.world)
    roles, said = livekit.world.core.services.roles, livekit.livekit.permissions
    livekit.livekit.rooms = {room: {guest.user, host.user}}

    async def may_publish() -> list[bool]:
        await livekit.drain(2)
        return [bool(said[room, who.user]["canPublish"]) for who in (host, guest) if (room, who.user) in said]

    await roles.give(host, room, guest.user, Role.ANCHOR)
    assert await may_publish() == [True]
    await roles.give(host, room, guest.user, Role.AUDIENCE)
    assert await may_publish() == [False]
    await livekit.world.core.services.transfers.transfer(host, room, guest.user)
    assert await may_publish() == [False, True]
