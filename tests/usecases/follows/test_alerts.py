"""Followers are told that a host is live: each is named once to webhooks, whatever dies in between."""

import asyncio
import json
import tracemalloc
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from liveroom import faults
from liveroom.domain.events.records import Target
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.parts import parts
from liveroom.domain.rooms.alerts import PAGE
from liveroom.store.sql.backend_tables import events
from liveroom.store.sql.dialect import statement
from liveroom.store.sql.follow_tables import follows
from liveroom.store.sql.reminder_tables import room_alerts
from tests.service import Device, Service, serving

RECORDED = statement(select(events.c.body).where(events.c.kind == "follow.live"))
ALERTS = statement(select(room_alerts).where(room_alerts.c.kind == "follow"))
FOLLOW = statement(insert(follows))
_WANTED = Target("all", frozenset({"follow.live"}), frozenset())
_BORN = 1_700_000_000_000


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with serving(tmp_path, others=lambda _: [_WANTED]) as running:
        yield running


def fans(count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        yield {"follower": f"f{number}", "at": _BORN + number // 7, "mutual": 0}


async def follow_by(service: Service, host: Device, count: int) -> None:
    """Have so many users follow a host, as if they had for long."""
    for some in parts(list(fans(count)), 20_000):
        await service.core.db.engine.run_many(FOLLOW, [{**one, "followed": host.user} for one in some])


async def told(service: Service) -> Sequence[dict[str, Any]]:
    return [json.loads(body) for (body,) in await service.core.db.engine.rows(RECORDED)]


async def named(service: Service) -> Counter[str]:
    return Counter(user for event in await told(service) for user in event["followerIds"])


async def test_followers_are_named_once_in_pages_as_their_host_goes_live(service: Service) -> None:
    host = await service.sign_up()
    await follow_by(service, host, 2 * PAGE + 500)
    room = await host.go_live(title="晚会")
    assert await service.core.services.following.alerts.tell() == 2 * PAGE + 500
    pages = await told(service)
    assert [len(page["followerIds"]) for page in pages] == [PAGE, PAGE, 500]
    assert {(page["hostId"], page["roomId"], page["title"]) for page in pages} == {(host.user, room, "晚会")}
    assert set((await named(service)).values()) == {1}
    assert await service.core.services.following.alerts.tell() == 0
    assert await service.core.db.engine.rows(ALERTS) == []


async def test_who_follows_nobody_is_told_of_nothing_and_a_room_apart_tells_nobody(service: Service) -> None:
    host, alone = await service.sign_up(), await service.sign_up()
    await follow_by(service, host, 3)
    await alone.go_live()
    assert await service.core.db.engine.rows(ALERTS) == []
    starts = f"{service.clock.now().year + 1}-01-01 00:00:00"
    private = (await host.call("rooms/schedule", {"startUtc": starts, "access": "private", "title": "t"})).data
    assert (await host.enter(str(private["roomId"]), "anchor")).data["role"] == "anchor"
    assert await service.core.db.engine.rows(ALERTS) == []


class Killed(BaseException):
    """The process is gone."""


async def _die_behind_a_page(service: Service) -> None:
    """Let the process that tells followers die, and what it has claimed become free."""

    def die() -> None:
        raise Killed

    faults.arm("alert.recorded", die)
    with pytest.raises(Killed):
        await service.core.services.following.alerts.tell()
    faults.disarm()
    service.clock.advance(31)


async def test_telling_ends_with_the_broadcast_and_the_next_one_begins_anew(service: Service) -> None:
    host = await service.sign_up()
    await follow_by(service, host, 2 * PAGE)
    room = await host.go_live()
    await _die_behind_a_page(service)
    await host.call("rooms/destroy_room", {"roomId": room})
    assert await service.core.services.following.alerts.tell() == 0
    assert await service.core.db.engine.rows(ALERTS) == []
    assert sum((await named(service)).values()) == PAGE
    service.clock.advance(1)
    await host.go_live()
    assert await service.core.services.following.alerts.tell() == 2 * PAGE


async def test_whatever_dies_in_between_webhooks_name_each_follower_once(service: Service) -> None:
    host = await service.sign_up()
    await follow_by(service, host, 5 * PAGE)
    await host.go_live()
    pages = 0
    while await service.core.db.engine.rows(ALERTS) and pages < 9:
        await _die_behind_a_page(service)
        pages += 1
    assert await service.core.services.following.alerts.tell() == 0
    assert (pages, set((await named(service)).values()), len(await named(service))) == (6, {1}, 5 * PAGE)


async def test_of_two_processes_at_once_each_follower_is_named_by_one(service: Service) -> None:
    host = await service.sign_up()
    await follow_by(service, host, 3 * PAGE)
    await host.go_live()
    alerts = service.core.services.following.alerts
    assert sum(await asyncio.gather(*(alerts.tell() for _ in range(4)))) == 3 * PAGE
    assert set((await named(service)).values()) == {1}


async def _remember_most(count: int, tmp_path: Path) -> int:
    """Tell so many followers; return how many bytes were held at once at most."""
    async with serving(tmp_path, others=lambda _: [_WANTED]) as service:
        host = await service.sign_up()
        await follow_by(service, host, count)
        await host.go_live()
        alerts, done = service.core.services.following.alerts, 0
        tracemalloc.start()
        try:
            while found := await alerts.tell():
                done += found
            most = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert (done, len(await told(service))) == (count, -(-count // PAGE))
        room = await service.core.db.rooms.get(RoomId(host.user))
        assert room is not None
        assert room.owner == UserId(host.user)
        return most


@pytest.mark.slow
@pytest.mark.parametrize(
    "count", [pytest.param(100_000, id="a tenth"), pytest.param(1_000_000, id="a million", marks=pytest.mark.long)]
)
async def test_followers_without_number_are_told_in_a_few_megabytes(count: int, tmp_path: Path) -> None:
    assert await _remember_most(count, tmp_path) < 8_000_000
