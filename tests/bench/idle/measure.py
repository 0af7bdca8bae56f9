"""`make bench-idle`: tens of thousands of idle sockets over two workers, into docs/performance-sync.md.

Memory and processor time of the workers while nothing happens; an event to everybody; a restart under all of them.
`--brief` opens a few hundred sockets and prints the figures instead.
"""

import asyncio
import os
import platform
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from liveroom.clock import SystemClock
from liveroom.http.server import run
from tests.bench import redis_facts
from tests.bench.idle.crowd import Clients, clients
from tests.bench.measure_sync import PAGE, allow_files
from tests.bench.page import renewed, table
from tests.bench.processes import CannotMeasure, cpu_seconds, resident_bytes
from tests.bench.seeding import SeededMember
from tests.servers import Mariadb, Redis, running
from tests.sync.halls import Hall, hall

BEGIN: Final = "<!-- measured: begin (written by `make bench-idle`) -->"
_WORKERS: Final = 2
_KB: Final = 1024
_MANY: Final = 200_000
_EVENTS: Final = 20
_SETTLES: Final = 30.0


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    sockets: int = 36_000
    processes: int = 3
    """Of clients."""
    quiet: float = 100.0
    """Seconds for which idle sockets are watched: four rounds of pings."""
    patience: float = 300.0


BRIEF: Final = Plan(sockets=300, quiet=2.0)
BACK: Final = 20.0
SLOWEST: Final = 3.0
CPU_PER_1000, BYTES = 0.0025, 10 * _KB


@dataclass(frozen=True)
class Found:
    """What was found out."""

    plan: Plan
    came: float
    """Seconds until all were in, entering the room on the way."""
    bytes: float
    """Of the workers' memory for each socket."""
    alone: float
    """Of one processor, of both workers, without sockets."""
    idle: float
    """And with all of them."""
    events: float
    """Seconds from the first of some changes, one after the other, until everybody had the last."""
    back: float
    """Seconds from when a restarted service was ready until all were in again."""
    slowest: float
    """Seconds that a call took at most from then on."""
    fresh: int


async def measure(plan: Plan, folder: Path, database: str, redis: str) -> Found:
    """Measure on fresh data. Raises ``CannotMeasure`` when something was lost or out of order."""
    async with hall(folder / "data", plan.sockets, database=database, redis=redis, workers=_WORKERS) as house:
        await asyncio.sleep(_SETTLES if plan is not BRIEF else 1)
        workers = house.service.workers()
        before, alone = _resident(workers), await _cpu(workers, plan.quiet)
        with clients(
            folder, house.service.port, house.host.room, house.guests[: plan.sockets], plan.processes
        ) as crowd:
            came = await _until_all_are_in(crowd, plan)
            await asyncio.sleep(_SETTLES if plan is not BRIEF else 1)
            grown = (_resident(workers) - before) / plan.sockets
            idle = await _cpu(workers, plan.quiet)
            events = await _tell(house, crowd, plan)
            back, slowest = await _restart(house, crowd, plan)
            await _tell(house, crowd, plan)
            return Found(plan, came, grown, alone, idle, events, back, slowest, crowd.report().fresh)


def _resident(workers: Sequence[int]) -> int:
    return sum(resident_bytes(pid) for pid in workers)


async def _cpu(workers: Sequence[int], seconds: float) -> float:
    before, began = sum(map(cpu_seconds, workers)), time.monotonic()
    await asyncio.sleep(seconds)
    return (sum(map(cpu_seconds, workers)) - before) / (time.monotonic() - began)


async def _until_all_are_in(crowd: Clients, plan: Plan) -> float:
    return await asyncio.to_thread(crowd.until, lambda report: report.inside == plan.sockets, plan.patience)


async def _tell(house: Hall, crowd: Clients, plan: Plan) -> float:
    """Change the room some times; return the seconds until everybody has each change, once and in order."""
    before = crowd.report()
    began = time.monotonic()
    await house.host.change(_EVENTS)
    await asyncio.to_thread(
        crowd.until, lambda report: report.lowest >= before.highest + _EVENTS or report.gaps > 0, plan.patience
    )
    took = time.monotonic() - began
    if (report := crowd.report()).gaps:
        raise CannotMeasure(f"publications were missed: {report}")
    return took


async def _restart(house: Hall, crowd: Clients, plan: Plan) -> tuple[float, float]:
    """Restart the service as an operator does; return until when all are back, and how long calls took at most."""
    await house.service.ends()
    await house.service.begins()
    calls = _Calls(house.service.url, house.host.guest, house.host.room)
    asking = asyncio.ensure_future(calls.ask())
    back = await _until_all_are_in(crowd, plan)
    asking.cancel()
    with suppress(asyncio.CancelledError):
        await asking
    return back, calls.slowest


class _Calls:
    """Somebody who calls all the time, on connections of their own."""

    def __init__(self, url: str, guest: SeededMember, room: str) -> None:
        self._url = url
        self._given = {"userId": guest.id, "token": guest.token, "roomId": room}
        self.slowest = 0.0

    async def ask(self) -> None:
        """Call until cancelled."""
        async with httpx.AsyncClient(base_url=self._url, timeout=60) as http:
            while True:
                for method in ("auth_users/user_keepalive", "rooms/room_detail", "rooms/list_users"):
                    began = time.monotonic()
                    reply = (await http.post(f"/base/v1/{method}", json=self._given)).json()
                    self.slowest = max(self.slowest, time.monotonic() - began)
                    if reply["errorCode"]:
                        raise CannotMeasure(f"{method}: {reply}")


def figures(found: Found) -> str:
    """Return the figures as the page shows them."""
    plan, each = found.plan, (found.idle - found.alone) / found.plan.sockets * 1000
    rows = [
        ("process memory of a socket that has entered, subscribed and is idle", f"{found.bytes / _KB:.1f} KB", "10 KB"),
        ("of one processor, for 1,000 of them", f"{each:.2%}", f"{CPU_PER_1000:.2%}"),
        ("of one processor, both workers without sockets", f"{found.alone:.1%}", ""),
        ("seconds until all had come, entering the room", f"{found.came:.0f}", ""),
        (
            f"seconds for {_EVENTS} changes, one after the other, to everybody, each once and in order",
            f"{found.events:.1f}",
            "",
        ),
        ("seconds after a restart until all were back", f"{found.back:.1f}", f"{BACK:g}"),
        ("slowest call meanwhile, seconds", f"{found.slowest:.2f}", f"{SLOWEST:g}"),
    ]
    return (
        f"Measured on {SystemClock().now():%Y-%m-%d}: Python {platform.python_version()}, {os.cpu_count()} processors "
        f"for everything: two workers, Redis, MariaDB and {plan.processes} processes of clients in C. "
        f"{found.fresh:,} clients were given the state after the restart, the others what they had missed.\n\n"
        + table([f"{plan.sockets:,} sockets over two workers", "measured", "target"], rows)
        + f"\n\nFrom that, computed: {_MANY:,} idle sockets take {each * _MANY / 1000:.2f} of a processor and "
        f"{found.bytes * _MANY / 1e9:.1f} GB in {-(-_MANY // 18_000)} processes of 18,000."
    )


def main(words: list[str]) -> None:
    """Measure, and write the page or print it."""
    plan = BRIEF if "--brief" in words else Plan()
    allow_files(plan.sockets // _WORKERS + 2048)
    with (
        tempfile.TemporaryDirectory(prefix="liveroom-idle-") as name,
        running(Redis(Path(name) / "redis")) as redis,
        running(Mariadb(Path(name) / "mariadb")) as mariadb,
    ):
        redis_facts.empty(redis.url)
        text = figures(run(measure(plan, Path(name), mariadb.create_database("idle"), redis.url)))
    if "--brief" in words:
        sys.stdout.write(text + "\n")
        return
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8"), BEGIN, text), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
