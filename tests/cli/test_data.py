"""Which data a command acts on: it says so, makes none by accident, and says in one sentence what cannot be used."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.operator import Operator
from tests.servers import LOOPBACK, free_ports

SECRET = "data-0123456789-abcdefghijklmnopqrstuv"


def test_a_command_says_on_which_data_it_acts_beside_what_it_prints(operator: Operator, tmp_path: Path) -> None:
    out, err = operator.run_apart("users", "list", "--json")
    assert json.loads(out) == []
    assert err == f"data folder {tmp_path}/data\n"


def test_a_database_is_named_without_its_password(operator: Operator, tmp_path: Path) -> None:
    port = free_ports(1)[0]
    operator.settle(LIVEROOM_DATABASE_URL=f"mysql://u:hunter2@{LOOPBACK}:{port}/d", LIVEROOM_SECRET=SECRET)
    _, err = operator.run_apart("keys", "list", status=2)
    said, problem = err.splitlines()
    assert said == f"data folder {tmp_path}/data, database mysql://u:********@{LOOPBACK}:{port}/d"
    assert "does not answer" in problem


@pytest.mark.parametrize(
    "words",
    [
        ("users", "list"),
        ("users", "ban", "7"),
        ("token", "7"),
        ("rooms", "list"),
        ("rooms", "close", "7"),
        ("reports", "list"),
        ("tenants", "add", "game"),
        ("tenants", "secret", "list"),
        ("hooks", "list"),
        ("webhooks", "list"),
        ("audit",),
        ("keys", "reseal"),
    ],
    ids=" ".join,
)
def test_where_there_is_no_database_none_is_made(words: tuple[str, ...], newcomer: Operator, tmp_path: Path) -> None:
    """Run elsewhere, ``liveroom users list`` made an empty database there and showed nobody."""
    said = newcomer.run(*words, status=2)
    assert said.startswith(f"there is no database at {tmp_path}/data/liveroom.db: ")
    assert "LIVEROOM_DATA_DIR" in said
    assert not (tmp_path / "data").exists()


def _file(folder: Path) -> Path:
    folder.write_text("a file")
    return folder


def _below_a_file(folder: Path) -> Path:
    folder.write_text("a file")
    return folder / "below"


def _database_is_a_folder(folder: Path) -> Path:
    (folder / "liveroom.db").mkdir(parents=True)
    return folder


@pytest.mark.parametrize(
    "words", [("serve", "--port", "0"), ("migrate",), ("config", "check"), ("users", "list")], ids=" ".join
)
@pytest.mark.parametrize("spoil", [_file, _below_a_file, _database_is_a_folder])
def test_a_data_folder_that_cannot_be_used_is_said_in_one_sentence(
    words: tuple[str, ...], spoil: Callable[[Path], Path], newcomer: Operator, tmp_path: Path
) -> None:
    """It ended with 45 lines of traceback, and ``config check`` found the settings good."""
    newcomer.settle(LIVEROOM_DATA_DIR=spoil(tmp_path / "spoilt"))
    said = newcomer.run(*words, status=2)
    assert len(said.splitlines()) == 1
    assert f"{tmp_path}/spoilt" in said
    assert "is not a folder" in said or "is a folder, where the database should be" in said


@pytest.mark.parametrize("words", [("serve", "--port", "0"), ("migrate",)], ids=" ".join)
def test_a_folder_that_cannot_be_made_is_said_in_one_sentence(words: tuple[str, ...], newcomer: Operator) -> None:
    newcomer.settle(LIVEROOM_DATA_DIR="/proc/liveroom")
    said = newcomer.run(*words, status=2)
    assert len(said.splitlines()) == 1
    assert "/proc/liveroom cannot be made" in said


def test_the_doctor_finds_a_folder_that_cannot_be_used(newcomer: Operator, tmp_path: Path) -> None:
    newcomer.settle(LIVEROOM_DATA_DIR=_file(tmp_path / "spoilt"))
    out, _ = newcomer.run_apart("doctor", "--json", status=1)
    (finding,) = [one for one in json.loads(out) if one["subject"] == "data folder"]
    assert (finding["level"], finding["fact"]) == ("fail", f"{tmp_path}/spoilt is not a folder")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_of_somebody_else_is_said_in_one_sentence(newcomer: Operator, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o500)
    assert "cannot be written by this user" in newcomer.run("config", "check", status=2)


def test_a_mistyped_folder_of_a_database_address_is_not_made(newcomer: Operator, tmp_path: Path) -> None:
    newcomer.settle(LIVEROOM_DATABASE_URL=f"sqlite:///{tmp_path}/dta/liveroom.db")
    for words in (("config", "check"), ("migrate",), ("users", "list")):
        assert f"there is no folder {tmp_path}/dta" in newcomer.run(*words, status=2)
