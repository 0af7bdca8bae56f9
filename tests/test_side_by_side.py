"""What runs beside what: each file has its group, a group is one worker's, and the rest gives way to it."""

from pathlib import Path

import pytest

from tests.side_by_side import MEASURED, PAIRED, Niceness, group_of, unit_of

TESTS = Path(__file__).parent


@pytest.mark.parametrize("name", [*MEASURED, *PAIRED])
def test_what_is_named_is_there(name: str) -> None:
    assert (TESTS / name).exists()


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("page/test_show.py", "browsers"),
        ("page/test_in_time.py", ""),
        ("sync/test_stalled.py", ""),
        ("chaos/test_ghosts.py", "processes"),
        ("chaos/test_kills.py", None),
    ],
)
def test_a_file_has_the_group_of_its_folder_unless_it_measures_time(name: str, group: str | None) -> None:
    assert group_of(TESTS / name) == group


def test_a_worker_is_given_a_file_or_a_group() -> None:
    names = [f"tests/{name}::test_a" for name in ("page/test_show.py", "page/test_screens.py", "chaos/test_kills.py")]
    assert [unit_of(name) for name in names] == ["browsers", "browsers", "tests/chaos/test_kills.py"]


def test_a_worker_gives_way_once_it_has_no_group() -> None:
    given: list[int] = []
    niceness = Niceness({"PYTEST_XDIST_WORKER": "gw0"}, given.append)
    niceness.begin(TESTS / "page/test_show.py")
    assert given == []
    for name in ("chaos/test_kills.py", "test_keys.py"):
        niceness.begin(TESTS / name)
    assert len(given) == 1
    Niceness({}, given.append).begin(TESTS / "test_keys.py")
    assert len(given) == 1
