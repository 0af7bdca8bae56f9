"""What is measured of gifts is what is written; and all of it can be measured."""

import pytest

from tests.bench.gifts.calls import ALONE, HOST, ROOMS
from tests.bench.gifts.house import HouseFound, HousePlan
from tests.bench.gifts.inside import InsideFound, InsidePlan
from tests.bench.gifts.measure import calls_table, house_table, inside_table, main
from tests.bench.idle.crowd import Report
from tests.bench.pacer import Paced
from tests.bench.trial import Cost, TrialComparison


def test_each_way_in_which_gifts_come_stands_beside_the_hello_world() -> None:
    one = TrialComparison(Cost(0.21, 1000, 0.01), 9.5)
    text = calls_table(
        {"Redis": dict.fromkeys((ALONE, ROOMS, HOST), one), "memory": dict.fromkeys((ALONE, ROOMS, HOST), one)}
    )
    assert f"| `gifts/send` {HOST} | 0.210 · 9.5× | 0.210 · 9.5× |" in text


def test_a_full_house_is_told_with_its_targets() -> None:
    paced = Paced(60.0, {0: 60_000}, 0.0094, 0.0312, 0.204, 3)
    report = Report(5_000, 0, 300, 300, 0, 0, 0, 1_000, 110, 240, 410)
    text = house_table(HouseFound(HousePlan(), paced, report, 299, {"Redis": 0.2}))
    assert "| 1,000 gifts a second for 60 s, 5,000 sockets, 2 workers | measured | target |" in text
    assert "| 99 of a hundred | 31 | 50 |" in text
    assert "| 99 of a hundred | 240 | 500 |" in text
    assert "| processors that Redis took | 0.20 |  |" in text


def test_one_process_is_told_by_its_rate() -> None:
    text = inside_table(InsideFound(InsidePlan(), 4_998.2, 0.0071, 0.0134, 0, 0.15, 0.09, 0.02))
    assert "| gifts a second, from the first to the last answer | 4,998 |" in text
    assert "| 99 of a hundred | 13.4 |" in text


@pytest.mark.long
@pytest.mark.services
def test_everything_is_measured_in_brief(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--brief"])
    said = capsys.readouterr().out
    assert said.count("| measured |") == 2
    assert f"| `gifts/send` {ALONE} |" in said
