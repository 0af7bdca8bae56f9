"""The command `liveroom` of a shell: asks for a fork, is as its process is told, and ends as it ended."""

import json
import os
import signal
import socket
import sys
from array import array
from types import FrameType
from typing import NoReturn


def run(forks: str) -> NoReturn:
    """Have the command run that this process was started for."""
    line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    line.connect(forks)
    asked = json.dumps([sys.argv[1:], dict(os.environ), os.getcwd()]).encode()
    line.sendmsg([asked], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array("i", [0, 1, 2]).tobytes())])
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
