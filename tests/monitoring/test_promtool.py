"""promtool finds the rules and the example configuration right, and their unit tests pass, and can fail."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.monitoring.declared import PROMETHEUS
from tests.monitoring.prometheus import program, scaled_rules

pytestmark = pytest.mark.long


def promtool(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([program("promtool"), *words], cwd=folder, check=False, capture_output=True, text=True)


@pytest.mark.parametrize(
    "words",
    [
        ("check", "config", "prometheus.yml"),
        ("check", "rules", "rules.yml"),
        ("test", "rules", "rules_test.yml"),
    ],
    ids=" ".join,
)
def test_promtool_finds_nothing_wrong(words: tuple[str, ...]) -> None:
    done = promtool(PROMETHEUS, *words)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        ('code=~"99|100|103"', 'code=~"99|100"'),
        ('le="0.25"', 'le="0.5"'),
        ("for: 5m", "for: 50m"),
        ("liveroom_live_up) == 0", "liveroom_live_up) == 2"),
        ("offset 10m) > 100", "offset 10m) > 10"),
    ],
)
def test_a_rule_that_says_something_else_fails_its_test(rule: str, wrong: str, tmp_path: Path) -> None:
    shutil.copytree(PROMETHEUS, tmp_path, dirs_exist_ok=True)
    rules = tmp_path / "rules.yml"
    text = rules.read_text(encoding="utf-8")
    assert rule in text
    rules.write_text(text.replace(rule, wrong), encoding="utf-8")
    assert promtool(tmp_path, "test", "rules", "rules_test.yml").returncode != 0


def test_rules_in_which_time_goes_faster_are_rules(tmp_path: Path) -> None:
    (tmp_path / "rules.yml").write_text(scaled_rules())
    assert "[20000ms]" in scaled_rules()
    assert promtool(tmp_path, "check", "rules", "rules.yml").returncode == 0
