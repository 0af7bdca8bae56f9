"""Several serving processes on one port: each has its own listening socket, one parent keeps them alive."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from typing import Any, Final

import structlog

from liveroom import log as logs
from liveroom.settings import Settings, SettingsError

log = structlog.get_logger("liveroom.workers")

_PAUSE: Final = 1.0
_LOOK: Final = 0.2
_QUICK: Final = 2.0
_QUICK_DEATHS: Final = 5
"""So many deaths of a worker within two seconds of its first step, one after another, end the service."""
_CANNOT_SERVE: Final = 2
"""How a worker ends that has said why it cannot serve: that counts as quick, however long a slow machine took."""

Serve = Callable[[Settings], None]


def supervise(settings: Settings, serve: Serve, greet: Callable[[], None]) -> None:
    """Keep ``settings.workers`` processes serving until a signal comes; a process that dies is replaced.

    Raises ``SettingsError`` when the processes cannot stay alive.
    """
    if settings.port == 0:
        raise SettingsError(["several processes need a port of their own: set LIVEROOM_PORT to one that is free"])
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    _Crew(settings, serve).run(stop, greet)


@dataclass
class _WorkerProcess:
    """One worker process. ``begun`` is set by its first step: how long it takes to get there depends on the machine."""

    process: BaseProcess
    begun: Event
    since: float | None = None

    def is_alive(self) -> bool:
        """Say whether the process runs, and note when it has begun."""
        if self.since is None and self.begun.is_set():
            self.since = time.monotonic()
        return self.process.is_alive()

    @property
    def died_quickly(self) -> bool:
        gave_up = self.process.exitcode == _CANNOT_SERVE
        return gave_up or self.since is None or time.monotonic() - self.since < _QUICK


class _Crew:
    """The worker processes."""

    def __init__(self, settings: Settings, serve: Serve) -> None:
        self._settings = settings
        self._serve = serve
        self._context = multiprocessing.get_context("spawn")
        self._members: dict[int, _WorkerProcess] = {}
        self._quick_deaths = 0

    def run(self, stop: threading.Event, greet: Callable[[], None]) -> None:
        for place in range(self._settings.workers):
            self._start(place)
        greet()
        while not stop.wait(_LOOK) and self._quick_deaths < _QUICK_DEATHS:
            self._replace_dead(stop)
        self._end()
        if not stop.is_set():
            raise SettingsError(["the serving processes end as soon as they start: their log above says why"])

    def _start(self, place: int) -> None:
        begun = self._context.Event()
        what = (self._settings, self._serve, os.getpid(), begun)
        process = self._context.Process(target=_work, args=what, daemon=False)
        process.start()
        self._members[place] = _WorkerProcess(process, begun)

    def _replace_dead(self, stop: threading.Event) -> None:
        for place, member in list(self._members.items()):
            if member.is_alive():
                continue
            self._quick_deaths = self._quick_deaths + 1 if member.died_quickly else 0
            log.error("worker.died", worker=member.process.pid, status=member.process.exitcode)
            if not stop.wait(_PAUSE):
                self._start(place)

    def _end(self) -> None:
        processes = [member.process for member in self._members.values()]
        for process in processes:
            process.terminate()
        deadline = time.monotonic() + self._settings.shutdown_grace.total_seconds() + 5
        for process in processes:
            process.join(max(0.0, deadline - time.monotonic()))
            if process.is_alive():
                process.kill()
                process.join()


def _work(settings: Settings, serve: Serve, parent: int, begun: Event) -> None:
    """Serve in a process of its own, out of the terminal's reach, for as long as the parent lives."""
    os.setsid()
    begun.set()
    logs.configure(settings.log_format, settings.log_level)
    threading.Thread(target=_watch_parent, args=(parent,), daemon=True).start()
    try:
        serve(settings)
    except SettingsError as stopped:
        for problem in stopped.problems:
            log.error("worker.stopped", reason=problem)
        raise SystemExit(_CANNOT_SERVE) from None


def _watch_parent(parent: int) -> Any:
    """Stop when the parent is gone: nobody else would."""
    while os.getppid() == parent:
        time.sleep(_PAUSE)
    os.kill(os.getpid(), signal.SIGTERM)
