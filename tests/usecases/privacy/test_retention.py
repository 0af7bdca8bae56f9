"""How long messages, reports and stays are kept: dropped when they are older, by the batch, and never by themselves."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import Table, func, select

from liveroom.domain.ids import RoomId
from liveroom.store.sql.dialect import statement
from liveroom.store.sql.show_tables import messages, reports
from liveroom.store.sql.tables import stays
from liveroom.usecases.privacy.retention import BATCH, Retention
from tests.service import Device, Service, serving

DAY: Final = timedelta(days=1)
KEPT: Final[dict[str, Any]] = {"messages_keep": "10d", "reports_keep": "20d", "stays_keep": "30d"}


@pytest.fixture(params=[KEPT, {"messages_keep": "0s", "reports_keep": "0s"}], ids=["for a while", "for ever"])
async def service(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Service]:
    async with serving(tmp_path, **request.param) as running:
        yield running


async def count(service: Service, table: Table) -> int:
    row = await service.core.db.engine.row(statement(select(func.count()).select_from(table)))
    return 0 if row is None else int(row[0])


async def counts(service: Service) -> tuple[int, int, int]:
    return await count(service, messages), await count(service, reports), await count(service, stays)


async def evening(service: Service) -> Device:
    """Let somebody watch, write and complain, and leave again; the host stays."""
    host, guest = await service.sign_up(), await service.sign_up()
    room = await host.go_live()
    await guest.enter(room, "audience")
    assert (await guest.call("messages/send", {"roomId": room, "text": "hi"})).code == 0
    assert (await guest.call("moderation/report", {"roomId": room, "targetId": host.user, "reason": "spam"})).code == 0
    await guest.leave(room)
    await service.core.jobs.backlog.write_all()
    return host


async def test_each_kind_is_kept_as_long_as_its_setting_says(service: Service) -> None:
    await evening(service)
    for_ever = not service.core.settings.stays_keep
    assert await counts(service) == (1, 1, 2)
    for days, left in ((9, (1, 1, 2)), (2, (0, 1, 2)), (10, (0, 0, 2)), (10, (0, 0, 1))):
        service.clock.advance(days * DAY)
        await service.core.jobs.purge.run()
        assert await counts(service) == ((1, 1, 2) if for_ever else left), "an open stay is kept"


async def test_what_is_dropped_is_dropped_by_the_batch(service: Service) -> None:
    host = await evening(service)
    core, now = service.core, service.clock.now()
    message = (await core.db.messages.page((await _broadcast(service, host)), None, 1))[0]
    many = [message._replace(number=number, at=now - 3 * DAY) for number in range(1, BATCH + 51)]
    await core.db.messages.put(many)
    assert await core.db.messages.purge(now - DAY, 100) == 100
    retention = Retention(core.db, core.clock, DAY, timedelta(0), timedelta(0))
    assert await retention.purge() == BATCH + 50 - 100
    assert await count(service, messages) == 1


async def _broadcast(service: Service, host: Device) -> Any:
    room = await service.core.db.rooms.get(RoomId(host.user))
    assert room is not None
    return room.broadcast
