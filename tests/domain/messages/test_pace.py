"""How much may be said, by one member and in a room."""

import pytest

from liveroom.domain.messages.model import CROWD_BYTES, HIGH_A_SECOND, HIGH_BYTES, Priority
from liveroom.domain.messages.pace import SecondSaid, counted_times, wait_of_speaker

NOW = 1_000_000


def test_a_message_counts_for_ten_seconds() -> None:
    assert counted_times([NOW - 10_000, NOW - 9_999, NOW, NOW + 1], NOW) == [NOW - 9_999, NOW]


@pytest.mark.parametrize(
    ("times", "last", "most", "slow", "wait"),
    [
        ([], 0, 2, 0, (0, False)),
        ([NOW - 4000], NOW - 4000, 2, 0, (0, False)),
        ([NOW - 4000, NOW - 1000], NOW - 1000, 2, 0, (6000, False)),
        ([NOW - 4000, NOW - 1000], NOW - 1000, 0, 0, (0, False)),
        ([NOW - 1000], NOW - 1000, 2, 5000, (4000, True)),
        ([NOW - 4000, NOW - 1000], NOW - 1000, 2, 5000, (6000, False)),
        ([NOW - 8000, NOW - 1000], NOW - 1000, 2, 5000, (4000, True)),
        ([], NOW + 3000, 2, 5000, (5000, True)),
    ],
)
def test_a_member_waits_for_the_window_or_for_slow_mode(
    times: list[int], last: int, most: int, slow: int, wait: tuple[int, bool]
) -> None:
    assert wait_of_speaker(times, last, NOW, most=most, slow=slow) == wait


def test_a_room_takes_so_many_messages_in_a_second() -> None:
    said = SecondSaid().at(NOW)
    for _ in range(10):
        assert said.wait(Priority.NORMAL, 100, NOW, most=10) == 0
        said = said.plus(Priority.NORMAL, 100)
    assert said.wait(Priority.NORMAL, 100, NOW + 400, most=10) == 600
    assert said.wait(Priority.HIGH, 100, NOW + 400, most=10) == 0
    assert said.at(NOW + 999) == said
    assert said.at(NOW + 1000) == SecondSaid(NOW + 1000)
    assert said.at(NOW - 1) == SecondSaid(NOW - 1), "the clock was put back"


def test_what_is_of_low_priority_has_half_of_the_second_and_what_is_of_high_its_own() -> None:
    half = SecondSaid(NOW, messages=5, bytes=CROWD_BYTES // 2)
    assert half.wait(Priority.LOW, 1, NOW, most=11) == 1000, "its bytes are used up"
    assert SecondSaid(NOW, messages=5).wait(Priority.LOW, 1, NOW, most=11) == 0
    assert SecondSaid(NOW, messages=6).wait(Priority.LOW, 1, NOW, most=11) == 1000
    assert SecondSaid(NOW, high_messages=HIGH_A_SECOND).wait(Priority.HIGH, 1, NOW, most=1000) == 1000
    assert SecondSaid(NOW, high_bytes=HIGH_BYTES).wait(Priority.HIGH, 1, NOW, most=1000) == 1000
    assert SecondSaid(NOW, bytes=CROWD_BYTES).wait(Priority.NORMAL, 1, NOW, most=1000) == 1000
