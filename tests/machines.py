"""State machines whose steps run on the loop of the test: Hypothesis, which waits for each, has a thread of its own."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from tests.examples import many

_Result = TypeVar("_Result")


class LoopMachine(RuleBasedStateMachine):
    """Such a machine: its rules ``run`` what they want done."""

    loop: asyncio.AbstractEventLoop

    def run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()


async def play_out(machine: type[LoopMachine], *, examples: int, steps: int, **more: Any) -> None:
    """Let so many examples of so many steps play; ``more`` are settings of Hypothesis."""
    machine.loop = asyncio.get_running_loop()
    chosen = many(examples, stateful_step_count=steps, **more)
    await asyncio.to_thread(run_state_machine_as_test, machine, settings=chosen)
