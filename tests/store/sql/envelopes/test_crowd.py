"""A crowd that grabs at once: each part goes to one, in little time, and who comes too late costs next to nothing."""

import asyncio
import sys
import time

import pytest

from liveroom.domain.envelopes.grabbing import GrabDecision, GrabReceipt
from liveroom.store.sql.database import SqlDatabase
from liveroom.usecases.envelopes.giving import WaitingGrab
from liveroom.usecases.till import Till
from tests.store.sql.envelopes.house import House, grab
from tests.usecases.ledger.money import assert_database_sums

CROWD = 5_000
PARTS = 100


@pytest.mark.long
async def test_five_thousand_grab_within_a_second(database: SqlDatabase, capsys: pytest.CaptureFixture[str]) -> None:
    house = House(database)
    envelope = await house.fill("e1", 10_000, PARTS)
    giving = house.giving()

    async def settle(asked: list[WaitingGrab]) -> list[GrabDecision]:
        return list((await giving.take(asked)).decisions)

    till: Till[WaitingGrab, GrabDecision] = Till(settle)  # type: ignore[arg-type]
    begun, used = time.perf_counter(), time.process_time()
    done = await asyncio.gather(*(till.take(grab(envelope, f"u{n}")) for n in range(CROWD)))
    took, used = time.perf_counter() - begun, time.process_time() - used
    with capsys.disabled():
        sys.stdout.write(f"\n{CROWD} grabs of {PARTS} parts: {took:.2f} s, {used:.2f} CPU-s of ours\n")
    won = [one.grab for one in done if isinstance(one, GrabReceipt)]
    assert sorted(one.number for one in won) == list(range(PARTS))
    assert sum(one.coins for one in won) == envelope.coins
    assert await house.held(envelope) == 0
    await assert_database_sums(database)
