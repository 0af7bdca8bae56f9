"""Everybody comes back at once: after a cut network, and after a restart of the service under them."""

import time
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from liveroom.app.backends import make_live
from liveroom.clock import SystemClock
from liveroom.domain.ids import UserId
from liveroom.domain.presence.signs import SOCKET_CLOSED
from liveroom.settings import Settings
from tests.bench.seeding import SeededMember
from tests.servers import Redis
from tests.sync.halls import everybody_received, hall, on_a_fast_loop
from tests.worlds import FakeRecoveryStore

pytestmark = [pytest.mark.services, pytest.mark.slow]
CLIENTS = 1000
BACK = 10.0
"""Seconds within which all are back."""
EACH = 64 * 1024
"""Bytes that each is sent for it."""
LONG, SHORT = 110, 10
"""Changes that are too many to be recovered, and few enough."""
SOCKETS = 400
SHUTDOWN = 3001


@on_a_fast_loop
async def test_1000_clients_who_reconnect_within_a_second_are_all_back_with_state_within_ten(
    tmp_path: Path, redis_server: Redis
) -> None:
    redis_server.flushall()
    async with hall(tmp_path, CLIENTS, redis=redis_server.url) as house, house.crowd(0, CLIENTS) as crowd:
        await crowd.come()
        crowd.comes_back = False
        first, second = crowd.clients[::2], crowd.clients[1::2]
        for clients, changes in (first, LONG), (second, SHORT):
            for client in clients:
                client.cut()
            await house.host.change(changes)
        began = time.monotonic()
        await crowd.come()
        assert time.monotonic() - began < BACK
        assert max(client.received for client in crowd.clients) <= EACH
        await everybody_received(house.host, crowd)
        assert Counter(len(client.segments) for client in first) == {2: CLIENTS // 2}
        assert Counter(client.segments[0].recoveries for client in second) == {1: CLIENTS // 2}


@on_a_fast_loop
async def test_sockets_come_back_after_a_restart_and_their_leases_have_outlived_it(
    tmp_path: Path, redis_server: Redis
) -> None:
    redis_server.flushall()
    async with hall(tmp_path, SOCKETS, redis=redis_server.url) as house, house.crowd(0, SOCKETS) as crowd:
        await crowd.come()
        before = await house.host.members()
        await house.service.ends()
        assert crowd.codes == {SHUTDOWN: SOCKETS}
        assert min(await leases(house.settings, house.guests[:50])) > 2 * SOCKET_CLOSED
        await house.service.begins()
        await crowd.until(lambda: crowd.count == SOCKETS)
        await house.host.change(5)
        await everybody_received(house.host, crowd)
        assert await house.host.members() == before
        assert len(before) == SOCKETS + 1


async def leases(settings: Settings, people: Sequence[SeededMember]) -> list[timedelta]:
    """Return how long each one's socket vouches for them from now on."""
    clock = SystemClock()
    live = make_live(settings, FakeRecoveryStore(), clock)
    await live.start()
    try:
        sources = [source for guest in people for source in await live.sources(UserId(guest.id))]
    finally:
        await live.close()
    now = clock.now()
    left = [source.expires - now for source in sources if source.source == "socket"]
    assert len(left) == len(people)
    return left


@on_a_fast_loop
async def test_sockets_come_back_after_a_restart_without_redis_and_nobody_has_left(tmp_path: Path) -> None:
    async with hall(tmp_path, SOCKETS) as house, house.crowd(0, SOCKETS) as crowd:
        await crowd.come()
        before = await house.host.members()
        await house.service.ends()
        assert crowd.codes == {SHUTDOWN: SOCKETS}
        await house.service.begins()
        await crowd.until(lambda: crowd.count == SOCKETS)
        await house.host.change(5)
        await everybody_received(house.host, crowd)
        assert await house.host.members() == before
        assert len(before) == SOCKETS + 1
