"""What becomes of battles when something goes wrong: each row of the table in docs/battles.md."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from structlog.testing import capture_logs

from liveroom import faults
from liveroom.domain.battles.counting import BattleKey, CountedGift
from liveroom.domain.ids import RoomId
from liveroom.domain.moments import at, moment
from liveroom.ports import Tx
from tests import migrated
from tests.contract.battling import Host, answer, begin, current, give, hosts, invite, scores, viewer
from tests.recorded_events.rebuilding import everybody, read_events
from tests.servers import Mariadb, Redis, RedisCluster
from tests.service import Service, serving
from tests.usecases.battles.agreement import battles_of
from tests.worlds import WoundClock

GRACE: Final = 60
"""Seconds within which a host may come back."""
MINUTES: Final = 300
INTERNAL: Final = 99
CLUSTER: Final = pytest.param("mariadb+cluster", marks=[pytest.mark.services, pytest.mark.long])


@pytest.fixture(autouse=True)
def _alive() -> Iterator[None]:
    yield
    faults.disarm()


@pytest.fixture(params=["embedded", CLUSTER])
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


async def step(service: Service) -> None:
    await service.core.jobs.battle_ends.step()


async def ended(service: Service, room: str) -> list[tuple[str, int | None]]:
    """Return how battles ended in a room, as its stream says it."""
    events = await read_events(service.core.db)
    kinds = [event for event in events if event.stream == f"room:{room}" and event.kind.startswith("battle.")]
    assert [event.kind for event in kinds[::2]] == ["battle.started"] * len(kinds[::2])
    return [(event.data["reason"], event.data["winner"]) for event in kinds[1::2]]


async def test_a_host_who_drops_and_comes_back_within_the_grace_goes_on(service: Service) -> None:
    ann, bob = await hosts(service, 2)
    await begin(ann, bob)
    fan = await viewer(service, bob)
    await bob[0].leave(bob[1])
    service.clock.advance(GRACE / 2)
    await service.tick()
    assert (await give(fan, bob)).code == 0
    await bob[0].go_live(bob[1])
    service.clock.advance(MINUTES)
    await step(service)
    assert (await current(ann))["winner"] == 2
    assert scores(await current(bob)) == [0, 10]


async def test_a_host_who_does_not_come_back_loses_when_their_room_closes(service: Service) -> None:
    ann, bob = await hosts(service, 2)
    await begin(ann, bob)
    await give(await viewer(service, bob), bob)
    await bob[0].leave(bob[1])
    service.clock.advance(GRACE + 1)
    await service.tick()
    shown = await current(ann)
    assert (shown["reason"], shown["winner"], scores(shown)) == ("alone", 1, [0, 10])
    assert shown["rooms"][1]["left"] == "closed"
    assert await ended(service, bob[1]) == [("closed", None)]
    assert await ended(service, ann[1]) == [("alone", 1)]


async def test_a_room_that_closes_leaves_in_the_same_transaction_and_two_sides_go_on(service: Service) -> None:
    ann, bob, cat = await hosts(service, 3)
    await begin(ann, bob, cat)
    await cat[0].call("rooms/destroy_room", {"roomId": cat[1]})
    shown = await current(ann)
    assert [one.get("left") for one in shown["rooms"]] == [None, None, "closed"]
    assert shown["state"] == "running"
    await cat[0].go_live(cat[1])
    assert await current(cat) is None, "its next broadcast is another"
    await bob[0].call("connections/leave", {"roomId": bob[1]})
    assert ((await current(ann))["reason"], (await current(ann))["winner"]) == ("alone", 1)
    assert await current(bob) is None
    assert await ended(service, bob[1]) == [("disconnected", None)]


async def test_a_result_that_a_closing_room_brings_is_shown_until_the_same_moment_everywhere(service: Service) -> None:
    # In SQL it was shown for some microseconds longer than on Redis, which counts in milliseconds.
    ann, bob = await hosts(service, 2)
    await begin(ann, bob)
    await bob[0].call("rooms/destroy_room", {"roomId": bob[1]})
    shown = (await battles_of(service.core, [RoomId(ann[1])]))[RoomId(ann[1])]
    assert shown is not None
    closes = shown[0].closes
    assert closes is not None
    assert closes == at(moment(closes))


async def test_the_operator_who_ends_the_connection_ends_the_battle_by_its_scores(service: Service) -> None:
    ann, bob = await hosts(service, 2)
    battle = await begin(ann, bob)
    await give(await viewer(service, bob), bob)
    key = await service.make_key()
    assert (await key.call("admin/end_connection", {"roomId": ann[1], "why": "over"})).code == 0
    assert [await current(host) for host in (ann, bob)] == [None, None]
    (past,) = (await key.call("admin/list_battles", {"roomId": ann[1]})).data
    assert (past["battleId"], past["reason"], past["winner"], scores(past)) == (battle["battleId"], "ended", 2, [0, 10])


async def test_a_battle_shows_the_new_owner_of_a_room(service: Service) -> None:
    ann, bob = await hosts(service, 2)
    await begin(ann, bob)
    heir = await service.sign_up()
    await heir.enter(bob[1], "audience")
    given = {"roomId": bob[1], "targetId": heir.user}
    assert (await bob[0].call("rooms/transfer_owner", given)).code == 0
    shown = await current(ann)
    assert [one["userId"] for one in shown["rooms"]] == [ann[0].user, heir.user]
    assert shown["version"] > 1


def die() -> None:
    raise RuntimeError("the process is gone")


@pytest.mark.parametrize("act", ["accept", "end", "time"])
@pytest.mark.parametrize("point", ["connection.committed", "connection.half"])
async def test_a_process_that_dies_between_two_lines_has_done_it_all_and_once(
    service: Service, act: str, point: str
) -> None:
    ann, bob = await hosts(service, 2)
    if act == "accept":
        battle = (await invite(ann, bob)).data["battleId"]
    else:
        await begin(ann, bob)
    service.clock.advance(MINUTES + 3 if act == "time" else 0)
    faults.arm(point, die)
    with capture_logs():
        if act == "accept":
            assert (await answer(bob, "accept", battle)).code == INTERNAL
        elif act == "end":
            assert (await bob[0].call("battles/end", {"roomId": bob[1]})).code == INTERNAL
        else:
            with pytest.raises(RuntimeError):
                await step(service)
    faults.disarm()
    service.clock.advance(1)
    await service.core.jobs.relay.run()
    await step(service)
    found = await battles_of(service.core, [RoomId(room) for _, room in (ann, bob)])
    assert {one[0].state.value for one in found.values() if one} == {"running" if act == "accept" else "result"}
    assert len([one for one in found.values() if one]) == 2


async def test_a_gift_that_is_being_paid_for_is_waited_for_and_counts(service: Service) -> None:
    """Both send in the last millisecond: what shares the lock of the battle is in its sum, and nothing comes after."""
    ann, bob = await hosts(service, 2)
    battle = (await begin(ann, bob))["battleId"]
    shares, may_commit = asyncio.Event(), asyncio.Event()
    key = BattleKey(battle, RoomId(bob[1]))

    async def pays(tx: Tx) -> None:
        assert key in await tx.battle_scores.share([key])
        shares.set()
        await may_commit.wait()
        await tx.battle_scores.add([CountedGift(key, "late", 7)])

    paying = asyncio.create_task(service.core.db.transact(pays))
    await shares.wait()
    service.clock.advance(MINUTES + 3)
    deciding = asyncio.create_task(step(service))
    done, _ = await asyncio.wait({deciding}, timeout=0.2)
    assert not done, "it waits for the payment"
    may_commit.set()
    await asyncio.gather(paying, deciding)
    shown = await current(ann)
    assert (shown["winner"], scores(shown)) == (2, [0, 7])

    async def comes_late(tx: Tx) -> bool:
        return key in await tx.battle_scores.share([key])

    assert not await service.core.db.transact(comes_late), "it is decided"


@pytest.mark.services
async def test_two_processes_that_sell_in_the_last_millisecond_agree(
    tmp_path: Path, mariadb: Mariadb, redis_server: Redis
) -> None:
    """One clock is before the end, the other at it: what the paying process's clock says counts, until the decision."""
    redis_server.flushall()
    given: dict[str, Any] = {"database_url": migrated.mariadb_url(mariadb), "redis_url": redis_server.url}
    ahead = WoundClock()
    async with (
        serving(tmp_path / "one", account_limit=0, **given) as one,
        serving(tmp_path / "two", account_limit=0, clock=ahead, **given) as two,
    ):
        ann, bob = await hosts(one, 2)
        battle = await begin(ann, bob)
        fan, late_fan = await viewer(one, ann), await viewer(one, bob)
        row = await one.core.db.battles.get(battle["battleId"])
        assert row is not None
        assert row.ends is not None
        one.clock.advance((row.ends - one.clock.now()).total_seconds() - 60)
        ahead.advance((row.ends - ahead.now()).total_seconds())
        elsewhere = replace(late_fan, account=replace(late_fan.account, caller=two))
        sends = [give(fan, ann), give(elsewhere, bob)]
        assert [sent.code for sent in await asyncio.gather(*sends)] == [0, 0]
        ahead.advance(2)
        await two.core.jobs.battle_ends.step()
        assert (await give(fan, ann)).code == 0, "before the end, by a clock that is behind; and it is decided"
        shown = [await current(host) for host in (ann, bob)]
        assert shown[0] == shown[1]
        assert (scores(shown[0]), shown[0]["state"]) == ([10, 0], "result")


@pytest.mark.parametrize("backend", [CLUSTER], indirect=True)
async def test_a_lost_redis_is_filled_with_battles_and_told_their_scores(
    service: Service, request: pytest.FixtureRequest
) -> None:
    ann, bob = await hosts(service, 2)
    battle = await begin(ann, bob)
    fan = await viewer(service, bob)
    await give(fan, bob, count=4)
    await service.core.jobs.backlog.write_all()
    request.getfixturevalue("redis_cluster").flushall()
    assert (await current(ann))["battleId"] == battle["battleId"]
    await service.core.jobs.battle_scoring.publish_all()
    assert [scores(await current(host)) for host in (ann, bob)] == [[0, 40]] * 2
    request.getfixturevalue("redis_cluster").flushall()
    service.clock.advance(MINUTES + 3)
    await step(service)
    assert [(await current(host))["winner"] for host in (ann, bob)] == [2, 2]


async def test_hosts_who_act_in_the_same_moment_agree(service: Service) -> None:
    """Both give up, both processes decide, two invite one host: one is first, and every room says the same."""
    ann, bob, cat = await hosts(service, 3)
    first, second = await asyncio.gather(invite(ann, cat), invite(bob, cat))
    answers = [answer(cat, "accept", one.data["battleId"]) for one in (first, second)]
    codes = sorted(one.code for one in await asyncio.gather(*answers))
    assert codes in ([0, 3012], [0, 3060])
    busy = [host for host in (ann, bob) if await current(host) is not None]
    assert len(busy) == 1
    both: list[Host] = [busy[0], cat]
    codes = [one.code for one in await asyncio.gather(*(h[0].call("battles/end", {"roomId": h[1]}) for h in both))]
    assert sorted(codes) == [0, 3061]
    service.clock.advance(11)
    await asyncio.gather(step(service), step(service))
    assert [await current(host) for host in both] == [None, None]
