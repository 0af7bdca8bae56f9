"""`liveroom docs`: pages are written from the declarations, and stale ones are named."""

from pathlib import Path

import pytest

from liveroom import cli
from liveroom.cli.docs import pages

ROOT = Path(__file__).parent.parent.parent


def run(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main(["docs", *words])
    return int(ended.value.code or 0)


def test_the_pages_of_the_repository_are_up_to_date() -> None:
    assert run("--check", "--folder", str(ROOT / "docs")) == 0


def test_stale_pages_are_named_and_writing_mends_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(tmp_path)
    assert run("--check", "--folder", folder) == 1
    named = capsys.readouterr().err
    assert all(name in named for name in pages())
    assert run("--folder", folder) == 0
    assert run("--check", "--folder", folder) == 0
    (tmp_path / "errors.md").write_text("old")
    assert run("--check", "--folder", folder) == 1
    assert "errors.md" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--folder", str(tmp_path / "nowhere")) == 2
    assert "--folder" in capsys.readouterr().err
