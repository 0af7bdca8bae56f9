"""The installation as its operators see it: what is set, which program runs, and what is not well."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from threading import Thread
from typing import Final, NamedTuple

import structlog

from liveroom import deadlines
from liveroom.domain.findings import Finding, fail
from liveroom.ports import Clock

log = structlog.get_logger("liveroom.doctor")

LONGEST: Final = 15.0
"""Seconds in which everything is looked at."""
LASTS: Final = 5.0
"""For how many seconds what was found is told to whoever asks again."""
_FAULT: Final = "the log has the rest, as doctor.fault"


class SettingInForce(NamedTuple):
    """A setting, as it is in force."""

    name: str
    """The name of its variable."""
    value: str
    """Secrets and passwords are stars."""
    default: str
    source: str
    """``default``, ``flag``, or where it stands, such as ``environment LIVEROOM_PORT`` or ``.env LIVEROOM_PORT``."""
    group: str
    doc: str


class RunningProgram(NamedTuple):
    """The process that answers."""

    version: str
    began: datetime
    machine: str
    process: int
    python: str
    database: str
    """``sqlite`` or ``mysql``."""
    live: str
    """``memory`` or ``redis``."""


@dataclass(frozen=True, slots=True)
class Installation:
    """What was decided when the process began."""

    settings: Callable[[], Sequence[SettingInForce]]
    program: RunningProgram


class Examination(NamedTuple):
    """What was found, and when that was."""

    at: datetime
    findings: Sequence[Finding]


class Doctor:
    """Looks at everything, at most once at a time, in a thread of its own: no call waits for it."""

    def __init__(
        self, examine: Callable[[], AsyncIterator[Finding]], clock: Clock, *, longest: float = LONGEST
    ) -> None:
        """``longest``: seconds after which what was found until then is told."""
        self._examine = examine
        self._clock = clock
        self._longest = longest
        self._running: asyncio.Task[Examination] | None = None
        self._thread: asyncio.Future[Exception | None] | None = None
        """What is looked at now or was last; a disk that hangs may hold it for longer than anybody waits."""

    async def examination(self) -> Examination:
        """Return what is found now, or was found a moment ago."""
        if self._running is None:
            self._running = deadlines.spawn(self._look(), name="doctor")
        with deadlines.outside():
            return await asyncio.shield(self._running)

    async def _look(self) -> Examination:
        found: list[Finding] = []
        if self._thread is None or self._thread.done():
            self._thread = self._begin(found)
        await asyncio.wait([self._thread], timeout=self._longest + 1)
        problem = self._thread.result() if self._thread.done() else TimeoutError()
        if isinstance(problem, TimeoutError):
            late = f"not everything was looked at within {self._longest:g} s"
            found = [*found, fail("doctor", late, "`liveroom doctor` takes as long as it needs")]
        elif problem is not None:
            log.error("doctor.fault", exc_info=problem)
            found.append(fail("doctor", f"a fault of liveroom, {type(problem).__name__}", _FAULT))
        asyncio.get_running_loop().call_later(LASTS, self._forget)
        return Examination(self._clock.now(), found)

    def _begin(self, found: list[Finding]) -> "asyncio.Future[Exception | None]":
        """Begin to look, in a thread that no end of the process waits for."""
        loop = asyncio.get_running_loop()
        over: asyncio.Future[Exception | None] = loop.create_future()

        def look() -> None:
            problem: Exception | None = None
            try:
                asyncio.run(self._collect(found))
            except Exception as failure:
                problem = failure
            with suppress(RuntimeError):  # the process has ended meanwhile
                loop.call_soon_threadsafe(over.set_result, problem)

        Thread(target=look, name="doctor", daemon=True).start()
        return over

    async def _collect(self, found: list[Finding]) -> None:
        async with asyncio.timeout(self._longest):
            async for finding in self._examine():
                found.append(finding)

    def _forget(self) -> None:
        self._running = None
