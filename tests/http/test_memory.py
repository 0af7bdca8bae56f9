"""What a hostile client may make a serving process keep: next to nothing, whatever it sends."""

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

import pytest

from tests.http.echoes import ECHO, LOOPBACK

MIB: Final = 1024 * 1024
SENT: Final = 100 * MIB
GROWTH: Final = 12 * MIB
ROOT: Final = Path(__file__).parent.parent.parent

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

HEAD = f"POST {ECHO} HTTP/1.1\r\nHost: h\r\n".encode()
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
ENDLESS = {
    "a URL": (b"GET /", b"a" * 65536),
    "a header": (HEAD + b"X: ", b"a" * 65536),
    "headers": (HEAD, b"X: a\r\n" * 10_000),
    "a form": (HEAD + b"Content-Length: 104857600\r\n\r\n", b"a" * 65536),
    "chunks": (CHUNKED, b"10000\r\n" + b"a" * 65536 + b"\r\n"),
    "small chunks": (CHUNKED, b"1\r\na\r\n" * 10_000),
    "a trailer": (CHUNKED + b"1\r\na\r\n0\r\nX: ", b"a" * 65536),
    "requests": (b"", f"GET {ECHO}?text=a HTTP/1.1\r\nHost: h\r\n\r\n".encode() * 1000),
    "empty lines": (b"", b"\r\n" * 30_000),
    "a body after an upgrade": (
        HEAD + b"Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 104857600\r\n\r\n",
        b"a" * 65536,
    ),
}


class Serving:
    """A serving process of its own."""

    def __init__(self) -> None:
        argv = [sys.executable, "-m", "tests.http.served"]
        self.process = subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        port, self.loop = self.process.stdout.readline().split()
        self.port = int(port)

    def peak(self) -> int:
        """Return the most memory that the process ever had, in bytes."""
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{self.process.pid}/status").read_text())
        assert found
        return int(found[1]) * 1024

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        with closing(self.process.stdout):  # type: ignore[type-var]
            return self.process.wait(15)


@pytest.fixture(scope="module")
def served() -> Iterator[Serving]:
    serving = Serving()
    _flood(serving.port, b"", b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", 1)
    yield serving
    assert serving.stop() == 0


def _flood(port: int, head: bytes, more: bytes, size: int = SENT) -> int:
    """Send until all is sent or the server has had enough; return how much went out."""
    sent = 0
    with socket.create_connection((LOOPBACK, port), timeout=2) as client, suppress(OSError):
        client.sendall(head)
        while sent < size:
            client.sendall(more)
            sent += len(more)
    return sent


@pytest.mark.slow
@pytest.mark.parametrize(("head", "more"), ENDLESS.values(), ids=ENDLESS)
def test_an_endless_request_costs_no_memory(served: Serving, head: bytes, more: bytes) -> None:
    before = served.peak()
    _flood(served.port, head, more)
    assert served.peak() - before < GROWTH


def test_the_fast_loop_is_used_where_there_is_one(served: Serving) -> None:
    uvloop = pytest.importorskip("uvloop")
    assert served.loop == uvloop.__name__
