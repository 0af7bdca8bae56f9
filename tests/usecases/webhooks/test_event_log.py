"""The event log of a service: all that happens, once each, in order, also when it could not be written for a while."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from liveroom import faults
from liveroom.domain.events.records import LOG
from liveroom.settings import SettingsError
from liveroom.usecases.webhooks.receivers import SETTLED
from liveroom.usecases.webhooks.rounds import LEASE
from tests.servers import Mariadb, Redis, running
from tests.service import Service, serving


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


async def waiting(service: Service) -> int:
    return sum(one.partitions for one in await service.core.db.event_partitions.waiting() if one.target == LOG)


async def evening(service: Service, app: str = "") -> str:
    """Let a host open a room, a guest come and go, and the host close it; return the room."""
    host, guest = await service.sign_up(app=app), await service.sign_up(app=app)
    room = await host.go_live(title="Tonight")
    await guest.enter(room, "audience")
    await host.call("rooms/update_room", {"roomId": room, "title": "Later"})
    await guest.leave(room)
    await host.call("rooms/destroy_room", {"roomId": room})
    return room


async def test_what_happens_in_any_tenant_is_logged_in_order_per_room(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    async with serving(tmp_path / "data", event_log=f"file://{path}") as service:
        await service.make_tenant("shop")
        rooms = [await evening(service), await evening(service, "shop")]
        await service.tick()
        await service.tick()
        assert await waiting(service) == 0
    events = read(path)
    assert len({event["id"] for event in events}) == len(events)
    for room, tenant in zip(rooms, ("default", "shop"), strict=True):
        of_room = [event for event in events if event["subject"] == f"room:{room}"]
        assert [int(event["sequence"]) for event in of_room] == list(range(1, len(of_room) + 1))
        kinds = [event["type"] for event in of_room if event["type"].startswith("room.")]
        assert kinds == ["room.opened", "room.updated", "room.closed"]
        assert sum(event["type"] == "member.entered" for event in of_room) == 2
        assert {event["source"] for event in of_room} == {f"/liveroom/{tenant}"}
    assert "user.registered" in {event["type"] for event in events}


async def test_what_could_not_be_written_is_written_later_and_nothing_is_lost(tmp_path: Path) -> None:
    folder = tmp_path / "not-there-yet"
    async with serving(tmp_path / "data", event_log=f"file://{folder}/events.jsonl") as service:
        room = await evening(service)
        await service.tick()
        assert await waiting(service) > 0
        folder.mkdir()
        service.clock.advance(timedelta(hours=1))
        for _ in range(10):
            await service.tick()
            service.clock.advance(timedelta(minutes=2))
        assert await waiting(service) == 0
    of_room = [event for event in read(folder / "events.jsonl") if event["subject"] == f"room:{room}"]
    assert [int(event["sequence"]) for event in of_room] == list(range(1, len(of_room) + 1))


async def test_without_a_log_nothing_is_written_down_for_it(tmp_path: Path) -> None:
    async with serving(tmp_path / "data") as service:
        await evening(service)
        await service.tick()
        assert await waiting(service) == 0


async def test_a_log_that_is_switched_off_leaves_nothing_waiting_in_the_end(tmp_path: Path) -> None:
    async with serving(tmp_path / "data", event_log=f"file://{tmp_path}/nowhere/events.jsonl") as service:
        await evening(service)
    async with serving(tmp_path / "data") as service:
        await service.tick()
        assert await waiting(service) > 0, "other processes may be about to start with the log switched on"
        service.clock.advance(SETTLED + timedelta(seconds=1))
        await service.tick()
        assert await waiting(service) == 0


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("events.jsonl", "is not a place for events"),
        ("file://events.jsonl", "is not a valid file address"),
        ("file:///var/log/", "is not a valid file address"),
        ("redis:events", "there is none"),
        ("redis:{r000}", "is not a place for events"),
        ("redis://127.0.0.1:6379/0", "is not a place for events"),
        ("redis://127.0.0.1:6379/0?stream=a b", "is not a place for events"),
        ("redis://u:pass[word@127.0.0.1:6379/0?stream=events", "is not a place for events"),
        ("kafka://127.0.0.1", "is not a place for events"),
    ],
)
async def test_a_place_that_is_none_stops_the_start_with_a_sentence(text: str, problem: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=problem):
        async with serving(tmp_path / "data", event_log=text):
            pass


class Died(Exception):
    """What the test ends the work with."""


def die() -> None:
    raise Died


async def test_what_was_written_and_not_noted_is_written_again_with_the_same_ids(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    async with serving(tmp_path / "data", event_log=f"file://{path}") as service:
        await evening(service)
        faults.arm("webhook.sent", die)
        try:
            with pytest.raises(Died):
                await service.tick()
        finally:
            faults.disarm()
        first = read(path)
        service.clock.advance(LEASE + timedelta(seconds=1))
        await service.tick()
        assert await waiting(service) == 0
    again = {event["id"]: event for event in read(path)[len(first) :]}
    assert first
    assert [again[event["id"]] for event in first] == first


@pytest.mark.services
async def test_a_redis_that_was_down_gets_everything_when_it_is_back(
    mariadb: Mariadb, redis_server: Redis, tmp_path: Path
) -> None:
    redis_server.flushall()
    with running(Redis(tmp_path / "redis")) as server:
        given: dict[str, Any] = {"database_url": mariadb.create_database("event_log"), "redis_url": redis_server.url}
        async with serving(tmp_path / "data", event_log=f"{server.url}/0?stream=events", **given) as service:
            rooms = [await evening(service)]
            await service.tick()
            server.kill()
            rooms.append(await evening(service))
            await service.tick()
            assert await waiting(service) > 0
            server.start()
            for _ in range(20):
                service.clock.advance(timedelta(minutes=5))
                await service.tick()
                if not await waiting(service):
                    break
            assert await waiting(service) == 0
        entries = server.command("XRANGE", "events", "-", "+")
    events = dict[str, dict[str, Any]]()
    for _, fields in entries:
        event = json.loads(fields["event"])
        events.setdefault(event["id"], event)
    for room in rooms:
        numbers = [int(event["sequence"]) for event in events.values() if event["subject"] == f"room:{room}"]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) >= 6


@pytest.mark.services
async def test_the_stream_may_be_on_the_services_own_redis(
    mariadb: Mariadb, redis_server: Redis, tmp_path: Path
) -> None:
    redis_server.flushall()
    given: dict[str, Any] = {"database_url": mariadb.create_database("event_log_own"), "redis_url": redis_server.url}
    async with serving(tmp_path / "data", event_log="redis:liveroom.events", **given) as service:
        await evening(service)
        await service.tick()
    assert redis_server.command("XLEN", "liveroom.events") > 6
