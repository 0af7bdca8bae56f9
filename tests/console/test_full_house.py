"""The overview of 10,000 rooms with 200,000 people: how soon it stands, and what it costs for as long as it is open."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from liveroom.clock import SystemClock
from liveroom.domain.ids import DEFAULT_TENANT, BroadcastId, EntryId, StayId, UserId
from liveroom.domain.presence.members import Role, Stay
from liveroom.store.sql.presence.stays import SqlStays
from liveroom.store.sql.sqlite import SqliteEngine
from tests.bench.seeding import Size, room_id, seed, session_id, user_id
from tests.console.desk import Desk, Office
from tests.forks.client import LIVEROOM
from tests.service import Process, process
from tests.worlds import a_moment

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]
ROOMS: Final = 10_000
VIEWERS: Final = 190_000
"""Beside a host in each room."""
FIGURES: Final = {"online": "200k", "rooms": "10k", "viewers": "200k"}
SECONDS: Final = 30
MOST: Final = 0.02
"""Of a processor, for a console that is open."""
CALM: Final = 0.05
SOON: Final = 1000
_CHUNK: Final = 10_000
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_STANDS: Final = """(figures) => new Promise((resolve) => {
  const tile = (name) => document.querySelector(`[data-testid=tile-${name}]`)?.textContent ?? '';
  const stands = () => Object.entries(figures).every(([name, figure]) => tile(name).includes(figure));
  const see = () => stands() && (resolve(performance.now()), true);
  if (see()) return;
  const watcher = new MutationObserver(() => { if (see()) watcher.disconnect(); });
  watcher.observe(document, {subtree: true, childList: true, characterData: true});
})"""
_PAINTED: Final = "() => performance.getEntriesByName('first-contentful-paint')[0].startTime"


def stays() -> Iterator[Stay]:
    """Yield that of each viewer; the first rooms have most."""
    now = SystemClock().now()
    for number in range(VIEWERS):
        room = room_id(number % ROOMS if number % 20 else number % 7)
        yield Stay(
            id=StayId(f"v{number}"),
            tenant=DEFAULT_TENANT,
            broadcast=BroadcastId(f"b{room}"),
            room=room,
            user=UserId(user_id(number)),
            role=Role.AUDIENCE,
            name="",
            avatar="",
            entered=now,
            order=number + 2,
            entries=((session_id(number), EntryId(f"e{number}")),),
            keepalive=False,
            version=1,
        )


async def fill(file: Path) -> None:
    """Write everybody into a new database."""
    await seed(f"sqlite:///{file}", Size(VIEWERS, ROOMS))
    engine, coming = SqliteEngine(str(file), synchronous="normal"), stays()
    try:
        while chunk := list(islice(coming, _CHUNK)):
            await SqlStays(engine).put(chunk)
    finally:
        await engine.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def full(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Process, Path]]:
    """Yield a full service on SQLite and memory; nobody calls."""
    folder = tmp_path_factory.mktemp("full")
    await fill(folder / "liveroom.db")
    async with process(folder, LIVEROOM, lease_keepalive="30m", lease_silent="4h", language="en") as running:
        yield running, folder


def spent_by(pid: int) -> float:
    """Return the processor seconds that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


async def share(pid: int, seconds: float = SECONDS) -> float:
    """Return which part of a processor a process takes for a while."""
    before = spent_by(pid)
    await a_moment(seconds)
    return (spent_by(pid) - before) / seconds


async def calm(pid: int) -> None:
    """Return once all broadcasts have been counted, as they are after a start."""
    while await share(pid, 5) > CALM:
        pass


async def opened(desk: Desk) -> tuple[float, float]:
    """Open the overview anew; return the milliseconds until something is painted, and until the figures stand."""
    await desk.page.goto(f"{desk.url}/overview", wait_until="commit")
    stood = await asyncio.wait_for(desk.page.evaluate(_STANDS, FIGURES), 30)
    return await desk.page.evaluate(_PAINTED), stood


async def test_the_overview_stands_within_a_second_and_costs_next_to_nothing(
    browser: Browser, full: tuple[Process, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    running, folder = full
    office = Office(browser, str(running.http.base_url), folder)
    desk = await office.desk()
    await desk.accept(await office.invite("mei"))
    await desk.page.goto(f"{desk.url}/overview")
    for tile, figure in FIGURES.items():
        await expect(desk.at(f"tile-{tile}")).to_contain_text(figure, timeout=60_000)
    await desk.page.goto("about:blank")
    await calm(running.process.pid)
    painted, stood = await opened(desk)
    watched = await share(running.process.pid)
    await desk.page.goto("about:blank")
    await a_moment(5)
    alone = await share(running.process.pid)
    with capsys.disabled():
        sys.stdout.write(
            f"\npainted after {painted:.0f} ms, figures after {stood:.0f} ms; "
            f"{watched:.2%} of a processor with a console open, {alone:.2%} without\n"
        )
    assert painted < SOON
    assert stood < SOON
    assert watched - alone < MOST
    assert desk.complaints == []
    await office.close()
