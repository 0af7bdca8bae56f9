"""The beat: each piece in its own rhythm; one that fails is tried again, told once, and stops no other."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from liveroom.app.beat import Beat, Piece, pieces
from liveroom.app.outages import DATABASE, LIVE, Outages, Ping
from liveroom.domain.errors import DatabaseUnavailable, LiveUnavailable, ProviderUnavailable
from tests.service import serving
from tests.worlds import hastily


class Work:
    """Fails as it is told, one failure after another, and then succeeds."""

    def __init__(self, *failures: Exception | None) -> None:
        self.failures = list(failures)
        self.done = 0
        self.over = asyncio.Event()

    async def __call__(self) -> None:
        self.done += 1
        failure = self.failures.pop(0) if self.failures else None
        if not self.failures:
            self.over.set()
        if failure is not None:
            raise failure


async def answers() -> None:
    """Be there."""


async def beaten(*works: Work, beats: int = 1, ping: Ping = answers) -> Sequence[Any]:
    """Beat until every work is over and some beats more; return what was logged."""
    outages = Outages({DATABASE: ping, LIVE: ping})
    work = tuple(Piece(f"piece{number}", timedelta(seconds=1), work) for number, work in enumerate(works))
    beat = Beat(work, outages)
    with capture_logs() as logs:
        beat.start()
        await asyncio.gather(*(work.over.wait() for work in works))
        await asyncio.wait({asyncio.create_task(asyncio.Event().wait())}, timeout=beats + 0.5)
        await beat.stop()
        await outages.stop()
    return [(line["event"], line.get("piece") or line["dependency"]) for line in logs if line["log_level"] != "debug"]


def rebuilding() -> LiveUnavailable:
    """Return how the live store fails because of SQL."""
    failure = LiveUnavailable("it cannot be rebuilt now")
    failure.__cause__ = DatabaseUnavailable("down")
    return failure


@pytest.mark.parametrize(
    ("failure", "dependency"), [(DatabaseUnavailable, DATABASE), (LiveUnavailable, LIVE), (rebuilding, DATABASE)]
)
def test_a_dependency_that_is_down_is_told_once_for_all_pieces_and_once_when_it_is_back(
    failure: Callable[[], Exception], dependency: str
) -> None:
    """Some pieces have nothing to do now and then, and succeed all the same."""
    now_and_then = Work(*[failure() if beat % 2 else None for beat in range(8)])
    said = hastily(beaten(Work(*[failure() for _ in range(8)]), now_and_then, beats=6))
    assert said == [("dependency.down", dependency), ("dependency.recovered", dependency)]


def test_a_dependency_is_back_only_when_it_answers_by_itself() -> None:
    async def silent() -> None:
        raise LiveUnavailable

    assert hastily(beaten(Work(LiveUnavailable()), beats=9, ping=silent)) == [("dependency.down", LIVE)]
    slow = Work(LiveUnavailable(), LiveUnavailable())
    said = hastily(beaten(Work(LiveUnavailable()), beats=9, ping=slow))
    assert (said, slow.done) == ([("dependency.down", LIVE), ("dependency.recovered", LIVE)], 3)


def test_each_outage_is_told_anew() -> None:
    said = hastily(beaten(Work(LiveUnavailable(), *[None] * 6, LiveUnavailable()), beats=6))
    assert said == [("dependency.down", LIVE), ("dependency.recovered", LIVE)] * 2


def test_what_else_a_piece_has_to_do_without_is_told_once_and_once_when_it_is_there() -> None:
    said = hastily(beaten(Work(ProviderUnavailable(), ProviderUnavailable(), None)))
    assert said == [("beat.unavailable", "piece0"), ("beat.recovered", "piece0")]


def test_a_piece_that_breaks_is_tried_again_and_its_trace_is_told_once() -> None:
    said = hastily(beaten(Work(ZeroDivisionError(), ZeroDivisionError(), None)))
    assert said == [("beat.failed", "piece0"), ("beat.recovered", "piece0")]


def test_a_piece_that_fails_or_hangs_stops_no_other() -> None:
    class Hanging(Work):
        async def __call__(self) -> None:
            await super().__call__()
            await asyncio.Event().wait()

    async def story() -> tuple[int, int, Sequence[Any]]:
        good, bad, hanging = Work(), Work(*[RuntimeError()] * 3), Hanging()
        said = await beaten(good, bad, hanging, beats=3)
        return good.done, hanging.done, said

    done, hung, said = hastily(story())
    assert done >= 3
    assert hung == 1
    assert {piece for _, piece in said} == {"piece1"}


def test_stopping_breaks_off_what_is_under_way_and_may_be_repeated() -> None:
    async def story() -> bool:
        broken_off = asyncio.Event()
        begun = asyncio.Event()

        async def work() -> None:
            begun.set()
            try:
                await asyncio.Event().wait()
            finally:
                broken_off.set()

        beat = Beat((Piece("piece", timedelta(seconds=1), work),), Outages({}))
        beat.start()
        await begun.wait()
        await beat.stop()
        await beat.stop()
        return broken_off.is_set()

    assert hastily(story())


async def test_everything_that_a_tick_does_is_on_the_beat(tmp_path: Path) -> None:
    async with serving(tmp_path) as service:
        work = pieces(service.core.upkeep)
        assert [piece.name for piece in work] == [
            *("flush", "lists", "relay", "sweep", "gather", "deserted", "orphans", "ends", "schedules", "tenants"),
            *("arrangements", "words", "audit", "uses", "purge", "erasures", "vendors", "vendor review"),
            *("webhooks", "replays"),
        ]
        for piece in work:
            await piece.work()
    by_name = {piece.name: piece.every for piece in work}
    assert max(by_name["flush"], by_name["relay"]) <= timedelta(milliseconds=500), "a second is promised to callers"
    assert by_name["lists"] == timedelta(milliseconds=250)
    assert by_name["sweep"] == timedelta(seconds=1)
    assert by_name["tenants"] == timedelta(seconds=2)


@pytest.mark.parametrize("seconds", [1, 3])
def test_a_piece_beats_again_and_again_and_not_before_its_time(seconds: int) -> None:
    async def story() -> int:
        work = Work()
        beat = Beat((Piece("piece", timedelta(seconds=seconds), work),), Outages({}))
        beat.start()
        await asyncio.wait({asyncio.create_task(asyncio.Event().wait())}, timeout=9.5)
        await beat.stop()
        return work.done

    assert 2 <= hastily(story()) <= 1 + 9 // seconds
