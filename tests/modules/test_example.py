"""The example package, installed as an operator would: its own tests pass, and the command line names it."""

import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
PACKAGE: Final = ROOT / "examples" / "liveroom-polls"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder into which the package is installed, from what is here alone."""
    folder = tmp_path_factory.mktemp("site")
    run(
        *("-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-index", "--no-deps"),
        *("--no-build-isolation", "--target", folder, PACKAGE),
    )
    return folder


def run(*words: str | Path, site: Path | None = None, folder: Path = ROOT, **settings: str) -> str:
    """Run Python with the package on its path, or without; return what it prints."""
    environ = {"PATH": os.environ.get("PATH", ""), "HOME": os.environ.get("HOME", ""), **settings}
    if site is not None:
        environ["PYTHONPATH"] = str(site)
    done = subprocess.run(
        [sys.executable, *words], cwd=folder, env=environ, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_packages_own_tests_pass_where_it_is_installed(site: Path) -> None:
    said = run("-m", "pytest", "-q", "-p", "no:cacheprovider", site=site, folder=PACKAGE)
    assert "passed" in said.splitlines()[-1]
    assert "skipped" not in said


def test_the_command_line_names_it_with_its_version_where_it_is_installed(site: Path, tmp_path: Path) -> None:
    check = ("-m", "liveroom", "config", "check")
    assert "Module polls of the package liveroom-polls 1.0.0.\n" in run(*check, site=site, folder=tmp_path)
    assert "switched off" in run(*check, site=site, folder=tmp_path, LIVEROOM_MODULES="all,-polls")
    assert "polls" not in run(*check, folder=tmp_path)
    assert "modules: polls from the package liveroom-polls 1.0.0, on" in run(
        "-m", "liveroom", "doctor", site=site, folder=tmp_path
    )


def test_the_repositorys_own_pages_do_not_speak_of_it(site: Path) -> None:
    look = "from liveroom.cli.docs import pages; print(sum('base/v1/polls' in text for text in pages().values()))"
    assert run("-c", look, site=site) == "0\n"


def test_it_is_written_with_what_is_public_alone() -> None:
    imported = [
        name
        for file in (PACKAGE / "src").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        for name in _imports(node)
        if name.partition(".")[0] == "liveroom"
    ]
    assert set(imported) == {"liveroom.modules"}


def _imports(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
