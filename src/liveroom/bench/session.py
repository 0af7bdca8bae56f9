"""A load run as people see it: users are prepared, the mix runs, a table is printed."""

from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from liveroom.bench.figures import BenchOutcome
from liveroom.bench.followers import SHARE, Followers
from liveroom.bench.load import Load, dice
from liveroom.bench.mix import Mix
from liveroom.bench.people import CannotPrepare, SimulatedUsers, gather_crowd
from liveroom.bench.report import table, verdict
from liveroom.bench.target import BenchTarget
from liveroom.bench.wire import Connections


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for on the command line."""

    target: BenchTarget
    users: int
    seconds: float
    mix: Mix
    pace: float
    connections: int
    seed: int


async def measure(wanted: Wanted, console: Console | None = None) -> BenchOutcome:
    """Prepare the users, run the mix, print the table. Raises ``CannotPrepare``."""
    shown = console or Console()
    connections = Connections(wanted.target, wanted.connections)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    try:
        with Progress(*columns, console=shown, transient=True) as progress:
            crowd = await _prepare(wanted, connections, progress)
            followers = await _follow(wanted, crowd) if wanted.mix is Mix.FOLLOWED else None
            task = progress.add_task(f"{wanted.mix}, seconds", total=round(wanted.seconds))
            load = Load(crowd, connections, wanted.mix, seconds=wanted.seconds, pace=wanted.pace)
            outcome = await load.run(lambda second: progress.update(task, completed=round(second)))
            if followers is not None:
                outcome.followed = await followers.compare()
                await followers.close()
    finally:
        connections.close()
    shown.print(table(outcome))
    shown.print(verdict(outcome))
    return outcome


async def _follow(wanted: Wanted, crowd: SimulatedUsers) -> Followers:
    followers = Followers(wanted.target)
    rooms = [anchor.id for anchor in crowd.on_air]
    await followers.come(max(1, round(wanted.users * SHARE)), rooms, dice(wanted.seed))
    return followers


async def _prepare(wanted: Wanted, connections: Connections, progress: Progress) -> SimulatedUsers:
    task = progress.add_task("users", total=wanted.users)
    try:
        return await gather_crowd(
            connections, wanted.target, wanted.users, dice(wanted.seed), lambda: progress.advance(task)
        )
    except* CannotPrepare as problems:
        raise problems.exceptions[0] from None
