"""Background work without a beat: for a process that is frozen between calls, as a web function is.

Nothing happens by itself there. A call finds out whether time has stood still, and makes connections anew; whether the
process is still the one that serves; and which pieces of work are due, which then run beside it. The call is answered
when these are done, because the process may be frozen with the answer. What no call does, the timer's tick does.
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
from liveroom.api.dispatch import Dispatcher, Outcome, RequestContext
from liveroom.app.beat import Piece
from liveroom.domain.errors import BadRequest, LiveUnavailable, Unavailable
from liveroom.ports import Clock

log = structlog.get_logger("liveroom.turns")

FROZEN: Final = timedelta(seconds=5)
"""Time between two looks after which connections are made anew: that costs milliseconds, a dead one seconds."""
PACE: Final = timedelta(seconds=1)
"""Between two turns."""
_SECONDS_FOR_A_TURN: Final = 2.0
"""Then the call is answered all the same; every piece survives being broken off."""

Step = Callable[[], Awaitable[object]]


class Thaw:
    """Notices that time has stood still for this process, and does then what has to be done."""

    def __init__(self, clock: Clock, then: Sequence[Step]) -> None:
        self._clock = clock
        self._then = then
        self._looked = self._time()
        self._thawing: asyncio.Task[None] | None = None

    async def look(self) -> None:
        """Return when what has to be done after a freeze is done; whoever looks meanwhile waits for it too."""
        now = self._time()
        gap, self._looked = now - self._looked, now
        if gap > FROZEN and self._thawing is None:
            log.debug("process.thawed", seconds=gap.total_seconds())
            self._thawing = deadlines.spawn(self._thaw())
        if self._thawing is not None:
            await deadlines.join(self._thawing, LiveUnavailable)

    def _time(self) -> datetime:
        """Return the machine's time: not the loop's, which may stand still with the process."""
        return self._clock.now() - self._clock.offset

    async def _thaw(self) -> None:
        try:
            for step in self._then:
                await _quietly("thaw", step)
        finally:
            self._thawing = None


@dataclass
class _Due:
    """A piece of work, and when it was last done."""

    piece: Piece
    done: datetime


class Turns:
    """What calls do beside answering. A process takes its first turn a while after its start, which is enough to do."""

    def __init__(
        self, clock: Clock, pieces: Sequence[Piece], thaw: Thaw, *, hold: Step | None = None, last: Step | None = None
    ) -> None:
        """``hold`` raises ``LiveUnavailable`` where another process serves; ``last`` writes what only memory has."""
        self._clock = clock
        self._thaw = thaw
        self._hold = hold
        self._last = last
        self._turned = clock.now()
        self._due = [_Due(piece, self._turned) for piece in pieces]
        self._turning: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Return when the process may answer; raises ``Unavailable`` where it may not."""
        await self._thaw.look()
        if self._hold is not None:
            await self._hold()

    @asynccontextmanager
    async def beside(self) -> AsyncIterator[None]:
        """Do what is due beside the block."""
        turning = self.turn()
        try:
            yield
        finally:
            await self.end(turning)

    def turn(self) -> "asyncio.Task[None] | None":
        """Begin with what is due, unless somebody did a moment ago."""
        now = self._clock.now()
        if self._turning is not None or timedelta(0) <= now - self._turned < PACE:
            return None
        self._turned = now
        self._turning = deadlines.spawn(self._run(now))
        return self._turning

    async def end(self, turning: "asyncio.Task[None] | None") -> None:
        """Return when the process may be frozen, or ended."""
        if turning is not None:
            await asyncio.wait({turning}, timeout=_SECONDS_FOR_A_TURN)
            turning.cancel()
        if self._last is not None:
            await _quietly("last", self._last)

    async def _run(self, now: datetime) -> None:
        try:
            for due in self._due:
                if not timedelta(0) <= now - due.done < due.piece.every:
                    due.done = now
                    await _quietly(due.piece.name, due.piece.work)
        finally:
            self._turning = None


class TurnedCalls:
    """Answers declared methods (``http.asgi.Calls``), each with its turn."""

    def __init__(self, dispatcher: Dispatcher, turns: Turns) -> None:
        self._dispatcher = dispatcher
        self._turns = turns

    async def call(self, method: Method, raw: Mapping[str, Any] | BadRequest, context: RequestContext) -> Outcome:
        """Return the answer to a call; 100 when another process has taken this one's place."""
        began = deadlines.begin()
        try:
            await self._turns.begin()
        except Unavailable as failure:
            return self._dispatcher.refuse(method, failure, context)
        finally:
            deadlines.over(began)
        async with self._turns.beside():
            return await self._dispatcher.call(method, raw, context)


async def _quietly(name: str, work: Step) -> None:
    """Do a piece; one that fails is tried again when it is due again."""
    try:
        await work()
    except Unavailable as failure:
        log.warning("turn.unavailable", piece=name, cause=repr(failure.__cause__ or failure))
    except Exception:
        log.exception("turn.failed", piece=name)
