"""What `gifts/send` costs beside a hello-world: alone, by many at once in many rooms, and to one host."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from rich.console import Console

from tests.bench.drill import Drill
from tests.bench.processes import hello
from tests.bench.seeding import Size, fund, user_id
from tests.bench.setups import Servers, Stage, every_setup, staged
from tests.bench.trial import Cost, Trial, TrialComparison, Yardstick, fill_the_rooms, introduce, middle_compared

_COINS: Final = 1_000_000
_READY_SECONDS: Final = 60.0
_CROWD: Final = 256
ALONE, ROOMS, HOST = "one after the other", "32 at once, in 100 rooms", "256 at once, to one host"
"""The ways."""


@dataclass(frozen=True)
class CallsPlan:
    """How much is measured."""

    users: int = 2_000
    rooms: int = 100
    alone: int = 400
    """Gifts that follow each other."""
    repetitions: int = 9
    hello: int = 5_000


async def measure_calls(
    servers: Servers, plan: CallsPlan, console: Console
) -> Mapping[str, Mapping[str, TrialComparison]]:
    """Return what each way costs, by the name of the setup and the way."""
    found = {}

    async def sell(database: str) -> None:
        await fund(database, [user_id(number) for number in range(plan.users)], _COINS)

    with hello() as running:
        yardstick = Yardstick(running, plan.hello)
        for setup in every_setup(servers):
            people = staged(
                replace(setup, more={"LIVEROOM_GIFTS": "test"}),
                Size(plan.users, plan.rooms),
                driving=plan.users,
                viewers=plan.users,
                active=plan.users,
                prepare=sell,
            )
            async with people as stage:
                found[setup.name] = await asyncio.to_thread(_measure, stage, plan, yardstick)
            for way, compared in found[setup.name].items():
                console.print(f"{setup.name}: {way} {compared.cost.cpu:.3f}, {compared.times:.1f}×", soft_wrap=True)
    return found


def _measure(stage: Stage, plan: CallsPlan, yardstick: Yardstick) -> Mapping[str, TrialComparison]:
    drill, before = stage.drill, Trial(stage.running, seconds_after=0)
    before.wait_until_ready(drill.query_room(1)[0], _READY_SECONDS)
    introduce(before, drill)
    trials = [Trial(stage.running, at_once=at_once) for at_once in (1, 32, _CROWD)]
    found: dict[str, list[TrialComparison]] = defaultdict(list)
    for _ in range(plan.repetitions):
        fill_the_rooms(before, drill)
        yardstick.greet()
        for way, measure in _ways(drill, plan, before, trials):
            found[way].append(yardstick.compare(measure))
    return {way: middle_compared(every) for way, every in found.items()}


def _ways(
    drill: Drill, plan: CallsPlan, before: Trial, trials: Sequence[Trial]
) -> Iterator[tuple[str, Callable[[], Cost]]]:
    """Yield how to measure each way, to be done in this order: in the end all are in the room of one host."""
    alone, many, crowd = trials
    yield ALONE, partial(alone.cost, [drill.give(plan.alone)])
    yield ROOMS, partial(many.cost, [drill.give(plan.users)])
    before.prepare([drill.enter_into(guest, 0) for guest in drill.guests])
    yield HOST, partial(crowd.cost, [drill.give(plan.users, to=0)])
