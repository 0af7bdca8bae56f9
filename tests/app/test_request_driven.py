"""Background work that goes with calls, in a process that is frozen between them."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from structlog.testing import capture_logs

from liveroom.api.envelopes import Outcome
from liveroom.api.identity import RequestContext
from liveroom.api.methods import METHODS
from liveroom.app.request_driven import RequestDrivenCalls, RequestDrivenScheduler, Resume, Step
from liveroom.app.scheduler import Job
from liveroom.domain.errors import DatabaseUnavailable, Failure, LiveUnavailable
from liveroom.http.asgi import CallHandler
from tests.worlds import hastily

SECOND = timedelta(seconds=1)
GSLB = METHODS.methods["base/v1/gslb"]


class FrozenClock:
    """A machine's clock, as a process sees it that is frozen now and then."""

    offset = timedelta(0)

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 1, 8, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def freeze(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@dataclass
class Function:
    """A process with two jobs; ``done`` is what it did, in order."""

    clock: FrozenClock = field(default_factory=FrozenClock)
    done: list[str] = field(default_factory=list)
    failure: Exception | None = None

    def step(self, name: str) -> Step:
        async def work() -> None:
            self.done.append(name)
            if self.failure is not None:
                raise self.failure

        return work

    def request_driven(self) -> RequestDrivenScheduler:
        jobs = (Job("quick", SECOND, self.step("quick")), Job("seldom", 60 * SECOND, self.step("seldom")))
        return RequestDrivenScheduler(self.clock, jobs, Resume(self.clock, (self.step("thaw"),)))

    async def call(self, request_driven: RequestDrivenScheduler) -> None:
        await request_driven.begin()
        await request_driven.end(request_driven.start_due())


async def test_jobs_run_with_calls_each_at_its_interval_and_not_at_the_start() -> None:
    function = Function()
    request_driven = function.request_driven()
    for _ in range(5):
        await function.call(request_driven)
    assert function.done == []
    for _ in range(61):
        function.clock.freeze(1)
        await function.call(request_driven)
        await function.call(request_driven)
    assert function.done.count("quick") == 61
    assert function.done.count("seldom") == 1


async def test_of_calls_at_once_one_runs_the_jobs() -> None:
    function = Function()
    request_driven = function.request_driven()
    function.clock.freeze(3)
    await asyncio.gather(*(function.call(request_driven) for _ in range(20)))
    assert function.done == ["quick"]


async def test_a_job_that_fails_stops_no_other_and_no_call() -> None:
    function = Function()
    request_driven = function.request_driven()
    for failure, event in ((DatabaseUnavailable("down"), "job.unavailable"), (ValueError("a bug"), "job.failed")):
        function.failure = failure
        function.clock.freeze(61)
        function.done.clear()
        with capture_logs() as logs:
            await function.call(request_driven)
        assert function.done == ["thaw", "quick", "seldom"]
        assert [line["event"] for line in logs if line["event"].startswith("job")] == [event] * 3


def test_a_job_that_hangs_is_cancelled_after_two_seconds() -> None:
    async def story() -> None:
        clock, ended = FrozenClock(), asyncio.Event()

        async def hang() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()

        request_driven = RequestDrivenScheduler(clock, (Job("hangs", SECOND, hang),), Resume(clock, ()))
        clock.freeze(2)
        async with asyncio.timeout(3):
            await request_driven.begin()
            await request_driven.end(request_driven.start_due())
            await ended.wait()
        clock.freeze(2)
        running = request_driven.start_due()
        assert running is not None
        running.cancel()

    hastily(story())


async def test_after_a_freeze_connections_are_made_anew_before_any_call_goes_on() -> None:
    function = Function()
    gate = asyncio.Event()

    async def reconnect() -> None:
        function.done.append("reconnecting")
        await gate.wait()
        function.done.append("reconnected")

    request_driven = RequestDrivenScheduler(function.clock, (), Resume(function.clock, (reconnect,)))
    await request_driven.begin()
    function.clock.freeze(4)
    await request_driven.begin()
    assert function.done == []
    function.clock.freeze(6)

    async def call() -> None:
        await request_driven.begin()
        function.done.append("called")

    calls = [asyncio.create_task(call()) for _ in range(3)]
    await asyncio.wait(calls, timeout=0.01)
    gate.set()
    await asyncio.gather(*calls)
    assert function.done == ["reconnecting", "reconnected", "called", "called", "called"]


async def test_what_cannot_be_reached_after_a_freeze_does_not_stop_the_rest() -> None:
    function = Function(failure=LiveUnavailable("down"))
    resume = Resume(function.clock, (function.step("redis"), function.step("sql")))
    function.clock.freeze(10)
    await resume.look()
    assert function.done == ["redis", "sql"]


class Dispatcher:
    """Answers, and notes what happened in which order."""

    def __init__(self, function: Function) -> None:
        self._function = function

    async def call(self, *_: object) -> Outcome:
        self._function.done.append("answered")
        return Outcome(GSLB.bad_request, b'{"errorCode":0}')

    def refuse(self, _method: object, failure: Failure, _context: object) -> Outcome:
        return Outcome(GSLB.bad_request, json.dumps({"refused": type(failure).__name__}).encode())


def calls_of(function: Function, request_driven: RequestDrivenScheduler) -> CallHandler:
    make: Callable[..., CallHandler] = RequestDrivenCalls
    return make(Dispatcher(function), request_driven)


async def test_a_call_is_answered_when_its_turn_is_done() -> None:
    function = Function()
    calls = calls_of(function, function.request_driven())
    function.clock.freeze(2)
    outcome = await calls.call(GSLB, {}, RequestContext("1", "127.0.0.1"))
    assert outcome.body == b'{"errorCode":0}'
    assert sorted(function.done) == ["answered", "quick"]
