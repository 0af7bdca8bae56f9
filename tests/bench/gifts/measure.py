"""`make bench-gifts`: what gifts cost and how fast they are, on private servers, into docs/performance.md.

`calls`, `house` or `inside` does one of the three and prints it; `--brief` measures little, and prints all of them.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from rich.console import Console

from liveroom.http.server import run
from tests.bench.gifts.calls import ALONE, HOST, ROOMS, CallsPlan, measure_calls
from tests.bench.gifts.house import HouseFound, HousePlan, measure_house
from tests.bench.gifts.inside import InsideFound, InsidePlan, measure_inside
from tests.bench.measure import PAGE, private_servers, two_servers
from tests.bench.measure_sync import allow_files
from tests.bench.page import measured_by_all, renewed, table
from tests.bench.trial import TrialComparison

BEGIN: Final = "<!-- gifts: begin (written by `make bench-gifts`) -->"
PARTS: Final = ("calls", "house", "inside")
_BRIEF: Final = (CallsPlan(100, 5, 20, 1, 500), HousePlan(100, 200, 3, 50), InsidePlan(1_000, 2, 50))
_FULL: Final = (CallsPlan(), HousePlan(), InsidePlan())
_FILES: Final = 4096
_ANSWER_MS, _EVENT_MS = 50, 500
"""What is promised of a thousand gifts a second: 99 of a hundred answers, and events."""


def calls(plan: CallsPlan) -> str:
    """Measure what one call costs; return it as the page shows it."""
    with private_servers() as servers:
        return calls_table(run(measure_calls(servers, plan, Console(stderr=True))))


def calls_table(found: Mapping[str, Mapping[str, TrialComparison]]) -> str:
    """Return the table of the ways in which gifts come."""
    rows = [
        [f"`gifts/send` {way}", *(f"{one[way].cost.cpu:.3f} · {one[way].times:.1f}×" for one in found.values())]
        for way in (ALONE, ROOMS, HOST)
    ]
    return table(["CPU-seconds per 1,000 · multiple of hello-world", *found], rows)


def house(plan: HousePlan) -> str:
    """Measure a full house."""
    with two_servers() as (folder, mariadb, redis):
        return house_table(run(measure_house(plan, folder, mariadb, redis)))


def house_table(found: HouseFound) -> str:
    """Return what a full house came to."""
    plan, paced, report = found.plan, found.paced, found.report
    title = f"{plan.rate:,.0f} gifts a second for {plan.seconds:g} s, {plan.sockets:,} sockets, {plan.workers} workers"
    rows = [
        ["answers, ms: half", f"{paced.p50 * 1000:.0f}", ""],
        ["99 of a hundred", f"{paced.p99 * 1000:.0f}", f"{_ANSWER_MS}"],
        ["the last", f"{paced.longest * 1000:.0f}", ""],
        ["events, ms from when the gift was to be sent until a socket has it: half", f"{report.p50}", ""],
        ["99 of a hundred", f"{report.p99}", f"{_EVENT_MS}"],
        ["the last", f"{report.last}", ""],
        ["publications that every socket has, each once and in order", f"{found.publications:,}", "all"],
        *([f"processors that {who} took", f"{share:.2f}", ""] for who, share in found.cpu.items()),
    ]
    return table([title, "measured", "target"], rows)


def inside(plan: InsidePlan) -> str:
    """Measure one process."""
    with two_servers() as (folder, mariadb, redis):
        return inside_table(measure_inside(plan, folder, mariadb, redis))


def inside_table(found: InsideFound) -> str:
    """Return what one process came to."""
    plan = found.plan
    rows = [
        ["gifts a second, from the first to the last answer", f"{found.rate:,.0f}"],
        ["ms until a gift was paid and told: half", f"{found.p50 * 1000:.1f}"],
        ["99 of a hundred", f"{found.p99 * 1000:.1f}"],
        ["answered before the room was told", f"{found.untold:,}"],
        ["CPU-seconds per 1,000 gifts: the process", f"{found.cpu:.3f}"],
        ["MariaDB", f"{found.cpu_of_mariadb:.3f}"],
        ["Redis", f"{found.cpu_of_redis:.3f}"],
    ]
    return table([f"{plan.rate:,.0f} gifts a second arrive in one process, for {plan.seconds:g} s", "measured"], rows)


def figures(load: float, parts: Sequence[str]) -> str:
    """Return all parts as the page shows them."""
    head = measured_by_all(load)
    return "\n\n".join([head, *parts])


def main(words: list[str]) -> None:
    """Measure, and write the page or print it."""
    plans = _BRIEF if "--brief" in words else _FULL
    chosen = [part for part in PARTS if part in words] or PARTS
    of_calls, of_house, of_inside = plans
    allow_files(of_house.sockets + _FILES)
    measures = (partial(calls, of_calls), partial(house, of_house), partial(inside, of_inside))
    load = os.getloadavg()[0]
    text = figures(load, [measure() for part, measure in zip(PARTS, measures, strict=True) if part in chosen])
    if len(chosen) < len(PARTS) or "--brief" in words:
        sys.stdout.write(text + "\n")
        return
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8"), BEGIN, text), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
