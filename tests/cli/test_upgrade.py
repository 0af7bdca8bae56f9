"""`liveroom upgrade --check`: what an upgrade would find, said before it is made."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from liveroom import __version__, cli
from liveroom.app.backup import note
from liveroom.app.checkup.upgrading import judge_plan, judge_running, look_at_upgrade
from liveroom.clock import SystemClock
from liveroom.domain.findings import Finding, Level
from liveroom.settings import load_settings
from liveroom.store.sql import schema
from liveroom.store.sql.current import newest_revision
from liveroom.store.sql.pending import MANY_ROWS, RELEASES, Pending, SchemaPlan
from liveroom.store.sql.schema import SchemaState, migrate
from tests.worlds import WoundClock

OLDER = SchemaPlan(
    SchemaState.OLDER,
    "0041",
    "0042",
    (Pending("0042", "Rooms of followers.", ("lr_charges", "lr_rooms")),),
    {"lr_charges": 2_400_000, "lr_rooms": 12},
)


def levels(findings: list[Finding]) -> list[Level]:
    return [finding.level for finding in findings]


def test_a_large_table_that_a_migration_changes_is_named() -> None:
    _, migration = judge_plan(OLDER)
    assert migration.level is Level.WARN
    assert "lr_charges (2,400,000 rows)" in migration.fact
    assert "lr_rooms" not in migration.fact
    (_, small) = judge_plan(OLDER._replace(rows={"lr_charges": MANY_ROWS - 1}))
    assert small == Finding(Level.OK, "migration 0042", "Rooms of followers.")


@pytest.mark.parametrize(
    ("releases", "level", "said"),
    [
        ({}, Level.WARN, "no release before 0.10.0"),
        ({"0.10.0": "0042", "0.11.0": "0043"}, Level.WARN, "no release before 0.10.0"),
        ({"0.8.0": "0030", "0.9.0": "0041"}, Level.OK, "those of 0.9.0 keep working"),
        ({"0.8.0": "0041", "0.9.0": "0042"}, Level.FAIL, "older than that of release 0.9.0"),
    ],
)
def test_processes_of_the_last_release_may_go_on_and_older_ones_may_not(
    releases: dict[str, str], level: Level, said: str
) -> None:
    (finding,) = judge_running(OLDER, releases, "0.10.0")
    assert finding.level is level
    assert said in finding.fact
    assert list(judge_running(OLDER._replace(pending=()), releases, "0.10.0")) == []


def test_every_release_has_a_revision_and_none_has_one_that_is_older_than_the_one_before() -> None:
    assert list(RELEASES.values()) == sorted(RELEASES.values())
    assert max(RELEASES.values(), default="") <= newest_revision()


async def test_a_backup_of_today_is_wanted(tmp_path: Path) -> None:
    settings = load_settings({"data_dir": tmp_path}, environ={}, dotenv=None)
    await migrate(settings.database_url)
    await note(settings, SystemClock())
    assert levels([one async for one in look_at_upgrade(settings, SystemClock())]) == [Level.OK, Level.OK]
    later = WoundClock()
    later.advance(timedelta(days=2))
    *_, backup = [one async for one in look_at_upgrade(settings, later)]
    assert (backup.level, backup.remedy) == (Level.WARN, "run `liveroom backup` before you upgrade")


def test_the_command_says_what_is_to_come_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LIVEROOM_DATA_DIR", str(tmp_path))
    url = load_settings().database_url
    asyncio.run(migrate(url, to="0041"))
    with pytest.raises(SystemExit) as ended:
        cli.main(["upgrade", "--check"])
    assert not ended.value.code
    said = capsys.readouterr().out
    assert f"it is 0041, liveroom {__version__} wants {newest_revision()}" in said
    assert "migration 0042: Rooms in which only followers" in said
    assert asyncio.run(schema.on_connection(url, schema.revision_of)) == "0041"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("LIVEROOM_DATABSE_URL", "x", "is not a setting; the nearest name is LIVEROOM_DATABASE_URL"),
        ("LIVEROOM_DATABASE_URL", "mysql://u:p@127.0.0.1:1/d", "no answer"),
    ],
)
def test_what_is_in_the_way_ends_it_with_status_1(
    name: str,
    value: str,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LIVEROOM_SECRET", "upgrade-0123456789-abcdefghijklmnopqrst")
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        cli.main(["upgrade", "--check"])
    assert ended.value.code == 1
    assert said in capsys.readouterr().out


def test_without_check_it_says_what_to_call(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["upgrade"])
    assert ended.value.code == 2
    assert "liveroom migrate" in capsys.readouterr().err
