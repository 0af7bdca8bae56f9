"""Seats whose answers are lost, so that the script runs again; and who left by a release that knew of none."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.presence.members import LeaveReason
from liveroom.domain.presence.signs import PresenceTimeouts
from liveroom.domain.seats import model as seats
from liveroom.domain.seats import requests as seat_requests
from liveroom.domain.seats.model import SeatDecision
from liveroom.ports import Live, SeatMapView
from liveroom.store.live.redis import RedisLive
from liveroom.store.live.redis.calls import ScriptCaller
from liveroom.store.live.redis.keys import RoomKeys
from tests.servers import Redis
from tests.store.live.listener import listen
from tests.store.live.redis.conftest import world_on
from tests.store.live.seat_maps import FREE, Rule, arrange, ask, change, held, look, take, waiting
from tests.store.live.world import World
from tests.worlds import FakeRecoveryStore, WoundClock

R1: Final = RoomId("r1")
ANN, BOB = UserId("ann"), UserId("bob")

pytestmark = pytest.mark.services


class Forgetful(ScriptCaller):
    """Loses the first answer of each script that changes a seat map; somebody may change it before it runs again."""

    between: Rule | None = None

    def call_in_room(self, name: str, *asked: Any) -> Awaitable[Any]:
        return self._losing(*asked) if name == "put_seat_map" else super().call_in_room(name, *asked)

    async def _losing(self, *asked: Any) -> Any:
        await super().call_in_room("put_seat_map", *asked)
        between, Forgetful.between = Forgetful.between, None
        if between is not None:
            await change(Forgetful.other, "r1", "cid", between)
        return await super().call_in_room("put_seat_map", *asked)

    other: Live


@asynccontextmanager
async def forgetful_world(server: Redis) -> AsyncIterator[World]:
    """Yield a world of a process that loses answers, and ``Forgetful.other``, which does not."""

    async def open_redis(recovery: FakeRecoveryStore, clock: WoundClock, timeouts: PresenceTimeouts) -> Live:
        return RedisLive(Forgetful.open(server.url, 0.5), recovery, clock, timeouts)

    server.flushall()
    world = World(open_redis, server.flushall, forgets=False)
    await world.restart()
    Forgetful.other = RedisLive.open(
        server.url, recovery=world.recovery, clock=world.clock, timeouts=world.timeouts, silence=0.5
    )
    try:
        yield world
    finally:
        for live in (*world.opened, Forgetful.other):
            await live.close()


@pytest.mark.parametrize("is_overtaken", [False, True])
async def test_a_change_whose_answer_was_lost_is_known_to_be_made(redis_server: Redis, is_overtaken: bool) -> None:
    async with asyncio.timeout(20), forgetful_world(redis_server) as world:
        await world.go_live(options=FREE)
        for user in ("bob", "cid"):
            await world.enter(user)
        await ask(world, "bob", "q1")

        def approve(view: SeatMapView) -> SeatDecision:
            return seat_requests.approve(view.seat_map, view.room.options, "q1", by=ANN)

        if is_overtaken:
            Forgetful.between = lambda view: seats.take(view.seat_map, FREE, UserId("cid"), 4, may_seat=True)
        await change(world.live, "r1", "ann", approve)
        assert await held(world) == ({1: "bob", 4: "cid"} if is_overtaken else {1: "bob"})
        await change(world.live, "r1", "bob", lambda view: seats.vacate(view.seat_map, BOB))
        assert BOB not in (await held(world)).values()


async def test_whoever_left_by_a_release_that_knows_of_no_seats_has_none(redis_server: Redis) -> None:
    async with world_on(redis_server) as world:
        row = await world.go_live(options=FREE)
        for user in ("bob", "cid"):
            await world.enter(user)
        await take(world, "bob", 2)
        await ask(world, "cid", "q1")
        keys = RoomKeys(R1)
        redis_server.command("HDEL", keys.members.decode(), "bob")
        redis_server.command("ZREM", keys.order.decode(), "bob")
        listener = await listen(world)
        assert await held(world) == {}
        assert waiting((await look(world.live)).seat_map) == ["q1"]
        assert (await world.live.channels.snapshot(R1, row.tenant)).seat_map.seated == ()
        await take(world, "cid", 2)
        assert await held(world) == {2: "cid"}
        assert await listener.new_events() == ["seats.answered", "member.role_changed cid", "seats.changed"]
        await arrange(world, row, replace(FREE, seats=1))
        assert await held(world) == {}


class _Ahead(WoundClock):
    """The clock of a machine that is ahead of Redis."""

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=5)


async def test_a_seat_corrected_by_a_clock_that_is_ahead_keeps_nobody_from_leaving(redis_server: Redis) -> None:
    async with world_on(redis_server) as world:
        world.clock = _Ahead()
        await world.restart()
        await world.go_live(options=FREE)
        for user in ("bob", "cid"):
            await world.enter(user)
        await take(world, "bob", 1)
        await world.save()
        (stay,) = world.recovery.of(UserId("cid"))
        world.recovery.stays[stay.id] = stay._replace(seat=1, version=stay.version + 1000)
        redis_server.flushall()
        assert await held(world) == {1: "cid"}
        await world.leave("bob")
        await world.save()
        assert [one.reason for one in world.recovery.of(BOB)] == [LeaveReason.LEFT]
