"""The client is two packages' module: its own, and liveroom's; they are of one version and need the same."""

import tomllib
from typing import Any

import liveroom
import liveroom_client
from tests.docs.pages import ROOT


def project(folder: str) -> dict[str, Any]:
    text = (ROOT / folder / "pyproject.toml").read_text("utf-8")
    return dict(tomllib.loads(text))


def test_both_packages_have_one_version() -> None:
    assert liveroom_client.__version__ == liveroom.__version__


def test_liveroom_brings_all_that_the_client_needs_and_the_client_itself() -> None:
    ours, theirs = project("."), project("clients/python")
    assert set(theirs["project"]["dependencies"]) <= set(ours["project"]["dependencies"])
    packages = ours["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert f"clients/python/{theirs['tool']['hatch']['build']['targets']['wheel']['packages'][0]}" in packages
