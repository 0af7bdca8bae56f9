"""The budgets of DESIGN.md 4, measured: each call beside a bare hello-world, on every setup, in one run.

Needs Linux (it reads /proc) and private servers; `make bench` starts those and calls `measure_all`.
"""

import asyncio
import os
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from rich.console import Console

from tests.bench.growth import measure_growth
from tests.bench.measured import Measured
from tests.bench.page import page
from tests.bench.plans import BenchPlan
from tests.bench.processes import hello
from tests.bench.setups import Servers, Stage, every_setup, staged
from tests.bench.trial import (
    Trial,
    TrialComparison,
    Yardstick,
    fill_the_rooms,
    introduce,
    measurements,
    middle,
    middle_compared,
)

_READY_SECONDS: Final = 60.0


async def measure_all(servers: Servers, plan: BenchPlan, console: Console) -> Measured:
    """Measure everything, telling the console what is under way."""
    load = os.getloadavg()[0]
    calls: dict[str, Mapping[str, TrialComparison]] = {}
    idle: dict[str, float] = {}
    with hello() as running:
        yardstick = Yardstick(running, plan.slices.hello)
        for setup in every_setup(servers):
            console.print(f"{setup.name}: preparing {plan.size.users} users, {plan.size.rooms} rooms")
            people = staged(setup, plan.size, driving=plan.size.users, viewers=plan.viewers, active=plan.active)
            async with people as stage:
                session = _Session(stage, setup.name, plan, yardstick, console)
                calls[setup.name], idle[setup.name] = await asyncio.to_thread(session.measure)
        growth = await measure_growth(servers, plan, yardstick, console)
    return Measured(plan, middle(yardstick.greetings), calls, idle, growth, load)


class _Session:
    """All repetitions on one setup. The yardstick is measured around each call: the machine has other work too."""

    def __init__(self, stage: Stage, name: str, plan: BenchPlan, yardstick: Yardstick, console: Console) -> None:
        self._stage = stage
        self._name = name
        self._plan = plan
        self._yardstick = yardstick
        self._console = console

    def measure(self) -> tuple[Mapping[str, TrialComparison], float]:
        """Return the median cost of each call, and what the process takes while nobody calls."""
        drill, before = self._stage.drill, Trial(self._stage.running, seconds_after=0)
        before.wait_until_ready(drill.query_room(1)[0], _READY_SECONDS)
        introduce(before, drill)
        trial = Trial(self._stage.running)
        found: dict[str, list[TrialComparison]] = defaultdict(list)
        for repetition in range(self._plan.repetitions):
            fill_the_rooms(before, drill)
            self._yardstick.greet()
            for call, cost in measurements(trial, drill, self._plan.slices):
                found[call].append(compared := self._yardstick.compare(cost))
                self._tell(repetition, call, compared)
        return {call: middle_compared(every) for call, every in found.items()}, trial.idle

    def _tell(self, repetition: int, call: str, compared: TrialComparison) -> None:
        cost = compared.cost
        self._console.print(
            f"  {self._name} {repetition + 1}: {call} {cost.cpu:.3f} CPU-s per 1,000, "
            f"{compared.times:.1f} times hello-world, {cost.rate:.0f}/s",
            soft_wrap=True,
        )


def write_page(servers: Servers, plan: BenchPlan, to: Path, console: Console) -> None:
    """Measure everything and write the page."""
    measured = asyncio.run(measure_all(servers, plan, console))
    to.write_text(page(measured, to.read_text(encoding="utf-8") if to.exists() else ""), encoding="utf-8")
    console.print(f"written: {to}")
