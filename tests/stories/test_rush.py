"""A thousand people at a door with ten free places."""

import asyncio
import random
from collections import Counter
from contextlib import suppress
from datetime import timedelta

import pytest

from tests.stories.agreement import assert_agreement
from tests.stories.world import Phone, Reply, World

CROWD = 1000
PLACES = 10


async def test_a_thousand_concurrent_enters_into_ten_free_places_leave_ten(any_world: World) -> None:
    world = any_world
    host = await world.register("anchor")
    room = await host.go_live(capacity=PLACES + 1)
    crowd = await world.strangers(CROWD)
    replies = await asyncio.gather(*(_try_enter(phone, room) for phone in crowd))
    assert Counter(reply["errorCode"] for reply in replies) == {0: PLACES, 3001: CROWD - PLACES}
    inside = {phone.user for phone, reply in zip(crowd, replies, strict=True) if reply["errorCode"] == 0}
    assert set(await host.members(room)) == {host.user, *inside}
    # A try that had no answer in time is taken back by the service's own work, within a second.
    await world.run_jobs()
    await assert_agreement(world.core)
    assert len(await world.stays(room)) == PLACES + 1

    await host.leave(room)
    refused = next(phone for phone in crowd if phone.user not in inside)
    await refused.enter(room)
    assert (await host.enter(room, "anchor"))["nnUsers"] == PLACES + 2
    await assert_agreement(world.core)


async def _try_enter(phone: Phone, room: str) -> Reply:
    """Enter, again as apps do where a busy service had no answer in time."""
    while (reply := await phone.reply("rooms/enter_room", roomId=room, role="audience"))["errorCode"] in (100, 103):
        pass
    return reply


async def test_the_same_person_at_the_door_a_hundred_times_at_once_is_in_once(world: World) -> None:
    host, viewer = await world.register("anchor"), await world.register("viewer")
    room = await host.go_live()
    await asyncio.gather(*(viewer.enter(room) for _ in range(100)))
    entered = await viewer.enter(room)
    assert (entered["nnUsers"], entered["totalJoined"]) == (2, 2)
    await assert_agreement(world.core)


@pytest.mark.parametrize("seed", range(3))
async def test_whoever_enters_and_leaves_at_once_is_in_or_out_and_everybody_agrees(world: World, seed: int) -> None:
    dice = random.Random(seed)
    hosts = [await world.register(f"host{number}") for number in range(3)]
    rooms = [await host.go_live() for host in hosts]
    crowd = await world.strangers(40)
    calls = [
        phone.enter(dice.choice(rooms)) if dice.random() < 0.6 else phone.leave(dice.choice(rooms))
        for phone in crowd
        for _ in range(6)
    ]
    await asyncio.gather(*calls)
    await world.wind(60, alive=[*hosts, *crowd])
    await world.audit()
    await assert_agreement(world.core, index_may_lag=True)
    everybody = [await hosts[0].members(room) for room in rooms]
    assert all(sum(phone.user in members for members in everybody) <= 1 for phone in crowd)


async def test_an_enter_that_breaks_off_at_any_moment_leaves_no_member_whom_the_index_does_not_name(
    world: World,
) -> None:
    hosts = [await world.register(f"host{number}") for number in range(2)]
    rooms = [await host.go_live() for host in hosts]
    crowd = await world.strangers(60)
    for room in rooms:
        await asyncio.gather(*(break_off(phone, room, after) for after, phone in enumerate(crowd)))
    await assert_agreement(world.core, index_may_lag=True)
    await world.wind(timedelta(hours=7), alive=hosts, step=timedelta(minutes=10))
    await assert_agreement(world.core)


async def break_off(phone: Phone, room: str, after: int) -> None:
    """Enter, and hang up after so many steps of the loop."""
    entering = asyncio.create_task(phone.enter(room))
    for _ in range(after):
        await asyncio.sleep(0)
    entering.cancel()
    with suppress(asyncio.CancelledError):
        await entering


async def test_two_who_open_one_room_at_once_share_it(world: World) -> None:
    first, second = await world.register("first"), await world.register("second")
    replies = await asyncio.gather(
        *(phone.reply("rooms/enter_room", roomId="777", role="anchor") for phone in (first, second))
    )
    codes = Counter(reply["errorCode"] for reply in replies)
    assert codes[0] >= 1
    assert codes.keys() <= {0, 3000}
    await assert_agreement(world.core)
    assert (await first.detail("777"))["nnUsers"] == codes[0]
