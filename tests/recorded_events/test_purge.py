"""How long events are kept: as long as they may be asked for again, and as long as somebody waits for them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from liveroom.domain.events.records import NewEvent
from liveroom.domain.ids import TenantName
from liveroom.usecases.privacy.purging import EVENTS_KEPT
from tests.payloads import saying
from tests.recorded_events.rebuilding import EVERYTHING, read_events
from tests.service import Service, serving

HOME = TenantName("")
_DAY = timedelta(days=1)


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with serving(tmp_path) as running:
        yield running


async def tell(service: Service, stream: str, count: int) -> None:
    """Write down so many events that one wants to be told of."""
    now = service.clock.now()
    events = [NewEvent("room.updated", "", now, saying(title=str(number))) for number in range(count)]
    await service.core.db.transact(lambda tx: tx.events.append(HOME, stream, events, [EVERYTHING], now))


async def deliver(service: Service) -> None:
    """Let nobody wait any more."""
    await service.core.db.event_partitions.drop(EVERYTHING.id, 100)


async def test_events_of_any_number_that_everybody_was_told_of_are_dropped_after_eight_days(service: Service) -> None:
    for room in range(3):
        await tell(service, f"room:{room}", 900)
    await deliver(service)
    service.clock.advance(EVENTS_KEPT - _DAY)
    await tell(service, "room:9", 1)
    await deliver(service)
    assert await service.core.jobs.purge.run() == 0
    service.clock.advance(2 * _DAY)
    assert await service.core.jobs.purge.run() == 2700
    assert [event.stream for event in await read_events(service.core.db)] == ["room:9"]


async def test_events_that_somebody_waits_for_are_kept(service: Service) -> None:
    await tell(service, "room:1", 3)
    await deliver(service)
    await tell(service, "room:1", 2)
    service.clock.advance(EVENTS_KEPT + _DAY)
    assert await service.core.jobs.purge.run() == 3
    assert [event.seq for event in await read_events(service.core.db)] == [4, 5]
