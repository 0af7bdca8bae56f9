"""The measured part of docs/performance.md; the words around it are left as they are."""

import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from liveroom.clock import SystemClock
from tests.bench.measured import MULTIPLES, UNBUDGETED, Measured
from tests.bench.trial import TrialComparison

BEGIN: Final = "<!-- measured: begin (written by `make bench`) -->"
END: Final = "<!-- measured: end -->"
_HEAD: Final = "CPU-seconds per 1,000 · multiple of hello-world"
_SHARES: Final = {"masters": 1.1, "Redis": 1.0}
"""The budgets are those on Redis: setups whose name has one of these words are judged, by that share of them."""
_LEGEND: Final = "✓ within the budget, ✗ above it; budgets are for one Redis, and three masters may cost a tenth more."


def page(measured: Measured, former: str) -> str:
    """Return the page with new figures."""
    return renewed(former, BEGIN, _figures(measured))


def renewed(former: str, begin: str, figures: str) -> str:
    """Return a page with other figures after the mark; a page without the marks gets them at its end."""
    before, _, rest = former.partition(begin)
    _, _, after = rest.partition(END)
    return f"{before.rstrip()}\n\n{begin}\n{figures}\n{END}\n\n{after.lstrip()}".strip() + "\n"


def measured_by_all(load: float) -> str:
    """Return how it was measured where service, stores and clients share the machine."""
    day = SystemClock().now().strftime("%Y-%m-%d")
    return (
        f"Measured on {day}: Python {platform.python_version()}, {os.cpu_count()} processors for everything: service, "
        f"MariaDB (which does not wait for the disk), Redis and clients. Load average before: {load:.1f}."
    )


def _figures(measured: Measured) -> str:
    parts = (_head, _budgets, _unbudgeted, _idle, _by_rooms, _by_users)
    return "\n\n".join(part(measured) for part in parts)


def _head(measured: Measured) -> str:
    plan = measured.plan
    day = SystemClock().now().strftime("%Y-%m-%d")
    return (
        f"Measured on {day}: Python {platform.python_version()}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} processors, one process of the service, 32 calls at once, {plan.size.users} users, "
        f"{plan.size.rooms} rooms, median of {plan.repetitions}. Hello-world, measured before and after each call: "
        f"{measured.hello.cpu:.3f}. Load average of the machine before: {measured.load:.1f}."
    )


def _budgets(measured: Measured) -> str:
    """Return the table of calls: processor seconds for 1,000 calls, and the multiple of hello-world."""
    names = list(measured.calls)
    rows = []
    for call, multiple in MULTIPLES.items():
        verdicts = [_verdict(name, measured.calls[name][call].times, multiple) for name in names]
        found = [f"{cell}{verdict}" for cell, verdict in zip(_cells(measured, call), verdicts, strict=True)]
        rows.append([f"`{call}`", f"{multiple:g}×", *found])
    head = [_HEAD, "budget", *names]
    return "### Calls\n\n" + table(head, rows) + "\n\n" + _LEGEND


def _unbudgeted(measured: Measured) -> str:
    """Return the same of what people do in a room."""
    rows = [[f"`{call}`", "none", *_cells(measured, call)] for call in UNBUDGETED]
    return "### What members do in a room\n\n" + table([_HEAD, "budget", *measured.calls], rows)


def _cells(measured: Measured, call: str) -> list[str]:
    return [_cell(calls[call]) for calls in measured.calls.values()]


def _cell(found: TrialComparison) -> str:
    return f"{found.cost.cpu:.3f} · {found.times:.1f}×"


def _verdict(name: str, times: float, multiple: float) -> str:
    share = next((share for word, share in _SHARES.items() if word in name), None)
    if share is None:
        return ""
    # What rounds to the budget is the budget: a run differs from the next by more.
    return " ✓" if round(times, 1) <= multiple * share else " ✗"


def _idle(measured: Measured) -> str:
    rows = [[name, f"{rate * 100:.1f} %"] for name, rate in measured.idle.items()]
    return "### A process that nobody calls\n\n" + table(["setup", "of one processor"], rows)


def _by_rooms(measured: Measured) -> str:
    steps = measured.growth.by_rooms
    rows = _growing([step.costs for step in steps])
    rows.append(["seconds from an empty Redis to the first whole list", *(f"{s.seconds_to_fill:.1f}" for s in steps)])
    head = [_HEAD, *(f"{step.rooms:,} rooms" for step in steps)]
    return "### Growth with the number of rooms (Redis + MariaDB)\n\n" + table(head, rows)


def _growing(steps: Sequence[Mapping[str, TrialComparison]]) -> list[list[str]]:
    """Return what each call costs, step by step."""
    return [
        [f"`{call}`" if "_" in call else call, *(_cell(costs[call]) for costs in steps)]
        for call in (steps[0] if steps else ())
    ]


def _by_users(measured: Measured) -> str:
    steps = measured.growth.by_users
    rows = [["users who call, through this one process", *(f"{step.calling:,}" for step in steps)]]
    rows += _growing([step.costs for step in steps])
    rows += [
        ["bytes of Redis for a user online", *(f"{step.bytes_a_user:.0f}" for step in steps)],
        ["and for being in a room, with name and avatar", *(f"{step.bytes_a_member:.0f}" for step in steps)],
        ["MB of the process", *(f"{step.resident / 1e6:.0f}" for step in steps)],
        ["keepalives a renewal script carries", *(f"{step.batches.users_a_script:.0f}" for step in steps)],
        ["scripts a pipeline carries while people enter", *(f"{s.batches.scripts_a_pipeline:.1f}" for s in steps)],
    ]
    head = [_HEAD, *(f"{step.users:,} users online" for step in steps)]
    return "### Growth with the number of users (Redis + MariaDB)\n\n" + table(head, rows)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown."""

    def lines() -> Iterator[str]:
        yield f"| {' | '.join(head)} |"
        yield "|" + "---|" * len(head)
        for row in rows:
            yield f"| {' | '.join(row)} |"

    return "\n".join(lines())
