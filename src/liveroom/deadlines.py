"""Until when a request is waited for: one deadline over all its steps, which every wait on the way looks at.

Shipped apps give up after ten seconds or less, so a request is answered within three, whatever stands still behind it.
The instant is a context variable, on the monotonic clock of the event loop. What several requests share, or what goes
on after one, is begun with ``spawn``: it must not end with the request that happened to come first. Time that is spent
``outside``, with an operator's hook, a vendor or a database that wakes up, does not count: those have limits of their
own.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar, Token, copy_context
from math import inf
from types import TracebackType
from typing import Any, Final, TypeVar

SECONDS: Final = 3.0
"""How long a request is waited for."""
NEVER: Final = inf
OVER: Final = "nobody waits for this request any more"
_LOOKS: Final = 0.05
"""Seconds between two looks at what is waited for."""

_now: Final = time.monotonic
"""The clock of the loop, without asking which loop runs: that is a system call (Python 3.11)."""

T = TypeVar("T")
Failing = Callable[[str], Exception]

_end: ContextVar[float] = ContextVar("end", default=NEVER)


class Overdue(TimeoutError):
    """Nobody waits for the request any more."""

    def __init__(self, text: str = OVER) -> None:
        super().__init__(text)


def begin() -> Token[float]:
    """Note that a request begins."""
    return _end.set(_now() + SECONDS)


def over(began: Token[float]) -> None:
    """Note that a request has been answered, where it began."""
    _end.reset(began)


def end() -> float:
    """Return when nobody waits any more, on the loop's clock; ``NEVER`` in background work."""
    return _end.get()


def within(seconds: float) -> asyncio.Timeout:
    """Return a timeout after so long, or when the request is over; raises ``Overdue`` where it is over already."""
    now, last = _now(), _end.get()
    if last <= now:
        raise Overdue
    until = min(now + seconds, last)
    return asyncio.timeout_at(None if until == NEVER else until)


def time_left(seconds: float) -> float:
    """Return for how long to wait: so long, or until the request is over."""
    last = _end.get()
    return seconds if last == NEVER else max(0.0, min(seconds, last - _now()))


class at_most:  # noqa: N801 - used like a function
    """A block that is waited for so many seconds, where something else is to be tried after that."""

    __slots__ = ("_began", "_seconds")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def __enter__(self) -> None:
        self._began = _end.set(min(_now() + self._seconds, _end.get()))

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        _end.reset(self._began)


class outside:  # noqa: N801 - used like a function
    """A block whose time does not count: somebody else is asked, for whom there is a limit of its own."""

    __slots__ = ("_began", "_end")

    def __enter__(self) -> None:
        self._end = _end.get()
        self._began = _now()
        _end.set(NEVER)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        _end.set(self._end + (_now() - self._began))


def spawn(work: Coroutine[Any, Any, T], *, name: str | None = None) -> "asyncio.Task[T]":
    """Begin something that is not one request's: it has no deadline but those that it gives itself."""
    loop = asyncio.get_running_loop()
    if _end.get() == NEVER:
        return loop.create_task(work, name=name)
    free = copy_context()
    free.run(_end.set, NEVER)
    return loop.create_task(work, name=name, context=free)


async def join(shared: "asyncio.Future[T]", failing: Failing = Overdue) -> T:
    """Wait for what others may wait for too, until the request is over; raises what ``failing`` makes then."""
    try:
        async with within(NEVER):
            return await asyncio.shield(shared)
    except TimeoutError as late:
        if shared.done() and not shared.cancelled():
            return shared.result()
        raise failing(OVER) from late


class DeadlineWatch:
    """Fails futures when the request that waits is over. One timer for all: one each costs as much as their answers."""

    def __init__(self, failing: Failing) -> None:
        self._failing = failing
        self._loop = asyncio.get_running_loop()
        self._waiting: list[tuple[float, asyncio.Future[Any]]] = []
        self._timer: asyncio.TimerHandle | None = None

    def add(self, future: "asyncio.Future[Any]") -> None:
        """Have a future fail when the request that is running is over."""
        last = _end.get()
        if last == NEVER:
            return
        self._waiting.append((last, future))
        if self._timer is None:
            self._look_at(self._loop.time() + _LOOKS)

    def _look_at(self, moment: float) -> None:
        self._timer = self._loop.call_at(moment, self._look, context=_NOBODYS)

    def _look(self) -> None:
        now = self._loop.time()
        waiting: list[tuple[float, asyncio.Future[Any]]] = []
        for last, future in self._waiting:
            if future.done():
                continue
            if last <= now:
                future.set_exception(self._failing(OVER))
            else:
                waiting.append((last, future))
        self._waiting, self._timer = waiting, None
        if waiting:
            self._look_at(min(now + _LOOKS, *[last for last, _ in waiting]))


_NOBODYS: Final = Context()
