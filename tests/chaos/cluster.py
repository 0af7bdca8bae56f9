"""What a cluster does to pods of the chart, with processes of this machine: a balancer, starting, and deleting.

A pod is deleted with the chart's own numbers and its own command before the stop. That it is gone, the balancer learns
late, as the nodes of a cluster do.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from liveroom.settings import Settings
from tests.deploy.charts import default_values
from tests.servers import LOOPBACK, free_ports
from tests.sync.halls import Workers

LAG: Final = 3.0
"""Seconds until everybody knows that a pod is going."""
_CHUNK: Final = 64 * 1024
_SOCKET: Final = b"GET /connection/websocket"


class Arrival(NamedTuple):
    """A connection that came to the balancer."""

    at: float
    port: int
    """Of the pod to which it was passed on."""
    is_socket: bool
    was_refused: bool


@dataclass
class Balancer:
    """Passes each new connection on to one of the endpoints; one that is open stays where it is, as with kube-proxy."""

    port: int
    endpoints: list[int] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a connection to its end."""
        try:
            first = await reader.read(_CHUNK)
            if first:
                await self._pass_on(first, reader, writer)
        except OSError:
            pass  # either side has cut the connection: that is for the other to see
        finally:
            writer.close()

    async def _pass_on(self, first: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        at, port = time.monotonic(), random.choice(self.endpoints)
        try:
            theirs, there = await asyncio.open_connection(LOOPBACK, port)
        except OSError:
            self.arrivals.append(Arrival(at, port, first.startswith(_SOCKET), was_refused=True))
            return
        self.arrivals.append(Arrival(at, port, first.startswith(_SOCKET), was_refused=False))
        try:
            there.write(first)
            await asyncio.gather(_copy(reader, there), _copy(theirs, writer))
        finally:
            there.close()

    def refused(self) -> list[Arrival]:
        return [arrival for arrival in self.arrivals if arrival.was_refused]

    def sockets(self, since: float, until: float) -> list[float]:
        """Return when sockets came, in order."""
        return sorted(one.at for one in self.arrivals if one.is_socket and since <= one.at <= until)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(_CHUNK):
        writer.write(data)
        await writer.drain()
    with suppress(OSError):
        writer.write_eof()


@asynccontextmanager
async def balanced() -> AsyncIterator[Balancer]:
    """Yield a balancer that listens."""
    (port,) = free_ports(1)
    balancer = Balancer(port)
    server = await asyncio.start_server(balancer.take, LOOPBACK, balancer.port, backlog=1024)
    try:
        yield balancer
    finally:
        server.close()


class End(NamedTuple):
    """How a pod ended; times are of `time.monotonic`."""

    deleted: float
    told: float
    """When SIGTERM came."""
    gone: float
    status: int


class Pod(Workers):
    """One process, as in a pod of the chart."""

    is_forked = True

    def __init__(self, folder: Path, settings: Settings, shutdown: Mapping[str, int]) -> None:
        grace = f"{shutdown['graceSeconds']}s"
        super().__init__(folder, settings, 1, LIVEROOM_SHUTDOWN_GRACE=grace, LIVEROOM_MYSQL_POOL="4")


@dataclass
class Cluster:
    """Pods behind a balancer. ``shutdown``, ``rollout``: of the chart's values."""

    folder: Path
    settings: Settings
    balancer: Balancer
    shutdown: Mapping[str, int]
    rollout: Mapping[str, int]
    lag: float
    pods: list[Pod] = field(default_factory=list)

    async def add(self) -> Pod:
        """Start a pod; it gets connections once it is ready."""
        number = len(list(self.folder.glob("pod*")))
        pod = Pod(self.folder / f"pod{number}", self.settings, self.shutdown)
        self.pods.append(pod)
        await pod.begins()
        self.balancer.endpoints.append(pod.port)
        return pod

    async def delete(self, pod: Pod) -> End:
        """Take a pod out of the endpoints, which lasts, and end it at the same time, as kubelet does."""
        deleted = time.monotonic()
        asyncio.get_running_loop().call_later(self.lag, self.balancer.endpoints.remove, pod.port)
        await run_seconds(self.shutdown["preStopSeconds"])
        told = time.monotonic()
        status = await asyncio.to_thread(pod.terminate)
        self.pods.remove(pod)
        return End(deleted, told, time.monotonic(), status)

    async def roll_out(self) -> list[End]:
        """Replace every pod: a new one, which has to be ready for a while, then one of the former less."""
        ends = []
        for former in list(self.pods):
            await self.add()
            await run_seconds(self.rollout["minReadySeconds"])
            ends.append(await self.delete(former))
        return ends


async def run_seconds(seconds: int) -> None:
    """Run the command that the chart runs before a pod is told to stop."""
    process = await asyncio.create_subprocess_exec("sleep", str(seconds))
    assert await process.wait() == 0


@asynccontextmanager
async def clustered(
    folder: Path, settings: Settings, pods: int, *, lag: float = LAG, **shutdown: int
) -> AsyncIterator[Cluster]:
    """Yield a cluster with so many pods. ``lag``: seconds until the balancer learns; ``shutdown``: other numbers."""
    values = default_values()
    async with balanced() as balancer:
        cluster = Cluster(folder, settings, balancer, {**values["shutdown"], **shutdown}, values["rollout"], lag)
        try:
            for _ in range(pods):
                await cluster.add()
            yield cluster
        finally:
            await asyncio.gather(*(pod.ends() for pod in cluster.pods))


def fullest(times: Sequence[float], seconds: float) -> int:
    """Return how many of these times, which are in order, lie within so many seconds at most."""
    return max((sum(start <= at < start + seconds for at in times) for start in times), default=0)
