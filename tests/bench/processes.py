"""Processes under measurement: started on a free port, and how much processor time and memory each has taken."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from tests.bench.hammer import Blows

_ROOT: Final = Path(__file__).parents[2]
_ALL_ITS_TIME: Final = 2
"""Of the clocks that Linux has for a process: how long it has run, in nanoseconds."""
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_SECONDS_TO_START: Final = 60.0
_SECONDS_TO_STOP: Final = 15.0
_SECONDS_FOR_BLOWS: Final = 300.0


class CannotMeasure(Exception):
    """A process did not do what was to be measured; the text says what it said."""


@dataclass(frozen=True, slots=True)
class Running:
    """A process that serves on a port of this machine."""

    pid: int
    port: int


def compiled(source: Path, folder: Path) -> Path:
    """Compile a program in C and return it. Raises ``CannotMeasure`` where there is no compiler."""
    program = folder / source.stem
    made = subprocess.run(["cc", "-O2", "-o", program, source], check=False, capture_output=True, text=True)
    if made.returncode:
        raise CannotMeasure(f"cc: {made.stderr}")
    return program


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def hello() -> Iterator[Running]:
    """Yield a running hello-world."""
    port = free_port()
    argv = [sys.executable, "-m", "tests.bench.hello", str(port)]
    with (
        tempfile.TemporaryDirectory(prefix="liveroom-hello-") as folder,
        started(argv, port, {}, Path(folder)) as running,
    ):
        yield running


@contextmanager
def service(settings: Mapping[str, str], folder: Path) -> Iterator[Running]:
    """Yield a running service with these settings and no others."""
    port = free_port()
    argv = [sys.executable, "-c", "from liveroom.cli import main; main()", "serve", "--port", str(port)]
    with started(argv, port, settings, folder) as running:
        yield running


@contextmanager
def started(argv: Sequence[str], port: int, environ: Mapping[str, str], folder: Path) -> Iterator[Running]:
    """Yield a program that serves on the port, once it does; it has the folder to itself and no other environment."""
    said = folder / f"{port}.log"
    with said.open("wb") as log:
        # The child runs the code that this process runs, wherever that is.
        env = {"PYTHONPATH": os.pathsep.join(sys.path), **environ}
        process = subprocess.Popen(argv, cwd=folder, env=env, stdout=log, stderr=log)
    try:
        _wait_until_it_listens(process, port, said)
        yield Running(process.pid, port)
    finally:
        process.terminate()
        try:
            process.wait(_SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        said.unlink(missing_ok=True)


def _wait_until_it_listens(process: "subprocess.Popen[bytes]", port: int, said: Path) -> None:
    deadline = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise CannotMeasure(f"it does not serve:\n{said.read_text(errors='replace')[-2000:]}")


def strike(running: Running, requests: Sequence[bytes], at_once: int) -> Blows:
    """Send the requests from another process, and return what came of them."""
    argv = [sys.executable, "-m", "tests.bench.hammer", str(running.port), str(at_once)]
    done = subprocess.run(
        argv,
        check=False,
        cwd=_ROOT,
        input=msgspec.msgpack.encode(requests),
        capture_output=True,
        timeout=_SECONDS_FOR_BLOWS,
    )
    if done.returncode:
        raise CannotMeasure(done.stderr.decode(errors="replace")[-2000:])
    return msgspec.json.decode(done.stdout, type=Blows)


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process has taken so far, in its own code and in the kernel for it.

    Read from the process's own clock (``clock_getcpuclockid``): ``/proc`` counts in hundredths of a second, and an idle
    service takes one or two of them in the time for which it is looked at.
    """
    return time.clock_gettime((~pid << 3) | _ALL_ITS_TIME)


def cpu_seconds_of(pids: Sequence[int]) -> float:
    """Return the same of several processes together."""
    return sum(map(cpu_seconds, pids))


def resident_bytes(pid: int) -> int:
    """Return how much memory a process holds now."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
