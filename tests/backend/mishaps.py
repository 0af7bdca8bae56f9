"""What goes wrong meanwhile: processes and servers are killed and start again, in an order that a seed gives."""

import asyncio
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Final

from tests.servers import Server

DOWN: Final = 1.5
"""Seconds that something is down, at most, beside those that it takes to start."""
BETWEEN: Final = 2.0
"""Seconds from one mishap to the next, at most."""


def plan(dice: random.Random, names: Sequence[str], rounds: int) -> Iterator[Sequence[str]]:
    """Yield what dies at once: everything once in each round, and at its end two together."""
    for _ in range(rounds):
        yield from ([name] for name in dice.sample(names, len(names)))
        yield dice.sample(names, 2)


async def happen(mishap: Sequence[str], servers: Mapping[str, Server], dice: random.Random) -> None:
    """Kill, wait, and start again; then leave everything alone for a moment."""
    for name in mishap:
        await asyncio.to_thread(servers[name].kill)
    await passing(dice.uniform(0, DOWN))
    for name in servers:
        if name in mishap:
            await asyncio.to_thread(servers[name].start)
    await passing(dice.uniform(0, BETWEEN))


async def passing(seconds: float) -> None:
    """Let time pass: processes have no clock that could be wound."""
    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), seconds)
