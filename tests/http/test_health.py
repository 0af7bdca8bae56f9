"""Health, readiness, figures, and the tick from outside."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from starlette.applications import Starlette

from liveroom.http.health import Check, Health, health_routes
from liveroom.http.metrics import Meter, MetricsPage
from tests.http.echoes import client_of


class Hand:
    """A clock wound by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Dependency:
    """Answers or not; counts who asked."""

    def __init__(self, problem: Exception | None = None) -> None:
        self.problem = problem
        self.asked = 0

    async def __call__(self) -> None:
        self.asked += 1
        if self.problem is not None:
            raise self.problem


async def _tick() -> Mapping[str, Any]:
    return {"swept": 3}


def app_of(checks: Mapping[str, Check], *, health: Health | None = None, **more: Any) -> Starlette:
    return Starlette(routes=health_routes(health or Health(checks), more.pop("figures", None), **more))


async def test_a_living_process_is_healthy_whatever_it_depends_on() -> None:
    async with client_of(app_of({"database": Dependency(OSError("gone"))})) as client:
        answer = await client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok")


async def test_readiness_names_every_dependency() -> None:
    async with client_of(app_of({"database": Dependency(), "live": Dependency()})) as client:
        answer = await client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ready", "draining": False, "dependencies": {"database": "ok", "live": "ok"}}


async def test_a_lost_dependency_is_named_without_saying_where_it_was() -> None:
    lost = Dependency(OSError("redis://:password@10.0.0.1 refused"))
    async with client_of(app_of({"database": Dependency(), "live": lost})) as client:
        answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["dependencies"] == {"database": "ok", "live": "down"}
    assert "password" not in answer.text


async def test_a_process_that_stops_is_not_ready() -> None:
    health = Health({})
    health.draining = True
    async with client_of(app_of({}, health=health)) as client:
        answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["draining"]) == (503, True)


async def test_a_crowd_that_asks_is_one_question_to_the_dependency() -> None:
    clock, dependency = Hand(), Dependency()
    async with client_of(app_of({}, health=Health({"live": dependency}, monotonic=clock))) as client:
        await asyncio.gather(*(client.get("/readyz") for _ in range(10)))
        assert dependency.asked == 1
        clock.now += 0.6
        dependency.problem = OSError()
        assert (await client.get("/readyz")).status_code == 503
        clock.now += 0.6
        dependency.problem = None
        assert (await client.get("/readyz")).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": "Bearer let-me-in"}, 200),
        ({"X-Internal-Key": "let-me-in"}, 200),
        ({"Authorization": "Bearer let-me-out"}, 403),
        ({"Authorization": "Basic let-me-in"}, 403),
        ({"X-Internal-Key": ""}, 403),
        ({}, 403),
    ],
)
async def test_the_tick_from_outside_needs_the_key(headers: dict[str, str], status: int) -> None:
    async with client_of(app_of({}, tick=_tick, internal_key="let-me-in")) as client:
        answer = await client.post("/internal/tick", headers=headers)
    assert answer.status_code == status
    assert (answer.json() == {"done": {"swept": 3}}) is (status == 200)


@pytest.mark.parametrize("headers", [{}, {"X-Internal-Key": ""}, {"Authorization": "Bearer "}])
async def test_without_a_configured_key_nobody_gives_the_tick(headers: dict[str, str]) -> None:
    async with client_of(app_of({}, tick=_tick)) as client:
        assert (await client.post("/internal/tick", headers=headers)).status_code == 403


async def test_figures_tell_calls_times_levels_and_failures() -> None:
    async def online() -> float:
        return 42

    async def broken() -> float:
        raise OSError

    meter = Meter(["base/v1/rooms/enter_room"])
    meter.observe("base/v1/rooms/enter_room", 0, 0.002)
    meter.observe("base/v1/rooms/enter_room", 0, 0.03)
    meter.observe("base/v1/rooms/enter_room", 103, 20.0)
    figures = MetricsPage(meter, {"online_users": online, "live_rooms": broken})
    async with client_of(app_of({}, figures=figures)) as client:
        answer = await client.get("/metrics")
    lines = answer.text.splitlines()
    assert answer.headers["content-type"].startswith("text/plain; version=")
    for line in (
        'liveroom_calls_total{code="0",method="base/v1/rooms/enter_room"} 2.0',
        'liveroom_calls_total{code="103",method="base/v1/rooms/enter_room"} 1.0',
        'liveroom_call_seconds_bucket{le="0.0025",method="base/v1/rooms/enter_room"} 1.0',
        'liveroom_call_seconds_bucket{le="10.0",method="base/v1/rooms/enter_room"} 2.0',
        'liveroom_call_seconds_bucket{le="+Inf",method="base/v1/rooms/enter_room"} 3.0',
        'liveroom_call_seconds_count{method="base/v1/rooms/enter_room"} 3.0',
        'liveroom_dependency_errors_total{dependency="database"} 1.0',
        'liveroom_dependency_errors_total{dependency="live"} 0.0',
        "liveroom_online_users 42.0",
    ):
        assert line in lines
    assert "live_rooms" not in answer.text
    assert "liveroom_build_info" in answer.text


async def test_figures_that_are_switched_off_are_not_there() -> None:
    async with client_of(app_of({})) as client:
        assert (await client.get("/metrics")).status_code == 404


@pytest.mark.parametrize(
    ("event", "status"),
    [
        (b'{"key":"let-me-in"}', 200),
        (b'{"triggerTime":"2026-11-30T20:00:00Z","triggerName":"tick","payload":"let-me-in"}', 200),
        (b'{"Type":"Timer","TriggerName":"tick","Time":"2026-11-30T20:00:00Z","Message":"let-me-in"}', 200),
        (b'{"key":"let-me-out"}', 403),
        (b'{"key":7}', 403),
        (b'["let-me-in"]', 403),
        (b"let-me-in", 403),
        (b"[" * 3000, 403),
        (b'{"key":"let-me-in"}' + b" " * 5000, 403),
        (b"", 403),
    ],
)
async def test_a_timer_that_can_only_send_an_event_says_the_key_in_it(event: bytes, status: int) -> None:
    async with client_of(app_of({}, tick=_tick, internal_key="let-me-in", takes_events=True)) as client:
        for path in ("/internal/tick", "/invoke"):
            assert (await client.post(path, content=event)).status_code == status


async def test_where_nothing_is_frozen_there_is_no_path_for_events() -> None:
    async with client_of(app_of({}, tick=_tick, internal_key="let-me-in")) as client:
        assert (await client.post("/invoke", json={"key": "let-me-in"})).status_code == 404
