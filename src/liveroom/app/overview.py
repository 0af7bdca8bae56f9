"""Keeps the overview while a process serves: it counts here, asks what waits, and takes its turn at the sums."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final

from liveroom.api.operators.overview import write_overview
from liveroom.app.assembly import Core
from liveroom.app.jobs import OVERVIEW
from liveroom.app.outages import DATABASE, LIVE
from liveroom.app.scheduler import scheduled
from liveroom.http.metrics import Meter
from liveroom.usecases.operators.announcing import ConsoleNews
from liveroom.usecases.operators.exchange import OwnFigures
from liveroom.usecases.operators.summing import Summing

_WAITING: Final = ("webhook_events_waiting", "webhook_oldest_seconds", "vendor_work_waiting")
"""What is the same in every process."""
_BROKEN: Final = ("webhook_breakers_open", "vendor_breakers_open")
"""What each process has of its own."""


def make_gauges(core: Core) -> Mapping[str, Callable[[], Awaitable[float]]]:
    """Return what ``/metrics`` and the overview ask of webhooks and vendors."""
    event_workers = core.outward.workers.queue
    gauges: dict[str, Callable[[], Awaitable[float]]] = {
        "webhook_events_waiting": event_workers.waiting_events,
        "webhook_streams_waiting": event_workers.waiting_partitions,
        "webhook_breakers_open": event_workers.broken,
        "webhook_oldest_seconds": event_workers.oldest,
        "outbox_oldest_seconds": core.jobs.relay.oldest,
        "database_up": _is_up(core, DATABASE),
        "live_up": _is_up(core, LIVE),
    }
    if core.settings.offers("wallet"):
        gauges["ledger_differences"] = core.db.differences.count
    if core.services.money.charges.calls is not None:
        gauges |= {"charges_waiting": core.db.charges.count_waiting, "charges_oldest_seconds": _oldest_charge(core)}
    if core.vendors.any:
        queue = core.jobs.vendors.queue
        gauges |= {"vendor_work_waiting": queue.waiting, "vendor_breakers_open": queue.broken}
    return gauges


def _is_up(core: Core, dependency: str) -> Callable[[], Awaitable[float]]:
    async def is_up() -> float:
        return float(dependency not in core.outages.names())

    return is_up


def _oldest_charge(core: Core) -> Callable[[], Awaitable[float]]:
    async def oldest() -> float:
        since = await core.db.charges.oldest_waiting()
        return 0.0 if since is None else max((core.clock.now() - since).total_seconds(), 0.0)

    return oldest


def make_summing(core: Core, meter: Meter) -> Summing:
    """Return this process's turn at the sums; what it knows of itself is told from now on."""
    gauges, figures = make_gauges(core), core.services.console.overview.figures
    figures.levels.gauges |= {name: gauges[name] for name in _WAITING if name in gauges}
    broken = {name: gauges[name] for name in _BROKEN if name in gauges}

    async def ask_broken() -> Mapping[str, float]:
        return {name: await gauge() for name, gauge in broken.items()}

    exchange = figures.exchange
    exchange.own = OwnFigures(meter.sums, core.outages.names, ask_broken)
    return Summing(core.db, core.clock, ConsoleNews(core.live), exchange, figures, write_overview)


@asynccontextmanager
async def kept_overview(core: Core, meter: Meter) -> AsyncIterator[None]:
    """Keep the overview until the block ends; a web function has none."""
    if core.settings.serverless:
        yield
        return
    async with scheduled((OVERVIEW.bind(make_summing(core, meter)),), core.outages):
        yield
