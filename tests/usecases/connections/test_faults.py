"""What becomes of connections when something goes wrong: each row of the table in docs/connections.md."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest
from structlog.testing import capture_logs

from liveroom import faults
from liveroom.app.backends import make_live
from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.ids import RoomId
from tests import migrated
from tests.contract.test_connections import answer, ask, connect, hosts, ids, rooms_of
from tests.outages import Switch
from tests.recorded_events.rebuilding import everybody, read_events
from tests.servers import Mariadb, RedisCluster
from tests.service import Device, Service, serving
from tests.usecases.connections.agreement import connected_by_events, connections_of, told

Host = tuple[Device, str]
GRACE: Final = 60
"""Seconds within which a host may come back."""
INTERNAL: Final = 99
CLUSTER: Final = pytest.param("mariadb+cluster", marks=pytest.mark.services)


@pytest.fixture(autouse=True)
def _alive() -> Iterator[None]:
    yield
    faults.disarm()


@pytest.fixture(params=["embedded", pytest.param("mariadb+cluster", marks=[pytest.mark.services, pytest.mark.long])])
def backend(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return the settings of empty back ends."""
    if request.param == "embedded":
        return {}
    mariadb: Mariadb = request.getfixturevalue("mariadb")
    cluster: RedisCluster = request.getfixturevalue("redis_cluster")
    cluster.flushall()
    return {"database_url": migrated.mariadb_url(mariadb), "redis_url": cluster.url}


@pytest.fixture
async def service(backend: dict[str, Any], tmp_path: Path) -> AsyncIterator[Service]:
    """Yield a service of whose doings somebody wants to hear everything."""
    async with serving(tmp_path, others=everybody, account_limit=0, **backend) as running:
        yield running


async def settled(service: Service, *all_hosts: Host) -> list[list[str] | None]:
    """Let everything be done that is due; return what the rooms are connected with, as every place says it."""
    await service.tick()
    return await caught_up(service, *all_hosts)


async def caught_up(service: Service, *all_hosts: Host) -> list[list[str] | None]:
    """Let what was left behind be done; return the same."""
    service.clock.advance(1)
    await service.core.jobs.relay.run()
    found = await connections_of(service.core, [RoomId(room) for _, room in all_hosts])
    events = await read_events(service.core.db)
    connected: list[list[str] | None] = []
    for room, connection in found.items():
        connected.append(None if connection is None else [*connection.ids])
        assert connected_by_events(events, room) == connected[-1]
    return connected


async def test_a_host_who_drops_stays_connected_for_the_grace_and_comes_back_as_if_nothing_was(
    service: Service,
) -> None:
    ann, bob = await hosts(service, 2)
    await connect(ann, bob)
    await bob[0].leave(bob[1])
    service.clock.advance(GRACE / 2)
    assert await settled(service, ann, bob) == [ids(ann, bob)] * 2
    await bob[0].go_live(bob[1])
    service.clock.advance(GRACE)
    assert await settled(service, ann, bob) == [ids(ann, bob)] * 2


async def test_a_host_who_does_not_come_back_leaves_and_the_others_go_on(service: Service) -> None:
    ann, bob, cat = await hosts(service, 3)
    await connect(ann, bob, cat)
    await bob[0].leave(bob[1])
    service.clock.advance(GRACE + 1)
    assert await settled(service, ann, bob, cat) == [ids(ann, cat), None, ids(ann, cat)]
    await cat[0].leave(cat[1])
    service.clock.advance(GRACE + 1)
    assert await settled(service, ann, cat) == [None, None]
    events = await read_events(service.core.db)
    assert [kind for kind, *_ in told(events, ann[1])] == [
        *("connection.started", "connection.changed", "connection.changed"),
        "alone",
    ]
    assert [kind for kind, *_ in told(events, bob[1])] == ["connection.started", "connection.changed", "closed"]


async def test_a_room_that_closes_leaves_its_connection_in_the_same_transaction(service: Service) -> None:
    ann, bob, cat = await hosts(service, 3)
    await connect(ann, bob, cat)
    await bob[0].call("rooms/destroy_room", {"roomId": bob[1]})
    assert [await rooms_of(host) for host in (ann, cat)] == [ids(ann, cat)] * 2
    assert await settled(service, ann, bob, cat) == [ids(ann, cat), None, ids(ann, cat)]
    await bob[0].go_live(bob[1])
    assert await rooms_of(bob) is None, "its next broadcast is another"


@pytest.mark.parametrize("by", ["banned", "deleted"])
async def test_a_host_who_is_banned_or_deleted_leaves_when_their_room_closes(service: Service, by: str) -> None:
    ann, bob = await hosts(service, 2)
    await connect(ann, bob)
    if by == "banned":
        desk = await service.make_key()
        assert (await desk.call("admin/ban_user", {"userId": bob[0].user})).code == 0
    else:
        assert (await bob[0].call("auth_users/user_delete")).code == 0
    for _ in range(4):  # their presence ends first, then the grace of their room
        service.clock.advance(GRACE / 2 + 1)
        await service.tick()
    assert await settled(service, ann, bob) == [None, None]


@pytest.mark.parametrize("backend", [CLUSTER], indirect=True)
async def test_a_lost_live_store_is_filled_with_connections_as_they_are(
    service: Service, request: pytest.FixtureRequest
) -> None:
    ann, bob, cat = await hosts(service, 3)
    await connect(ann, bob)
    (request_of_cat,) = await ask(ann, cat)
    await service.core.jobs.backlog.write_all()
    request.getfixturevalue("redis_cluster").flushall()
    assert (await answer(cat, "accept", request_of_cat)).code == 0
    assert [await rooms_of(host) for host in (ann, bob, cat)] == [ids(ann, bob, cat)] * 3
    request.getfixturevalue("redis_cluster").flushall()
    assert await settled(service, ann, bob, cat) == [ids(ann, bob, cat)] * 3


def die() -> None:
    raise RuntimeError("the process is gone")


def die_the_second_time() -> Callable[[], None]:
    """Return what lets a process die when it passes for the second time."""
    passed: list[None] = []

    def pass_or_die() -> None:
        passed.append(None)
        if len(passed) > 1:
            die()

    return pass_or_die


async def test_a_process_that_dies_between_two_lines_has_done_it_all(service: Service) -> None:
    for act, point in product(("accept", "leave", "close"), ("committed", "half", "late half")):
        ann, bob, cat, dan = await hosts(service, 4)
        await connect(ann, bob, cat)
        (request,) = await ask(ann, dan)
        committed = "close.emptied" if act == "close" else "connection.committed"
        dies = die_the_second_time() if point.startswith("late") else die
        faults.arm(committed if point == "committed" else "connection.half", dies)
        with capture_logs():
            if act == "accept":
                code = (await answer(dan, "accept", request)).code
            else:
                path = "connections/leave" if act == "leave" else "rooms/destroy_room"
                code = (await bob[0].call(path, {"roomId": bob[1]})).code
        faults.disarm()
        assert code == INTERNAL
        left = ids(ann, cat) if act != "accept" else ids(ann, bob, cat, dan)
        expected = [left if host[1] in left else None for host in (ann, bob, cat, dan)]
        assert await caught_up(service, ann, bob, cat, dan) == expected, f"{act}, {point}"


async def test_without_the_live_store_it_is_done_and_shown_when_that_is_back(tmp_path: Path) -> None:
    live = Switch(LiveUnavailable)
    async with serving(tmp_path, make=lambda *given: live.over(make_live(*given)), others=everybody) as service:
        ann, bob = await hosts(service, 2)
        await connect(ann, bob)
        faults.arm("connection.committed", partial(setattr, live, "down", True))
        left = await bob[0].call("connections/leave", {"roomId": bob[1]})
        faults.disarm()
        assert (left.code, live.down) == (0, True)
        live.down = False
        assert await settled(service, ann, bob) == [None, None]


async def test_a_request_that_a_dead_process_has_not_told_of_can_be_answered_all_the_same(service: Service) -> None:
    ann, bob = await hosts(service, 2)
    (request,) = await ask(ann, bob)
    (waiting,) = (await bob[0].call("connections/current", {"roomId": bob[1]})).data["requests"]
    assert waiting["requestId"] == request["requestId"]
    assert (await answer(bob, "accept", waiting)).code == 0
    assert await settled(service, ann, bob) == [ids(ann, bob)] * 2


async def test_hosts_who_act_in_the_same_moment_agree(service: Service) -> None:
    """Two rooms ask each other, a third is accepted by both, everybody leaves: whatever is first, all say the same."""
    ann, bob, cat = await hosts(service, 3)
    await asyncio.gather(ask(ann, bob), ask(bob, ann))
    assert await settled(service, ann, bob) in ([ids(ann, bob)] * 2, [ids(bob, ann)] * 2)
    first, second = await asyncio.gather(ask(ann, cat), ask(bob, cat))
    codes = [one.code for one in await asyncio.gather(*(answer(cat, "accept", one) for one in (*first, *second)))]
    assert sorted(codes) == [0, 3040]
    leaving = [host[0].call("connections/leave", {"roomId": host[1]}) for host in (ann, bob, cat)]
    left = sorted(one.code for one in await asyncio.gather(*leaving))
    assert left == [0, 0, 3042], "the last was left alone before"
    assert await settled(service, ann, bob, cat) == [None] * 3
