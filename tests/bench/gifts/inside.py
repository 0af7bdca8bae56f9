"""Five thousand gifts a second inside one process: everything that `gifts/send` does behind its check, without HTTP."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from liveroom.app.assembly import Core, assemble
from liveroom.app.backends import open_database
from liveroom.clock import SystemClock
from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.gifts.catalogue import OfferedGift
from liveroom.domain.gifts.model import GiftId
from liveroom.domain.gifts.sending import GiftOrder, GiftReceipt
from liveroom.domain.ids import DEFAULT_TENANT, BroadcastId, UserId
from liveroom.http.server import run
from liveroom.settings import NamedSecret, Secret, Settings
from tests.bench.processes import CannotMeasure, cpu_seconds
from tests.bench.seeding import SECRET, Size, fund, room_id, seed, user_id
from tests.servers import Mariadb, Redis

_COINS: Final = 1_000_000
_BEAT: Final = 0.1
"""Seconds between two rounds of the work that a service does beside calls."""
_TOGETHER: Final = 8
"""Orders that come at the same moment: a loop cannot wait for a fifth of a millisecond."""


@dataclass(frozen=True)
class InsidePlan:
    """How much is sent."""

    rate: float = 5_000.0
    seconds: float = 30.0
    senders: int = 200


@dataclass(frozen=True)
class InsideFound:
    """What came of it; times in seconds, from when an order was due."""

    plan: InsidePlan
    rate: float
    """Gifts a second, from the first order to the last answer."""
    p50: float
    p99: float
    untold: int
    """Orders that were answered before their room was told."""
    cpu: float
    """Processor seconds of the process for 1,000 gifts,"""
    cpu_of_mariadb: float
    """and MariaDB's,"""
    cpu_of_redis: float
    """and Redis's."""


def measure_inside(plan: InsidePlan, folder: Path, mariadb: Mariadb, redis: Redis) -> InsideFound:
    """Measure on fresh data. Raises ``CannotMeasure`` where a gift was not paid, or the sums are not what was sent."""
    return run(_measure_inside(plan, folder, mariadb, redis))


async def _measure_inside(plan: InsidePlan, folder: Path, mariadb: Mariadb, redis: Redis) -> InsideFound:
    database = mariadb.create_database("inside")
    await seed(database, Size(users=plan.senders, rooms=1))
    await fund(database, [user_id(number) for number in range(plan.senders)], _COINS)
    secret = (NamedSecret("bench", Secret(SECRET)),)
    settings = Settings(data_dir=folder, database_url=database, redis_url=redis.url, gifts="test", secret=secret)
    async with _core(settings) as core:
        total = round(plan.rate * plan.seconds)
        orders = [_order(core, number, plan.senders) for number in range(total)]
        before = [cpu_seconds(pid) for pid in (mariadb.pid, redis.pid)]
        own, began = time.process_time(), time.monotonic()
        times, untold = await _send(core, plan, orders)
        seconds = time.monotonic() - began
        cpu = [time.process_time() - own, cpu_seconds(mariadb.pid) - before[0], cpu_seconds(redis.pid) - before[1]]
        totals = await core.live.gifts.totals(room_id(0), DEFAULT_TENANT)
        if totals.gifts != total:
            raise CannotMeasure(f"{total} gifts were sent, the room counts {totals}")
    each = [one / total * 1000 for one in cpu]
    return InsideFound(
        plan, total / seconds, times[total // 2], times[total * 99 // 100], untold, each[0], each[1], each[2]
    )


@asynccontextmanager
async def _core(settings: Settings) -> AsyncIterator[Core]:
    """Yield a process whose room is there and listened to, and which does what a service does beside calls."""
    db = await open_database(settings)
    core = await assemble(settings, SystemClock(), db)
    await core.live.start()
    beat = asyncio.create_task(_beat(core.jobs.relay.run, core.jobs.folding.look))
    try:
        while True:
            with suppress(LiveUnavailable):
                await core.live.channels.snapshot(room_id(0), DEFAULT_TENANT)
                break
            await asyncio.sleep(_BEAT)
        yield core
    finally:
        beat.cancel()
        await asyncio.gather(beat, return_exceptions=True)
        await core.live.close()
        await db.close()


async def _beat(*jobs: Callable[[], Awaitable[int]]) -> None:
    while True:
        await asyncio.sleep(_BEAT)
        for job in jobs:
            await job()


def _order(core: Core, number: int, senders: int) -> GiftOrder:
    sending = core.services.money.gifts.sending
    offered: OfferedGift = sending.catalogues.price(DEFAULT_TENANT, GiftId("rose"), None, core.clock.now())
    sender, host = user_id(number % senders), UserId(room_id(0))
    return GiftOrder(
        tenant=DEFAULT_TENANT,
        sender=sender,
        receivers=(host,),
        room=room_id(0),
        broadcast=BroadcastId(f"b{room_id(0)}"),
        offered=offered,
        count=1,
        key=f"gift-{number}",
        digest="",
        combo="",
        category="",
        names={sender: ("Ann", ""), host: ("Bo", "")},
        at=core.clock.now(),
        limits=sending.protection.rules.limits_of(core.services.tenants.default, core.clock.now()),
    )


async def _send(core: Core, plan: InsidePlan, orders: Sequence[GiftOrder]) -> tuple[Sequence[float], int]:
    """Let orders come at their rate, answered or not; return how long each took, sorted, and how many were untold."""
    seller, began = core.services.money.gifts.sending.seller, time.monotonic()
    times, untold, tasks = list[float](), list[GiftOrder](), set[asyncio.Task[None]]()

    async def sell(order: GiftOrder, due: float) -> None:
        sold = await seller.sell(replace(order, at=core.clock.now()))
        times.append(time.monotonic() - due)
        if not isinstance(sold.decision, GiftReceipt):
            raise CannotMeasure(f"a gift was not paid: {sold.decision}")
        if not sold.is_published:
            untold.append(order)

    for number, order in enumerate(orders):
        due = began + number / plan.rate
        if number % _TOGETHER == 0:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        task = asyncio.create_task(sell(order, due))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks)
    return sorted(times), len(untold)
