"""`make bench-sync`: measures fan-out beside other servers, on private ones, and writes docs/performance-sync.md.

`--brief` measures few sockets and prints the figures instead, to see that the measuring works.
"""

import os
import resource
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from tests.bench import redis_facts
from tests.bench.fanout.contenders import EVENT_BYTES, Contender, Ours, others
from tests.bench.fanout.page import Measured, page
from tests.bench.fanout.trial import BRIEF, FULL, Found, Plan, measure
from tests.servers import Redis, running

PAGE = Path("docs/performance-sync.md")
_FILES = 4096
"""Open files that a process needs beside its sockets."""


def measure_all(contenders: Sequence[Contender], plan: Plan, console: Console) -> Measured:
    """Measure everybody who is there, telling the console what is under way."""
    load = os.getloadavg()[0]
    allow_files(max(plan.sockets) + _FILES)
    skipped = {one.name: one.missing for one in contenders if one.missing}
    found: dict[str, dict[int, Found]] = {one.name: {} for one in contenders if not one.missing}
    for sockets in plan.sockets:
        for one in contenders:
            if one.name in found:
                found[one.name][sockets] = measure(one, sockets, EVENT_BYTES, plan, lambda line: say(console, line))
    return Measured(plan, found, skipped, load)


def say(console: Console, line: str) -> None:
    console.print(line, soft_wrap=True, markup=False, highlight=False)


def allow_files(count: int) -> None:
    """Let this process, and those it starts, have so many files open, as far as the system allows it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = count if hard == resource.RLIM_INFINITY else min(count, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))


def main(words: list[str]) -> None:
    """Measure, and write the page or print it."""
    console = Console(stderr=True)
    plan = BRIEF if "--brief" in words else FULL
    with tempfile.TemporaryDirectory(prefix="liveroom-bench-") as name, running(Redis(Path(name) / "redis")) as redis:

        def empty() -> str:
            redis_facts.empty(redis.url)
            return redis.url

        contenders = (Ours("liveroom, memory"), Ours("liveroom, Redis", empty), *others())
        measured = measure_all(contenders, plan, console)
    if "--brief" in words:
        say(Console(), page(measured, ""))
        return
    PAGE.write_text(page(measured, PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""), encoding="utf-8")
    say(console, f"written: {PAGE}")


if __name__ == "__main__":
    main(sys.argv[1:])
