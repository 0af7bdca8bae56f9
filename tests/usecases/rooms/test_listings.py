"""Lists: a lost one is built from the rooms by one caller, and cursors that are none are refused."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import BadRequest, DatabaseUnavailable, LiveUnavailable, RoomNotFound
from liveroom.domain.ids import DEFAULT_TENANT, RoomId, TenantName
from liveroom.domain.presence.members import LeaveReason
from liveroom.domain.rooms.model import LiveRoom, Room, RoomChanges
from liveroom.domain.rooms.paging import RoomPage, RoomQuery
from liveroom.domain.tenants.model import Tenant
from liveroom.ports import ListLost, Live
from liveroom.usecases.rooms.listings import UNSEEN, Listings
from tests.service import Service, serving
from tests.usecases.conftest import World

ALL = RoomQuery(DEFAULT_TENANT)


class Counting:
    """A live store that counts who builds a list, and how often it is declared whole."""

    def __init__(self, inner: Live) -> None:
        self._inner = inner
        self.claimed = 0
        self.finished = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def claim_list(self, tenant: TenantName) -> bool:
        claimed = await self._inner.claim_list(tenant)
        self.claimed += claimed
        return claimed

    async def finish_list(self, tenant: TenantName) -> None:
        self.finished += 1
        await self._inner.finish_list(tenant)


def counting(service: Service) -> tuple[Listings, Counting]:
    live: Any = Counting(service.core.live)
    return replace(service.services.listings, live=live), live


async def rooms_of(listings: Listings, query: RoomQuery = ALL) -> list[str]:
    page = await listings.rooms(query)
    return [card["roomId"] for card in json.loads(b"[" + page.cards + b"]")]


async def test_a_list_lost_with_its_process_is_built_once_however_many_ask(tmp_path: Path) -> None:
    async with serving(tmp_path) as service:
        hosts = [await service.sign_up() for _ in range(3)]
        for host in hosts:
            await host.go_live()
        game = await service.make_tenant("game")
        await (await service.sign_up(app=game.name)).go_live()
    async with serving(tmp_path) as service:
        listings, live = counting(service)
        pages = await asyncio.gather(*(rooms_of(listings) for _ in range(20)))
        assert pages == [[host.user for host in reversed(hosts)]] * 20
        assert (live.claimed, live.finished) == (1, 1)


async def test_a_list_without_rooms_is_built_too(world: World) -> None:
    listings, live = counting(world.service)
    assert await rooms_of(listings) == []
    assert await rooms_of(listings) == []
    assert live.finished == 1


async def test_a_build_that_broke_off_is_begun_again_by_the_next_caller(world: World) -> None:
    host = await world.make_actor()
    room = await world.go_live(host)
    world.sql.down = True
    with pytest.raises(DatabaseUnavailable):
        await rooms_of(world.core.services.listings)
    world.sql.down = False
    assert await rooms_of(world.core.services.listings) == [room]


async def test_a_hidden_room_is_not_on_a_list_that_was_built_anew(tmp_path: Path) -> None:
    async with serving(tmp_path) as service:
        host, other = await service.sign_up(), await service.sign_up()
        room = await host.go_live()
        shown = await other.go_live()
        assert (await host.leave(room)).code == 0
        listings = service.services.listings
        assert await rooms_of(listings) == [shown]
        await service.core.jobs.backlog.write_all()
    async with serving(tmp_path) as service:
        assert await rooms_of(service.services.listings, ALL._replace(limit=1)) == [shown]


class Forgetful(Counting):
    """A live store that loses the list as soon as it is built."""

    async def list_rooms(self, query: RoomQuery) -> RoomPage:
        raise ListLost(query.tenant)


async def test_a_list_that_is_lost_again_and_again_is_unavailable(world: World) -> None:
    """What the seam says to its callers reached the door, which answered 99."""
    live: Any = Forgetful(world.core.live)
    with pytest.raises(LiveUnavailable):
        await replace(world.core.services.listings, live=live).rooms(ALL)


@pytest.mark.parametrize("cursor", ["-1", "1.0", "x", "1" * 16, " 1", "１", "\udc80", "[1]"])
async def test_a_cursor_of_members_is_one_of_ours(cursor: str, world: World) -> None:
    host = await world.make_actor()
    room = await world.go_live(host)
    with pytest.raises(BadRequest, match="cursor"):
        await world.core.services.listings.members(host, room, cursor=cursor, offset=0, limit=10)


async def test_members_are_paged_by_a_cursor_and_no_page_follows_the_last(world: World) -> None:
    host = await world.make_actor()
    room = await world.go_live(host)
    viewers = [await world.make_actor() for _ in range(4)]
    for viewer in viewers:
        await world.core.services.entering.enter(viewer, room, role=None, changes=RoomChanges())
    pages, cursor = [], ""
    for _ in range(3):
        found, cursor = await world.core.services.listings.members(host, room, cursor=cursor, offset=0, limit=2)
        pages.append([member.user for member in found])
    everybody = [host.user, *(viewer.user for viewer in viewers)]
    assert pages == [everybody[:2], everybody[2:4], everybody[4:]]
    assert cursor == ""


async def test_a_reserved_room_is_seen_by_its_holder_and_a_room_of_another_tenant_by_nobody(world: World) -> None:
    host, other = await world.make_actor(), await world.make_actor()
    privacy = world.core.services.privacy
    reserved = await world.core.services.rooms.reserve(host, RoomChanges(title="soon"))
    assert isinstance(await privacy.room(host, reserved.id), Room)
    game = Tenant(TenantName("game"))
    await world.core.services.tenants.put(game)
    stranger = await world.make_actor(game)
    live = await world.go_live(host)
    assert isinstance(await privacy.room(other, live), LiveRoom)
    for actor, room in ((other, reserved.id), (stranger, reserved.id), (stranger, live), (host, RoomId("7"))):
        with pytest.raises(RoomNotFound):
            await privacy.room(actor, room)


async def test_a_holder_who_moved_to_another_tenant_does_not_see_the_old_reservation(world: World) -> None:
    host = await world.make_actor()
    reserved = await world.core.services.rooms.reserve(host, RoomChanges())
    elsewhere = Actor(host.user, host.session, Tenant(TenantName("game")))
    with pytest.raises(RoomNotFound):
        await world.core.services.listings.members(elsewhere, reserved.id, cursor="", offset=0, limit=10)


async def test_counts_that_are_behind_are_brought_up_to_date_and_then_are_not_behind(world: World) -> None:
    host, viewer = await world.make_actor(), await world.make_actor()
    room = await world.go_live(host)
    await world.core.services.entering.enter(viewer, room, role=None, changes=RoomChanges())
    await world.core.services.listings.catch_up()
    assert await world.core.services.listings.catch_up() == 0
    page = await world.core.services.listings.rooms(ALL)
    assert json.loads(page.cards)["nnUsers"] == 2


async def test_what_another_process_has_just_changed_is_left_to_it_for_a_moment(world: World) -> None:
    listings, live = world.core.services.listings, world.core.live
    host, viewer = await world.make_actor(), await world.make_actor()
    room = await world.go_live(host)
    await world.core.services.entering.enter(viewer, room, role=None, changes=RoomChanges())
    await listings.catch_up()
    await live.leave(room, viewer.user, viewer.session, None, LeaveReason.LEFT)
    assert await listings.catch_up(UNSEEN) == 0
    world.service.clock.advance(2 * UNSEEN)
    assert await listings.catch_up(UNSEEN) == 1
    page = await listings.rooms(ALL)
    assert json.loads(page.cards)["nnUsers"] == 1
