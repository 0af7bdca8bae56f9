"""What the doctor says about keys and backups."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from liveroom.app.backup import note
from liveroom.app.checkup.keeping import judge_backup, judge_keys, look_at_keeping
from liveroom.clock import SystemClock
from liveroom.domain.findings import Finding, Level
from liveroom.keys import KeyRing
from liveroom.settings import NamedSecret, Secret, Settings, load_settings
from liveroom.store.sql.instants import millis
from tests.service import SECRET, serving

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
RING = KeyRing([NamedSecret("b", Secret("b" * 32)), NamedSecret("a", Secret("a" * 32))])


@pytest.mark.parametrize(
    ("sealed", "level", "said"),
    [
        ({}, Level.OK, "all 0 logins and secrets are sealed with b"),
        ({"b": 3}, Level.OK, "all 4 logins and secrets are sealed with b"),
        ({"b": 3, "a": 2}, Level.OK, "2 sealed texts still need keys"),
        ({"b": 3, "x": 2}, Level.FAIL, "2 logins or secrets were sealed with the key x"),
    ],
)
def test_keys_are_compared_with_what_they_have_sealed(sealed: dict[str, int], level: Level, said: str) -> None:
    tenants = Counter({"b": 1} if sealed.get("b") else {})
    (finding,) = judge_keys({"logins": Counter(sealed), "tenants": tenants}, RING)
    assert finding.level is level
    assert said in finding.fact
    assert "b" * 32 not in str(finding)


@pytest.mark.parametrize(
    ("age", "level", "said"),
    [
        (None, Level.OK, "make sure backups are taken another way"),
        (timedelta(days=7), Level.OK, "2026-11-18 at 12:00 UTC"),
        (timedelta(days=9), Level.WARN, "9 days ago"),
    ],
)
def test_a_backup_that_is_late_is_a_finding(age: timedelta | None, level: Level, said: str) -> None:
    finding = judge_backup(None if age is None else millis(NOW - age), NOW)
    assert finding.level is level
    assert said in finding.fact


async def _findings(settings: Settings) -> list[Finding]:
    return [finding async for finding in look_at_keeping(settings, SystemClock())]


async def test_the_database_is_asked_once_it_is_there(tmp_path: Path) -> None:
    settings = load_settings({"data_dir": tmp_path, "secret": f"a:{SECRET}"}, environ={}, dotenv=None)
    assert await _findings(settings) == []
    async with serving(tmp_path, secret=f"a:{SECRET}") as service:
        await service.sign_up()
    keys, backup = await _findings(settings)
    assert keys.fact == "all 1 logins and secrets are sealed with a"
    assert "none made with" in backup.fact
    await note(settings, SystemClock())
    assert "the last one was made" in (await _findings(settings))[1].fact
    other = load_settings({"data_dir": tmp_path, "secret": f"b:{SECRET}!"}, environ={}, dotenv=None)
    assert [finding.level for finding in await _findings(other)] == [Level.FAIL, Level.OK]
