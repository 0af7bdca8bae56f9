"""`python -m tests.bench.gifts.auditing`: what a round of the ledger's audit takes, on SQLite and on MariaDB.

Five thousand gifts a second in 125 batches, of 200 and of 5,000 senders; each round looks at what one second has moved,
a minute later. The figures are for decision 0062. `--brief` moves little.
"""

import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from liveroom.domain.gifts.model import GiftId
from liveroom.domain.gifts.sending import GiftOrder
from liveroom.domain.ids import DEFAULT_TENANT, BroadcastId, RoomId, UserId
from liveroom.http.server import run
from liveroom.usecases.gifts.selling import GiftSales
from tests.bench.page import table
from tests.bench.processes import CannotMeasure
from tests.bench.seeding import fund
from tests.migrated import mariadb_url
from tests.servers import Mariadb, running
from tests.service import Service, serving

_COINS: Final = 10_000_000
_MINUTE: Final = 62
_SENDERS: Final = (200, 5_000)


@dataclass(frozen=True)
class AuditPlan:
    """How much is moved."""

    batches: int = 125
    """A second,"""
    gifts: int = 40
    """of so many gifts each."""
    rounds: int = 20


@dataclass(frozen=True)
class AuditRound:
    """What one round takes, in seconds."""

    wall: float
    cpu: float


async def measure(folder: Path, database: str, senders: int, plan: AuditPlan) -> AuditRound:
    """Return the medians of the rounds."""
    async with serving(folder, database_url=database or f"sqlite:///{folder}/liveroom.db") as service:
        url, dice = service.core.settings.database_url, random.Random(1)
        await fund(url, [UserId(str(1_000_000 + number)) for number in range(senders)], _COINS)
        found = []
        for second in range(_MINUTE + plan.rounds):
            await _move(service, senders, dice, plan, second)
            service.clock.advance(1)
            began, spent = time.monotonic(), time.process_time()
            if await service.core.jobs.ledger_audit.look():
                raise CannotMeasure("the audit has found a difference")
            found.append(AuditRound(time.monotonic() - began, time.process_time() - spent))
    rounds = found[_MINUTE:]
    return AuditRound(median(one.wall for one in rounds), median(one.cpu for one in rounds))


async def _move(service: Service, senders: int, dice: random.Random, plan: AuditPlan, second: int) -> None:
    """Do what one second does."""
    sales = service.core.services.money.gifts.sending.seller
    assert isinstance(sales, GiftSales)
    for batch in range(plan.batches):
        keys = [f"{second}-{batch}-{number}" for number in range(plan.gifts)]
        await sales.payments.take(_orders(service, [(key, str(1_000_000 + dice.randrange(senders))) for key in keys]))
    while await service.core.jobs.folding.run():
        continue


def _orders(service: Service, asked: Sequence[tuple[str, str]]) -> Sequence[GiftOrder]:
    now = service.clock.now()
    sending = service.core.services.money.gifts.sending
    limits = sending.protection.rules.limits_of(service.core.services.tenants.default, now)
    offered = sending.catalogues.price(DEFAULT_TENANT, GiftId("rose"), None, now)
    return [
        GiftOrder(
            tenant=DEFAULT_TENANT,
            sender=UserId(sender),
            receivers=(UserId("700"),),
            room=RoomId("700"),
            broadcast=BroadcastId("b700"),
            offered=offered,
            count=1,
            key=key,
            digest="",
            combo="",
            category="",
            names={},
            at=now,
            limits=limits,
        )
        for key, sender in asked
    ]


def main(words: list[str]) -> None:
    """Measure, and print."""
    plan, load, rows = AuditPlan(5, 10, 2) if "--brief" in words else AuditPlan(), os.getloadavg()[0], []
    with tempfile.TemporaryDirectory(prefix="liveroom-audit-") as name:
        folder = Path(name)
        with running(Mariadb(folder / "mariadb")) as mariadb:
            for senders in _SENDERS:
                for where in ("SQLite", "MariaDB"):
                    database = mariadb_url(mariadb) if where == "MariaDB" else ""
                    found = run(measure(folder / f"{where}{senders}", database, senders, plan))
                    rows.append([where, f"{senders:,}", f"{found.wall * 1000:.0f}", f"{found.cpu * 1000:.0f}"])
    head = ["database", "senders", "ms of a round", "of them our processor's"]
    sys.stdout.write(f"Load average before: {load:.1f}\n\n{table(head, rows)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
