"""How cost grows with the number of rooms and of users, what a user takes of Redis, and how full the batches are.

On Redis and MariaDB, where the large installations are. All users there are call, each known to the process as in the
steady state: up to as many as one process is made for. Of more, as many, evenly spread; the others are with others.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from rich.console import Console

from liveroom.app.assembly import assemble
from liveroom.app.backends import open_database
from liveroom.clock import SystemClock
from liveroom.domain.presence.signs import Heartbeat
from liveroom.settings import load_settings
from tests.bench.plans import BenchPlan
from tests.bench.processes import resident_bytes
from tests.bench.redis_facts import Facts, facts
from tests.bench.seeding import Size, session_id, user_id
from tests.bench.setups import Servers, Setup, Stage, staged
from tests.bench.trial import Trial, TrialComparison, Yardstick, fill_the_rooms, introduce, middle_compared

A_PROCESS: Final = 200_000
"""So many users one process is made for (DESIGN.md 4)."""
_ENTERING: Final = 10_000
_ROOMS_BESIDE: Final = 100
_READY_SECONDS: Final = 300.0
_HEARTBEATS_AT_ONCE: Final = 20_000
_SECONDS_TO_SETTLE: Final = 2.0


@dataclass(frozen=True, slots=True)
class RoomStep:
    """What calls cost beside so many live rooms."""

    rooms: int
    seconds_to_fill: float
    """From the start of a service on an empty Redis to the first whole list."""
    costs: Mapping[str, TrialComparison]


@dataclass(frozen=True, slots=True)
class GrowthBatches:
    """How much company a call has on its way to Redis."""

    users_a_script: float
    """Keepalives that one renewal script carries."""
    scripts_a_pipeline: float
    """Scripts that Redis reads at once, while people enter."""


@dataclass(frozen=True, slots=True)
class UserStep:
    """What calls cost beside so many users who are online."""

    users: int
    calling: int
    """How many of them call, all through the one process; each slice draws from all of these."""
    costs: Mapping[str, TrialComparison]
    bytes_a_user: float
    """Of Redis, for a user who is signed in and gives signs of life."""
    bytes_a_member: float
    """Of Redis, for being in a room, with name and avatar, on top of that."""
    resident: int
    """Bytes of the process."""
    batches: GrowthBatches


@dataclass(frozen=True, slots=True)
class Growth:
    """All steps, the smallest first."""

    by_rooms: Sequence[RoomStep]
    by_users: Sequence[UserStep]


async def measure_growth(servers: Servers, plan: BenchPlan, yardstick: Yardstick, console: Console) -> Growth:
    """Measure every step, telling the console what is under way."""
    by_rooms, by_users, people = [], [], plan.active
    for number in plan.rooms:
        console.print(f"growth: {number} rooms")
        setup = Setup("growth", servers.database(), servers.redis())
        async with staged(setup, Size(people, number), driving=people, viewers=people, active=people) as stage:
            by_rooms.append(await asyncio.to_thread(_measure_rooms, stage, number, plan, yardstick))
    for number in plan.users:
        console.print(f"growth: {number} users")
        setup = Setup("growth", servers.database(), servers.redis())
        calling, entering = min(number, A_PROCESS), min(number, _ENTERING)
        async with staged(
            setup, Size(number, _ROOMS_BESIDE), driving=calling, viewers=entering, active=entering
        ) as stage:
            empty = facts(setup.redis or "").memory
            await _bring_online(stage, number)
            taken = (facts(setup.redis or "").memory - empty) / number
            by_users.append(await asyncio.to_thread(_measure_users, stage, setup, number, plan, taken, yardstick))
    return Growth(by_rooms, by_users)


async def _bring_online(stage: Stage, users: int) -> None:
    """Give every user a lease, through the live store's own seam."""
    settings = load_settings(environ=stage.settings, dotenv=None)
    db = await open_database(settings)
    core = await assemble(settings, SystemClock(), db)
    await core.live.start()
    try:
        now = SystemClock().now()
        for first in range(0, users, _HEARTBEATS_AT_ONCE):
            for number in range(first, min(users, first + _HEARTBEATS_AT_ONCE)):
                core.live.renew(Heartbeat(user_id(number), session_id(number), now, keepalive=True))
            await core.live.flush()
    finally:
        await core.live.close()
        await db.close()


def _measure_rooms(stage: Stage, rooms: int, plan: BenchPlan, yardstick: Yardstick) -> RoomStep:
    drill, before, counts = stage.drill, Trial(stage.running, seconds_after=0), plan.slices
    seconds = before.wait_until_ready(drill.query_room(1)[0], _READY_SECONDS)
    introduce(before, drill)
    fill_the_rooms(before, drill)
    trial = Trial(stage.running)
    calls: Mapping[str, Callable[[], list[bytes]]] = {
        "query_room": lambda: drill.query_room(counts.page),
        "query_room by totalJoined": lambda: drill.query_room(counts.page, "totalJoined"),
        "room_detail": lambda: drill.room_detail(counts.detail),
        "leave_room": lambda: drill.leave(0),
        "enter_room": lambda: drill.enter(0),
    }
    found: dict[str, list[TrialComparison]] = {call: [] for call in calls}
    for _ in range(plan.rounds):
        yardstick.greet()
        for call, requests in calls.items():
            found[call].append(yardstick.compare(partial(trial.cost, [requests()])))
    return RoomStep(rooms, seconds, {call: middle_compared(every) for call, every in found.items()})


def _measure_users(
    stage: Stage, setup: Setup, users: int, plan: BenchPlan, taken: float, yardstick: Yardstick
) -> UserStep:
    drill, before, counts = stage.drill, Trial(stage.running, seconds_after=0), plan.slices
    before.wait_until_ready(drill.query_room(1)[0], _READY_SECONDS)
    redis, trial = setup.redis or "", Trial(stage.running)
    yardstick.greet()
    first = yardstick.compare(lambda: trial.cost([drill.keepalive(len(drill.guests))]))
    keepalives: list[TrialComparison] = []
    logins: list[TrialComparison] = []
    for _ in range(plan.rounds):
        yardstick.greet()
        keepalives.append(yardstick.compare(lambda: trial.cost([drill.keepalive(counts.keepalive)])))
        logins.append(yardstick.compare(lambda: trial.cost([drill.login_token(counts.login)])))
    renewals = _renewals(redis, trial, drill.keepalive(plan.keepalives))
    start = facts(redis)
    trial.prepare(drill.enter(0))
    entering = facts(redis).since(start)
    time.sleep(_SECONDS_TO_SETTLE)
    member = facts(redis).since(start).memory / drill.viewers
    costs = {
        "first call of a session": first,
        "user_keepalive": middle_compared(keepalives),
        "user_login_token": middle_compared(logins),
    }
    batches = GrowthBatches(plan.keepalives / max(1.0, renewals), entering.scripts / max(1, entering.reads))
    return UserStep(users, len(drill.guests), costs, taken, member, resident_bytes(stage.running.pid), batches)


def _renewals(redis: str, trial: Trial, keepalives: Sequence[bytes]) -> float:
    """Return how many scripts carry these keepalives."""
    idle = _in_idle(redis)
    started, start = time.monotonic(), facts(redis)
    trial.prepare(keepalives)
    time.sleep(_SECONDS_TO_SETTLE)
    return facts(redis).since(start).scripts - idle.scripts * (time.monotonic() - started) / _SECONDS_TO_SETTLE


def _in_idle(redis: str) -> Facts:
    """Return what reaches Redis while nobody calls."""
    start = facts(redis)
    time.sleep(_SECONDS_TO_SETTLE)
    return facts(redis).since(start)
