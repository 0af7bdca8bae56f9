"""The table of defects says what the code says, and the runner believes no test that fails anyway."""

import ast
import re
import shlex
from pathlib import Path
from typing import Final

import pytest

from tests.mutations.defect import ROOT, Defect
from tests.mutations.run import Run, Verdict, chosen, missed, sound
from tests.mutations.table import DEFECTS

NUMBER: Final = 60
_DECLARES_ALONE: Final = {"ports"}
"""Packages that do nothing: what they declare is checked by mypy."""


def test_each_defect_stands_where_the_table_says_and_changes_it() -> None:
    """A defect whose place has changed would be made nowhere, and be missed for ever."""
    texts = {defect.file: (ROOT / defect.file).read_text("utf-8") for defect in DEFECTS}
    for defect in DEFECTS:
        changed = defect.apply(texts[defect.file])
        assert changed != texts[defect.file], defect.name
        if defect.file.endswith(".py"):
            ast.parse(changed, defect.name)


def test_each_defect_has_a_name_of_its_own_a_sentence_and_tests_that_are_there() -> None:
    assert len({defect.name for defect in DEFECTS}) == len(DEFECTS)
    for defect in DEFECTS:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", defect.name), defect.name
        assert re.fullmatch(r"[A-Z].+\.", defect.breaks), defect.name
        selected = [word for word in shlex.split(defect.tests) if word.startswith(("tests/", "clients/js/tests/"))]
        assert selected, defect.name
        assert [one for one in selected if not _is_there(one)] == [], defect.name


def _is_there(selected: str) -> bool:
    """Say whether the file is there, and in it the test, if one is named."""
    name, _, test = selected.partition("::")
    path = ROOT / name
    return path.exists() and (not test or f"def {test.partition('[')[0]}(" in path.read_text("utf-8"))


def test_there_are_sixty_and_each_package_has_one() -> None:
    assert len(DEFECTS) >= NUMBER
    packages = {folder.parent.name for folder in (ROOT / "src/liveroom").glob("*/__init__.py")}
    packages |= {folder.name for folder in (ROOT / "src/liveroom").iterdir() if any(folder.glob("*.py"))}
    broken = {Path(defect.file).parts[2] for defect in DEFECTS if defect.file.startswith("src/")}
    assert packages - _DECLARES_ALONE - broken == set()


A_DEFECT: Final = Defect("a-defect", "a.py", "1", "2", "It breaks.", "tests/test_a.py")


class FakeCopy:
    """Says that tests end in some way, and with a defect in another."""

    def __init__(self, before: Verdict, after: Verdict) -> None:
        self._before = before
        self._after = after
        self.made: list[Defect] = []

    def make(self, defect: Defect) -> None:
        self.made.append(defect)

    def undo(self, defect: Defect) -> None:
        self.made.remove(defect)

    def test(self, tests: str) -> Run:
        return Run(self._after if self.made else self._before, f"FAILED {tests}::test_a - it broke\n", 0.1)


@pytest.mark.parametrize(
    ("after", "is_missed"), [(Verdict.FAILED, False), (Verdict.PASSED, True), (Verdict.BROKEN, True)]
)
def test_a_defect_is_caught_when_a_test_fails_and_is_undone_in_any_case(after: Verdict, is_missed: bool) -> None:
    copy = FakeCopy(Verdict.PASSED, after)
    assert list(missed(copy, [A_DEFECT])) == [A_DEFECT] * is_missed
    assert copy.made == []


@pytest.mark.parametrize("before", list(Verdict))
def test_tests_that_do_not_pass_without_the_defect_are_not_believed(before: Verdict) -> None:
    copy = FakeCopy(before, Verdict.FAILED)
    assert sound(copy, [A_DEFECT]) == {A_DEFECT.tests: before is Verdict.PASSED}


def test_the_test_that_noticed_it_is_named() -> None:
    assert Run(Verdict.FAILED, "1 failed\nFAILED tests/test_a.py::test_b[c] - assert 1\n", 1).failed.endswith(
        "test_b[c]"
    )
    assert Run(Verdict.FAILED, " FAIL  tests/a.test.ts > likes > are counted\n", 1).failed.endswith("are counted")
    assert Run(Verdict.PASSED, "3 passed\n", 1).failed == ""


def test_a_defect_is_chosen_by_its_name() -> None:
    assert chosen([DEFECTS[3].name]) == [DEFECTS[3]]
    assert chosen([]) == DEFECTS
    with pytest.raises(SystemExit, match="there is no defect nobody-knows"):
        chosen(["nobody-knows"])
