"""`scripts/release.sh`: it says all that is missing at once, and changes nothing before everything is there."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.deploy.image import ROOT

FILES: Final = (
    *("scripts/release.sh", "CHANGELOG.md", "docs/upgrading.md"),
    *("src/liveroom/__init__.py", "src/liveroom/store/sql/pending.py"),
)
HEAD: Final = max(path.name[:4] for path in ROOT.glob("src/liveroom/store/sql/migrations/versions/[0-9]*.py"))


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a repository with the files that the script looks at."""
    for name in (*FILES, f"src/liveroom/store/sql/migrations/versions/{HEAD}_last.py"):
        place = tmp_path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if name in FILES:
            shutil.copy(ROOT / name, place)
        else:
            place.write_text("")
    git(tmp_path, "init", "-q")
    commit(tmp_path)
    return tmp_path


def git(folder: Path, *words: str) -> str:
    who = ["-c", "user.name=release", "-c", "user.email=release@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout


def commit(folder: Path) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "everything")


def release(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    argv = ["sh", "scripts/release.sh", *words]
    return subprocess.run(argv, cwd=folder, check=False, capture_output=True, text=True)


def prepare(folder: Path, version: str) -> None:
    """Do what the script asks for."""
    for name, pattern, text in (
        ("src/liveroom/__init__.py", r'__version__ = ".*"', f'__version__ = "{version}"'),
        ("CHANGELOG.md", r"## \[Unreleased\]\n", f"## [Unreleased]\n\n## [{version}] - 2026-12-01\n"),
        ("docs/upgrading.md", r"\Z", f"\n## To {version}\n"),
        ("src/liveroom/store/sql/pending.py", r"(RELEASES: .*) = \{.*\}", rf'\1 = {{"{version}": "{HEAD}"}}'),
    ):
        place = folder / name
        changed = re.sub(pattern, text, place.read_text(), count=1)
        assert changed != place.read_text(), name
        place.write_text(changed)
    commit(folder)


def test_it_says_all_that_is_missing(clone: Path) -> None:
    (clone / "left.txt").write_text("")
    done = release(clone, "9.8.7", "--check")
    assert done.returncode == 1
    missing = ("not committed", "__init__.py does not say 9.8.7", "CHANGELOG.md has no", "upgrading.md has no", HEAD)
    assert [what for what in missing if what not in done.stderr] == []


def test_with_everything_there_it_may_be_made(clone: Path) -> None:
    prepare(clone, "9.8.7")
    done = release(clone, "9.8.7", "--check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "everything is there for 9.8.7\n", "")
    assert git(clone, "tag") == ""


def test_a_version_is_released_once(clone: Path) -> None:
    prepare(clone, "9.8.7")
    git(clone, "tag", "-a", "v9.8.7", "-m", "was there")
    assert "the tag v9.8.7 exists already" in release(clone, "9.8.7", "--check").stderr


def test_it_tags_what_it_has_built_and_pushes_nothing(clone: Path) -> None:
    prepare(clone, "9.8.7")
    (clone / "Makefile").write_text("dist:\n\t@echo built with $(ARGS)\n")
    commit(clone)
    done = release(clone, "9.8.7", "--without-tests")
    assert done.returncode == 0, done.stderr
    assert "built with --twice" in done.stdout
    assert "Nothing was pushed" in done.stdout
    assert git(clone, "tag") == "v9.8.7\n"


@pytest.mark.parametrize("words", [(), ("next",), ("1..2",), ("1.2.3", "--push")])
def test_what_it_does_not_understand_it_refuses(words: tuple[str, ...], clone: Path) -> None:
    assert release(clone, *words).returncode == 2
