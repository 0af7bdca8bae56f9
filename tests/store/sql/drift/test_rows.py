"""Rows of drift: what differs, by source, room and user, and rounds that keep what an operator has allowed."""

from datetime import timedelta

from liveroom.domain.drift.model import Drift, DriftCase, DriftOutcome, DriftRound, DriftSource, KnownDrift
from liveroom.domain.ids import RoomId, UserId
from liveroom.store.sql.database import SqlDatabase
from tests.store.sql.samples import ACME, NOW, SECOND

LIVEKIT = DriftSource.LIVEKIT


def known(number: int, source: DriftSource = LIVEKIT) -> KnownDrift:
    drift = Drift(
        source, DriftCase.PARTICIPANT_GONE, f"u{number} in r1", ACME, RoomId("r1"), UserId(f"u{number}"), "PA_1"
    )
    return KnownDrift(drift, NOW, NOW + SECOND, 2, 1, "out of order 停机")


async def test_what_differs_is_kept_changed_and_dropped(database: SqlDatabase) -> None:
    rows = [known(number) for number in range(3)]
    await database.drift.put([*rows, known(9, DriftSource.LIVE)])
    assert sorted(await database.drift.of_source(LIVEKIT)) == sorted(rows)
    changed = rows[0]._replace(looks=5, failure="")
    await database.drift.put([changed])
    await database.drift.drop([rows[1].drift.id])
    assert sorted(await database.drift.of_source(LIVEKIT)) == sorted([changed, rows[2]])
    assert await database.drift.of_user(UserId("u2")) == [rows[2]]
    assert len(await database.drift.of_room(RoomId("r1"))) == 3
    assert await database.drift.counts() == {("livekit", "participant"): 2, ("live", "participant"): 1}


async def test_pages_are_in_the_order_of_ids_of_one_source_or_of_all(database: SqlDatabase) -> None:
    rows = [known(number, source) for number in range(4) for source in (LIVEKIT, DriftSource.TRTC)]
    await database.drift.put(rows)
    ids = sorted(row.drift.id for row in rows)
    first = [row.drift.id for row in await database.drift.page(None, "", 5)]
    rest = [row.drift.id for row in await database.drift.page(None, first[-1], 5)]
    assert first + rest == ids
    ours = [row.drift.id for row in await database.drift.page(LIVEKIT, "", 9)]
    assert ours == sorted(row.drift.id for row in rows if row.drift.source is LIVEKIT)


async def test_a_round_is_replaced_and_what_an_operator_has_allowed_stays(database: SqlDatabase) -> None:
    until = NOW + timedelta(minutes=15)
    assert not await database.drift.allow(LIVEKIT, until, "operator:ann")
    held = DriftRound(LIVEKIT, NOW, NOW + SECOND, NOW + 2 * SECOND, DriftOutcome.HELD, 100, 60, "", 7, 0)
    await database.drift.put_round(held)
    assert await database.drift.rounds() == [held]
    assert await database.drift.allow(LIVEKIT, until, "operator:ann")
    done = held._replace(outcome=DriftOutcome.DONE, found=0, repaired=67)
    await database.drift.put_round(done)
    (round,) = await database.drift.rounds()
    assert round == done._replace(allowed_until=until, allowed_by="operator:ann")
    assert round.is_allowed(NOW)
    assert not round.is_allowed(until)
