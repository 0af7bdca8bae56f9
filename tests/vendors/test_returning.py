"""A late dissolve never kills the group of an anchor who has come back, whatever overtakes what."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.ids import RoomId
from liveroom.domain.vendors.model import DOUBT
from liveroom.simulate.endpoint import Mood
from liveroom.usecases.vendors.queue import LEASE
from tests.vendors.stage import LONG, Stage, with_im

SHORT: Final = 0.3
GUARD_CODES: Final = [10021, 10024, 10002, 19999]
"""What the guard answers is not documented."""


@pytest.fixture
async def hasty(tmp_path: Path) -> AsyncIterator[Stage]:
    """Yield a service that does not wait for vendors for long."""
    async with with_im(tmp_path, timeout=SHORT) as running:
        yield running


async def on_air(stage: Stage) -> tuple[Actor, RoomId]:
    """Return a host whose room has its group."""
    host = await stage.world.make_actor()
    room = await stage.go_live(host)
    await stage.drain()
    assert room in stage.im.groups
    return host, room


async def test_a_dissolve_that_waited_is_dropped_when_the_anchor_is_back(stage: Stage) -> None:
    host, room = await on_air(stage)
    stage.im.endpoint.mood = Mood.BROKEN
    await stage.close(host)
    await stage.drain()
    await stage.go_live(host)
    stage.im.endpoint.mood = Mood.WELL
    await stage.later(70)
    await stage.later(70)
    assert "destroy_group" not in stage.im.commands(room)
    assert room in stage.im.groups


async def test_a_room_that_closes_and_opens_before_anybody_works_keeps_its_group(stage: Stage) -> None:
    host, room = await on_air(stage)
    await stage.close(host)
    await stage.go_live(host)
    await stage.drain()
    assert "destroy_group" not in stage.im.commands(room)
    assert room in stage.im.groups


@pytest.mark.parametrize("guard", GUARD_CODES)
async def test_a_dissolve_under_way_while_the_anchor_returns_is_made_good_after_the_guard(
    stage: Stage, guard: int
) -> None:
    host, room = await on_air(stage)
    stage.im.guard_code = guard
    await dissolve_while(stage, host, stage.go_live)
    assert room not in stage.im.groups
    await stage.drain()
    assert stage.im.codes("create_group") == [0], "within five seconds Tencent would take it for a repeated call"
    await stage.later(7)
    assert room in stage.im.groups


async def dissolve_while(stage: Stage, host: Actor, meanwhile: Callable[[Actor], Awaitable[object]]) -> None:
    """Close the room, and do something between the worker's look at it and Tencent's doing."""
    await stage.close(host)
    stage.im.endpoint.hold()
    working = asyncio.create_task(stage.drain())
    await stage.im.endpoint.come.wait()
    await meanwhile(host)
    stage.im.endpoint.let_go()
    await working


@pytest.mark.parametrize("guard", GUARD_CODES)
async def test_a_group_that_the_app_ended_a_moment_ago_is_made_when_the_guard_lets_it(stage: Stage, guard: int) -> None:
    host, room = await on_air(stage)
    stage.im.guard_code = guard
    stage.im.dissolve(room)
    await stage.close(host)
    await stage.go_live(host)
    await stage.drain()
    assert room not in stage.im.groups
    for _ in range(4):
        await stage.later(7)
    assert room in stage.im.groups


async def test_an_app_that_makes_its_group_before_it_enters_gets_it_back(stage: Stage) -> None:
    host, room = await on_air(stage)

    async def app_returns(host: Actor) -> None:
        assert room in stage.im.groups, "so its own createGroup counts as done"

    await dissolve_while(stage, host, app_returns)
    await stage.go_live(host)
    await stage.later(7)
    assert room in stage.im.groups


async def test_a_dissolve_that_is_carried_out_long_after_it_was_given_up_is_made_good(hasty: Stage) -> None:
    host, room = await on_air(hasty)
    await hasty.close(host)
    hasty.im.endpoint.hold()
    await hasty.drain()
    await hasty.go_live(host)
    late = hasty.im.endpoint.under_way
    assert late, "Tencent still has the call"
    hasty.world.pass_by(7)
    hasty.im.endpoint.let_go()
    await until(lambda: not hasty.im.endpoint.under_way)
    assert room not in hasty.im.groups
    await hasty.later(DOUBT.total_seconds())
    await hasty.later(DOUBT.total_seconds())
    assert room in hasty.im.groups
    assert await hasty.waiting() == 0


async def test_a_dissolve_that_comes_after_the_group_was_made_again_is_made_good(hasty: Stage) -> None:
    """The call hangs at Tencent until the anchor's new group is there, and kills that."""
    host, room = await on_air(hasty)
    await hasty.close(host)
    hasty.im.endpoint.hold()
    await hasty.drain()
    stuck = hasty.im.endpoint.through
    hasty.im.endpoint.through, hasty.im.endpoint.delay = asyncio.Event(), 0.0
    await hasty.go_live(host)
    await hasty.later(7)
    assert room in hasty.im.groups
    stuck.set()
    await until(lambda: room not in hasty.im.groups)
    await hasty.later(DOUBT.total_seconds())
    assert room in hasty.im.groups


async def test_a_dissolve_whose_process_died_and_that_comes_late_is_made_good(stage: Stage) -> None:
    """Nobody is left who knows of the call but the lease."""
    host, room = await on_air(stage)
    await stage.close(host)
    stage.im.endpoint.hold()
    dying = asyncio.create_task(stage.workers.run(LONG))
    await stage.im.endpoint.come.wait()
    stage.world.sql.down = True
    await stage.workers.close()
    await asyncio.gather(dying, return_exceptions=True)
    stage.world.sql.down = False
    await stage.go_live(host)
    stuck = stage.im.endpoint.through
    stage.im.endpoint.through, stage.im.endpoint.delay = asyncio.Event(), 0.0
    await stage.later(LEASE.total_seconds())
    await stage.later(7)
    assert room in stage.im.groups
    stuck.set()
    await until(lambda: room not in stage.im.groups)
    await stage.later(DOUBT.total_seconds())
    assert room in stage.im.groups


async def test_a_group_that_is_made_long_after_it_was_given_up_ends_with_its_room(hasty: Stage) -> None:
    host = await hasty.world.make_actor()
    hasty.im.accounts[host.user] = ("", "")
    room = await hasty.go_live(host)
    hasty.im.endpoint.hold()
    await hasty.drain()
    await hasty.close(host)
    hasty.im.endpoint.let_go()
    for _ in range(4):
        await hasty.later(DOUBT.total_seconds())
    assert hasty.im.groups == {}
    assert await hasty.waiting() == 0
    assert room not in hasty.im.groups


@pytest.mark.parametrize("seed", range(12))
async def test_whatever_happens_in_whatever_order_groups_are_right_in_the_end(hasty: Stage, seed: int) -> None:
    dice = random.Random(seed)
    hasty.im.guard_code = dice.choice(GUARD_CODES)
    hosts = [await hasty.world.make_actor() for _ in range(3)]
    live: set[str] = set()
    for _ in range(40):
        await happen(hasty, dice, dice.choice(hosts), live)
    hasty.im.endpoint.let_go()
    hasty.im.endpoint.mood = Mood.WELL
    await until(lambda: not hasty.im.endpoint.under_way)
    for _ in range(12):
        await hasty.later(30)
    assert set(hasty.im.groups) == live
    assert await hasty.waiting() == 0
    assert await hasty.core.db.vendor_work.failed(1) == []


async def happen(stage: Stage, dice: random.Random, host: Actor, live: set[str]) -> None:
    match dice.randrange(7):
        case 0 | 1:
            live.add(await stage.go_live(host, f"title {dice.random()}"))
        case 2:
            await stage.close(host)
            live.discard(str(host.user))
        case 3:
            stage.im.endpoint.mood = dice.choice(
                [Mood.BROKEN, Mood.NONSENSE, Mood.ODD, Mood.DOWN, Mood.WELL, Mood.WELL]
            )
        case 4:
            stage.im.endpoint.let_go() if stage.im.endpoint.delay else stage.im.endpoint.hold()
        case 5:
            stage.world.pass_by(dice.choice([0.5, 3, 7, 20, 70]))
        case _:
            await stage.workers.run(timedelta(seconds=dice.choice([0, 0.1, 1])))


async def until(is_so: Callable[[], bool]) -> None:
    """Give others their turn until it is so."""
    async with asyncio.timeout(10):
        while not is_so():
            await asyncio.wait({asyncio.create_task(asyncio.Event().wait())}, timeout=0.01)
