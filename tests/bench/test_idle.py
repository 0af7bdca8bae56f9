"""The clients in C and the hour of visitors measure what they say they do."""

import asyncio
import shutil
from pathlib import Path

import pytest

from tests.bench.idle.crowd import Report, clients, compiled
from tests.bench.idle.measure import Found, Plan, figures
from tests.sync.halls import hall, on_a_fast_loop

_MB = 1 << 20


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
@pytest.mark.slow
@on_a_fast_loop
async def test_clients_come_hear_each_change_once_and_come_back(tmp_path: Path) -> None:
    program = compiled(tmp_path)
    async with hall(tmp_path / "data", 40) as house:
        with clients(program, tmp_path, house.service.port, house.host.room, house.guests[:40], 2) as crowd:

            async def until(inside: int, publications: int) -> Report:
                def is_so(report: Report) -> bool:
                    return report.inside == inside and report.fewest == publications

                await asyncio.to_thread(crowd.until, is_so, 30)
                return crowd.report()

            await asyncio.to_thread(crowd.until, lambda report: report.inside == 40, 30)
            heard = crowd.report().fewest
            await house.host.change(3)
            assert (await until(40, heard + 3)).gaps == 0
            await house.service.ends()
            await house.service.begins()
            await until(40, heard + 3)
            await house.host.change(2)
            report = await until(40, heard + 5)
            assert (report.gaps, report.refused, report.lost, report.most) == (0, 0, 40, heard + 5)


def test_the_figures_say_what_200000_would_take() -> None:
    found = Found(Plan(sockets=1000), 1.0, 10_240.0, 0.01, 0.0125, 0.5, 3.0, 0.1, 0)
    page = figures(found)
    assert "| 10.0 KB | 10 KB |" in page
    assert "| 0.25% | 0.25% |" in page
    assert "200,000 idle sockets take 0.50 of a processor and 2.0 GB in 12 processes" in page
