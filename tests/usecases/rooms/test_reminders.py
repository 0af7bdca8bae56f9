"""Reminders: who is told that a broadcast begins soon, has begun or was cancelled; each once, whatever dies."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from liveroom import faults
from liveroom.domain.events.records import Target
from liveroom.domain.rooms.alerts import PAGE
from liveroom.store.sql.backend_tables import events
from liveroom.store.sql.dialect import statement
from liveroom.store.sql.reminder_tables import reminders, room_alerts
from tests.service import Answer, Device, Service, serving

RECORDED = statement(select(events.c.body).where(events.c.kind == "reminder.due"))
ALERTS = statement(select(room_alerts))
LEFT = statement(select(reminders))
REMIND = statement(insert(reminders))
_WANTED = Target("all", frozenset({"reminder.due"}), frozenset())
_BORN = 1_700_000_000_000
_MINUTE = 60


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with serving(tmp_path, others=lambda _: [_WANTED], account_limit=0) as running:
        yield running


def starts_in(service: Service, minutes: float) -> str:
    return (service.clock.now() + timedelta(minutes=minutes)).strftime("%Y-%m-%d %H:%M:%S")


async def schedule(service: Service, host: Device, minutes: float = 60, **params: Any) -> str:
    answer = await host.call("rooms/schedule", {"startUtc": starts_in(service, minutes), "title": "晚会", **params})
    assert answer.code == 0, answer.text
    return str(answer.data["roomId"])


async def remind(device: Device, room: str, method: str = "add") -> Answer:
    return await device.call(f"reminders/{method}", {"roomId": room})


async def tell(service: Service, minutes: float = 0) -> int:
    """Let time pass, and tell whoever is to be told."""
    service.clock.advance(minutes * _MINUTE)
    return await service.core.services.following.alerts.tell()


async def told(service: Service) -> Sequence[tuple[str, str, list[str]]]:
    """Return what webhooks were told: why, of which broadcast, and whom."""
    found = [json.loads(body) for (body,) in await service.core.db.engine.rows(RECORDED)]
    return [(one["reason"], one["broadcastId"], one["userIds"]) for one in found]


async def test_who_wants_to_be_reminded_is_told_before_a_broadcast_and_when_it_begins(service: Service) -> None:
    host, ann, bob = [await service.sign_up() for _ in range(3)]
    room = await schedule(service, host)
    for one in (ann, ann, bob):
        assert (await remind(one, room)).data["reminded"] is True
    assert (await remind(bob, room, "remove")).code == 0
    assert await tell(service, 49) == 0
    assert await tell(service, 1.1) == 1
    assert await told(service) == [("soon", "", [ann.user])]
    assert (await remind(bob, room)).data["people"] == 2, "too late for the first, not for the second"
    assert await tell(service, 1) == 0
    entered = await host.enter(room, "anchor")
    assert entered.code == 0
    assert await tell(service) == 2
    live = await service.core.db.rooms.get(entered.data["roomId"])
    assert live is not None
    assert (await told(service))[1:] == [("live", live.broadcast, [ann.user, bob.user])]
    assert await service.core.db.engine.rows(ALERTS) == await service.core.db.engine.rows(LEFT) == []
    assert (await remind(ann, room)).code == 2004, "it has begun"


async def test_a_broadcast_that_is_put_off_is_reminded_of_again_and_a_cancelled_one_once(service: Service) -> None:
    host, ann = await service.sign_up(), await service.sign_up()
    room = await schedule(service, host, 15)
    await remind(ann, room)
    assert await tell(service, 6) == 1
    await host.call("rooms/schedule", {"roomId": room, "startUtc": starts_in(service, 120)})
    assert await tell(service, 10) == 0
    assert await tell(service, 101) == 1
    await host.call("rooms/destroy_room", {"roomId": room})
    assert await tell(service) == 1
    assert [reason for reason, *_ in await told(service)] == ["soon", "soon", "cancelled"]
    assert await service.core.db.engine.rows(ALERTS) == await service.core.db.engine.rows(LEFT) == []


async def test_a_broadcast_that_nobody_opens_is_cancelled_for_those_who_wait(service: Service) -> None:
    host, ann = await service.sign_up(), await service.sign_up()
    room = await schedule(service, host, 5)
    await remind(ann, room)
    assert await tell(service, 5) == 0, "it was to begin in less than ten minutes when they asked"
    service.clock.advance(61 * _MINUTE)
    assert await service.core.services.room_settings.schedules.call_off() == 1
    assert await tell(service) == 1
    assert [reason for reason, *_ in await told(service)] == ["cancelled"]


async def test_who_was_blocked_since_is_not_told(service: Service) -> None:
    host, ann, bob = [await service.sign_up() for _ in range(3)]
    room = await schedule(service, host)
    for one in (ann, bob):
        await remind(one, room)
    assert (await host.call("blocks/add", {"targetId": bob.user})).code == 0
    assert (await remind(bob, room)).code == 3000
    await host.enter(room, "anchor")
    assert await tell(service) == 1
    assert [users for *_, users in await told(service)] == [[ann.user]]


class Killed(BaseException):
    """The process is gone."""


async def test_whatever_dies_in_between_everybody_is_named_once(service: Service) -> None:
    host = await service.sign_up()
    room = await schedule(service, host)
    rows: list[dict[str, Any]] = [
        {"room": room, "user_id": f"f{number}", "at": _BORN + number // 7} for number in range(3 * PAGE)
    ]
    await service.core.db.engine.run_many(REMIND, rows)
    await host.enter(room, "anchor")

    def die() -> None:
        raise Killed

    deaths = 0
    while await service.core.db.engine.rows(ALERTS) and deaths < 9:
        faults.arm("alert.recorded", die)
        with pytest.raises(Killed):
            await service.core.services.following.alerts.tell()
        faults.disarm()
        deaths += 1
        service.clock.advance(31)
    named = Counter(user for *_, users in await told(service) for user in users)
    assert (deaths, len(named), set(named.values())) == (4, 3 * PAGE, {1})
    assert await service.core.db.engine.rows(LEFT) == []


async def test_of_two_processes_at_once_everybody_is_named_by_one(service: Service) -> None:
    host, people = await service.sign_up(), [await service.sign_up() for _ in range(5)]
    room = await schedule(service, host)
    await asyncio.gather(*(remind(one, room) for one in people))
    await host.enter(room, "anchor")
    alerts = service.core.services.following.alerts
    assert sum(await asyncio.gather(*(alerts.tell() for _ in range(4)))) == 5
    assert {user for *_, users in await told(service) for user in users} == {one.user for one in people}
