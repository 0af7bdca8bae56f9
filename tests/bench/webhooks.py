"""`python -m tests.bench.webhooks`: how fast events drain, and whether a receiver that hangs makes any call slower.

Draining: 20,000 events of 100 rooms, and 10,000 events of as many rooms, written beforehand into a private MariaDB,
then delivered by one process to a receiver that is another one. Calls: the mix on a service with no webhook, with a
receiver that answers and with one that hangs, the ways taking turns; exit status 1 if the median p99 of any call is
more than 5 ms above that without a webhook. Both are written into docs/performance.md. `drain` or `calls` does one of
the two, `--brief` runs shortly, and either writes nothing; `--servers` measures the calls on private MariaDB and Redis
instead of SQLite and memory.
"""

import asyncio
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final, NamedTuple

from rich.console import Console
from rich.table import Table

from liveroom.bench.target import BenchTarget
from liveroom.clock import SystemClock
from liveroom.domain.events.records import NewEvent
from liveroom.domain.events.stays import EnteredMember
from liveroom.domain.ids import DEFAULT_TENANT
from liveroom.domain.webhooks.model import Webhook
from liveroom.domain.webhooks.signing import fresh_secret
from liveroom.ports import StreamEvents
from liveroom.providers.webhooks import WebhookPosts, WebhookSend
from liveroom.store.sql.database import SqlDatabase
from liveroom.store.sql.schema import migrate
from liveroom.usecases.partitions import PartitionWorkers
from liveroom.usecases.webhooks.queue import EventQueue
from liveroom.usecases.webhooks.receivers import Receiver
from tests.bench import page
from tests.bench.processes import service
from tests.bench.setups import Setup
from tests.bench.vendors import BRIEF as CALLS_BRIEF
from tests.bench.vendors import FULL as CALLS
from tests.bench.vendors import MARGIN_MS, Plan, embedded, judge, on_servers, run_load
from tests.servers import LOOPBACK, Mariadb, running

WAYS: Final = ("absent", "up", "hanging")
PAGE: Final = Path(__file__).parents[2] / "docs" / "performance.md"
BEGIN: Final = "<!-- webhooks: begin (written by `make bench-webhooks`) -->"
_AT_ONCE: Final = 500
_SAID: Final = EnteredMember(
    room_id="40000001",
    broadcast_id="-P7Jwq8nTKmUIccR",
    category="ktv",
    stay_id="-P7Jwq8nTKmUIccS",
    user_id="40000002",
    name="小明 from Shenzhen",
    avatar="https://cdn.example.com/avatars/40000002.png",
    role="audience",
    entered_at="2026-03-01T12:00:00.005Z",
    left_at=None,
    reason=None,
)
_ANSWER: Final = b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"


class Load(NamedTuple):
    """What is written beforehand."""

    rooms: int
    events: int
    """Of each room."""


FULL: Final = (Load(100, 200), Load(10_000, 1))
BRIEF: Final = (Load(20, 20), Load(200, 1))


class _Counting(asyncio.Protocol):
    """Answers every message at once, or never, and counts events."""

    taken = 0
    hangs = False

    def __init__(self) -> None:
        self._came = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._came += data
        while (end := self._came.find(b"\r\n\r\n")) >= 0:
            head = bytes(self._came[:end]).lower()
            length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
            if len(self._came) < end + 4 + length:
                return
            type(self).taken += self._came.count(b'"seq":', end, end + 4 + length)
            del self._came[: end + 4 + length]
            if not self.hangs:
                self._transport.write(_ANSWER)


def _receive(parent: Connection, hangs: bool) -> None:
    async def until_received() -> None:
        _Counting.hangs = hangs
        server = await asyncio.get_running_loop().create_server(_Counting, LOOPBACK, 0)
        parent.send(f"http://{LOOPBACK}:{server.sockets[0].getsockname()[1]}/hook")
        await asyncio.to_thread(parent.recv)
        parent.send(_Counting.taken)

    asyncio.run(until_received())


class Receiving:
    """A receiver in a process of its own."""

    def __init__(self, parent: Connection) -> None:
        self._parent = parent
        self.url = str(parent.recv())

    def end(self) -> int:
        """Return how many events came."""
        self._parent.send("")
        return int(self._parent.recv())


@contextmanager
def receiving(*, hangs: bool = False) -> Iterator[Receiving]:
    """Yield a receiver."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_receive, args=(theirs, hangs))
    process.start()
    try:
        yield Receiving(ours)
    finally:
        process.kill()
        process.join()


class _One:
    """There is one target."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver

    edition, is_nobody = 1, False

    def find(self, target: str) -> Receiver | None:
        return self._receiver

    async def is_over(self, target: str) -> bool:
        return False

    async def gone(self, target: str, reason: str) -> None: ...


async def _write(database: SqlDatabase, webhook: Webhook, load: Load) -> None:
    now = SystemClock().now()
    streams = [f"room:{number}" for number in range(load.rooms)]
    events = [NewEvent("member.entered", "ktv", now, _SAID)]
    for first in range(0, load.rooms, _AT_ONCE):
        part = streams[first : first + _AT_ONCE]
        for _ in range(load.events):
            batch = [StreamEvents(DEFAULT_TENANT, stream, events, [webhook.target]) for stream in part]
            await database.transact(lambda tx, batch=batch: tx.events.append_all(batch, now))  # type: ignore[misc]


async def _drain(database_url: str, url: str, load: Load) -> tuple[float, float]:
    """Return the seconds that passed, and those of this process."""
    clock = SystemClock()
    database = await SqlDatabase.open(database_url)
    now = clock.now()
    webhook = Webhook("wh_1", DEFAULT_TENANT, url, (fresh_secret(now),), now)
    await _write(database, webhook, load)
    posts = WebhookPosts(clock)
    receiver = Receiver(webhook.target, WebhookSend(posts, webhook), batch=webhook.batch, longest=webhook.timeout)
    workers = PartitionWorkers(EventQueue(database, clock, _One(receiver), give_up=webhook.timeout, chance=lambda: 0.5))
    begun, busy = time.perf_counter(), time.process_time()
    while await database.event_partitions.next_target(""):
        await workers.run(webhook.timeout)
    took = time.perf_counter() - begun, time.process_time() - busy
    await workers.close()
    await posts.hang_up()
    await database.close()
    return took


def drain(loads: tuple[Load, ...]) -> Table:
    """Return how fast each load drained."""
    table = Table("rooms", "events", "seconds", "events a second", "CPU of the worker")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="liveroom-bench-")))
        mariadb = stack.enter_context(running(Mariadb(folder / "mariadb")))
        for number, load in enumerate(loads):
            with receiving() as receiver:
                database_url = mariadb.create_database(f"bench{number}")
                asyncio.run(migrate(database_url))
                took, busy = asyncio.run(_drain(database_url, receiver.url, load))
                came = receiver.end()
            total = load.rooms * load.events
            if came != total:
                raise SystemExit(f"{came} events came instead of {total}")
            table.add_row(f"{load.rooms:,}", f"{total:,}", f"{took:.2f}", f"{total / took:,.0f}", f"{busy / took:.0%}")
    return table


def measure_calls(setup: Setup, way: str, plan: Plan) -> Mapping[str, float]:
    """Return the p99 of each call, in milliseconds."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="liveroom-bench-")))
        settings = setup.settings(folder)
        if setup.database is not None:
            asyncio.run(migrate(setup.database))
        receiver = stack.enter_context(receiving(hangs=way == "hanging"))
        if way != "absent":
            argv = [sys.executable, "-m", "liveroom", "webhooks", "add", receiver.url]
            subprocess.run(argv, env={**os.environ, **settings}, cwd=folder, check=True, capture_output=True)
        served = stack.enter_context(service(settings, folder))
        outcome = asyncio.run(run_load(BenchTarget(LOOPBACK, served.port), plan))
        came = receiver.end()
    if outcome.failures:
        raise SystemExit(f"with a receiver {way}, {outcome.failures} calls were not answered as they should be")
    if (came > 0) != (way != "absent"):
        raise SystemExit(f"{came} events came with a receiver {way}: this measures something else")
    return {call: figures.percentile(0.99) * 1000 for call, figures in outcome.calls.items()}


def compare(words: list[str], plan: Plan, console: Console) -> tuple[Table, list[str]]:
    """Return how slow calls are in each way, and which are slower than they may be."""
    found: dict[str, list[Mapping[str, float]]] = {way: [] for way in WAYS}
    with ExitStack() as stack:
        setups = on_servers(stack) if "--servers" in words else embedded()
        for number in range(plan.runs):
            for way in WAYS:
                console.print(f"run {number + 1} of {plan.runs}: receiver {way}")
                found[way].append(measure_calls(next(setups), way, plan))
    return judge(found, WAYS, "receiver")


def write_page(drained: Table, calls: Table, plan: Plan, *, on: str) -> None:
    """Put the figures into docs/performance.md."""
    day = SystemClock().now().strftime("%Y-%m-%d")
    figures = (
        f"Measured on {day}, {os.cpu_count()} processors: one process delivers, another receives, MariaDB is on the "
        f"same machine.\n\n{_markdown(drained)}\n\n"
        f"Calls of the mix on {on}, p99 in milliseconds, medians of {plan.runs} runs of {plan.seconds:g} s: without a "
        f"webhook, with one whose receiver answers, and with one that never does.\n\n{_markdown(calls)}"
    )
    PAGE.write_text(page.renewed(PAGE.read_text(encoding="utf-8"), BEGIN, figures), encoding="utf-8")


def _markdown(shown: Table) -> str:
    cells = [[str(cell) for cell in column.cells] for column in shown.columns]
    return page.table([str(column.header) for column in shown.columns], [list(row) for row in zip(*cells, strict=True)])


def main(words: list[str]) -> None:
    """Measure what was asked for; fail if a call is slower."""
    is_brief, console = "--brief" in words, Console()
    plan = CALLS_BRIEF if is_brief else CALLS
    drained = None if "calls" in words else drain(BRIEF if is_brief else FULL)
    if drained is not None:
        console.print(drained)
    if "drain" in words:
        return
    table, late = compare(words, plan, Console(stderr=True))
    console.print(table)
    if is_brief:
        return
    if drained is not None:
        on = "MariaDB and Redis" if "--servers" in words else "SQLite and memory"
        write_page(drained, table, plan, on=on)
    if late:
        raise SystemExit(f"more than {MARGIN_MS:g} ms above no webhook: {', '.join(late)}")


if __name__ == "__main__":
    main(sys.argv[1:])
