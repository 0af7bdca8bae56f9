"""A service with webhooks, and what tests of deliveries do again and again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from liveroom.app.assembly import Core
from liveroom.domain.errors import DatabaseUnavailable
from liveroom.domain.events.records import NewEvent
from liveroom.domain.ids import DEFAULT_TENANT, TenantName
from liveroom.domain.webhooks.model import Webhook
from tests.outages import Switch
from tests.payloads import saying
from tests.service import serving
from tests.usecases.conftest import World
from tests.webhooks.receiver import Receiver, listening

LONG: Final = timedelta(seconds=20)
"""Longer than any delivery takes that is not kept waiting."""


@dataclass
class Stage:
    """A world and a receiver; nothing is delivered by itself."""

    world: World
    receiver: Receiver

    @property
    def core(self) -> Core:
        return self.world.core

    async def add(
        self, receiver: Receiver | None = None, tenant: TenantName = DEFAULT_TENANT, **options: Any
    ) -> Webhook:
        """Add a webhook; the receiver has its secret."""
        at = receiver or self.receiver
        webhook = await self.core.outward.webhooks.add(tenant, at.url, **options)
        at.secrets.append(webhook.secrets[0].text)
        return webhook

    async def tell(
        self,
        stream: str,
        count: int = 1,
        *,
        kind: str = "room.updated",
        category: str = "ktv",
        tenant: TenantName = DEFAULT_TENANT,
    ) -> None:
        """Tell of a stream, in a transaction of its own."""
        now = self.world.service.clock.now()
        events = [NewEvent(kind, category, now, saying(n=number)) for number in range(count)]
        await self.core.db.transact(lambda tx: self.core.recorder.record(tx, tenant, stream, events))

    async def deliver(self, core: Core | None = None) -> int:
        """Deliver what is due until nothing more is."""
        workers, done = (core or self.core).outward.workers, 0
        while more := await workers.run(LONG):
            done += more
        return done

    async def later(self, seconds: float) -> int:
        """Let time pass, and deliver what has become due."""
        self.world.pass_by(seconds)
        return await self.deliver()

    async def waiting(self) -> int:
        """Return how many events wait."""
        return sum(waiting.events for waiting in await self.core.db.event_partitions.waiting())

    async def failing(self) -> list[int]:
        """Return how many partitions fail, for each target."""
        return [waiting.failing for waiting in await self.core.db.event_partitions.waiting()]


@asynccontextmanager
async def on_stage(folder: Path, **settings: Any) -> AsyncIterator[Stage]:
    """Yield a service and a receiver."""
    sql = Switch(DatabaseUnavailable)
    async with listening() as receiver, serving(folder, through=sql.over, **settings) as service:
        yield Stage(World(service, sql, Switch(DatabaseUnavailable)), receiver)
        receiver.endpoint.let_go()
        sql.down = False


async def turn() -> None:
    """Let whatever is ready go on."""
    for _ in range(20):
        await asyncio.sleep(0)
