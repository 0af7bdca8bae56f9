"""The templates for platforms that run functions: they name what the package has, and what the service reads.

`s.yaml` was validated against the schema of the component fc3 (src/schema.json of devsapp/fc3, May 2026), which no
package of a registry has; `template.yaml` is checked by cfn-lint, with the long tests.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from liveroom.cli.pack.targets import TARGETS
from liveroom.settings import load_settings
from liveroom.settings.sources import ORIGINAL_NAMES

FOLDER = Path(__file__).parents[2] / "deploy/serverless"
SAM = FOLDER / "aws/template.yaml"


class _Tags(yaml.SafeLoader):  # type: ignore[misc]  # the package has no types
    """Reads CloudFormation's functions as what they are given."""


_Tags.add_multi_constructor("!", lambda loader, _, node: loader.construct_scalar(node))


def read(name: str) -> Any:
    return yaml.load((FOLDER / name).read_text(), _Tags)  # noqa: S506 - safe, with tags


def are_settings(names: Mapping[str, object]) -> bool:
    """Return whether the service reads all of these; a name of ours that it does not know is refused."""
    given = {name: "" for name in names if name.startswith("LIVEROOM_")}
    load_settings(environ=given, dotenv=None)
    return all(name in given or name in ORIGINAL_NAMES for name in names)


def test_lambda_runs_the_start_file_and_its_schedule_ticks_with_the_key() -> None:
    function = read("aws/template.yaml")["Resources"]["Liveroom"]["Properties"]
    variables = dict(function["Environment"]["Variables"])
    adapter = {name: variables.pop(name) for name in list(variables) if name.startswith("AWS_")}
    assert adapter == {
        "AWS_LAMBDA_EXEC_WRAPPER": "/opt/bootstrap",
        "AWS_LWA_PORT": "8080",
        "AWS_LWA_READINESS_CHECK_PATH": "/healthz",
        "AWS_LWA_PASS_THROUGH_PATH": "/internal/tick",
    }
    assert (function["Handler"], function["Runtime"]) == (TARGETS["aws"].start, f"python{TARGETS['aws'].python}")
    assert are_settings(variables)
    assert json.loads(function["Events"]["Tick"]["Properties"]["Input"]) == {"key": "${InternalKey}"}


def test_function_compute_runs_the_start_file_and_its_timer_says_the_key() -> None:
    function = read("aliyun/s.yaml")["resources"]["liveroom"]["props"]
    start = TARGETS["aliyun"].start
    assert (function["runtime"], function["handler"]) == ("custom.debian12", start)
    assert function["customRuntimeConfig"] == {"command": [f"/code/{start}"], "port": 9000}
    assert are_settings(function["environmentVariables"])
    kinds = {one["triggerType"]: one["triggerConfig"] for one in function["triggers"]}
    assert kinds["http"]["authType"] == "anonymous"
    assert kinds["timer"]["payload"] == function["environmentVariables"]["LIVEROOM_INTERNAL_KEY"]


def test_the_classic_tool_makes_the_function_that_our_command_makes() -> None:
    function = read("serverless.yml")["inputs"]["faas"]
    assert function["runtime"] == f"Python{TARGETS['scf'].python}"
    assert (function["memorySize"], function["timeout"], function["initTimeout"]) == (256, 30, 90)
    assert are_settings({one["key"]: one["value"] for one in function["environments"]})


@pytest.mark.slow
@pytest.mark.long
def test_the_sam_template_is_valid_for_cfn_lint(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    python = str(tmp_path / "venv/bin/python")
    subprocess.run([python, "-m", "pip", "--quiet", "install", "cfn-lint==1.58.0"], check=True)
    run = [python, "-m", "cfnlint", "--regions", "us-east-1", "--format", "json", "--", str(SAM)]
    done = subprocess.run(run, check=False, capture_output=True, text=True, cwd=tmp_path)
    found = [one for one in json.loads(done.stdout or "[]") if one["Level"] != "Informational"]
    assert found == [], done.stderr
