"""`liveroom doctor` on the live page and its certificate."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from liveroom.app.checkup.page import look_at_https, look_at_page
from liveroom.domain.findings import Finding, Level
from liveroom.http.certificates import NAME, Tls
from liveroom.settings import Settings

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def https(settings: Settings, now: datetime = NOW) -> Finding:
    (finding,) = look_at_https(settings, now)
    return finding


@pytest.mark.parametrize(("is_built", "level"), [(True, Level.OK), (False, Level.WARN)])
def test_a_missing_page_is_named_with_what_brings_it(*, is_built: bool, level: Level) -> None:
    (finding,) = look_at_page(is_built=is_built)
    assert finding.level is level
    assert ("LIVEROOM_SKIP_WEB" in finding.remedy) is not is_built


@pytest.mark.parametrize(
    ("days", "level", "fact"),
    [
        (0, Level.OK, "is valid until 2027-07-01"),
        (352, Level.WARN, "expires on 2027-07-01"),
        (366, Level.FAIL, "expired on 2027-07-01"),
    ],
)
def test_a_certificate_that_ends_is_named_in_time(tmp_path: Path, days: int, level: Level, fact: str) -> None:
    Tls(Settings(https=True, data_dir=tmp_path), NOW)
    settings = Settings(https=True, tls_cert=tmp_path / NAME, tls_key=tmp_path / NAME)
    finding = https(settings, NOW + timedelta(days=days))
    assert (finding.level, fact in finding.fact) == (level, True)


def test_a_file_that_is_no_certificate_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.pem").write_text("no certificate")
    assert https(Settings(https=True, tls_cert=tmp_path / "a.pem")).level is Level.FAIL
    assert https(Settings(https=True, tls_cert=tmp_path / "none.pem")).level is Level.FAIL


def test_without_https_or_with_a_certificate_of_its_own_nothing_has_to_be_done(tmp_path: Path) -> None:
    assert https(Settings()).level is Level.OK
    assert https(Settings(https=True, data_dir=tmp_path)).level is Level.OK
