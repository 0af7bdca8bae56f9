"""The command `liveroom` of a shell: asks for a fork, is as its process is told, and ends as it ended."""

import json
import os
import signal
import socket
import sys
from array import array
from collections.abc import Mapping, Sequence
from types import FrameType
from typing import NoReturn


def ask(
    forks: str, words: Sequence[str], environ: Mapping[str, str], folder: str, files: Sequence[int]
) -> socket.socket:
    """Ask for a fork that runs `liveroom` with these words; return the line on which its id comes, then its status."""
    line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    line.connect(forks)
    asked = json.dumps([list(words), dict(environ), folder]).encode()
    line.sendmsg([asked], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array("i", files).tobytes())])
    return line


def run(forks: str) -> NoReturn:
    """Have the command run that this process was started for."""
    line = ask(forks, sys.argv[1:], os.environ, os.getcwd(), (0, 1, 2))
    pid = int(line.recv(100))

    def pass_on(number: int, _: FrameType | None) -> None:
        os.kill(pid, number)

    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, pass_on)
    status = int(line.recv(100))
    if status < 0:
        signal.signal(-status, signal.SIG_DFL)
        os.kill(os.getpid(), -status)
    os._exit(status)
