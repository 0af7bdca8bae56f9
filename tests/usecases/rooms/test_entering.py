"""Entering and leaving: a refusal takes the place back, and what is broken off in the middle leaves nobody behind."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import (
    BadRequest,
    LiveUnavailable,
    PermissionDenied,
    QuotaExceeded,
    RoomFull,
    RoomNotFound,
)
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.presence.members import Role
from liveroom.domain.rooms.model import RoomChanges, RoomStatus
from liveroom.domain.tenants.model import Quotas, Tenant
from liveroom.ports import Admission, Entered, Live
from liveroom.usecases.rooms.entering import Entering
from tests.usecases.conftest import World

NOTHING = RoomChanges()


class Fragile:
    """A live store whose answer to an admission is lost, or never comes."""

    def __init__(self, inner: Live, *, hangs: bool = False) -> None:
        self._inner = inner
        self._hangs = hangs
        self.admitted = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def admit(self, entry: Admission) -> Entered:
        await self._inner.admit(entry)
        self.admitted.set()
        if self._hangs:
            await asyncio.Event().wait()
        raise LiveUnavailable("the answer was lost")


def fragile(world: World, *, hangs: bool = False) -> tuple[Entering, Fragile]:
    live: Any = Fragile(world.core.live, hangs=hangs)
    entering = world.core.services.entering
    admissions, departures = replace(entering.admissions, live=live), replace(entering.departures, live=live)
    return replace(entering, live=live, admissions=admissions, departures=departures), live


async def members(world: World, room: RoomId) -> list[UserId]:
    tenant = world.core.services.tenants.default.name
    return [member.user for member in await world.core.live.members(tenant, room, after=0, offset=0, limit=10)]


async def entries(world: World, actor: Actor) -> list[RoomId]:
    return [entry.room for entry in await world.core.live.entries(actor.user)]


@pytest.mark.parametrize(
    ("room", "role", "refusal"),
    [
        ("7", "audience", RoomNotFound),
        ("owned", "anchor", PermissionDenied),
        ("owned", None, RoomNotFound),
        ("not-a-number", "anchor", BadRequest),
        ("full", "audience", RoomFull),
    ],
)
async def test_an_enter_that_is_refused_takes_the_place_back(
    room: str, role: str | None, refusal: type[Exception], world: World
) -> None:
    host, actor = await world.make_actor(), await world.make_actor()
    reserved = await world.core.services.rooms.reserve(host, NOTHING)
    full = await world.go_live(host, capacity=1)
    there = {"owned": reserved.id, "full": full}.get(room, RoomId(room))
    with pytest.raises(refusal):
        await world.core.services.entering.enter(actor, there, role=role, changes=NOTHING)
    assert await entries(world, actor) == []


async def test_an_enter_that_is_refused_keeps_the_place_that_was_there(world: World) -> None:
    host, viewer = await world.make_actor(), await world.make_actor()
    room = await world.go_live(host)
    await world.core.services.entering.enter(viewer, room, role=None, changes=NOTHING)
    with pytest.raises(RoomNotFound):
        await world.core.services.entering.enter(viewer, RoomId("7"), role="audience", changes=NOTHING)
    assert await entries(world, viewer) == [room]
    assert viewer.user in await members(world, room)


async def test_an_enter_whose_answer_was_lost_leaves_neither_member_nor_place(world: World) -> None:
    host, viewer = await world.make_actor(), await world.make_actor()
    room = await world.go_live(host)
    entering, _ = fragile(world)
    with pytest.raises(LiveUnavailable):
        await entering.enter(viewer, room, role=None, changes=NOTHING)
    assert await members(world, room) == [host.user]
    assert await entries(world, viewer) == []


async def test_an_enter_whose_caller_hung_up_leaves_neither_member_nor_place(world: World) -> None:
    host, viewer = await world.make_actor(), await world.make_actor()
    room = await world.go_live(host)
    fragile_entering, live = fragile(world, hangs=True)
    entering = asyncio.create_task(fragile_entering.enter(viewer, room, role=None, changes=NOTHING))
    await live.admitted.wait()
    entering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await entering
    assert await members(world, room) == [host.user]
    assert await entries(world, viewer) == []


async def test_an_enter_again_that_was_broken_off_keeps_the_member(world: World) -> None:
    host = await world.make_actor()
    room = await world.go_live(host)
    entering, _ = fragile(world)
    with pytest.raises(LiveUnavailable):
        await entering.enter(host, room, role="anchor", changes=NOTHING)
    assert await members(world, room) == [host.user]
    assert await entries(world, host) == [room]


async def test_with_the_live_store_down_nothing_is_opened(world: World) -> None:
    host = await world.make_actor()
    world.live.down = True
    with pytest.raises(LiveUnavailable):
        await world.go_live(host)
    assert await world.core.db.rooms.get(RoomId(str(host.user))) is None


async def test_a_room_that_is_live_in_sql_alone_is_brought_up_by_its_host(world: World) -> None:
    host = await world.make_actor()
    room = RoomId(str(host.user))
    assert await world.core.live.room(room) is None
    await world.core.broadcasts.open(host, room, RoomChanges(title="before"), "")
    entered = await world.core.services.entering.enter(host, room, role="anchor", changes=RoomChanges(title="after"))
    assert entered.role is Role.ANCHOR
    assert b'"title":"before"' in entered.room.card


async def test_an_audience_without_a_room_is_a_bad_request_and_a_host_gets_a_fresh_one(world: World) -> None:
    actor = await world.make_actor()
    with pytest.raises(BadRequest, match="roomId"):
        await world.core.services.entering.enter(actor, None, role="guest", changes=NOTHING)
    entered = await world.core.services.entering.enter(actor, None, role="owner", changes=RoomChanges(title="x"))
    assert entered.role is Role.OWNER
    assert entered.room.holder == actor.user


async def test_a_room_is_destroyed_once_and_by_nobody_else(world: World) -> None:
    host, other = await world.make_actor(), await world.make_actor()
    rooms = world.core.services.rooms
    room = await world.go_live(host)
    with pytest.raises(PermissionDenied):
        await rooms.destroy(other, room)
    await rooms.destroy(host, room)
    await rooms.destroy(other, room)
    await rooms.destroy(other, RoomId("7"))
    stored = await world.core.db.rooms.get(room)
    assert stored is not None
    assert stored.state is RoomStatus.CLOSED


async def test_nobody_acts_on_a_room_of_another_tenant_not_even_an_admin(world: World) -> None:
    game = Tenant(TenantName("game"), plain=True)
    await world.core.services.tenants.put(game)
    host, stranger = await world.make_actor(), await world.make_actor(game, admin=True)
    rooms = world.core.services.rooms
    room = await world.go_live(host)
    await rooms.destroy(stranger, room)
    await world.core.services.departures.leave(stranger, room)
    with pytest.raises(RoomNotFound):
        await rooms.update(stranger, room, RoomChanges(title="x"))
    with pytest.raises((RoomNotFound, PermissionDenied)):
        await world.core.services.entering.enter(stranger, room, role="anchor", changes=NOTHING)
    assert await members(world, room) == [host.user]


async def test_a_room_holds_no_more_than_installation_tenant_and_owner_allow(world: World) -> None:
    small = Tenant(TenantName("small"), plain=True, quotas=Quotas(rooms=1, members=5))
    await world.core.services.tenants.put(small)
    hosts = [await world.make_actor(small) for _ in range(2)]
    broadcasts = replace(world.core.broadcasts, capacity_max=3)
    room = RoomId(str(hosts[0].user))
    assert (await broadcasts.open(hosts[0], room, RoomChanges(capacity=100), "")).room.capacity == 3
    assert (await broadcasts.change(hosts[0], room, RoomChanges(capacity=2))).room.capacity == 2
    assert (await broadcasts.change(hosts[0], room, RoomChanges(capacity=0))).room.capacity == 3
    assert (await world.core.broadcasts.change(hosts[0], room, RoomChanges(capacity=0))).room.capacity == 5
    with pytest.raises(QuotaExceeded):
        await world.core.broadcasts.open(hosts[1], RoomId(str(hosts[1].user)), NOTHING, "")
