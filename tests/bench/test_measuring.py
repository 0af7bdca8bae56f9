"""The measuring: that processor time is counted, that answers are checked, and what the page says of the figures."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench.growth import A_PROCESS, Growth, GrowthBatches, UserStep
from tests.bench.measured import MULTIPLES, UNBUDGETED, Measured
from tests.bench.page import BEGIN, END, page
from tests.bench.plans import BRIEF, FULL
from tests.bench.processes import CannotMeasure, cpu_seconds, hello, strike
from tests.bench.seeding import Size, guests, room_id
from tests.bench.setups import Setup, Stage, staged
from tests.bench.trial import (
    QUICK,
    Cost,
    Trial,
    TrialComparison,
    Yardstick,
    fill_the_rooms,
    introduce,
    measurements,
    middle,
)

GREETING = b"GET / HTTP/1.1\r\nhost: bench\r\n\r\n"


def measured(cpu: float) -> Measured:
    costs = dict.fromkeys([*MULTIPLES, *UNBUDGETED], TrialComparison(Cost(cpu, 1000, 0.01), cpu / 0.02))
    return Measured(BRIEF, Cost(0.02, 30_000, 0.001), {"Redis": costs, "memory": costs}, {}, Growth((), ()), 0.0)


def test_hello_world_costs_processor_time_and_answers_all() -> None:
    with hello() as running:
        before = cpu_seconds(running.pid)
        blows = strike(running, [GREETING] * 5_000, 32)
        assert blows.codes == {0: 5_000}
        assert 0 < cpu_seconds(running.pid) - before < blows.seconds + 1


def test_every_request_is_sent_when_there_are_fewer_than_connections() -> None:
    with hello() as running:
        assert strike(running, [GREETING] * 3, 32).count == 3


def test_a_process_that_does_not_serve_says_why(tmp_path: Path) -> None:
    async def start() -> None:
        async with staged(Setup("x", redis="redis://127.0.0.1:1/x/y"), Size(1, 1), driving=1, viewers=1, active=1):
            pass

    with pytest.raises(CannotMeasure, match="LIVEROOM_REDIS_URL"):
        asyncio.run(start())


@pytest.mark.long
@pytest.mark.slow
def test_a_wrong_answer_ends_the_measurement() -> None:
    async def measure() -> None:
        async with staged(Setup("memory"), Size(5, 2), driving=5, viewers=5, active=5) as stage:
            drill, trial = stage.drill, Trial(stage.running, seconds_after=0)
            wrong = [request.replace(b"token=ey", b"token=ez") for request in drill.query_room(3)]
            await asyncio.to_thread(trial.cost, [wrong])

    with pytest.raises(CannotMeasure, match="204"):
        asyncio.run(measure())


@pytest.mark.long
def test_every_call_is_measured_on_a_service_with_seeded_data() -> None:
    async def measure() -> dict[str, Cost]:
        async with staged(Setup("memory"), Size(200, 10), driving=100, viewers=50, active=20) as stage:
            return await asyncio.to_thread(drilled, stage)

    def drilled(stage: Stage) -> dict[str, Cost]:
        trial = Trial(stage.running, seconds_after=0)
        introduce(trial, stage.drill)
        fill_the_rooms(trial, stage.drill)
        return {call: measure() for call, measure in measurements(trial, stage.drill, QUICK)}

    costs = asyncio.run(measure())
    assert set(costs) == {*MULTIPLES, *UNBUDGETED}
    assert all(cost.cpu > 0 and cost.rate > 0 for cost in costs.values())


def test_tokens_of_seeded_users_differ() -> None:
    assert len({guest.token for guest in guests(range(10))}) == 10
    assert room_id(1) != room_id(2)


def test_the_middle_of_three_is_taken_figure_by_figure() -> None:
    assert middle([Cost(1, 9, 5), Cost(2, 7, 6), Cost(3, 8, 4)]) == Cost(2, 8, 5)


def test_the_page_judges_the_setups_on_redis_only() -> None:
    good, bad = page(measured(0.04), ""), page(measured(0.5), "")
    assert "| `user_keepalive` | 2× | 0.040 · 2.0× ✓ | 0.040 · 2.0× |" in good
    assert "✗ |" not in good.partition("✓ within")[0]
    assert bad.partition("✓ within")[0].count("✗") == len(MULTIPLES)


def test_the_page_says_how_many_users_called() -> None:
    """The page said all of a million, and 10,000 of them had called: not even the cache of tokens was full."""
    cost = {"user_keepalive": TrialComparison(Cost(0.04, 1000, 0.01), 1.5)}
    steps = [
        UserStep(n, min(n, A_PROCESS), cost, 130, 380, 1_000_000, GrowthBatches(30, 10)) for n in (1_000, 1_000_000)
    ]
    text = page(replace(measured(0.04), growth=Growth((), steps)), "")
    assert "| users who call, through this one process | 1,000 | 200,000 |" in text
    assert A_PROCESS in FULL.users


def test_new_figures_replace_the_former_and_leave_the_words() -> None:
    first = page(measured(0.04), f"# Performance\n\nWords.\n\n{BEGIN}\nold\n{END}\n\n## After\n")
    assert first.startswith("# Performance\n\nWords.\n")
    assert first.endswith("## After\n")
    assert "old" not in first
    assert page(measured(0.04), first) == first


def test_hello_world_is_the_yardstick() -> None:
    with hello() as running:
        yardstick = Yardstick(running, 500)
        found = yardstick.compare(lambda: Cost(1.0, 1, 1))
    before, after = (one.cpu for one in yardstick.greetings)
    assert found.times == pytest.approx(2 / (before + after))
