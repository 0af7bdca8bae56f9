"""What the doctor says of operators: second factors, links that nobody used, a console in the open."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from liveroom.app.checkup.operators import judge_operators, look_at_operators
from liveroom.clock import SystemClock
from liveroom.domain.findings import Finding, Level
from liveroom.domain.operators.account import OperatorAccount
from liveroom.settings import Settings, load_settings
from tests.operator import Operator

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ANN = OperatorAccount("1", "ann", "Ann", frozenset(), frozenset(), "", NOW, password="hash", totp_since=NOW)
BOB = replace(ANN, id="2", name="bob", totp_since=None)


def said(*accounts: OperatorAccount) -> list[tuple[Level, str]]:
    """Return what is said of them: how it stands, and why."""
    return [(finding.level, finding.fact) for finding in judge_operators(accounts, NOW)]


def test_who_has_no_second_factor_is_named() -> None:
    assert said() == []
    assert said(ANN) == [(Level.OK, "every operator with a password has one")]
    assert said(BOB) == [(Level.WARN, "no operator has one")]
    assert said(ANN, BOB) == [(Level.WARN, "not everybody has one: bob")]
    assert said(replace(BOB, disabled=NOW)) == []
    assert said(replace(BOB, password="", subject="company")) == [], "the company asks for it"


def test_an_invitation_that_nobody_used_in_time_is_named() -> None:
    invited = replace(BOB, password="", link="digest", link_until=NOW + timedelta(hours=1))
    assert said(invited) == []
    late = replace(invited, link_until=NOW)
    assert said(late) == [(Level.WARN, "the invitation was not used in time")]
    assert said(replace(late, disabled=NOW)) == []


@pytest.mark.parametrize(
    ("settings", "level"),
    [
        ({}, Level.OK),
        ({"LIVEROOM_HOST": "192.0.2.7"}, Level.WARN),
        ({"LIVEROOM_HOST": "192.0.2.7", "LIVEROOM_TRUSTED_PROXIES": "10.0.0.0/8"}, Level.OK),
        (
            {"LIVEROOM_HOST": "192.0.2.7", "LIVEROOM_CONSOLE_HOST": "127.0.0.1", "LIVEROOM_CONSOLE_PORT": "9009"},
            Level.OK,
        ),
    ],
)
def test_a_console_that_strangers_can_listen_to_is_named(
    settings: dict[str, str], level: Level, operator: Operator, tmp_path: Path
) -> None:
    operator.run("migrate")
    operator.run("operators", "add", "ann", "--role", "administrator")
    environ = {"LIVEROOM_DATA_DIR": str(tmp_path / "data"), **settings}
    found = asyncio.run(look(load_settings(environ=environ, dotenv=None)))
    assert [one.level for one in found if one.subject == "console"] == [level]


async def look(settings: Settings) -> list[Finding]:
    """Return what is found with these settings."""
    return [one async for one in look_at_operators(settings, SystemClock())]
