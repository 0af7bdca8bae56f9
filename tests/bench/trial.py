"""What calls cost a service: processor time of the service alone, at saturation, with what it does afterwards.

A batch that leaves half a second later belongs to the calls that filled it: each measurement waits for it, and takes
off what an idle service would have used meanwhile.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from liveroom.domain.rooms.options import SEATS, SeatMode
from tests.bench.drill import Drill
from tests.bench.processes import CannotMeasure, Running, cpu_seconds, strike

AT_ONCE: Final = 32
_SECONDS_FOR_BATCHES: Final = 0.8
_SECONDS_IDLE: Final = 1.5
_IDLE_LOOKS: Final = 40
_STEADY: Final = 0.03
_TOO_FEW: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Cost:
    """What some calls cost: processor seconds of the service for 1,000 of them, and how fast they went."""

    cpu: float
    rate: float
    p99: float


@dataclass(frozen=True, slots=True)
class TrialCounts:
    """How many calls each measurement makes."""

    hello: int
    keepalive: int
    page: int
    detail: int
    login: int
    account: int
    """Accounts that are made, and then signed in to."""
    shifts: int
    """How often every user enters a room and leaves it."""


SLICES: Final = TrialCounts(hello=5_000, keepalive=5_000, page=1_500, detail=2_000, login=1_500, account=600, shifts=1)
"""A few tenths of a second of each, for which a shared processor is as fast or slow as for the yardstick beside it."""
QUICK: Final = TrialCounts(hello=4_000, keepalive=2_000, page=400, detail=600, login=400, account=100, shifts=1)


class Trial:
    """Measurements on one running process."""

    def __init__(
        self, running: Running, *, seconds_after: float = _SECONDS_FOR_BATCHES, at_once: int = AT_ONCE
    ) -> None:
        self._running = running
        self._after = seconds_after
        self._at_once = at_once
        self.idle = self._idle_rate() if seconds_after else 0.0

    def cost(self, rounds: Sequence[Sequence[bytes]], *, stages: Sequence[Sequence[bytes]] = ()) -> Cost:
        """Send each round; after it, uncounted, the stage that belongs to it. Every answer has to be code 0."""
        cpu = seconds = p99 = 0.0
        count = 0
        for number, requests in enumerate(rounds):
            before = cpu_seconds(self._running.pid)
            blows = self._strike(requests)
            time.sleep(self._after)
            cpu += cpu_seconds(self._running.pid) - before - self.idle * self._after
            seconds += blows[0]
            p99 = max(p99, blows[1])
            count += len(requests)
            if number < len(stages):
                self._strike(stages[number])
        return Cost(max(cpu, _TOO_FEW) / count * 1000, count / seconds, p99)

    def prepare(self, requests: Sequence[bytes]) -> None:
        """Send requests that only set the stage."""
        self._strike(requests)

    def wait_until_ready(self, request: bytes, seconds: float) -> float:
        """Send one request until it is answered with code 0; return how long that took."""
        began = time.monotonic()
        while strike(self._running, [request], 1).codes != {0: 1}:
            if time.monotonic() - began > seconds:
                raise CannotMeasure("the service did not become ready")
            time.sleep(0.1)
        return time.monotonic() - began

    def _strike(self, requests: Sequence[bytes]) -> tuple[float, float]:
        blows = strike(self._running, requests, self._at_once)
        if set(blows.codes) != {0}:
            first = requests[0].split(b"?")[0].split(b" HTTP")[0].decode()
            raise CannotMeasure(f"{first} was answered with these codes: {blows.codes}")
        return blows.seconds, blows.p99

    def _idle_rate(self) -> float:
        """Return what the process takes while nobody calls, once it has done what it had put off."""
        rate, former = self._rate(), 1.0
        for _ in range(_IDLE_LOOKS):
            if abs(rate - former) <= _STEADY:
                break
            rate, former = self._rate(), rate
        return min(rate, former)

    def _rate(self) -> float:
        before = cpu_seconds(self._running.pid)
        time.sleep(_SECONDS_IDLE)
        return (cpu_seconds(self._running.pid) - before) / _SECONDS_IDLE


@dataclass(frozen=True, slots=True)
class TrialComparison:
    """A cost, and how many times that of a hello-world measured the moment before and the moment after."""

    cost: Cost
    times: float


class Yardstick:
    """A hello-world that runs beside what is measured."""

    def __init__(self, running: Running, count: int) -> None:
        """``count``: how many calls of it are a measurement."""
        self._trial = Trial(running, seconds_after=0)
        self._requests = [b"GET / HTTP/1.1\r\nhost: bench\r\n\r\n"] * count
        self._latest: Cost | None = None
        self.greetings: list[Cost] = []

    def greet(self) -> Cost:
        """Measure it now; the next comparison begins with this."""
        self._latest = self._trial.cost([self._requests])
        self.greetings.append(self._latest)
        return self._latest

    def compare(self, measure: Callable[[], Cost]) -> TrialComparison:
        """Measure something, and the yardstick right after it; right before it that was measured the last time."""
        before = self._latest or self.greet()
        cost = measure()
        return TrialComparison(cost, cost.cpu / ((before.cpu + self.greet().cpu) / 2))


def introduce(trial: Trial, drill: Drill) -> None:
    """Let every user be known to the process."""
    trial.prepare(drill.keepalive(len(drill.guests)))


def fill_the_rooms(trial: Trial, drill: Drill) -> None:
    """Let those who go in and out be in a room."""
    trial.prepare(drill.enter(0))


def measurements(trial: Trial, drill: Drill, counts: TrialCounts) -> Iterator[tuple[str, Callable[[], Cost]]]:
    """Yield how to measure every call, to be done in this order.

    Everybody is in a room before, and those who go in and out have left afterwards.
    """
    yield "user_keepalive", lambda: trial.cost([drill.keepalive(counts.keepalive)])
    yield "query_room", lambda: trial.cost([drill.query_room(counts.page)])
    yield "room_detail", lambda: trial.cost([drill.room_detail(counts.detail)])
    yield "list_users", lambda: trial.cost([drill.list_users(counts.detail)])
    yield "user_login_token", lambda: trial.cost([drill.login_token(counts.login)])
    yield "oauth/register", lambda: trial.cost([drill.register(counts.account)])
    yield "oauth/signature", lambda: trial.cost([drill.sign_in()])
    yield "messages/send", lambda: trial.cost([drill.send() for _ in range(counts.shifts)])
    yield "rooms/like", lambda: trial.cost([drill.like() for _ in range(counts.shifts)])
    yield "seats/take", lambda: _seats(trial, drill, counts)
    shifts = range(counts.shifts)
    comings = [drill.enter(0)] * (counts.shifts - 1)
    yield "leave_room", lambda: trial.cost([drill.leave(0)] * counts.shifts, stages=comings)
    goings = [drill.leave(shift) for shift in shifts]
    yield "enter_room", lambda: trial.cost([drill.enter(shift) for shift in shifts], stages=goings)


def _seats(trial: Trial, drill: Drill, counts: TrialCounts) -> Cost:
    """Return what taking a seat costs where that is free; the rooms are as they were afterwards."""
    trial.prepare(drill.configure_seats(seats=drill.most_seats, mode=SeatMode.FREE))
    cost = trial.cost([drill.take()] * counts.shifts, stages=[drill.leave_seats()] * counts.shifts)
    trial.prepare(drill.configure_seats(seats=SEATS, mode=SeatMode.APPLY))
    return cost


def middle(costs: Sequence[Cost]) -> Cost:
    """Return the median of each figure."""
    return Cost(
        median(cost.cpu for cost in costs), median(cost.rate for cost in costs), median(cost.p99 for cost in costs)
    )


def middle_compared(every: Sequence[TrialComparison]) -> TrialComparison:
    """Return the median of each figure."""
    return TrialComparison(middle([one.cost for one in every]), median(one.times for one in every))
