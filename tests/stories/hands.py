"""One room in many hands: a state machine that calls where the service runs, its people at all processes by turns."""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from tests.examples import many
from tests.stories.conftest import running
from tests.stories.world import Phone, World

_Result = TypeVar("_Result")


class Hands(RuleBasedStateMachine):
    """What people do in one room."""

    world: World
    loop: asyncio.AbstractEventLoop

    def run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()

    async def people(self, number: int) -> Sequence[Phone]:
        """Return so many people, each calling another process than the one before."""
        callers = [self.world.caller_of(core) for core in self.world.cores]
        strangers = await self.world.strangers(number)
        return [replace(phone, ask=callers[turn % len(callers)]) for turn, phone in enumerate(strangers)]


async def let_play(machine: type[Hands], world: World, *, examples: int, steps: int) -> None:
    """Start the installation, with two processes where several share it, and let examples of a machine play on it."""
    async with running(world):
        if world.shares:
            await world.start()
        machine.world, machine.loop = world, asyncio.get_running_loop()
        chosen = many(examples, stateful_step_count=steps)
        await asyncio.to_thread(run_state_machine_as_test, machine, settings=chosen)
