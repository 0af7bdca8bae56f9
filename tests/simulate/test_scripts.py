"""Scripts of the simulator: read with a reason for each mistake, and taken step by step."""

import asyncio
import json
from pathlib import Path

import pytest

from liveroom.simulate.scripts import StepsFailed, read_script, run_script
from tests.simulate.conftest import Controlled


def written(folder: Path, text: str, name: str = "script.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("steps = 1", "no list of steps"),
        ("[[steps", "cannot be read"),
        ("[[steps]]\ndo = 'clear'\n[[steps]]\ndo = 'dance'", "step 2"),
        ("[[steps]]\nuser = '1'", "it has no do"),
        ("[[steps]]\nafter = 'soon'\ndo = 'clear'", "after cannot be 'soon'"),
        ("[[steps]]\ndo = 'im.login'", "user"),
    ],
)
def test_a_script_that_cannot_be_taken_says_why(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(StepsFailed, match=reason):
        read_script(written(tmp_path, text))
    with pytest.raises(StepsFailed, match="cannot be read"):
        read_script(tmp_path / "none.toml")


async def test_steps_are_taken_in_order_when_something_has_happened(sim: Controlled, tmp_path: Path) -> None:
    steps = [
        {"do": "im.login", "user": "1"},
        {"when": "im.join", "do": "im.dissolve", "room": "{about}", "within": 5},
        {"after": 0.01, "do": "trtc.enter", "room": "{about}", "user": "1"},
    ]
    heard: list[str] = []
    script = read_script(written(tmp_path, json.dumps(steps), "script.json"))
    running = asyncio.ensure_future(run_script(sim.simulator, script, heard.append))
    sim.simulator.im.make("700", "Karaoke", "1")
    await sim.simulator.journal.wait(0, 5)
    await sim.step("im.join", room="700", user="1")
    await running
    assert sim.simulator.im.groups == {}
    assert list(sim.simulator.trtc.rooms) == [700]
    assert heard == [
        "1: im.login",
        "2: im.join has come, about 700",
        "2: im.dissolve",
        '3: trtc.enter {"allowed": 255}',
    ]


async def test_a_script_fails_where_nothing_comes_or_a_step_is_refused(sim: Controlled) -> None:
    with pytest.raises(StepsFailed, match=r"step 1: DismissRoom did not come within 0\.01 s"):
        await run_script(sim.simulator, [{"when": "DismissRoom", "within": 0.01}])
    with pytest.raises(StepsFailed, match="step 2: IM refuses this with code 10015"):
        await run_script(sim.simulator, [{"do": "clear"}, {"do": "im.dissolve", "room": "700"}])
