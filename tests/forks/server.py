"""Runs commands of `liveroom` as forks of this process, which has imported it already: that is most of a start.

It serves no command itself, and has no threads and no event loop, so that a fork of it is as good as a fresh start:
whatever liveroom reads of its surroundings, it reads when a command runs.

Started as `python -m tests.forks.server SOCKET`. Each connection to the socket asks for one command: its words,
environment and folder as JSON, with the three files of a process. It is answered with the process's id and, at its end,
with its status. A process whose connection breaks is killed.
"""

import ctypes
import json
import os
import selectors
import signal
import socket
import sys
import traceback
from array import array
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import Final, NoReturn

from liveroom.cli import main

_WAITING: Final = 64
_LIMIT: Final = 1_000_000
_STANDARD: Final = 3
"""Files that a process begins with: what it reads, what it prints, what it complains to."""
_NUMBER: Final = array("i").itemsize
_DEATH_OF_PARENT: Final = 1
"""PR_SET_PDEATHSIG of prctl(2)."""
_PRELOADED: Final = ("liveroom.app.serving", "liveroom.app.upgrading", "liveroom.cli.core", "liveroom.cli.serve")


class _Forking:
    """What forks: a line to each process that asked for a command, and the process that runs it."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._ready = selectors.DefaultSelector()
        self._running: dict[socket.socket, tuple[int, int]] = {}

    def serve(self) -> NoReturn:
        self._ready.register(self._listener, selectors.EVENT_READ, self._accept)
        while True:
            for key, _ in self._ready.select():
                key.data()

    def _accept(self) -> None:
        line, _ = self._listener.accept()
        asked, passed, _, _ = line.recvmsg(_LIMIT, socket.CMSG_SPACE(_STANDARD * _NUMBER))
        if not asked:  # Whoever asked has gone.
            line.close()
            return
        files = array("i")
        files.frombytes(passed[0][2])
        pid = os.fork()
        if pid == 0:
            words, environ, folder = json.loads(asked)
            _run(words, environ, folder, files)
        for file in files:
            os.close(file)
        watched = os.pidfd_open(pid)
        self._running[line] = pid, watched
        self._ready.register(watched, selectors.EVENT_READ, lambda: self._ended(line))
        self._ready.register(line, selectors.EVENT_READ, lambda: self._left_alone(line))
        with suppress(OSError):
            line.send(str(pid).encode())

    def _ended(self, line: socket.socket) -> None:
        pid, watched = self._running.pop(line)
        _, status = os.waitpid(pid, 0)
        self._ready.unregister(watched)
        self._ready.unregister(line)
        with suppress(OSError):
            line.send(str(os.waitstatus_to_exitcode(status)).encode())
        line.close()
        os.close(watched)

    def _left_alone(self, line: socket.socket) -> None:
        """End what runs for a process that is gone."""
        if line in self._running:
            os.kill(self._running[line][0], signal.SIGKILL)


def _run(words: list[str], environ: dict[str, str], folder: str, files: Sequence[int]) -> NoReturn:
    """Be the command, as if this process had been started for it."""
    status = 1
    try:
        ctypes.CDLL(None).prctl(_DEATH_OF_PARENT, signal.SIGKILL)
        os.setsid()
        for standard, file in enumerate(files):
            os.dup2(file, standard)
        os.closerange(_STANDARD, os.sysconf("SC_OPEN_MAX"))
        os.environ.clear()
        os.environ.update(environ)
        os.chdir(folder)
        sys.argv = ["liveroom", *words]
        main()
        status = 0
    except SystemExit as stopped:
        status = stopped.code if isinstance(stopped.code, int) else int(stopped.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)


def _serve(path: str) -> NoReturn:
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(f"{path}.new")
        listener.listen(_WAITING)
        os.rename(f"{path}.new", path)
        for name in _PRELOADED:
            import_module(name)
        _Forking(listener).serve()


if __name__ == "__main__":
    _serve(sys.argv[1])
