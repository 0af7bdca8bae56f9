"""Processes of light clients (`sockets.c`), each with an address of its own on loopback, and what they report."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from tests.bench.processes import CannotMeasure, compiled
from tests.bench.seeding import SeededMember

_SOURCE: Final = Path(__file__).with_name("sockets.c")
_AT_ONCE: Final = 100
_LOOK: Final = 0.25
_TAIL: Final = 4096


class Report(NamedTuple):
    """How things stand with all clients of one process, or of all processes together."""

    inside: int
    """Clients that are subscribed now."""
    lost: int
    """Connections that ended."""
    lowest: int
    """The offset that every client has reached; and the one that somebody has:"""
    highest: int
    gaps: int
    """Publications that somebody missed although the ones after them came."""
    fresh: int
    """Clients that were given the state instead of what they had missed."""
    refused: int
    """Connections, enters and subscriptions that were answered with an error."""
    timed: int = 0
    """Gifts that said when they were sent, as one client of twenty has heard them; after how many ms half had come,"""
    p50: int = 0
    p99: int = 0
    """and 99 of a hundred, of the process where that took longest,"""
    last: int = 0
    """and the last."""

    @property
    def is_complete(self) -> bool:
        """Say whether every client has what somebody has."""
        return self.lowest == self.highest

    def check(self) -> None:
        """Raise ``CannotMeasure`` unless every client had each publication once, in order, on one connection."""
        if (self.lost, self.gaps, self.fresh, self.refused) != (0, 0, 0, 0):
            raise CannotMeasure(f"deliveries are missing: {self}")


@dataclass
class _Process:
    handle: subprocess.Popen[bytes]
    out: Path

    def report(self) -> Report | None:
        if self.handle.poll() is not None:
            raise CannotMeasure(f"a process of clients ended: {self.out.with_suffix('.err').read_text()}")
        lines = self.out.read_bytes()[-_TAIL:].decode().split("\n")
        return _read(lines[-2]) if len(lines) > 1 else None


class Clients:
    """All clients: they come by themselves, answer pings, and come back when their connections end."""

    def __init__(self, processes: Sequence[_Process]) -> None:
        self._processes = processes

    @property
    def pids(self) -> Sequence[int]:
        """Return the processes."""
        return [process.handle.pid for process in self._processes]

    def report(self) -> Report:
        """Return the sum of what the processes have reported last, at most half a second ago."""
        found = [report for process in self._processes if (report := process.report()) is not None]
        if len(found) < len(self._processes):
            return Report(0, 0, 0, 0, 0, 0, 0)
        sums = [sum(column) for column in zip(*found, strict=True)]
        most = {name: max(getattr(one, name) for one in found) for name in ("highest", "p50", "p99", "last")}
        return Report(*sums)._replace(lowest=min(one.lowest for one in found), **most)

    def until_complete(self, above: int, seconds: float) -> Report:
        """Wait until every client has something newer than that offset, and all of it. Raises ``CannotMeasure``."""
        self.until(lambda report: report.highest > above and report.is_complete, seconds)
        return self.report()

    def until(self, is_so: Callable[[Report], bool], seconds: float) -> float:
        """Wait until the report says something; return for how long, in seconds. Raises ``CannotMeasure``."""
        began = time.monotonic()
        while not is_so(report := self.report()):
            if time.monotonic() > began + seconds:
                raise CannotMeasure(f"after {seconds:g} s: {report}")
            time.sleep(_LOOK)
        return time.monotonic() - began


@contextmanager
def clients(folder: Path, port: int, room: str, people: Sequence[SeededMember], processes: int) -> Iterator[Clients]:
    """Let people come, each with a socket, spread over so many processes and addresses.

    Raises ``CannotMeasure`` where there is no compiler.
    """
    share = -(-len(people) // processes)
    program = compiled(_SOURCE, folder)
    with ExitStack() as stack:
        started = []
        for number in range(processes):
            out = folder / f"clients-{number}.out"
            words: list[str | Path] = [program, str(port), room, f"127.0.0.{number + 2}", str(_AT_ONCE)]
            users = "".join(f"{one.id} {one.token}\n" for one in people[number * share : (number + 1) * share])
            handle = stack.enter_context(_running(words, users, out))
            started.append(_Process(handle, out))
        yield Clients(started)


@contextmanager
def _running(words: Sequence[str | Path], users: str, out: Path) -> Iterator[subprocess.Popen[bytes]]:
    given = out.with_suffix(".users")
    given.write_text(users)
    with given.open("rb") as stdin, out.open("wb") as stdout, out.with_suffix(".err").open("wb") as stderr:
        handle = subprocess.Popen(words, stdin=stdin, stdout=stdout, stderr=stderr, env=dict(os.environ))
    try:
        yield handle
    finally:
        handle.kill()
        handle.wait()


def _read(line: str) -> Report:
    words = line.split()
    return Report(*(int(word) for word in words if word.lstrip("-").isdigit()))
