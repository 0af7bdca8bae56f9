"""`liveroom bench`: the load of real apps on a service, a line of progress, and a table."""

import sys
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number

from liveroom.bench.mix import Mix
from liveroom.settings import SettingsError


def bench(
    *,
    url: str = "http://127.0.0.1:9000",
    users: Annotated[int, Parameter(validator=Number(gte=1, lte=100_000))] = 1000,
    seconds: Annotated[float, Parameter(validator=Number(gt=0, lte=3600))] = 30,
    mix: Mix = Mix.MIX,
    pace: Annotated[float, Parameter(validator=Number(gt=0, lte=1000))] = 1,
    connections: Annotated[int, Parameter(validator=Number(gte=1, lte=4096))] = 64,
    seed: int = 1,
    yes_this_is_my_server: Annotated[bool, Parameter(negative=())] = False,
) -> None:
    """Generate the load of shipped apps and print the results; exit status 1 if any answer was wrong.

    It registers its own users (bench-0, bench-1 and so on; a second run finds them again) and sends calls in the apps'
    proportions and forms.

    Parameters
    ----------
    url
        The service; other machines than this one only with --yes-this-is-my-server.
    users
        Users who are logged in: 0.136 calls a second each, 2 % of them anchors.
    seconds
        How long, after the users have been prepared.
    mix
        keepalive, mix, mix-without-keepalive, hot-room, followed (more users follow rooms over sockets, and compare
        them with the service at the end) or restart (you restart the service while it runs).
    pace
        How many times faster than real users the calls come.
    connections
        Connections at most.
    seed
        The same seed gives the same users, calls and order.
    yes_this_is_my_server
        Allow a target that is not this machine.
    """
    from rich.console import Console

    from liveroom.bench.people import CannotPrepare
    from liveroom.bench.report import facts
    from liveroom.bench.session import Wanted, measure
    from liveroom.bench.target import TargetRefused, read_target
    from liveroom.cli.output import prints_json, say
    from liveroom.http.server import run

    try:
        target = read_target(url, is_mine=yes_this_is_my_server)
        wanted = Wanted(target, users, seconds, mix, pace, connections, seed)
        outcome = run(measure(wanted, Console(stderr=True) if prints_json() else None))
    except (TargetRefused, CannotPrepare) as problem:
        raise SettingsError([str(problem)]) from problem
    if prints_json():
        say("", **facts(outcome))
    if outcome.failures:
        sys.exit(1)
