"""Cutting what is much into parts."""

from collections.abc import Sequence

import pytest

from liveroom.domain.parts import parts


@pytest.mark.parametrize(
    ("count", "cut"),
    [(0, []), (1, [[0]]), (2, [[0, 1]]), (3, [[0, 1], [2]]), (4, [[0, 1], [2, 3]])],
)
def test_a_list_is_cut_in_its_order_and_nothing_into_nothing(count: int, cut: Sequence[Sequence[int]]) -> None:
    assert list(parts(list(range(count)), 2)) == cut
