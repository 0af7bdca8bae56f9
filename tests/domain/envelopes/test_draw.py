"""The draw: parts that anybody can compute from the seed, by docs/envelopes.md too."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liveroom.domain.envelopes.draw import SEED_BYTES, Draw, Split
from liveroom.domain.envelopes.model import PARTS_MAX

COUNTING = bytes(range(32))
VECTORS: Sequence[tuple[Draw, str, Sequence[int]]] = [
    (
        Draw("PoGq0000abcdEFGH", 100, 10, Split.RANDOM, COUNTING),
        "56b201223b353ea15f37bb97f82cdf9d11a2da265e32ab9161c6933d8674cf50",
        (3, 3, 26, 1, 6, 21, 22, 6, 8, 4),
    ),
    (
        Draw("PoGq0000abcdEFGH", 20, 6, Split.EQUAL, COUNTING),
        "f6f15215a687986c5f698900fb0bb6c9c966ebc5fff38ef82b7008dae0d7daef",
        (4, 4, 3, 3, 3, 3),
    ),
    (
        Draw("e", 2**53 - 1, 3, Split.RANDOM, b"\xff" * 32),
        "33dfbe3def230792797cf7ba5899695cf66c537b9fb6973efff4b18277e4828b",
        (1265242537219340, 7134990967095134, 606965750426517),
    ),
    (
        Draw("e", 7, 1, Split.RANDOM, bytes(32)),
        "217775a207495b56451899b730b6020174a38bd128e1e6e7c6f1f4b95cdae2a7",
        (7,),
    ),
]
_DRAWS = st.tuples(st.integers(1, PARTS_MAX), st.integers(0, 10_000), st.sampled_from(Split), st.binary(max_size=32))


@pytest.fixture(scope="module")
def documented() -> Callable[..., Any]:
    """Return the check that the documents show."""
    text = (Path(__file__).parents[3] / "docs" / "envelopes.md").read_text()
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 - it is what our documents tell strangers to run
    check: Callable[..., Any] = names["draw"]
    return check


@pytest.mark.parametrize(("draw", "commitment", "amounts"), VECTORS)
def test_vectors(draw: Draw, commitment: str, amounts: Sequence[int]) -> None:
    assert (draw.commitment, draw.amounts) == (commitment, amounts)


def test_the_documents_show_these_vectors() -> None:
    text = (Path(__file__).parents[3] / "docs" / "envelopes.md").read_text()
    for draw, commitment, amounts in VECTORS:
        assert commitment in text
        assert ", ".join(map(str, amounts)) in text, draw


@given(_DRAWS)
@settings(max_examples=60, database=None, deadline=None)
def test_parts_are_exact_and_what_the_documents_compute(
    documented: Callable[..., Any], drawn: tuple[int, int, Split, bytes]
) -> None:
    parts, more, split, seed = drawn
    draw = Draw("e1", parts + more, parts, split, seed.ljust(SEED_BYTES, b"\0"))
    assert len(draw.amounts) == parts
    assert min(draw.amounts) >= 1
    assert sum(draw.amounts) == draw.coins
    assert documented("e1", draw.coins, parts, split.value, draw.seed.hex()) == (draw.commitment, list(draw.amounts))


def test_each_way_of_splitting_is_as_likely_as_any_other() -> None:
    draws = (Draw("e", 5, 3, Split.RANDOM, number.to_bytes(32)).amounts for number in range(6_000))
    found = Counter(draws)
    assert len(found) == 6
    assert all(850 < often < 1_150 for often in found.values())


def test_nothing_can_be_changed_behind_a_commitment() -> None:
    one = VECTORS[0][0]
    others = [
        one._replace(envelope="other"),
        one._replace(coins=101),
        one._replace(parts=9),
        one._replace(split=Split.EQUAL),
        one._replace(seed=bytes(32)),
    ]
    assert len({draw.commitment for draw in (one, *others)}) == 6
