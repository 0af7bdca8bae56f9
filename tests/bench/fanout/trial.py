"""What fan-out costs a server: its processor time alone while numbered events go to all of its sockets."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Final

from tests.bench.fanout.contenders import Contender, Opened
from tests.bench.fanout.listeners import Listeners, ListenResult
from tests.bench.processes import cpu_seconds, resident_bytes

_PAUSE: Final = 0.15
"""Seconds between bursts, from the last delivery of one on: longer than anybody gathers."""
_SETTLES: Final = 1.0
_QUIET: Final = 25.0
_MILLION: Final = 1_000_000


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    sockets: tuple[int, ...] = (1000, 5000)
    bursts: tuple[int, ...] = (1, 10, 30)
    """Events that are published at once."""
    deliveries: int = 300_000
    """Of each measurement, or so."""
    least: int = 8
    """Bursts of each measurement, at least; and at most:"""
    most: int = 60
    calls: int = 600
    """While nobody listens."""
    repetitions: int = 3
    quiet: float = _QUIET
    """Seconds for which idle sockets are watched."""

    def times(self, sockets: int, burst: int) -> int:
        """Return how often a burst is published."""
        return min(max(self.least, self.deliveries // (sockets * burst)), self.most)


FULL: Final = Plan()
BRIEF: Final = Plan(sockets=(200,), bursts=(1, 10), deliveries=4_000, calls=100, repetitions=1, quiet=0.5)


@dataclass(frozen=True)
class Fanout:
    """What events cost that were published so many at once."""

    cpu: float
    """Processor seconds for a million deliveries."""
    p50: float
    p99: float
    """Seconds from publishing to receipt."""
    messages: float
    """Messages in which a socket got one burst."""


@dataclass(frozen=True)
class Found:
    """What was found out about one server with so many sockets."""

    fanouts: Mapping[int, Fanout]
    """By the number of events at once."""
    call: float
    """Processor seconds of a call that publishes, while nobody listens: these are no part of ``fanouts``."""
    idle: float
    """Processor seconds a second while nothing is published."""
    connected: float
    """Bytes of the process for each socket that has connected."""
    listening: float
    """And for each that is told of events."""


@contextmanager
def on_processor(number: int) -> Iterator[None]:
    """Run, and start processes, on one of the machine's processors, where it has several."""
    before = os.sched_getaffinity(0)
    own = sorted(before)
    os.sched_setaffinity(0, {own[number % len(own)]})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def measure(contender: Contender, sockets: int, size: int, plan: Plan, tell: Callable[[str], None]) -> Found:
    """Measure one server; the listeners have the second processor to themselves."""
    with ExitStack() as stack:
        with on_processor(0):
            opened = stack.enter_context(contender.opened(sockets, size))
        stack.enter_context(on_processor(1))
        listeners = stack.enter_context(Listeners(opened.running.port, opened.tongue))
        trial = _Trial(opened, listeners, sockets, plan)
        calls = trial.call()
        connected, listening = trial.gather()
        idle = trial.watch()
        tell(
            f"{contender.name}, {sockets} sockets: {connected / 1024:.1f} KB connected, {listening / 1024:.1f} KB "
            f"listening, idle {idle:.1%}, a call {calls * 1000:.2f} CPU-ms"
        )
        fanouts = {burst: trial.repeat(burst, tell) for burst in plan.bursts}
        return Found(fanouts, calls, idle, connected, listening)


class _Trial:
    def __init__(self, opened: Opened, listeners: Listeners, sockets: int, plan: Plan) -> None:
        self._opened = opened
        self._pid = opened.running.pid
        self._listeners = listeners
        self._sockets = sockets
        self._plan = plan
        self._number = 0
        self._idle = 0.0
        self._call = 0.0

    def call(self) -> float:
        """Publish while nobody listens; return what one such call takes."""
        with self._listeners.publishing(burst := max(self._plan.bursts)):
            self._publish(burst)
            before = cpu_seconds(self._pid)
            for _ in range(rounds := -(-self._plan.calls // burst)):
                self._publish(burst)
        self._call = (cpu_seconds(self._pid) - before) / (rounds * burst)
        return self._call

    def gather(self) -> tuple[float, float]:
        """Let all sockets come; return the bytes for each, connected and then listening."""
        before = self._resident()
        self._listeners.connect(self._sockets)
        first, *rest = self._opened.steps or (None,)
        if first is not None:
            self._listeners.say(*first)
        connected = self._resident()
        for step in rest:
            if step is not None:
                self._listeners.say(*step)
        listening = self._resident()
        return (connected - before) / self._sockets, (listening - before) / self._sockets

    def watch(self) -> float:
        """Return what the process takes while nothing is published."""
        self._listeners.rest(_SETTLES)
        before = cpu_seconds(self._pid)
        self._listeners.rest(self._plan.quiet)
        self._idle = (cpu_seconds(self._pid) - before) / self._plan.quiet
        return self._idle

    def repeat(self, burst: int, tell: Callable[[str], None]) -> Fanout:
        """Return the median of each figure."""
        every = []
        for _ in range(self._plan.repetitions):
            with self._listeners.publishing(burst):
                self._publish(burst)
                self._listeners.rest(_PAUSE)
                every.append(found := self._fanout(burst))
            tell(
                f"  {burst} at once: {found.cpu:.2f} CPU-s per 1,000,000, p50 {found.p50 * 1000:.1f} ms, "
                f"p99 {found.p99 * 1000:.1f} ms, {found.messages:.1f} messages"
            )
        figures = ("cpu", "p50", "p99", "messages")
        return Fanout(*(median(getattr(one, figure) for one in every) for figure in figures))

    def _fanout(self, burst: int) -> Fanout:
        listeners, times = self._listeners, self._plan.times(self._sockets, burst)
        listeners.heard.clear()
        listeners.messages = 0
        cpu, began = cpu_seconds(self._pid), time.perf_counter()
        sent: dict[int, float] = {}
        for _ in range(times):
            sent |= self._publish(burst)
            listeners.rest(_PAUSE)
        seconds = time.perf_counter() - began
        cpu = cpu_seconds(self._pid) - cpu - self._idle * seconds - self._call * times * burst
        took = delays(listeners.heard, sent)
        bursts = self._sockets * times
        return Fanout(
            max(cpu, 0.0) / len(took) * _MILLION,
            took[len(took) // 2],
            took[len(took) * 99 // 100],
            listeners.messages / bursts,
        )

    def _publish(self, burst: int) -> dict[int, float]:
        """Publish so many events at once and hear them all; return when each left."""
        numbers = range(self._number + 1, self._number + 1 + burst)
        self._number += burst
        aim = self._listeners.deliveries + burst * len(self._listeners)
        left = self._listeners.publish([self._opened.publish(number) for number in numbers])
        self._listeners.hear(aim)
        return dict.fromkeys(numbers, left)

    def _resident(self) -> int:
        self._listeners.rest(_SETTLES)
        return resident_bytes(self._pid)


def delays(heard: list[ListenResult], sent: Mapping[int, float]) -> list[float]:
    """Return how long each delivery took, the shortest first."""
    return sorted(at - sent[number] for at, numbers in heard for number in numbers)
