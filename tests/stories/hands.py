"""One room in many hands: a state machine that calls where the service runs, its people at all processes by turns."""

from collections.abc import Sequence
from dataclasses import replace

from tests.machines import LoopMachine, play_out
from tests.stories.conftest import running
from tests.stories.world import Phone, World


class Hands(LoopMachine):
    """What people do in one room."""

    world: World

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
        machine.world = world
        await play_out(machine, examples=examples, steps=steps)
