"""The overview: what operators see of an installation, live and afterwards; each test on both live stores."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from liveroom.app.backends import make_live
from liveroom.app.outages import LIVE
from liveroom.app.overview import make_summing
from liveroom.domain.errors import LiveUnavailable
from liveroom.http.metrics import Meter
from liveroom.ports import Clock, RecoveryStore
from liveroom.settings import Settings
from liveroom.usecases.operators.announcing import OVERVIEW
from liveroom.usecases.operators.summing import Summing
from tests.outages import Switch
from tests.realtime.conftest import Staging
from tests.realtime.peers import SECONDS, Peer, Stage
from tests.service import Keyholder
from tests.worlds import a_moment

ENTER, SEND, LIST = "base/v1/rooms/enter_room", "base/v1/messages/send", "base/v1/rooms/query_room"
WHOLE = ("admin:overview", "admin:system")
"""What a key is allowed that sees the whole installation."""
SCOPES = ("admin:overview", "admin:rooms")
"""What a key of a tenant is allowed that sees no other."""


@dataclass
class Desk:
    """A service that counts, and its turn at the sums."""

    stage: Stage
    meter: Meter
    summing: Summing
    is_up: bool = True
    """The live store answers."""

    async def second(self, *others: "Desk") -> None:
        """Let a second pass: processes look who watches, and whoever has the lease adds up."""
        for desk in (self, *others):
            desk.stage.service.clock.advance(1)
            desk.stage.watch.seconds += 1
        for desk in (self, *others):
            await desk.stage.consoles.look()
        async with asyncio.timeout(SECONDS):
            while any(not desk.knows_who_watches() for desk in (self, *others)):
                await a_moment()
        for desk in (self, *others):
            await desk.summing.step()

    def knows_who_watches(self) -> bool:
        """Say whether it was told of those of this process who watch."""
        scopes = self.stage.consoles.scopes(OVERVIEW)
        return scopes <= self.summing.exchange.watched() or not self.is_up

    def count(self, path: str, times: int, *, code: int = 0, seconds: float = 0.002) -> None:
        """Count calls as the doors do."""
        for _ in range(times):
            self.meter.observe(path, code, seconds)

    async def ask(self, keyholder: Keyholder, **params: Any) -> dict[str, Any]:
        """Call ``stats/overview``."""
        found = (await keyholder.call("stats/overview", params)).data
        assert isinstance(found, dict)
        return found


async def begin(stage: Stage) -> Desk:
    """Let a stage count."""
    meter = Meter()
    desk = Desk(stage, meter, make_summing(stage.service.core, meter))
    await desk.summing.step()
    return desk


def begin_minute(stage: Stage) -> str:
    """Wind the clock to a second after a minute has begun; return when it did."""
    clock = stage.service.clock
    clock.advance(61 - clock.now().timestamp() % 60)
    return f"{clock.now():%Y-%m-%d %H:%M:00}"


@pytest.fixture
async def desk(stage: Stage) -> Desk:
    """Return a desk on ordinary settings."""
    return await begin(stage)


async def watching(stage: Stage, keyholder: Keyholder) -> tuple[Peer, dict[str, Any]]:
    """Open an operator's connection to the overview; return with what it begins."""
    peer = await stage.console(keyholder)
    state = (await peer.ask(subscribe={"channel": "console:overview"}))["subscribe"]["data"]
    return peer, state


def told(peer: Peer) -> list[dict[str, Any]]:
    return [push["pub"]["data"] for push in peer.pushes if push["channel"] == "console:overview"]


async def test_whoever_watches_is_told_every_second(desk: Desk) -> None:
    stage = desk.stage
    host, room, _ = await stage.host()
    for _ in range(2):
        await stage.member(room)
    peer, state = await watching(stage, await stage.service.make_key("", *WHOLE))
    assert (state["scope"], state["online"], state["rooms"], state["viewers"]) == ("installation", 3, 1, 3)
    for _ in range(8):
        desk.count(ENTER, 4)
        desk.count(SEND, 2, code=3003)
        desk.count(SEND, 10, seconds=0.2)
        await desk.second()
    await peer.until(lambda: len(told(peer)) == 8)
    traffic = told(peer)[-1]["traffic"]
    calls = traffic["callsPerSecond"]
    assert 0 < calls <= 16.5, "the machine's own time passes too"
    shares = [traffic["entersPerSecond"], traffic["messagesPerSecond"], traffic["codesPerSecond"]["3003"]]
    assert [share / calls for share in shares] == pytest.approx([4 / 16, 10 / 16, 2 / 16], abs=0.01)
    assert 100 < traffic["p95Ms"] <= 250
    await host.call("rooms/destroy_room", {"roomId": room})
    await desk.second()
    await peer.until(lambda: len(told(peer)) == 9)
    assert told(peer)[-1]["health"]["processes"] == 1


async def test_nobody_is_told_or_asked_anything_while_nobody_watches(desk: Desk) -> None:
    peer, _ = await watching(desk.stage, await desk.stage.service.make_key("", *WHOLE))
    await desk.second()
    await peer.until(lambda: told(peer))
    await peer.ask(unsubscribe={"channel": "console:overview"})
    for _ in range(6):
        await desk.second()
    assert desk.summing.exchange.watched() == frozenset()
    assert len(told(peer)) == 1


async def test_the_top_rooms_are_those_with_most_members(desk: Desk) -> None:
    stage = desk.stage
    rooms = []
    for members in (0, 2, 1):
        _, room, _ = await stage.host()
        rooms.append(room)
        for _ in range(members):
            await (await stage.service.sign_up()).enter(room, "audience")
    _, state = await watching(stage, await stage.service.make_key("", *WHOLE))
    top = [(one["roomId"], one["nnUsers"]) for one in state["topRooms"]]
    assert top == [(rooms[1], 3), (rooms[2], 2), (rooms[0], 1)]


async def test_a_tenants_operators_see_their_tenant_alone(desk: Desk) -> None:
    stage = desk.stage
    await stage.host()
    await stage.service.make_tenant("other")
    other = await stage.service.sign_up(app="other")
    await other.go_live()
    peer, state = await watching(stage, await stage.service.make_key("other", *SCOPES))
    assert (state["scope"], state["rooms"], state["viewers"], state["online"]) == ("tenant", 1, 1, None)
    assert (state["traffic"], state["health"]) == (None, None)
    assert [one["ownBy"] for one in state["topRooms"]] == [other.user]
    await desk.second()
    await peer.until(lambda: told(peer))
    assert told(peer)[0]["rooms"] == 1
    whole = (await desk.ask(await stage.service.make_key("", *WHOLE)))["now"]
    assert (whole["scope"], whole["rooms"], whole["online"]) == ("installation", 2, 2)


async def test_the_only_tenants_operators_see_its_traffic(desk: Desk) -> None:
    key = await desk.stage.service.make_key("", "admin:overview")
    peer, _ = await watching(desk.stage, key)
    for _ in range(8):
        desk.count(LIST, 5)
        await desk.second()
    await peer.until(lambda: len(told(peer)) == 8)
    last = told(peer)[-1]
    assert (last["scope"], last["health"], last["online"]) == ("tenant", None, 0)
    assert 0 < last["traffic"]["callsPerSecond"] <= 5.2


async def test_each_minute_is_kept_and_shown(desk: Desk) -> None:
    stage = desk.stage
    began = begin_minute(stage)
    await stage.host()
    await desk.second()
    for minute in range(3):
        desk.count(ENTER, 60 * (minute + 1), seconds=0.03)
        stage.service.clock.advance(60)
        await desk.summing.step()
    key = await stage.service.make_key("", *WHOLE)
    found = await desk.ask(key, fromUtc=began)
    assert found["stepMinutes"] == 1
    points = found["history"]
    assert [one["traffic"]["entersPerSecond"] for one in points] == [1, 2, 3]
    assert {(one["minutes"], one["rooms"], one["viewers"], one["online"]) for one in points} == {(1, 1, 1, 1)}
    assert points[0]["traffic"]["p95Ms"] == pytest.approx(48.75)
    assert found["now"]["traffic"]["entersPerSecond"] > 0, "the last minute stands for now while nobody watches"
    yesterday = stage.service.clock.now() - timedelta(hours=23)
    day = await desk.ask(key, fromUtc=f"{yesterday:%Y-%m-%d %H:%M:%S}")
    assert (day["stepMinutes"], sum(one["minutes"] for one in day["history"])) == (5, 4)


async def test_a_tenants_past_is_its_own(desk: Desk) -> None:
    stage = desk.stage
    await stage.service.make_tenant("other")
    await (await stage.service.sign_up(app="other")).go_live()
    await stage.host()
    began = begin_minute(stage)
    await desk.second()
    desk.count(LIST, 60)
    stage.service.clock.advance(60)
    await desk.summing.step()
    (ours,) = (await desk.ask(await stage.service.make_key("other", *SCOPES), fromUtc=began))["history"]
    assert (ours["rooms"], ours["online"], ours["traffic"]["callsPerSecond"]) == (1, None, 0)
    (whole,) = (await desk.ask(await stage.service.make_key("", *WHOLE), fromUtc=began))["history"]
    assert (whole["rooms"], whole["traffic"]["callsPerSecond"]) == (2, 1)


@pytest.mark.parametrize(
    "asked",
    [
        {"fromUtc": "yesterday"},
        {"fromUtc": "2026-01-02 00:00:00", "untilUtc": "2026-01-01 00:00:00"},
        {"fromUtc": "2026-01-01 00:00:00", "untilUtc": "2026-01-09 00:00:01"},
        {"fromUtc": "0001-01-01 00:00:00"},
    ],
)
async def test_a_span_that_is_none_is_refused(desk: Desk, asked: dict[str, str]) -> None:
    assert (await (await desk.stage.service.make_key("", *WHOLE)).call("stats/overview", asked)).code == 98


async def test_any_other_span_is_answered(desk: Desk) -> None:
    key = await desk.stage.service.make_key("", *WHOLE)
    for since, until in (
        ("0001-01-01 00:00:00", "0001-01-02 00:00:00"),
        ("9999-12-31 00:00:00", "9999-12-31 01:00:00"),
    ):
        assert (await desk.ask(key, fromUtc=since, untilUtc=until))["history"] == []


async def test_minutes_are_dropped_after_seven_days(desk: Desk) -> None:
    stage = desk.stage
    begin_minute(stage)
    rows = stage.service.core.db.overview
    ever = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
    for _ in range(3):
        await desk.summing.step()
        stage.service.clock.advance(60)
    assert len(await rows.between("*", *ever)) == 3
    stage.service.clock.advance(timedelta(days=8))
    await desk.summing.step()
    assert await rows.between("*", *ever) == []


async def test_what_is_down_is_told_by_each_process_itself(start: Staging) -> None:
    """Without the live store nobody can add up, and that is when operators look."""
    switch = Switch(LiveUnavailable)

    def make(settings: Settings, recovery: RecoveryStore, clock: Clock) -> Any:
        return switch.over(make_live(settings, recovery, clock))

    async with start(make=make) as stage:
        desk = await begin(stage)
        peer, _ = await watching(stage, await stage.service.make_key("", *WHOLE))
        await desk.second()
        switch.down, desk.is_up = True, False
        stage.service.core.outages.down(LIVE, LiveUnavailable("down"))
        for _ in range(4):
            await desk.second()
        await peer.until(lambda: len(told(peer)) > 1)
        last = told(peer)[-1]
        assert (last["health"]["down"], last["rooms"], last["online"]) == (["live"], None, None)
        await stage.service.core.outages.stop()


@pytest.mark.services
async def test_processes_are_added_up_and_one_tells(start: Staging, request: pytest.FixtureRequest) -> None:
    if "memory" in request.node.name:
        pytest.skip("memory has one process")
    async with start() as one, start() as two:
        first, second = await begin(one), await begin(two)
        peer, _ = await watching(one, await one.service.make_key("", *WHOLE))
        other, _ = await watching(two, await two.service.make_key("", *WHOLE))
        for _ in range(8):
            first.count(LIST, 3)
            second.count(ENTER, 4)
            await first.second(second)
        await peer.until(lambda: len(told(peer)) == 8)
        await other.until(lambda: len(told(other)) == 8)
        assert told(peer) == told(other), "it is told once, and reaches both"
        traffic = told(peer)[-1]["traffic"]
        assert traffic["entersPerSecond"] / traffic["callsPerSecond"] == pytest.approx(4 / 7, abs=0.1)
        assert told(peer)[-1]["health"]["processes"] == 2
