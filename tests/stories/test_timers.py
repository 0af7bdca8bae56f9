"""Broadcasts that end by the clock: as their app or their owner has said, unless they are given more time."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.stories.agreement import assert_agreement
from tests.stories.conftest import running
from tests.stories.world import Phone, World

MINUTE = timedelta(minutes=1)
LIMIT = 2 * MINUTE
TIMER = {"type": "TIMER_ROOM"}


@pytest.fixture
async def limited(world_here: World) -> AsyncIterator[World]:
    """Yield an installation where rooms of shipped Android apps last two minutes."""
    world_here.settings = replace(world_here.settings, timer_room=LIMIT)
    async with running(world_here) as world:
        yield world


async def show(world: World, **given: str) -> tuple[Phone, Phone, str]:
    """Return a host who is live, a viewer in the room, and the room."""
    host, viewer = await world.register("host"), await world.register("viewer")
    room = await host.go_live(**given)
    await viewer.enter(room)
    return host, viewer, room


async def minutes(phone: Phone, room: str, count: int) -> None:
    await phone.call("rooms/set_options", roomId=room, minutes=count)


async def is_over(phone: Phone, room: str) -> bool:
    code = int((await phone.reply("rooms/room_detail", roomId=room))["errorCode"])
    assert code in (0, 2004)
    return code == 2004


def reasons(world: World, room: str) -> list[str]:
    """Return why the room's broadcasts ended, those that did."""
    asked = f"SELECT reason FROM lr_broadcasts WHERE room = '{room}' AND closed IS NOT NULL ORDER BY opened"  # noqa: S608
    return [str(row[0]) for row in world.rows(asked)]


async def test_a_room_of_a_shipped_android_app_ends_in_time_and_everybody_is_out(limited: World) -> None:
    host, viewer, room = await show(limited, **TIMER)
    plain = await limited.register("plain")
    other = await plain.go_live()
    people = [host, viewer, plain]
    assert (await host.call("rooms/options", roomId=room))["endUtc"]
    assert (await plain.call("rooms/options", roomId=other))["endUtc"] == ""
    await limited.wind(LIMIT - MINUTE / 2, alive=people)
    assert not await is_over(viewer, room)
    await limited.wind(MINUTE, alive=people)
    assert await is_over(viewer, room)
    assert room not in await viewer.listed()
    assert reasons(limited, room) == ["time_over"]
    assert await limited.stays(room) == [(host.user, "closed"), (viewer.user, "closed")]
    assert not await is_over(viewer, other)
    await assert_agreement(limited.core)
    await host.go_live(**TIMER)
    await limited.wind(LIMIT / 2, alive=people)
    assert not await is_over(viewer, room), "the next broadcast has a time of its own"


async def test_an_owner_gives_a_broadcast_more_time_or_all_of_it(limited: World) -> None:
    host, viewer, room = await show(limited, **TIMER)
    people = [host, viewer]
    await limited.wind(MINUTE, alive=people)
    await minutes(host, room, 2)
    await limited.wind(1.5 * MINUTE, alive=people)
    assert not await is_over(viewer, room)
    await minutes(host, room, 0)
    await limited.wind(MINUTE, alive=people)
    assert not await is_over(viewer, room)
    await minutes(host, room, 1)
    await limited.wind(1.5 * MINUTE, alive=people)
    assert (await is_over(viewer, room), reasons(limited, room)) == (True, ["time_over"])


async def test_more_time_that_is_given_at_the_last_moment_counts(limited: World) -> None:
    host, viewer, room = await show(limited, **TIMER)
    await limited.wind(LIMIT / 2, alive=[host, viewer])
    limited.clock.advance(LIMIT / 2)
    (alarm,) = await limited.core.live.alarms(9)
    await minutes(host, room, 5)
    assert alarm.room == room
    await limited.run_jobs()
    assert not await is_over(viewer, room), "whoever saw the alarm looks again before they close"


async def test_the_end_comes_after_a_restart_and_after_the_live_store_was_lost(limited: World) -> None:
    host, viewer, room = await show(limited, **TIMER)
    people = [host, viewer]
    await limited.wind(MINUTE / 3, alive=people)
    await limited.restart()
    await limited.wind(MINUTE / 3, alive=people)
    await limited.lose_live()
    assert not await is_over(viewer, room)
    await limited.wind(MINUTE / 3, alive=people)
    assert not await is_over(viewer, room)
    await limited.wind(4 * MINUTE / 3, alive=people)
    assert (await is_over(viewer, room), reasons(limited, room)) == (True, ["time_over"])


async def test_the_end_that_came_while_nothing_ran_is_caught_up_with(limited: World) -> None:
    host, viewer, room = await show(limited, **TIMER)
    await limited.stop()
    limited.clock.advance(2 * LIMIT)
    await limited.start()
    await limited.core.tick()
    assert (await is_over(viewer, room), reasons(limited, room)) == (True, ["time_over"])
    assert (await limited.core.tick())["ended"] == 0
    assert host.user == room


async def test_a_scheduled_broadcast_lasts_as_long_as_planned_from_its_opening(limited: World) -> None:
    host, viewer = await limited.register("host"), await limited.register("viewer")
    starts = (limited.clock.now() + MINUTE / 3).strftime("%Y-%m-%d %H:%M:%S")
    room = (await host.call("rooms/schedule", startUtc=starts, minutes=3))["roomId"]
    await limited.wind(2 * MINUTE / 3)
    await host.go_live(room, **TIMER)
    await viewer.enter(room)
    await limited.wind(2.3 * MINUTE, alive=[host, viewer])
    assert not await is_over(viewer, room), "what was planned counts more than what all such rooms have"
    await limited.wind(MINUTE, alive=[host, viewer])
    assert await is_over(viewer, room)
