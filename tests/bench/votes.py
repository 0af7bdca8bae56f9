"""`make bench-votes`: twenty thousand votes over HTTP in ten seconds while thousands of sockets listen.

It is measured on private servers, and written into docs/performance.md.

Everybody who listens votes, in one poll after the other. `--brief` measures little, and prints it.
"""

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from liveroom.bench.requests import Form, request
from liveroom.bench.target import BenchTarget
from liveroom.http.server import run
from tests.bench.idle.crowd import Clients, clients
from tests.bench.measure import PAGE, two_servers
from tests.bench.measure_sync import allow_files
from tests.bench.pacer import Paced, paced
from tests.bench.page import measured_by_all, renewed, table
from tests.bench.processes import cpu_seconds_of
from tests.bench.seeding import SeededMember
from tests.servers import LOOPBACK, Mariadb, Redis
from tests.sync.halls import Hall, hall

BEGIN: Final = "<!-- votes: begin (written by `make bench-votes`) -->"
_FILES: Final = 4096
_OPTIONS: Final = 4
_PATIENCE: Final = 120.0
_PACE: Final = 5
"""Publications a second at most."""


@dataclass(frozen=True)
class VotesPlan:
    """How many vote how fast."""

    sockets: int = 5_000
    polls: int = 4
    rate: float = 2_000.0
    workers: int = 2

    @property
    def votes(self) -> int:
        """Return how many votes there are in all."""
        return self.sockets * self.polls


@dataclass(frozen=True)
class PollFound:
    """What one poll came to."""

    paced: Paced
    counted: int
    publications: int
    """While people voted."""


@dataclass(frozen=True)
class VotesFound:
    """What all came to."""

    plan: VotesPlan
    polls: Sequence[PollFound]
    cpu: Mapping[str, float]
    """Processor seconds for 1,000 votes, by who took them."""

    @property
    def pace(self) -> float:
        """Return how many publications a second there were."""
        return sum(one.publications for one in self.polls) / sum(one.paced.seconds for one in self.polls)


async def measure_votes(plan: VotesPlan, folder: Path, mariadb: Mariadb, redis: Redis) -> VotesFound:
    """Measure on fresh data. Raises ``CannotMeasure`` where a vote was refused or a delivery is missing."""
    database = mariadb.create_database("votes")
    stage = hall(folder / "data", plan.sockets, database=database, redis=redis.url, workers=plan.workers)
    async with stage as house:
        room, port = house.host.room, house.service.port
        with clients(folder, port, room, house.guests, 1) as crowd:
            await asyncio.to_thread(crowd.until, lambda report: report.inside == plan.sockets, _PATIENCE)
            taking = {"liveroom": house.service.workers(), "MariaDB": [mariadb.pid], "Redis": [redis.pid]}
            before = {who: cpu_seconds_of(pids) for who, pids in taking.items()}
            polls = [await _poll(plan, house, crowd) for _ in range(plan.polls)]
            cpu = {who: (cpu_seconds_of(pids) - before[who]) / plan.votes * 1000 for who, pids in taking.items()}
            return VotesFound(plan, polls, cpu)


async def _poll(plan: VotesPlan, house: Hall, crowd: Clients) -> PollFound:
    """Let everybody vote in a poll."""
    options = [f"option {number}" for number in range(_OPTIONS)]
    started: dict[str, Any] = await house.host.call("activities/start_poll", question="Which?", options=options)
    former = crowd.report().highest
    before = await asyncio.to_thread(crowd.until_complete, former, _PATIENCE)
    votes = [_vote(house.service.port, started["activityId"], number, one) for number, one in enumerate(house.guests)]
    sent = await asyncio.to_thread(paced, house.service.port, plan.rate, votes)
    after = crowd.report()
    ended: dict[str, Any] = await house.host.call("activities/end", activityId=started["activityId"])
    (await asyncio.to_thread(crowd.until_complete, after.highest, _PATIENCE)).check()
    return PollFound(sent, int(ended["votes"]), after.highest - before.highest)


def _vote(port: int, activity: str, number: int, one: SeededMember) -> bytes:
    given = {"userId": one.id, "token": one.token, "activityId": activity, "choices": str(number % _OPTIONS)}
    return request(BenchTarget(LOOPBACK, port), "activities/vote", Form.JSON, given)


def votes_table(found: VotesFound) -> str:
    """Return what the votes came to, as the page shows it."""
    plan, polls = found.plan, found.polls
    seconds = plan.votes / plan.rate
    title = f"{plan.votes:,} votes in {seconds:g} s, {plan.sockets:,} sockets, {plan.workers} workers"
    rows = [
        ["votes that count", f"{sum(one.counted for one in polls):,}", f"{plan.votes:,}"],
        ["seconds from the first to the last answer", f"{sum(one.paced.seconds for one in polls):.1f}", f"{seconds:g}"],
        ["answers, ms: half", f"{max(one.paced.p50 for one in polls) * 1000:.0f}", ""],
        ["99 of a hundred", f"{max(one.paced.p99 for one in polls) * 1000:.0f}", ""],
        [
            "publications a second while people voted, each with every socket once and in order",
            f"{found.pace:.1f}",
            f"{_PACE}",
        ],
        *([f"CPU-seconds per 1,000 votes: {who}", f"{share:.3f}", ""] for who, share in found.cpu.items()),
    ]
    return table([title, "measured", "target"], rows)


def main(words: list[str]) -> None:
    """Measure, and write the page or print it."""
    plan = VotesPlan(200, 2, 200.0) if "--brief" in words else VotesPlan()
    allow_files(plan.sockets + _FILES)
    load = os.getloadavg()[0]
    with two_servers() as (folder, mariadb, redis):
        found = run(measure_votes(plan, folder, mariadb, redis))
    head = measured_by_all(load)
    text = f"{head}\n\n{votes_table(found)}"
    if "--brief" in words:
        sys.stdout.write(text + "\n")
        return
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8"), BEGIN, text), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
