"""Comparing and repairing: failed lists conclude nothing, two processes share, and operators are asked about much."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import pytest

from liveroom.domain.drift.model import Drift, DriftCase, DriftOutcome, DriftRound, DriftSource
from liveroom.domain.errors import BadRequest, LiveUnavailable
from liveroom.domain.vendors.model import Trouble, VendorFailure
from liveroom.ports import LookResult, Rest
from liveroom.usecases.drift.reconciling import Reconciliation
from liveroom.usecases.drift.showing import DriftReports
from tests.usecases.conftest import World

STREAMS: Final = DriftSource.STREAMS


@dataclass
class Streams:
    """A source whose answers a test decides."""

    found: Sequence[Drift] = ()
    items: int = 100
    is_whole: bool = True
    reason: str = ""
    failure: Exception | None = None
    refuses: Exception | None = None
    looks: int = 0
    repaired: list[str] = field(default_factory=list)
    source: DriftSource = STREAMS

    def is_there(self) -> bool:
        return True

    async def compare(self, rest: Rest) -> LookResult:
        self.looks += 1
        if self.failure is not None:
            raise self.failure
        return LookResult(self.items, self.found, self.is_whole, self.reason)

    async def repair(self, drift: Drift) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.repaired.append(drift.subject)


def gone(*subjects: str) -> list[Drift]:
    return [Drift(STREAMS, DriftCase.STREAM_GONE, subject) for subject in subjects]


@dataclass
class Desk:
    """One process, its source, and the clock."""

    world: World
    streams: Streams
    process: Reconciliation

    async def look(self, times: int = 1) -> None:
        for _ in range(times):
            self.world.pass_by(11)
            await self.process.look(STREAMS)

    async def round(self) -> DriftRound:
        (round,) = [one for one in await self.world.core.db.drift.rounds() if one.source is STREAMS]
        return round


@pytest.fixture
def desk(world: World) -> Desk:
    streams = Streams()
    return Desk(world, streams, Reconciliation(world.core.db, world.service.clock, [streams]))


async def test_what_differs_twice_is_repaired_and_forgotten_when_it_is_right_again(desk: Desk) -> None:
    desk.streams.found = gone("a", "b")
    await desk.look()
    assert desk.streams.repaired == []
    await desk.look()
    assert sorted(desk.streams.repaired) == ["a", "b"]
    assert +desk.process.repairs == {("streams", "stream_gone"): 2}
    desk.streams.found = ()
    await desk.look()
    assert await desk.world.core.db.drift.of_source(STREAMS) == []
    assert (await desk.round()).repaired == 2


@pytest.mark.parametrize("why", [VendorFailure(Trouble.BUSY, "no answer"), "a page is missing", ""])
async def test_nothing_follows_from_a_list_that_failed_or_is_not_whole(desk: Desk, why: Exception | str) -> None:
    desk.streams.found = gone("a")
    await desk.look()
    desk.streams.found = gone("a", "b", "c")
    if isinstance(why, Exception):
        desk.streams.failure = why
    else:
        desk.streams.is_whole, desk.streams.reason = False, why
    await desk.look(3)
    (known,) = await desk.world.core.db.drift.of_source(STREAMS)
    assert (known.looks, known.drift.subject) == (1, "a")
    round = await desk.round()
    assert (round.outcome, round.failures) == (DriftOutcome.FAILED, 3)
    assert round.reason == str(why)
    assert desk.streams.repaired == []
    desk.streams.failure, desk.streams.is_whole = None, True
    await desk.look()
    assert (await desk.round()).failures == 0
    assert desk.streams.repaired == ["a"], "it was there, as far as anybody knows"


async def test_a_store_of_ours_that_is_away_is_told_like_that_of_any_job_and_concludes_nothing(desk: Desk) -> None:
    desk.streams.found = gone("a")
    await desk.look()
    desk.streams.failure = LiveUnavailable("away")
    with pytest.raises(LiveUnavailable):
        await desk.look()
    desk.streams.failure = None
    assert (await desk.round()).outcome is DriftOutcome.DONE
    await desk.look()
    assert desk.streams.repaired == ["a"], "the lease was given back"


async def test_where_too_much_differs_the_operator_is_waited_for(desk: Desk) -> None:
    desk.streams.found = gone(*map(str, range(60)))
    await desk.look(4)
    assert (await desk.round()).outcome is DriftOutcome.HELD
    assert desk.streams.repaired == []
    reports = desk.world.core.services.console.drift.reports
    with pytest.raises(BadRequest, match="was not compared yet"):
        await reports.allow(DriftSource.RECORDINGS, "operator:ann")
    allowed = await reports.allow(STREAMS, "operator:ann")
    assert allowed.allowed_by == "operator:ann"
    await desk.look()
    assert len(desk.streams.repaired) == 60
    assert (await desk.round()).allowed_until == allowed.allowed_until, "a round does not forget it"
    desk.world.pass_by(900)
    await desk.look(2)
    assert (await desk.round()).outcome is DriftOutcome.HELD, "it held for a quarter of an hour"


async def test_a_repair_that_fails_is_shown_with_its_reason_and_stops_no_other(desk: Desk) -> None:
    desk.streams.found, desk.streams.refuses = gone("a", "b"), VendorFailure(Trouble.BUSY, "out of order")
    await desk.look(2)
    known = await desk.world.core.db.drift.of_source(STREAMS)
    assert [(one.tries, one.failure) for one in known] == [(1, "out of order")] * 2
    assert desk.process.repairs["streams", "stream_gone"] == 0
    assert ("streams", "stream_unknown") in desk.process.repairs, "and shown as none"


async def test_of_two_processes_one_looks_and_the_other_goes_on_where_it_was(desk: Desk) -> None:
    other = Reconciliation(desk.world.core.db, desk.world.service.clock, [desk.streams])
    desk.streams.found = gone("a")
    await desk.process.go_on()
    await other.go_on()
    assert desk.streams.looks == 1, "it is not due again yet"
    desk.world.pass_by(31)
    await other.go_on()
    assert (desk.streams.looks, desk.streams.repaired) == (2, ["a"])
    await desk.process.go_on()
    assert desk.streams.looks == 2


async def test_a_look_is_due_again_after_half_a_minute_and_after_failures_later_and_later(desk: Desk) -> None:
    await desk.process.go_on()
    assert (await desk.round()).due - (await desk.round()).ended == timedelta(seconds=30.1), (
        "and a little for each item"
    )
    desk.streams.failure = VendorFailure(Trouble.BUSY, "no answer")
    waits = []
    for _ in range(7):
        desk.world.service.clock.advance(601)
        await desk.process.go_on()
        waits.append(((await desk.round()).due - (await desk.round()).ended).total_seconds())
    assert waits == [30, 60, 120, 240, 480, 600, 600]


async def test_what_was_compared_and_does_not_differ_is_counted_as_none(desk: Desk) -> None:
    reports = DriftReports(desk.world.core.db, desk.world.core.clock)
    assert await reports.counts() == {}
    await desk.look()
    assert await reports.counts() == {("streams", "stream"): 0}
    desk.streams.found = gone("one")
    await desk.look()
    assert await reports.counts() == {("streams", "stream"): 1}
