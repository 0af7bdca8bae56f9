"""What traces cost a keepalive: `python -m tests.bench.tracing` prints the service's processor time for one.

A service without traces, one that records a call in a hundred and one that records every call are struck in turn, and
the medians of the rounds compared: the machine's speed drifts, and all of them with it. `--base FOLDER` adds the
service of another working copy, without traces: what they cost where they are off. `--rounds N`, `--calls N`.
"""

import asyncio
import os
import statistics
import sys
import threading
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from rich.console import Console

from tests.bench.processes import cpu_seconds, strike
from tests.bench.seeding import Size
from tests.bench.setups import Setup, Stage, staged

_USERS: Final = 2000
_AT_ONCE: Final = 32


class _Collector(BaseHTTPRequestHandler):
    """Takes whatever it is sent."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def collecting() -> Iterator[str]:
    """Yield the address of a collector."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


@asynccontextmanager
async def _services(collector: str, base: str) -> AsyncIterator[Mapping[str, Stage]]:
    """Yield the services that are compared, by what they do."""
    on = {"LIVEROOM_TRACES": "on", "LIVEROOM_TRACES_ENDPOINT": collector, "LIVEROOM_TRACES_PER_SECOND": "10000"}
    setups = {
        "off": {},
        "on, 1 in 100": {**on, "LIVEROOM_TRACES_RATIO": "0.01"},
        "on, every call": {**on, "LIVEROOM_TRACES_RATIO": "1"},
    }
    if base:
        setups["before"] = {"PYTHONPATH": os.pathsep.join([f"{base}/src", f"{base}/clients/python/src", *sys.path])}
    async with AsyncExitStack() as stack:
        found = {}
        for name, more in setups.items():
            setup, size = Setup(name, more=more), Size(users=_USERS, rooms=20)
            service = staged(setup, size, driving=_USERS, viewers=100, active=100)
            found[name] = await stack.enter_async_context(service)
        yield found


def _round(stage: Stage, calls: int) -> float:
    """Return the processor time for a call, in microseconds."""
    requests = stage.drill.keepalive(calls)
    before = cpu_seconds(stage.running.pid)
    blows = strike(stage.running, requests, _AT_ONCE)
    assert blows.codes == {0: calls}, blows.codes
    return (cpu_seconds(stage.running.pid) - before) / calls * 1e6


def _option(words: Sequence[str], name: str, default: str) -> str:
    return words[words.index(name) + 1] if name in words else default


async def measure(words: Sequence[str]) -> Mapping[str, Sequence[float]]:
    """Return the figures of each service, round by round; the first round, which warms up, is left out."""
    rounds, calls = int(_option(words, "--rounds", "9")), int(_option(words, "--calls", "10000"))
    with collecting() as collector:
        async with _services(collector, _option(words, "--base", "")) as services:
            found: dict[str, list[float]] = {name: [] for name in services}
            for number in range(rounds + 1):
                for name, stage in services.items():
                    figure = await asyncio.to_thread(_round, stage, calls)
                    if number:
                        found[name].append(figure)
            return found


def main(words: Sequence[str]) -> None:
    """Measure and print."""
    found = asyncio.run(measure(words))
    yardstick = found.get("before", found["off"])
    for name, figures in found.items():
        ratio = statistics.median(one / other for one, other in zip(figures, yardstick, strict=True))
        spread = f"{min(figures):.1f} to {max(figures):.1f}"
        Console().print(f"{name}: {statistics.median(figures):.1f} µs ({spread}), {ratio:.3f} times", markup=False)


if __name__ == "__main__":
    main(sys.argv[1:])
