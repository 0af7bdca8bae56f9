"""Scripts: steps in a file, each taken after a while or when the service has asked or was told something.

A step of a script is one of `steps`, with ``after`` (seconds), ``when`` (the name of a call or callback to wait for,
since the step before) and ``within`` (seconds to wait for it). In its texts, ``{about}`` is whom or what the last one
that was waited for is about. A step without ``do`` only waits.
"""

import asyncio
import json
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from liveroom.simulate.simulator import Simulator
from liveroom.simulate.steps import StepRefused, read_step, take_step

_WITHIN: Final = 60.0
_TIMING: Final = ("after", "when", "within")
_ABOUT: Final = "{about}"
_SAMPLE: Final = "1"


class StepsFailed(Exception):
    """A script that cannot be read, or of which a step could not be taken; says which."""


def read_script(path: Path) -> Sequence[Mapping[str, Any]]:
    """Return the steps of a file: JSON with a list, or TOML with ``[[steps]]``. Raises ``StepsFailed``."""
    try:
        text = path.read_text(encoding="utf-8")
        found = json.loads(text) if path.suffix == ".json" else tomllib.loads(text).get("steps")
    except (OSError, ValueError) as problem:
        raise StepsFailed(f"{path} cannot be read: {problem}") from None
    if not isinstance(found, list) or not all(isinstance(step, dict) for step in found):
        raise StepsFailed(f"{path} has no list of steps")
    for number, step in enumerate(found, 1):
        try:
            _check(step)
        except StepRefused as problem:
            raise StepsFailed(f"{path}, step {number}: {problem}") from None
    return found


async def run_script(
    simulator: Simulator, steps: Sequence[Mapping[str, Any]], say: Callable[[str], None] = lambda _: None
) -> None:
    """Take the steps one after another; ``say`` hears of each. Raises ``StepsFailed``."""
    seen, about = simulator.journal.number, ""
    for number, step in enumerate(steps, 1):
        await asyncio.sleep(step.get("after", 0))
        if name := step.get("when"):
            within = step.get("within", _WITHIN)
            entry = await simulator.journal.find(name, seen, within)
            if entry is None:
                raise StepsFailed(f"step {number}: {name} did not come within {within:g} s")
            seen, about = entry.number, entry.about
            say(f"{number}: {name} has come, about {about or 'nobody'}")
        if "do" in step:
            try:
                told = take_step(simulator, _filled(step, about))
            except StepRefused as refused:
                raise StepsFailed(f"step {number}: {refused}") from None
            say(f"{number}: {step['do']}{f' {json.dumps(told)}' if told else ''}")


def _check(step: Mapping[str, Any]) -> None:
    for name, kinds in (("after", (int, float)), ("within", (int, float)), ("when", (str,))):
        if not isinstance(step.get(name, kinds[0]()), kinds):
            raise StepRefused(f"{name} cannot be {step[name]!r}")
    if "do" in step:
        read_step(_filled(step, _SAMPLE))
    elif set(step) - set(_TIMING):
        raise StepRefused("it has no do")


def _filled(step: Mapping[str, Any], about: str) -> dict[str, Any]:
    """Return what is left for the step itself."""
    return {
        name: value.replace(_ABOUT, about) if isinstance(value, str) else value
        for name, value in step.items()
        if name not in _TIMING
    }
