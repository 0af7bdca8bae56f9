"""Which tests run beside which: what measures time runs alone, and of what fills half a machine one of each group."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from xdist.scheduler import LoadFileScheduling

MEASURED: Final = (
    "sync",
    "contract/test_mutations.py",
    "page/test_in_time.py",
    "store/live/redis/test_a_great_loss.py",
)
"""Tests that fill the machine, or look at the clock while it works hard: nothing runs beside them."""
PAIRED: Final = {
    "page": "browsers",
    "backend/test_rebuilding.py": "processes",
    "chaos/test_ghosts.py": "processes",
    "chaos/test_outages.py": "processes",
    "chaos/test_upgrade.py": "processes",
    "deploy/test_built_image.py": "processes",
}
"""Tests that need half of a machine now and then, and of which group each is: one of each group runs at a time."""
_TESTS: Final = Path(__file__).parent
_GIVES_WAY: Final = 5
"""How much nicer than those are all others, which run beside them."""


def group_of(path: Path) -> str | None:
    """Return the group of a file's tests, "" where nothing may run beside them, None where anything may."""
    place = path.relative_to(_TESTS)
    names = ["/".join(place.parts[:count]) for count in range(1, len(place.parts) + 1)]
    if any(name in MEASURED for name in names):
        return ""
    return next((PAIRED[name] for name in names if name in PAIRED), None)


def unit_of(test: str) -> str:
    """Return what one worker runs whole: the group of a test, or its file."""
    file = test.partition("::")[0]
    return group_of(_TESTS.parent / file) or file


class FilesAndGroups(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    """Gives each worker of pytest-xdist a file at a time, or all files of a group one after another."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)


class Niceness:
    """Lets what a worker does give way to the groups, as soon as it has nothing of them: they wait for real time."""

    def __init__(self, environ: Mapping[str, str], give_way: Callable[[int], object]) -> None:
        self._is_due = "PYTEST_XDIST_WORKER" in environ
        self._give_way = give_way

    def begin(self, path: Path) -> None:
        """Note that a test of this file begins."""
        if self._is_due and not group_of(path):
            self._is_due = False
            self._give_way(_GIVES_WAY)
