"""Starts `liveroom` without the second that an interpreter takes to import it: as a fork of a process that has.

The tests of the start itself, of several workers and of memory start liveroom as an operator does.
"""

import atexit
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

from tests.forks.command import ask
from tests.servers import Server

LIVEROOM: Final = (sys.executable, "-m", "liveroom")
"""How liveroom is started in earnest."""
_LIMIT: Final = 1_000_000
_ROOT: Final = Path(__file__).parents[2]
_COMMAND: Final = Path(__file__).with_name("command.py")


class _ForkServer(Server):
    """What forks, for this process."""

    @property
    def socket(self) -> Path:
        return self.folder / "socket"

    def command_line(self) -> list[str]:
        """Return what starts it."""
        # The code that stands beside these tests, wherever another copy of it is installed.
        found = f"PYTHONPATH={_ROOT}{os.pathsep}{_ROOT / 'src'}"
        return ["env", found, sys.executable, "-m", "tests.forks.server", str(self.socket)]

    def answers(self) -> bool:
        """Return whether commands can be asked for."""
        return self.socket.exists()


@cache
def started() -> _ForkServer:
    """Return what forks for this process."""
    server = _ForkServer(Path(tempfile.mkdtemp(prefix="forks-")))
    server.start()
    atexit.register(server.stop)
    return server


class Forked:
    """A process that runs a command, with the part of ``subprocess.Popen`` that tests use."""

    def __init__(self, words: Sequence[str], environ: Mapping[str, str], folder: Path, out: int) -> None:
        self.args = ("liveroom", *words)
        self.returncode: int | None = None
        with open(os.devnull) as nothing:
            self._line = ask(str(started().socket), words, environ, str(folder), (nothing.fileno(), out, out))
        self.pid = int(self._line.recv(_LIMIT))

    def poll(self) -> int | None:
        """Return how the process ended, None while it runs."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Return how the process ended. Raises ``subprocess.TimeoutExpired`` after so many seconds."""
        if self.returncode is None:
            if not select.select([self._line], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            self.returncode = int(self._line.recv(_LIMIT) or -signal.SIGKILL)
            self._line.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal, unless the process has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Tell the process to stop."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the process as a crash would."""
        self.send_signal(signal.SIGKILL)


@cache
def command() -> Path:
    """Return the program `liveroom`, for shells and whoever starts programs: alone in its folder, for PATH."""
    server = started()
    program = server.folder / "bin" / "liveroom"
    program.parent.mkdir()
    program.write_text(f"#!{sys.executable} -IS\n{_COMMAND.read_text()}\n\nrun({str(server.socket)!r})\n")
    program.chmod(0o755)
    return program
