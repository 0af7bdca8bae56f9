"""`python -m tests.bench.vendors`: is a call slower when Tencent IM is down, slow (30 s) or talks nonsense?

The mix runs on a service whose IM is a fake in a process of its own: three times each way, the ways taking turns, so
that what the machine does meanwhile touches all alike. Calls that are rare in the mix, and those that give IM work, are
made more often, for a p99 that means something. Exit status 1 if the median p99 of any call is more than 5 ms above
that with IM up. `--brief` runs shortly, to see that the measuring works; `--servers` measures on private MariaDB and
Redis instead of SQLite and memory.
"""

import asyncio
import multiprocessing
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Final

from rich.console import Console
from rich.table import Table

from liveroom.bench import calls
from liveroom.bench.figures import BenchOutcome
from liveroom.bench.load import Due, Load, dice
from liveroom.bench.mix import KEEPALIVE, OTHERS, Mix
from liveroom.bench.people import gather_crowd
from liveroom.bench.target import BenchTarget
from liveroom.bench.wire import Connections
from liveroom.clock import SystemClock
from liveroom.simulate.endpoint import Mood
from liveroom.simulate.im_state import ADMINISTRATOR
from liveroom.simulate.tencent_im import ImSimulator
from tests.bench import redis_facts
from tests.bench.processes import free_port, service
from tests.bench.setups import Setup
from tests.servers import Mariadb, Redis, running
from tests.service import SDK_APP_ID, SDK_SECRET
from tests.vendors.simulator import simulator

MARGIN_MS: Final = 5.0
OFTEN_ENOUGH: Final = 2.0
"""Calls a second, for each 1,000 users, of those that are rarer in the mix."""
SLOW: Final = 30.0
WAYS: Final = ("up", "down", "slow", "nonsense")


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured."""

    users: int
    seconds: float
    pace: float
    runs: int
    connections: int = 64


FULL: Final = Plan(users=1000, seconds=60, pace=2, runs=3)
BRIEF: Final = Plan(users=50, seconds=3, pace=2, runs=1)


class Often(Load):
    """The mix, in which no call is rare."""

    def _steady(self) -> Due:
        drawn = (KEEPALIVE, *(share._replace(rate=max(share.rate, OFTEN_ENOUGH)) for share in OTHERS))
        rates = [share.rate for share in drawn]
        rate = sum(rates) * len(self._crowd.people) / 1000 * self._pace
        chance, at = self._crowd.dice, 0.0
        while (at := at + chance.expovariate(rate)) < self._seconds:
            yield at, calls.DRAWS[chance.choices(drawn, rates)[0].call]


@contextmanager
def faked_im(way: str) -> Iterator[str]:
    """Yield the address of an IM in this way; nobody listens there while it is down."""
    if way == "down":
        yield f"http://127.0.0.1:{free_port()}"
        return
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(way, theirs))
    process.start()
    try:
        yield ours.recv()
    finally:
        ours.send("")
        process.join(5)
        process.kill()


def _serve(way: str, parent: Connection) -> None:
    async def until_received() -> None:
        async with simulator(SystemClock()) as tencent:
            _behave(tencent.im, way)
            parent.send(tencent.im.endpoint.url)
            await asyncio.to_thread(parent.recv)

    asyncio.run(until_received())


def _behave(im: ImSimulator, way: str) -> None:
    im.did = Forgetful()
    if way == "slow":
        im.endpoint.delay = SLOW
    elif way == "nonsense":
        im.endpoint.mood = Mood.NONSENSE


class Forgetful(list):  # type: ignore[type-arg]
    """Keeps nothing: a load makes very many calls."""

    def append(self, item: object) -> None:
        """Forget it."""


def settings_for(setup: Setup, folder: Path, origin: str) -> Mapping[str, str]:
    return {
        **setup.settings(folder),
        "LIVEROOM_TRTC_SDK_APP_ID": str(SDK_APP_ID),
        "LIVEROOM_TRTC_SECRET": SDK_SECRET,
        "LIVEROOM_TIM_ADMINISTRATOR": ADMINISTRATOR,
        "LIVEROOM_TENCENT_ORIGIN": origin,
    }


async def run_load(target: BenchTarget, plan: Plan) -> BenchOutcome:
    """Prepare the users and run the load."""
    connections = Connections(target, plan.connections)
    try:
        crowd = await gather_crowd(connections, target, plan.users, dice(1), lambda: None)
        load = Often(crowd, connections, Mix.MIX, seconds=plan.seconds, pace=plan.pace)
        return await load.run(lambda second: None)
    finally:
        connections.close()


def measure(setup: Setup, way: str, plan: Plan) -> Mapping[str, float]:
    """Return the p99 of each call, in milliseconds."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="liveroom-bench-")))
        settings = settings_for(setup, folder, stack.enter_context(faked_im(way)))
        served = stack.enter_context(service(settings, folder))
        outcome = asyncio.run(run_load(BenchTarget("127.0.0.1", served.port), plan))
    if outcome.failures:
        raise SystemExit(f"with IM {way}, {outcome.failures} calls were not answered as they should be")
    return {call: figures.percentile(0.99) * 1000 for call, figures in outcome.calls.items()}


def judge(
    found: Mapping[str, Sequence[Mapping[str, float]]], ways: Sequence[str] = WAYS, what: str = "IM"
) -> tuple[Table, list[str]]:
    """Return the table, and the calls that are slower than they may be: than in the first of the ways."""
    table = Table("p99 in ms", *(f"{what} {way}" for way in ways), f"most above {ways[0]}")
    late = []
    for call in sorted(found[ways[0]][0]):
        p99 = {way: median(run[call] for run in found[way] if call in run) for way in ways}
        above = max(p99.values()) - p99[ways[0]]
        table.add_row(call, *(f"{p99[way]:.1f}" for way in ways), f"{above:+.1f}")
        late += [call] if above > MARGIN_MS else []
    return table, late


def main(words: list[str]) -> None:
    """Measure, print the table, and fail if a call is slower."""
    plan = BRIEF if "--brief" in words else FULL
    console = Console(stderr=True)
    found: dict[str, list[Mapping[str, float]]] = {way: [] for way in WAYS}
    with ExitStack() as stack:
        setups = on_servers(stack) if "--servers" in words else embedded()
        for number in range(plan.runs):
            for way in WAYS:
                console.print(f"run {number + 1} of {plan.runs}: IM {way}")
                found[way].append(measure(next(setups), way, plan))
    table, late = judge(found)
    Console().print(table)
    if late and plan is FULL:
        raise SystemExit(f"more than {MARGIN_MS:g} ms above IM up: {', '.join(late)}")


def embedded() -> Iterator[Setup]:
    while True:
        yield Setup("embedded")


def on_servers(stack: ExitStack) -> Iterator[Setup]:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="liveroom-bench-")))
    mariadb = stack.enter_context(running(Mariadb(folder / "mariadb")))
    redis = stack.enter_context(running(Redis(folder / "redis")))
    while True:
        redis_facts.empty(redis.url)
        yield Setup("MariaDB and Redis", mariadb.create_database("bench"), redis.url)


if __name__ == "__main__":
    main(sys.argv[1:])
