"""The measured part of docs/performance-sync.md; the words around it are left as they are."""

import os
import platform
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from liveroom.clock import SystemClock
from tests.bench.fanout.contenders import BARE, EVENT_BYTES
from tests.bench.fanout.trial import Fanout, Found, Plan
from tests.bench.page import renewed, table

BEGIN: Final = "<!-- measured: begin (written by `make bench-sync`) -->"
BUDGETED: Final = 5000
"""The budgets are for so many sockets."""
SINGLE, GATHERED = 8.0, 0.3
"""Processor seconds that a million deliveries may take: of single events, and of ten or more at once."""
SEND: Final = 5.7
"""What a million times a bare `send` took on the machine where those were set: they are a multiple of it, too."""
SOCKET_KB: Final = 25.0


@dataclass(frozen=True)
class Measured:
    """Everything that one run found out."""

    plan: Plan
    found: Mapping[str, Mapping[int, Found]]
    """By the name of the contender, then by the number of sockets. Ours have "liveroom" in their name."""
    skipped: Mapping[str, str]
    """Who could not be measured, and why."""
    load: float
    """The machine's load average before."""


def page(measured: Measured, former: str) -> str:
    """Return the page with new figures."""
    parts = [_head(measured), *_skipped(measured), _costs(measured), _times(measured), _sockets(measured)]
    return renewed(former, BEGIN, "\n\n".join(parts))


def _head(measured: Measured) -> str:
    day = SystemClock().now().strftime("%Y-%m-%d")
    node = f", Node {_version('node')}" if shutil.which("node") else ""
    return (
        f"Measured on {day}: Python {platform.python_version()}{node}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} processors: one for the server, one for those who listen. Events of {EVENT_BYTES} bytes, "
        f"median of {measured.plan.repetitions}. Load average of the machine before: {measured.load:.1f}."
    )


def _version(program: str) -> str:
    return subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout.strip("v\n")


def _skipped(measured: Measured) -> list[str]:
    return [f"Not measured: {name}. {why}" for name, why in measured.skipped.items()]


def _columns(measured: Measured) -> list[tuple[int, int]]:
    return [(sockets, burst) for sockets in measured.plan.sockets for burst in measured.plan.bursts]


def _by_column(measured: Measured, first: str, cell: Callable[[str, int, int, Fanout], str]) -> str:
    """Return a table with a line for each contender, and a column for each number of sockets and of events at once."""
    columns = _columns(measured)
    head = [first, *(f"{sockets:,} sockets, {'single' if burst == 1 else burst}" for sockets, burst in columns)]
    rows: list[Sequence[str]] = []
    for name, by_sockets in measured.found.items():
        fanouts = [(sockets, burst, by_sockets[sockets].fanouts[burst]) for sockets, burst in columns]
        rows.append([name, *(cell(name, sockets, burst, fanout) for sockets, burst, fanout in fanouts)])
    return table(head, rows)


def _costs(measured: Measured) -> str:
    bare = measured.found[BARE.name]

    def cell(name: str, sockets: int, burst: int, fanout: Fanout) -> str:
        times = fanout.cpu / max(bare[sockets].fanouts[burst].cpu, 1e-9)
        if not _is_budgeted(name, sockets):
            return f"{fanout.cpu:.2f} · {times:.2g}×"
        budget = SINGLE if burst == 1 else GATHERED
        seconds, multiple = round(fanout.cpu, 2), _two(times)
        return f"{seconds:.2f}{_verdict(seconds, budget)} · {times:.2g}×{_verdict(multiple, _two(budget / SEND))}"

    return (
        "### Processor seconds\n\n"
        + _by_column(measured, "CPU-seconds per 1,000,000 deliveries · multiple of bare `send`", cell)
        + f"\n\n✓ within the budget, ✗ above it: {SINGLE:g} for single events, {GATHERED:g} for ten or more at once, "
        f"to {BUDGETED:,} sockets. They were set where a bare `send` took {SEND:g}: {SINGLE / SEND:.2g} times that, "
        f"and {GATHERED / SEND:.2g} times."
    )


def _is_budgeted(name: str, sockets: int) -> bool:
    return sockets == BUDGETED and "liveroom" in name


def _two(figure: float) -> float:
    """Return the figure as it is shown, in two digits that count."""
    return float(f"{figure:.2g}")


def _verdict(figure: float, budget: float) -> str:
    return " ✓" if figure <= budget else " ✗"


def _times(measured: Measured) -> str:
    def cell(_: str, __: int, ___: int, fanout: Fanout) -> str:
        return f"{_millis(fanout.p50)} · {_millis(fanout.p99)} · {fanout.messages:.1f}"

    first = "ms from publishing to receipt, p50 · p99 · messages that brought a burst"
    return "### Time\n\n" + _by_column(measured, first, cell)


def _millis(seconds: float) -> str:
    return f"{seconds * 1000:.3g}" if seconds < 1 else f"{seconds * 1000:.0f}"


def _sockets(measured: Measured) -> str:
    most = max(measured.plan.sockets)
    rows = []
    for name, by_sockets in measured.found.items():
        found = by_sockets[most]
        verdict = _verdict(found.connected / 1024, SOCKET_KB) if _is_budgeted(name, most) else ""
        rows.append(
            [
                name,
                f"{found.connected / 1024:.1f}{verdict}",
                f"{found.listening / 1024:.1f}",
                f"{found.idle * 100:.1f} %",
                f"{found.call * 1000:.2f}",
            ]
        )
    head = [
        f"{most:,} sockets",
        "KB a socket, connected",
        "and listening",
        "of one processor, idle",
        "CPU-ms of a call that publishes",
    ]
    return (
        "### Idle sockets\n\n" + table(head, rows) + f"\n\nThe budget is {SOCKET_KB:g} KB for one that has connected."
    )
