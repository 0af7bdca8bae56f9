"""Ended sessions on Redis: why they ended reaches every process, and a server that lagged revives none."""

import pytest
import redis

from liveroom.domain.accounts.sessions import EndedSessions, SessionEnd
from liveroom.domain.events.model import Devices, Socket
from liveroom.domain.ids import SessionId, UserId, user_bucket
from liveroom.ports import Live
from liveroom.store.live.redis.keys import REVOKED, USERS
from liveroom.store.live.redis.records import pack
from tests.servers import Redis
from tests.store.live.listener import RecordingListener, listen
from tests.store.live.redis.conftest import world_on
from tests.store.live.redis.crowds import back_within
from tests.store.live.world import World, eventually

pytestmark = pytest.mark.services

BOB = UserId("bob")
PHONE = SessionId("phone")
SOCKET = Socket("c1", BOB, PHONE)


async def learns(world: World, live: Live) -> None:
    """Return when the process hears of ends."""
    heartbeat = world.heartbeat("bob", "phone")

    async def is_known() -> bool:
        await live.touch(heartbeat)
        return live.knows(heartbeat)

    await back_within(2, is_known)


def tell_as_before(server: Redis, user: str, session: str) -> None:
    """Tell of an end as an earlier release does, which does not say why."""
    with redis.Redis.from_url(server.url) as client:
        client.xadd(REVOKED, {"e": pack([user, [session], None])})


async def test_every_process_is_told_why_a_session_ended_also_the_one_that_ended_it(world: World) -> None:
    listeners = [await listen(world)]
    await learns(world, world.live)
    await world.restart()
    listeners.append(await listen(world))
    await learns(world, world.live)
    now = world.clock.now()
    await world.live.end_sessions(EndedSessions(BOB, (PHONE,), now, now, SessionEnd.BANNED))
    await eventually(lambda: all(listener.ended for listener in listeners))
    assert [[(ended.user, ended.why) for ended in listener.ended] for listener in listeners] == [
        [(BOB, SessionEnd.BANNED)]
    ] * 2


async def test_what_a_process_of_an_earlier_release_tells_is_understood(world: World, redis_server: Redis) -> None:
    listener = await listen(world)
    await learns(world, world.live)
    tell_as_before(redis_server, "bob", "phone")
    await eventually(lambda: bool(listener.ended))
    assert (listener.ended[0].sessions, listener.ended[0].original_before, listener.ended[0].why) == (
        (PHONE,), None, SessionEnd.LOGOUT,
    )  # fmt: skip


async def test_an_end_that_was_published_while_the_server_changed_is_received(own_redis: Redis) -> None:
    async with world_on(own_redis) as world:
        listener = await listen(world)
        await learns(world, world.live)
        tell_as_before(own_redis, "eve", "one")
        await eventually(lambda: bool(listener.ended))
        own_redis.kill()
        own_redis.start()
        tell_as_before(own_redis, "bob", "phone")

        async def is_received() -> bool:
            await world.live.ping()
            return BOB in {ended.user for ended in listener.ended}

        await back_within(5, is_received)


async def test_a_session_that_a_lagging_server_believes_alive_is_not(world: World, redis_server: Redis) -> None:
    await world.touch("bob", "phone")
    await world.live.sockets.open(SOCKET, issued=world.clock.now(), devices=Devices.ALLOW)
    world.recovery.ended.append(EndedSessions(BOB, (PHONE,), world.clock.now()))
    redis_server.command("HSET", USERS[user_bucket(BOB)].facts.decode(), "r", "another server")
    await world.expire()
    assert await world.live.sockets.renew([SOCKET]) == [SOCKET]
    assert not await world.is_online("bob")


async def test_a_listener_that_fails_does_not_stop_the_reading(world: World) -> None:
    class Broken(RecordingListener):
        def sessions_over(self, ended: EndedSessions) -> None:
            super().sessions_over(ended)
            raise RuntimeError("as the test wants it")

    listener = await Broken(world).listen()
    await learns(world, world.live)
    for session in ("one", "two"):
        await world.live.end_sessions(EndedSessions(BOB, (SessionId(session),), world.clock.now()))
    await eventually(lambda: len(listener.ended) == 2)


async def test_a_socket_costs_an_online_user_less_than_forty_bytes(world: World, redis_server: Redis) -> None:
    def size() -> int:
        return int(redis_server.command("HSTRLEN", USERS[user_bucket(BOB)].users.decode(), "bob"))

    await world.take("bob", "r1", "phone", keepalive=True)
    plain = size()
    await world.live.sockets.open(Socket("c" * 16, BOB, PHONE), issued=world.clock.now(), devices=Devices.ALLOW)
    assert size() - plain < 40
    await world.live.sockets.close([Socket("c" * 16, BOB, PHONE)])
    await world.expire()
    world.clock.advance(21)
    await world.touch("bob", "phone", keepalive=True)
    world.clock.advance(70)
    await world.expire()
    assert size() == plain
