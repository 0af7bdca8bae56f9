"""Two processes that lose the answers of one script, which then runs again."""

import random
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from liveroom.domain.presence.signs import PresenceTimeouts
from liveroom.ports import Live
from liveroom.store.live.redis import RedisLive
from liveroom.store.live.redis.calls import ScriptCaller
from tests.servers import Redis
from tests.store.live.world import World
from tests.worlds import FakeRecoveryStore, WoundClock


@dataclass
class Losses:
    """Which script's answers are lost, and how many were: none, one or two before the one that arrives."""

    script: str
    count: int = 0
    dice: random.Random = field(default_factory=lambda: random.Random(1))


def forgetful(losses: Losses) -> type[ScriptCaller]:
    """Return a caller of scripts that loses these answers."""

    class Forgetful(ScriptCaller):
        def call_in_room(self, name: str, *asked: Any) -> Awaitable[Any]:
            return self._losing(*asked) if name == losses.script else super().call_in_room(name, *asked)

        async def _losing(self, *asked: Any) -> Any:
            for _ in range(losses.dice.randrange(3)):
                losses.count += 1
                await super().call_in_room(losses.script, *asked)
            return await super().call_in_room(losses.script, *asked)

    return Forgetful


@asynccontextmanager
async def forgetful_world(server: Redis, losses: Losses) -> AsyncIterator[World]:
    """Yield a world of two processes that lose answers."""
    caller = forgetful(losses)

    async def open_redis(recovery: FakeRecoveryStore, clock: WoundClock, timeouts: PresenceTimeouts) -> Live:
        return RedisLive(caller.open(server.url, 0.5), recovery, clock, timeouts)

    server.flushall()
    world = World(open_redis, server.flushall, forgets=False)
    await world.restart()
    await world.restart()
    try:
        yield world
    finally:
        for live in world.opened:
            await live.close()
