"""Sends requests at a steady rate, whether the former ones are answered or not, from a process of its own.

`python -m tests.bench.pacer PORT RATE` reads a msgpack list of requests from its input and writes a `Paced` as
JSON. Where a request has marks for them, its number, and when it was to be sent, are written into it: an answer is late
by what has passed since then, also where no connection was free.
"""

import select
import subprocess
import sys
import time
from collections import Counter, deque
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from tests.bench.hammer import HammerConnection
from tests.bench.processes import CannotMeasure

MOMENT: Final = b"M" * 16
"""What a request has where the microseconds stand at which it was to be sent."""
NUMBER: Final = b"N" * 16
"""And where its number stands."""
_ROOT: Final = Path(__file__).parents[2]
_CONNECTIONS: Final = 512
_SECONDS_OF_SILENCE: Final = 30.0


class Paced(msgspec.Struct):
    """What came of it; times in seconds."""

    seconds: float
    codes: dict[int, int]
    p50: float
    p99: float
    longest: float
    most_waiting: int
    """Requests that were due while no connection was free, at the worst moment."""


class Pacer:
    """Sends requests when they are due, over connections that are kept."""

    def __init__(self, port: int, requests: Sequence[bytes], rate: float) -> None:
        self._requests = requests
        self._rate = rate
        self._events = select.epoll()
        self._all = {one.socket.fileno(): one for one in (HammerConnection(port) for _ in range(_CONNECTIONS))}
        for number in self._all:
            self._events.register(number, select.EPOLLIN)
        self._free = deque(self._all.values())
        self._due: deque[float] = deque()
        self._began = 0.0
        self._sent = 0
        self._when: dict[int, float] = {}
        self.codes: Counter[int] = Counter()
        self.times: list[float] = []
        self.most_waiting = 0

    def run(self) -> Paced:
        """Send everything, and wait for the answers."""
        self._began = heard = time.monotonic()
        planned, total = 0, len(self._requests)
        while len(self.times) < total:
            now = time.monotonic()
            while planned < total and self._began + planned / self._rate <= now:
                self._due.append(self._began + planned / self._rate)
                planned += 1
            self._send()
            following = self._began + planned / self._rate - now if planned < total else 1.0
            ready = self._events.poll(max(0.0, min(following, 0.05)))
            for number, _ in ready:
                self._take(self._all[number])
            heard = time.monotonic() if ready else heard
            if time.monotonic() - heard > _SECONDS_OF_SILENCE:
                raise TimeoutError("the server says nothing")
        return self._outcome(time.monotonic() - self._began)

    def _send(self) -> None:
        while self._due and self._free:
            at, connection = self._due.popleft(), self._free.popleft()
            request = self._requests[self._sent].replace(NUMBER, b"%016d" % self._sent)
            connection.send(request.replace(MOMENT, b"%016d" % (at * 1e6)))
            self._when[connection.socket.fileno()] = at
            self._sent += 1
        self.most_waiting = max(self.most_waiting, len(self._due))

    def _take(self, connection: HammerConnection) -> None:
        code = connection.receive()
        if code is not None:
            self.codes[code] += 1
            self.times.append(time.monotonic() - self._when[connection.socket.fileno()])
            self._free.append(connection)

    def _outcome(self, seconds: float) -> Paced:
        times = sorted(self.times)
        p50, p99 = times[len(times) // 2], times[len(times) * 99 // 100]
        return Paced(seconds, dict(self.codes), p50, p99, times[-1], self.most_waiting)


def paced(port: int, rate: float, requests: Sequence[bytes]) -> Paced:
    """Send so many requests a second, and wait for the answers. Raises ``CannotMeasure`` for any code but 0."""
    argv = [sys.executable, "-m", "tests.bench.pacer", str(port), str(rate)]
    done = subprocess.run(argv, check=False, cwd=_ROOT, input=msgspec.msgpack.encode(requests), capture_output=True)
    if done.returncode:
        raise CannotMeasure(done.stderr.decode(errors="replace")[-2000:])
    found = msgspec.json.decode(done.stdout, type=Paced)
    if set(found.codes) != {0}:
        raise CannotMeasure(f"requests were answered with these codes: {found.codes}")
    return found


if __name__ == "__main__":
    prepared = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=list[bytes])
    sys.stdout.buffer.write(msgspec.json.encode(Pacer(int(sys.argv[1]), prepared, float(sys.argv[2])).run()))
