"""No action of the console is forgotten: each that a page offers is done in one of the tests beside this one."""

import re
from pathlib import Path
from typing import Final

from liveroom.api.methods import METHODS
from liveroom.domain.operators.caller import only_views
from tests.console.test_roles import called

_HERE: Final = Path(__file__).parent
_ASKED: Final = {"me", "sessions", "colleagues", "ways", "invitation"}
"""What pages ask of operators by themselves."""
_FILES: Final = {"admin/export_audit"}
"""What only shows something, and is asked for by a button."""
_ELSEWHERE: Final = {
    "operators/first": "tests/contract/test_first_operator.py",
    "admin/watch_media": "tests/console/test_looking_in.py",
    "admin/get_recording": "tests/console/test_actions_recordings.py",
}
"""What takes another stage, or only shows something to whoever may look into rooms."""


def actions() -> set[str]:
    """Return the methods that the console calls because somebody presses something, and that change something."""
    declared = {method: METHODS.methods[f"base/v1/{method}"] for method in called()}
    changing = {method for method, one in declared.items() if not only_views(one.permission)}
    return {*changing, *_FILES} - {f"operators/{name}" for name in _ASKED}


def done() -> set[str]:
    """Return the methods that these tests check to have been called with success (``Evening.check``)."""
    texts = [file.read_text("utf-8") for file in _HERE.glob("test_actions_*.py") if file != Path(__file__)]
    return {method for text in texts for method in re.findall(r'"((?:admin|operators)/\w+)"', text)}


def test_every_action_of_the_console_is_done_in_a_browser() -> None:
    assert len(actions()) > 70
    assert actions() - done() - set(_ELSEWHERE) == set()
