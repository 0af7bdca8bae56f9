"""The clients in C and the hour of visitors measure what they say they do."""

import asyncio
import shutil
from pathlib import Path

import pytest

from tests.bench.idle.crowd import Report, clients
from tests.bench.idle.measure import Found, Plan, figures
from tests.sync.halls import hall, on_a_fast_loop

_MB = 1 << 20


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
@pytest.mark.slow
@on_a_fast_loop
async def test_clients_come_hear_each_change_once_and_come_back(tmp_path: Path) -> None:
    async with hall(tmp_path / "data", 40) as house:
        with clients(tmp_path, house.service.port, house.host.room, house.guests[:40], 2) as crowd:

            async def until_all_reach(offset: int, lost: int) -> Report:
                def is_so(report: Report) -> bool:
                    return (report.inside, report.lost) == (40, lost) and report.highest == report.lowest >= offset

                await asyncio.to_thread(crowd.until, is_so, 30)
                return crowd.report()

            came = await until_all_reach(0, lost=0)
            await house.host.change(3)
            await until_all_reach(came.highest + 3, lost=0)
            await house.service.ends()
            await house.service.begins()
            back = await until_all_reach(0, lost=40)
            await house.host.change(2)
            report = await until_all_reach(back.highest + 2, lost=40)
            assert (report.gaps, report.refused) == (0, 0)


def test_the_figures_say_what_200000_would_take() -> None:
    found = Found(Plan(sockets=1000), 1.0, 10_240.0, 0.01, 0.0125, 0.5, 3.0, 0.1, 0)
    page = figures(found)
    assert "| 10.0 KB | 10 KB |" in page
    assert "| 0.25% | 0.25% |" in page
    assert "200,000 idle sockets take 0.50 of a processor and 2.0 GB in 12 processes" in page
