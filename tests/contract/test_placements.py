"""Where operators put rooms in the lists, and the orders that lists can be asked for in."""

import asyncio
from datetime import timedelta
from typing import Any, Final

import pytest

from liveroom.domain.ids import DEFAULT_TENANT, RoomId
from liveroom.domain.rooms.placement import NOWHERE
from tests.service import Device, Service

HOUR: Final = timedelta(hours=1)


async def _rooms(service: Service, category: str, number: int = 3) -> tuple[list[Device], list[str]]:
    """Return hosts and their rooms, each opened after the one before."""
    hosts = [await service.sign_up() for _ in range(number)]
    rooms = []
    for host in hosts:
        rooms.append(await host.go_live(category=category))
        service.clock.advance(1)
    return hosts, rooms


async def _listed(caller: Device, category: str, order: str = "newest", **params: Any) -> list[str]:
    asked = {"category": category, **({"order": order} if order else {}), **params}
    return [str(room["roomId"]) for room in (await caller.call("rooms/query_room", asked)).data]


async def test_rooms_are_ordered_by_what_is_asked_for(service: Service) -> None:
    (ann, bob, _), (first, second, third) = await _rooms(service, "orders")
    for _ in range(2):
        await (await service.sign_up()).enter(first, "audience")
    await bob.call("rooms/like", {"roomId": second, "count": 100})
    for text in ("a", "b", "c"):
        await ann.call("messages/send", {"roomId": first, "text": text})
    service.clock.advance(3)
    await service.tick()
    assert await _listed(ann, "orders", "people") == [first, third, second]
    assert await _listed(ann, "orders", "likes") == [second, third, first]
    assert await _listed(ann, "orders", "heat") == [first, second, third]
    assert await _listed(ann, "orders", "newest") == await _listed(ann, "orders", "") == [third, second, first]
    browsed = await service.call("rooms/browse", {"category": "orders", "order": "heat"})
    assert [str(room["roomId"]) for room in browsed.data] == [first, second, third]
    assert (await ann.call("rooms/query_room", {"order": "warmth"})).code == 2002
    assert (await service.call("rooms/browse", {"order": "createUtc"})).code == 2002


async def test_an_operator_pins_and_demotes_rooms_in_every_order(service: Service) -> None:
    (ann, *_), (first, second, third) = await _rooms(service, "places")
    backend = await service.make_key()
    pinned = (await backend.call("admin/pin_room", {"roomId": first})).data
    assert (pinned["placement"]["pin"], pinned["heat"] > 0) == (1, True)
    assert (await backend.call("admin/demote_room", {"roomId": third})).data["placement"]["demoted"] is True
    for order in ("newest", "people", "likes", "heat"):
        assert await _listed(ann, "places", order) == [first, second, third]
    assert await _listed(ann, "places", "") == [third, second, first], "as the original has it"
    await backend.call("admin/demote_room", {"roomId": first})
    await backend.call("admin/pin_room", {"roomId": third, "position": 5})
    assert await _listed(ann, "places") == [third, second, first]
    await backend.call("admin/pin_room", {"roomId": third, "position": 0})
    await backend.call("admin/demote_room", {"roomId": first, "demoted": False})
    assert await _listed(ann, "places") == [third, second, first]
    assert await service.core.db.rooms.overdue_placements(service.clock.now() + HOUR, 10) == []


async def test_a_featured_room_says_so_wherever_it_is_shown_and_no_other_does(service: Service) -> None:
    (ann, *_), (first, second, _) = await _rooms(service, "featured")
    backend = await service.make_key()
    await backend.call("admin/feature_room", {"roomId": first})
    shown = (await ann.call("rooms/query_room", {"category": "featured"})).data
    assert {str(room["roomId"]): room.get("featured") for room in shown if "featured" in room} == {first: True}
    assert (await ann.detail(first)).data["featured"] is True
    assert "featured" not in (await ann.detail(second)).data
    undone = (await backend.call("admin/feature_room", {"roomId": first, "featured": False})).data
    assert "featured" not in undone
    assert "featured" not in (await ann.detail(first)).data


@pytest.mark.parametrize("method", ["pin_room", "feature_room", "demote_room"])
async def test_what_lasts_for_a_time_ends_by_itself(service: Service, method: str) -> None:
    (ann, *_), (first, *_) = await _rooms(service, f"until-{method}")
    backend = await service.make_key()
    before = (await ann.detail(first)).data
    until = f"{service.clock.now() + HOUR:%Y-%m-%d %H:%M:%S}"
    placed = (await backend.call(f"admin/{method}", {"roomId": first, "until": until})).data["placement"]
    assert until in placed.values()
    await service.tick()
    assert (await backend.call("admin/get_room", {"roomId": first})).data["placement"] == placed
    service.clock.advance(HOUR)
    ended = await asyncio.gather(*(service.core.services.room_settings.placements.end_overdue() for _ in range(3)))
    assert sum(ended) == 1, "of processes that look at once one does it"
    stored = await service.core.db.rooms.get(RoomId(first))
    assert stored is not None
    assert stored.placement == NOWHERE
    await service.tick()
    assert (await ann.detail(first)).data == before


async def test_a_placement_outlives_the_broadcast(service: Service) -> None:
    (ann, *_), (first, second, third) = await _rooms(service, "outlives")
    backend = await service.make_key()
    await ann.call("rooms/destroy_room", {"roomId": first})
    closed = (await backend.call("admin/pin_room", {"roomId": first})).data
    assert (closed["state"], closed["placement"]["pin"], closed["heat"]) == ("closed", 1, 0)
    await ann.go_live(category="outlives")
    assert await _listed(ann, "outlives") == [first, third, second]


async def test_the_audit_says_where_a_room_was_and_where_it_is(service: Service) -> None:
    _, (first, *_) = await _rooms(service, "audited", 1)
    backend = await service.make_key()
    await backend.call("admin/pin_room", {"roomId": first, "position": 3, "why": "festival"})
    await backend.call("admin/demote_room", {"roomId": first})
    await service.core.jobs.key_uses.flush()
    demoted, pinned, *_ = await service.core.db.audit.newest(tenant=DEFAULT_TENANT, actor="", since=None, limit=9)
    assert (pinned.reason, pinned.before, pinned.after) == ("festival", '{"pin":0}', '{"pin":3}')
    assert (demoted.before, demoted.after) == ('{"pin":3,"demoted":false}', '{"pin":0,"demoted":true}')
