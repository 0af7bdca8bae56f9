"""The table of a load run."""

from collections import Counter
from dataclasses import asdict
from typing import Any

from rich.table import Column, Table

from liveroom.bench.figures import BenchOutcome, Figures


def table(outcome: BenchOutcome) -> Table:
    """Return one line a call, the most frequent first, and one for all together."""
    made = Table(Column("call", no_wrap=True, min_width=20), box=None, header_style="bold", pad_edge=False)
    for column in ("calls", "calls/s", "p50 ms", "p99 ms"):
        made.add_column(column, justify="right")
    made.add_column("other codes")
    made.add_column("errors", style="red")
    for call, figures in sorted(outcome.calls.items(), key=lambda item: -item[1].count):
        made.add_row(call, *_cells(figures, outcome.seconds))
    made.add_section()
    made.add_row("all", *_cells(_sum(outcome), outcome.seconds))
    return made


def rows(outcome: BenchOutcome) -> list[dict[str, str | int | float | dict[str, int]]]:
    """Return the same for programs."""
    return [
        {
            "call": call,
            "calls": figures.count,
            "p50_ms": round(figures.percentile(0.5) * 1000, 1),
            "p99_ms": round(figures.percentile(0.99) * 1000, 1),
            "other_codes": {str(code): count for code, count in figures.expected.items()},
            "errors": dict(figures.unexpected),
        }
        for call, figures in outcome.calls.items()
    ]


def facts(outcome: BenchOutcome) -> dict[str, Any]:
    """Return the whole outcome for programs."""
    followed = {} if outcome.followed is None else {"followed": asdict(outcome.followed)}
    counted = {"seconds": outcome.seconds, "unsent": outcome.unsent, "failures": outcome.failures}
    return {**counted, "calls": rows(outcome), **followed}


def verdict(outcome: BenchOutcome) -> str:
    """Return the last lines: whether everything was as it should be."""
    if outcome.followed is None:
        return _verdict_of_calls(outcome)
    followed = outcome.followed
    seen = f"{followed.followers} followers saw {followed.events} events"
    right = "Every followed room was what the service has" if not followed.wrong else "\n".join(followed.wrong)
    return f"{_verdict_of_calls(outcome)}\n{right}; {seen}, and the end of {followed.closed} rooms."


def _verdict_of_calls(outcome: BenchOutcome) -> str:
    if outcome.unsent:
        return f"The service fell behind: {outcome.unsent} calls were due and not sent."
    if outcome.wrong_answers:
        return f"{outcome.wrong_answers} calls were not answered as they should be."
    return "Every call was answered as it should be."


def _cells(figures: Figures, seconds: float) -> list[str]:
    return [
        str(figures.count),
        f"{figures.count / seconds:.1f}" if seconds else "",
        f"{figures.percentile(0.5) * 1000:.1f}",
        f"{figures.percentile(0.99) * 1000:.1f}",
        _codes(figures.expected),
        _codes(figures.unexpected),
    ]


def _sum(outcome: BenchOutcome) -> Figures:
    total = Figures()
    for figures in outcome.calls.values():
        total.count += figures.count
        total.times += figures.times
        total.expected += figures.expected
        total.unexpected += figures.unexpected
    return total


def _codes(codes: Counter[int] | Counter[str]) -> str:
    return ", ".join(f"{code}: {count}" for code, count in codes.most_common())
