"""Each difference that docs/centrifugo.md names has a test that holds it."""

import re

import pytest

from tests.docs.pages import ROOT

_PAGE = (ROOT / "docs/centrifugo.md").read_text(encoding="utf-8")
_ROWS = re.findall(r"^\| (.+?) \| .+ \| `(test_\w+)` \|$", _PAGE, re.MULTILINE)
_TESTS = {
    name
    for folder in ("sdk", "realtime", "http")
    for file in (ROOT / "tests" / folder).glob("test_*.py")
    for name in re.findall(r"^(?:async )?def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
}


def test_every_row_names_its_test() -> None:
    table = _PAGE.partition("## What differs")[2]
    assert len(_ROWS) == len(re.findall(r"^\| ", table, re.MULTILINE)) - 1 >= 10


@pytest.mark.parametrize(("what", "name"), _ROWS)
def test_the_test_of_a_difference_exists(what: str, name: str) -> None:
    assert name in _TESTS, what
