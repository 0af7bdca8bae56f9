"""A service on its own memory is restarted: whoever was in a room has one lease in which to show up."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.store.live.conftest import open_memory
from tests.store.live.world import World


@pytest.fixture
async def world() -> World:
    """Return a world of processes that run for long, and are restarted now and then."""
    world = World(open_memory, lambda: None, forgets=True)
    world.timeouts = replace(world.timeouts, keepalive=timedelta(seconds=6))
    await world.restart()
    return world


async def test_after_a_restart_everybody_has_one_lease_to_show_up(world: World) -> None:
    """Phones could reach nobody while it was down: with a lease of 6 s a restart of 10 s put everybody out."""
    await world.go_live()
    await world.enter("bob", keepalive=True)
    await world.save()
    world.clock.advance(10)
    await world.restart()
    assert await world.expire() == []
    assert await world.is_online("bob")
    assert await world.expire_after(5) == []
    assert [entry.user for entry in await world.expire_after(2)] == ["bob"]


async def test_who_shows_up_after_a_restart_stays(world: World) -> None:
    await world.go_live()
    await world.enter("bob", keepalive=True)
    await world.save()
    await world.restart()
    world.clock.advance(5)
    await world.touch("bob", keepalive=True)
    assert await world.expire_after(5) == []
