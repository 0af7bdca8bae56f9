"""Background jobs driven by requests: for a process that is frozen between calls, as a web function is.

Nothing runs by itself there. Each call checks whether the process was frozen, and then reconnects; and which jobs are
due, which then run beside the call. The call is answered when they are done, because the process may be frozen with the
answer. Jobs that no call runs are run by the timer's tick.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from liveroom import deadlines
from liveroom.api.declare import Method
from liveroom.api.dispatch import Dispatcher
from liveroom.api.envelopes import Outcome
from liveroom.api.identity import RequestContext
from liveroom.app.scheduler import Job
from liveroom.domain.errors import BadRequest, LiveUnavailable, Unavailable
from liveroom.ports import Clock

log = structlog.get_logger("liveroom.request_driven")

FROZEN: Final = timedelta(seconds=5)
"""Time between two looks after which connections are made anew: that costs milliseconds, a dead one seconds."""
PACE: Final = timedelta(seconds=1)
"""Between two runs of jobs."""
_SECONDS_FOR_JOBS: Final = 2.0
"""Then the call is answered all the same; every job survives being cancelled."""

Step = Callable[[], Awaitable[object]]


class Resume:
    """Notices that this process was frozen, and does then what has to be done (``then``)."""

    def __init__(self, clock: Clock, then: Sequence[Step]) -> None:
        self._clock = clock
        self._then = then
        self._looked = self._time()
        self._resuming: asyncio.Task[None] | None = None

    async def look(self) -> None:
        """Return when what follows a freeze is done; concurrent callers wait for it too."""
        now = self._time()
        gap, self._looked = now - self._looked, now
        if gap > FROZEN and self._resuming is None:
            log.debug("process.resumed", seconds=gap.total_seconds())
            self._resuming = deadlines.spawn(self._resume())
        if self._resuming is not None:
            await deadlines.join(self._resuming, LiveUnavailable)

    def _time(self) -> datetime:
        """Return the machine's time: not the loop's, which may stand still with the process."""
        return self._clock.now() - self._clock.offset

    async def _resume(self) -> None:
        try:
            for step in self._then:
                await _quietly("thaw", step)
        finally:
            self._resuming = None


@dataclass
class _DueJob:
    """A job, and when it last ran."""

    job: Job
    done: datetime


class RequestDrivenScheduler:
    """Runs due jobs beside calls. A process first does so a while after its start, which is busy enough."""

    def __init__(self, clock: Clock, jobs: Sequence[Job], resume: Resume) -> None:
        self._clock = clock
        self._resume = resume
        self._started = clock.now()
        self._due = [_DueJob(job, self._started) for job in jobs]
        self._running: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Return when the process may answer; raises ``Unavailable`` where it may not."""
        await self._resume.look()

    @asynccontextmanager
    async def beside(self) -> AsyncIterator[None]:
        """Run due jobs beside the block."""
        running = self.start_due()
        try:
            yield
        finally:
            await self.end(running)

    def start_due(self) -> "asyncio.Task[None] | None":
        """Start the jobs that are due, unless another call did a moment ago."""
        now = self._clock.now()
        if self._running is not None or timedelta(0) <= now - self._started < PACE:
            return None
        self._started = now
        self._running = deadlines.spawn(self._run(now))
        return self._running

    async def end(self, running: "asyncio.Task[None] | None") -> None:
        """Return when the process may be frozen, or ended."""
        if running is not None:
            await asyncio.wait({running}, timeout=_SECONDS_FOR_JOBS)
            running.cancel()

    async def _run(self, now: datetime) -> None:
        try:
            for due in self._due:
                if not timedelta(0) <= now - due.done < due.job.every:
                    due.done = now
                    await _quietly(due.job.name, due.job.work)
        finally:
            self._running = None


class RequestDrivenCalls:
    """Answers declared methods (``http.asgi.Calls``), and runs due jobs beside each."""

    def __init__(self, dispatcher: Dispatcher, request_driven: RequestDrivenScheduler) -> None:
        self._dispatcher = dispatcher
        self._request_driven = request_driven

    async def call(self, method: Method, raw: Mapping[str, Any] | BadRequest, context: RequestContext) -> Outcome:
        """Return the answer to a call; 100 when the process was frozen and does not reconnect in time."""
        began = deadlines.begin()
        try:
            await self._request_driven.begin()
        except Unavailable as failure:
            return self._dispatcher.refuse(method, failure, context)
        finally:
            deadlines.over(began)
        async with self._request_driven.beside():
            return await self._dispatcher.call(method, raw, context)


async def _quietly(name: str, work: Step) -> None:
    """Run a job; one that fails is tried again when it is due again."""
    try:
        await work()
    except Unavailable as failure:
        log.warning("job.unavailable", job=name, cause=repr(failure.__cause__ or failure))
    except Exception:
        log.exception("job.failed", job=name)
