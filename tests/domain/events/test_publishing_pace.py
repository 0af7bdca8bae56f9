"""When what a room has gathered is published."""

import pytest

from liveroom.domain.events.pace import held_until, leaves_in

NOW = 1_000_000


@pytest.mark.parametrize(
    ("published", "held", "urgent", "wait"),
    [
        (0, 0, False, 0),
        (NOW - 50, 0, False, 150),
        (NOW - 200, 0, False, 0),
        (NOW - 50, 0, True, 0),
        (NOW - 50, NOW + 900, True, 900),
        (NOW - 50, NOW, False, 150),
        (NOW + 5000, 0, False, 0),
        (NOW, NOW + 2001, False, 200),
    ],
)
def test_it_leaves_at_the_pace_unless_the_list_has_to_show_it_first(
    published: int, held: int, urgent: bool, wait: int
) -> None:
    assert leaves_in(NOW, published=published, held=held, urgent=urgent) == wait


def test_what_is_held_already_is_not_held_longer() -> None:
    assert held_until(0, NOW) == NOW + 2000
    assert held_until(NOW + 500, NOW) == NOW + 500
    assert held_until(NOW - 1, NOW) == NOW + 2000
