"""What a background job is: what it does, how often, and in which processes. ``app.jobs`` has the table."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import Any, Generic, Protocol, TypeVar

from liveroom.app.scheduler import Job

T = TypeVar("T")


class Listens(Protocol):
    """``realtime.hub.Hub``."""

    async def listen(self) -> None: ...


class Polls(Protocol):
    """``usecases.rooms.feeds.ListFeeds``."""

    async def poll(self) -> int: ...


class Looks(Protocol):
    """``request_driven.Resume``, ``list_relay.ListRelay``, ``console_channel.ConsoleChannels``."""

    async def look(self) -> None: ...


class Sums(Protocol):
    """``usecases.operators.summing.Summing``."""

    async def step(self) -> None: ...


class Watching(Protocol):
    """``app.watching.DoorWatch``."""

    async def look_at_certificate(self) -> None: ...
    async def look_at_proxies(self) -> None: ...


class Processes(Enum):
    """Which of several processes do a job."""

    EACH = "each process, for what it holds itself"
    ANY = "all processes share it: two that meet do not do the same twice, or it does no harm"
    ONE = "one process at a time, by a claim or a lease"


@dataclass(frozen=True, slots=True)
class BackgroundJob(Generic[T]):
    """A job on ``T``."""

    name: str
    """As the log calls it; unique in the table."""
    does: str
    """What it does, for people."""
    work: Callable[[T], Awaitable[Any]]
    processes: Processes
    every: timedelta
    """In a running service, from the end of one run to the start of the next."""
    beside_calls: timedelta | None = None
    """The interval where calls drive it; None leaves it to the tick."""
    at_once: Callable[[T], Awaitable[int | None]] | None = None
    """What calls and the tick run instead of ``work``: it finishes, because nothing may run afterwards."""
    counted: str = ""
    """Under which name the tick's answer counts what was done; "" does not."""

    def bind(self, subject: T) -> Job:
        """Return the job of a running service."""
        return Job(self.name, self.every, lambda: self.work(subject))

    async def run_once(self, subject: T) -> int:
        """Do what is due, and return how much it was."""
        return await (self.at_once or self.work)(subject) or 0


@dataclass(frozen=True, slots=True)
class MaintenanceJob(BackgroundJob[T]):
    """A job that every installation has."""

    on: type[T] = field(kw_only=True)
    """What it works on: a field of ``app.maintenance.MaintenanceWork``."""
