"""What the store saves itself: words packed once, stays written once, signs of life that came along with an enter."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, cast

import pytest

from liveroom.domain.ids import DEFAULT_TENANT, SessionId, TenantName, UserId
from liveroom.domain.moderation.room_access import RoomAccess
from liveroom.domain.presence.members import LeaveReason
from liveroom.domain.presence.signs import Heartbeat, PresenceTimeouts
from liveroom.domain.rooms.options import RoomOptions
from liveroom.domain.rooms.paging import RoomQuery
from liveroom.ports import Live
from liveroom.store.live.redis import RedisLive
from liveroom.store.live.redis.calls import ScriptCaller
from liveroom.store.live.redis.core import RedisCore
from liveroom.store.live.redis.keys import LIMIT_BUCKETS, KeySet, RoomKeys
from liveroom.store.live.redis.renewals import Renewals
from liveroom.store.live.redis.session_cache import SessionCache
from liveroom.store.live.redis.wire import Head, Word, pack_command
from tests.servers import Redis
from tests.store.live.world import World
from tests.worlds import FakeRecoveryStore, WoundClock

NOW = datetime(2026, 3, 1, tzinfo=UTC)
pytestmark = pytest.mark.services


@pytest.mark.parametrize("words", [(1,), ("", "übung", b"\r\n$3\r\n"), tuple(range(120))])
def test_a_command_behind_a_packed_head_travels_as_the_whole_would(words: tuple[Word, ...]) -> None:
    head = ("EVALSHA", b"digest", 2, b"{r001}:facts", b"{r001}:room:1")
    assert Head.of(*head).pack(words) == pack_command((*head, *words))


async def test_a_stay_that_began_and_ended_between_two_flushes_is_written_once_as_it_ended(world: World) -> None:
    await world.go_live()
    await world.save()
    await world.enter("bob")
    await world.leave("bob")
    before = len(world.recovery.saves)
    assert await world.live.flush() == 2
    (saved,) = world.recovery.saves[before:]
    assert [(stay.user, stay.reason) for stay in saved] == [("bob", LeaveReason.LEFT)]


@pytest.mark.parametrize(
    ("session", "keepalive", "by_socket", "sent"),
    [("s", False, False, 0), ("s", True, False, 1), ("~original", False, False, 1), ("s", False, True, 1)],
)
async def test_only_a_renewal_that_an_enter_has_carried_waits_no_more(
    session: str, keepalive: bool, by_socket: bool, sent: int
) -> None:
    core = _RecordingCore()
    renewals = Renewals(cast("RedisCore", core), SessionCache())
    waiting = Heartbeat(UserId("bob"), SessionId(session), NOW, keepalive)
    renewals.add(waiting)
    renewals.came_along(waiting._replace(keepalive=False, by_socket=by_socket))
    await renewals.close()
    assert core.sent == ["heartbeats"] * sent


@asynccontextmanager
async def _world_of(caller: type[ScriptCaller], server: Redis) -> AsyncIterator[World]:
    """Yield a world on an empty server that is called by this kind of caller."""

    async def open_redis(recovery: FakeRecoveryStore, clock: WoundClock, timeouts: PresenceTimeouts) -> Live:
        return RedisLive(caller.open(server.url, 0.5), recovery, clock, timeouts)

    server.flushall()
    world = World(open_redis, server.flushall, forgets=False)
    await world.restart()
    yield world
    for live in world.opened:
        await live.close()


class _Weighing(ScriptCaller):
    """Writes down how many bytes each part of a room that returns takes."""

    weights: ClassVar[list[int]] = []

    def call_in_room(
        self, name: str, keys: RoomKeys, which: KeySet, args: tuple[Word, ...], *how: Any
    ) -> Awaitable[Any]:
        if name == "load_room":
            self.weights.append(len(pack_command(args)))
        return super().call_in_room(name, keys, which, args, *how)


async def test_standings_return_with_the_first_part_of_a_great_room_alone(redis_server: Redis) -> None:
    async with _world_of(_Weighing, redis_server) as world:
        row = await world.go_live(options=RoomOptions(guarded=True))
        for number in range(500):
            await world.enter(f"u{number}")
        muted = (replace(RoomAccess(row.id, UserId(f"m{number}"), row.tenant), invited=True) for number in range(5000))
        world.recovery.room_access[row.id] = list(muted)
        await world.lose()
        assert len(await world.members(limit=1000)) == 501
        first, second = _Weighing.weights
        assert (first > 50_000, second < 5_000) == (True, True)


class _RecordingCore:
    def __init__(self) -> None:
        self.sent: list[str] = []

    async def users(self, name: str, *_: object) -> bytes:
        self.sent.append(name)
        return b"1"


class _Naming(ScriptCaller):
    """Writes down which scripts it is to run."""

    names: ClassVar[list[str]] = []

    def call(self, name: str, keys: tuple[bytes, ...], args: tuple[Word, ...], *how: Any) -> Awaitable[Any]:
        self.names.append(name)
        return super().call(name, keys, args, *how)


@pytest.fixture
async def counted(redis_server: Redis) -> AsyncIterator[World]:
    """A world whose scripts are written down in ``_Naming.names``."""
    async with _world_of(_Naming, redis_server) as world:
        _Naming.names.clear()
        yield world


async def test_a_hundred_limits_that_are_looked_at_in_one_tick_are_a_few_scripts(counted: World) -> None:
    window = timedelta(minutes=1)
    for expected in (True, True, False):
        looks = [counted.live.hit(f"limit {number}", limit=2, window=window) for number in range(100)]
        assert await asyncio.gather(*looks) == [expected] * 100
    assert _Naming.names.count("hit") <= 3 * LIMIT_BUCKETS


async def test_entries_of_a_list_that_change_in_one_tick_are_one_script_for_each_tenant(counted: World) -> None:
    rooms = [counted.listed(f"r{number}", opened=number) for number in range(30)]
    tenants = (DEFAULT_TENANT, TenantName("acme"))
    for tenant in tenants:
        assert await counted.live.claim_list(tenant)
    await asyncio.gather(*(counted.live.put_listed(tenant, [room]) for room in rooms for tenant in tenants))
    assert _Naming.names.count("put_listed") == 2
    for tenant in tenants:
        await counted.live.finish_list(tenant)
        page = await counted.live.list_rooms(RoomQuery(tenant))
        assert page.cards == b",".join(b"r%d" % number for number in reversed(range(30)))
