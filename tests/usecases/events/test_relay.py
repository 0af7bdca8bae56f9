"""The relay: what was committed reaches the live store in order, once or more, by whichever process finds it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import DatabaseUnavailable, LiveUnavailable
from liveroom.domain.events.outbox import OutboxRow
from liveroom.domain.ids import RoomId, TenantName
from liveroom.domain.presence.members import PresenceEntry
from liveroom.domain.rooms.model import CloseReason, LiveRoom, Room, RoomChanges
from liveroom.domain.tenants.model import Tenant
from liveroom.ports import Live
from liveroom.usecases.accounts.profiles import ProfileChanges
from liveroom.usecases.events.relay import OutboxRelay
from tests.usecases.conftest import World


class Picky:
    """A live store that cannot reach the buckets of some rooms, and remembers what it was told of the others."""

    def __init__(self, inner: Live) -> None:
        self._inner = inner
        self.unreachable: set[RoomId] = set()
        self.is_back_soon = False
        """A room cannot be reached once, and then it can."""
        self.received: list[RoomId] = []
        self.closed: list[tuple[RoomId, CloseReason]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def put_room(self, room: Room, *rest: Any) -> LiveRoom | None:
        if room.id in self.unreachable:
            if self.is_back_soon:
                self.unreachable.clear()
            raise LiveUnavailable("that master is down")
        self.received.append(room.id)
        return await self._inner.put_room(room, *rest)

    async def close_room(self, room: Room, reason: CloseReason) -> Sequence[PresenceEntry]:
        self.closed.append((room.id, reason))
        return await self._inner.close_room(room, reason)


def picky(world: World) -> tuple[OutboxRelay, Picky]:
    """Return a relay of another process of the world, and the store that it sees."""
    live: Any = Picky(world.core.live)
    return replace(world.core.jobs.relay, live=live, _done={}), live


async def retitle(world: World, host: Actor, room: RoomId, title: str) -> OutboxRow:
    """Commit a change and tell nobody."""
    committed = await world.core.broadcasts.change(host, room, RoomChanges(title=title))
    assert committed.row is not None
    return committed.row


async def undone(world: World) -> list[int]:
    """Return the rows that are not marked done."""
    return [row.id for row in await world.core.db.outbox.due(world.service.clock.now() + timedelta(days=1), 1000)]


async def title_of(world: World, room: RoomId) -> str:
    live = await world.core.live.room(room)
    assert live is not None
    return live.card.partition(b'"title":"')[2].partition(b'"')[0].decode()


async def test_what_a_process_left_behind_is_taken_up_by_another_after_half_a_second(world: World) -> None:
    host = await world.make_actor()
    room = await world.go_live(host, title="old")
    async with world.neighbour() as other:
        await other.broadcasts.change(host, room, RoomChanges(title="new"))
    assert await world.core.jobs.relay.run() == 0
    world.pass_by()
    assert await world.core.jobs.relay.run() == 1
    assert await title_of(world, room) == "new"
    assert await undone(world) == []


async def test_rows_of_a_room_are_applied_in_their_order_and_a_stuck_one_holds_back_its_own_room_alone(
    world: World,
) -> None:
    hosts = [await world.make_actor() for _ in range(2)]
    stuck, free = [await world.go_live(host) for host in hosts]
    await world.core.jobs.relay.run()
    first = await retitle(world, hosts[0], stuck, "first")
    second = await retitle(world, hosts[0], stuck, "second")
    await retitle(world, hosts[1], free, "free")
    world.pass_by()
    relay, live = picky(world)
    live.unreachable.add(stuck)
    assert await relay.run() == 1
    assert live.received == [free]
    assert await undone(world) == [first.id, second.id]
    live.unreachable.clear()
    assert await relay.run() == 2
    assert live.received == [free, stuck, stuck]
    assert await title_of(world, stuck) == "second"
    assert await undone(world) == []


async def test_a_row_holds_back_those_behind_it_though_the_store_is_back_before_their_turn(world: World) -> None:
    host = await world.make_actor()
    room = await world.go_live(host)
    await world.core.jobs.relay.run()
    for title in ("first", "second"):
        await retitle(world, host, room, title)
    world.pass_by()
    relay, live = picky(world)
    live.unreachable.add(room)
    live.is_back_soon = True
    assert await relay.run() == 0
    assert live.received == []
    assert await relay.run() == 2


async def test_a_row_applied_twice_changes_nothing(world: World) -> None:
    host = await world.make_actor()
    room = await world.go_live(host)
    row = await retitle(world, host, room, "new")
    relay, _ = picky(world)
    await relay.deliver(row)
    known = await world.core.live.room(room)
    assert await relay.deliver(row) == known
    assert await world.core.live.room(room) == known


async def test_a_late_row_does_not_revive_a_closed_room(world: World) -> None:
    host = await world.make_actor()
    room = await world.go_live(host)
    row = await retitle(world, host, room, "late")
    late = (await world.core.db.rooms.get(room), row)
    closed = await world.core.broadcasts.close(room, CloseReason.CLOSED_BY_ADMIN, broadcast=None)
    assert closed is not None
    assert closed.row is not None
    relay, _ = picky(world)
    assert await relay.deliver(closed.row) is None
    assert await relay.deliver(late[1], late[0]) is None
    assert await relay.deliver(late[1]) is None
    assert await world.core.live.room(room) is None


async def test_a_change_that_finds_its_room_closed_leaves_the_closing_to_the_row_that_says_why(world: World) -> None:
    host = await world.make_actor()
    room = await world.go_live(host)
    await world.core.jobs.relay.run()
    relay, live = picky(world)
    async with world.neighbour() as other:
        await other.broadcasts.change(host, room, RoomChanges(title="late"))
        world.pass_by(0.3)
        await other.broadcasts.close(room, CloseReason.CLOSED_BY_ADMIN, broadcast=None)
    world.pass_by(0.3)
    assert await relay.run() == 1
    assert live.closed == []
    assert await world.core.live.room(room) is not None
    world.pass_by(0.3)
    assert await relay.run() == 1
    assert live.closed == [(room, CloseReason.CLOSED_BY_ADMIN)]
    assert await world.core.live.room(room) is None
    assert await undone(world) == []


async def test_a_mark_that_was_lost_with_its_process_only_means_applying_twice(world: World) -> None:
    host = await world.make_actor()
    room = await world.go_live(host, title="one")
    known = await world.core.live.room(room)
    world.pass_by()
    relay, live = picky(world)
    assert await relay.run() == 1
    assert live.received == [room]
    assert await world.core.live.room(room) == known
    assert await world.core.jobs.relay.run() == 0
    assert await undone(world) == []


async def test_a_row_that_its_own_process_applied_is_only_marked(world: World) -> None:
    host = await world.make_actor()
    await world.go_live(host)
    assert len(await undone(world)) == 1
    world.pass_by()
    assert await world.core.jobs.relay.run() == 0
    assert await undone(world) == []


async def test_marks_wait_while_sql_is_down_and_none_is_lost(world: World) -> None:
    host = await world.make_actor()
    await world.go_live(host)
    world.sql.down = True
    with pytest.raises(DatabaseUnavailable):
        await world.core.jobs.relay.run()
    world.sql.down = False
    world.pass_by()
    assert await world.core.jobs.relay.run() == 0
    assert await undone(world) == []


async def test_a_caller_goes_on_while_the_live_store_is_down_and_the_row_waits(world: World) -> None:
    host = await world.make_actor()
    room = await world.go_live(host)
    world.live.down = True
    await world.core.services.rooms.destroy(host, room)
    world.pass_by()
    assert await world.core.jobs.relay.run() == 0
    world.live.down = False
    assert await world.core.live.room(room) is not None
    assert await world.core.jobs.relay.run() == 1
    assert await world.core.live.room(room) is None
    assert await undone(world) == []


async def test_a_profile_and_ended_sessions_reach_the_live_store(world: World) -> None:
    host, viewer = await world.make_actor(), await world.make_actor(name="old")
    room = await world.go_live(host)
    await world.core.services.entering.enter(viewer, room, role="audience", changes=RoomChanges())
    async with world.neighbour() as other:
        await other.services.profiles.update(viewer, ProfileChanges(name="new"))
        world.pass_by()
        await world.core.jobs.relay.run()
        member = await world.core.live.member(room, viewer.user)
        assert member is not None
        assert member.name == "new"
        await other.services.deletion.delete(viewer)
    world.pass_by()
    assert await world.core.jobs.relay.run() == 1
    assert not (await world.core.live.presence([viewer.user]))[0].online


async def test_a_room_of_a_tenant_made_a_moment_ago_is_not_passed_over(world: World) -> None:
    """A relay that had not yet heard of the tenant marked the row done without applying it."""
    async with world.neighbour() as other:
        tenant = Tenant(TenantName("game"))
        await other.services.tenants.put(tenant)
        host = await world.make_actor(tenant)
        room = RoomId(tenant.write_id(7))
        assert await world.core.live.room(room) is None
        await other.broadcasts.open(host, room, RoomChanges(title="new"), "")
    world.pass_by()
    assert await world.core.jobs.relay.run() == 1
    assert await title_of(world, room) == "new"


async def test_a_room_that_is_not_open_or_not_there_is_passed_over(world: World) -> None:
    host = await world.make_actor()
    reserved = await world.core.services.rooms.reserve(host, RoomChanges())
    relay, live = picky(world)
    assert await relay.restore(reserved) is None
    assert await relay.deliver(await retitle(world, host, await world.go_live(host), "x"), reserved) is None
    assert live.received == []
