"""`liveroom doctor` about code login: each sender and the captcha is tried, and nothing is sent."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from liveroom.app.checkup.codes import look_at_codes
from liveroom.domain.findings import Finding, Level
from liveroom.settings import load_settings
from liveroom.simulate.endpoint import Mood
from tests.vendors.codes import CodeVendors
from tests.vendors.mail import mail_server
from tests.vendors.simulator import CAPTCHA, MINI, simulator
from tests.worlds import WoundClock

SECRET = "doctor-0123456789-abcdefghijklmnopqrst"


@pytest.fixture
async def vendors() -> AsyncIterator[CodeVendors]:
    async with simulator(WoundClock()) as tencent, mail_server() as mail:
        yield CodeVendors(tencent, mail)


async def found(folder: Path, **given: Any) -> list[Finding]:
    settings = load_settings({"data_dir": folder, "secret": SECRET, **given}, environ={}, dotenv=None)
    return [finding async for finding in look_at_codes(settings, WoundClock())]


def levels(findings: list[Finding]) -> dict[str, set[Level]]:
    return {one.subject: {other.level for other in findings if other.subject == one.subject} for one in findings}


async def test_codes_that_go_to_the_log_are_to_know(tmp_path: Path) -> None:
    findings = await found(tmp_path)
    assert levels(findings) == {"SMS": {Level.WARN}, "e-mail": {Level.WARN}}
    assert all(finding.remedy for finding in findings)


async def test_a_service_without_code_login_is_well(tmp_path: Path) -> None:
    findings = await found(tmp_path, redis_url="redis://127.0.0.1")
    assert levels(findings) == {"SMS": {Level.OK}, "e-mail": {Level.OK}}


async def test_senders_that_would_send_are_well_and_have_sent_nothing(tmp_path: Path, vendors: CodeVendors) -> None:
    findings = await found(tmp_path, **vendors.settings())
    assert levels(findings) == {"SMS": {Level.OK}, "e-mail": {Level.OK}, "captcha": {Level.OK}}
    assert (vendors.tencent.sms.sent(), vendors.mail.mails) == ([], [])
    asked = [call.parameters["CaptchaAppId"] for call in vendors.tencent.captcha.calls]
    assert asked == [CAPTCHA, MINI]


@pytest.mark.parametrize(
    ("wrong", "subject"),
    [
        ({"sms_template_id": "1"}, "SMS"),
        ({"sms_template_minutes": True}, "SMS"),
        ({"tencent_secret_key": "another"}, "SMS"),
        ({"tencent_secret_key": "another"}, "captcha"),
        ({"captcha_web_secret": "another"}, "captcha"),
        ({"smtp_tls": True}, "e-mail"),
        ({"smtp_url": "smtp://127.0.0.1:1"}, "e-mail"),
    ],
    ids=lambda value: value if isinstance(value, str) else ",".join(value),
)
async def test_what_would_not_send_fails_with_a_remedy_and_without_a_secret(
    wrong: dict[str, Any], subject: str, tmp_path: Path, vendors: CodeVendors
) -> None:
    findings = await found(tmp_path, **{**vendors.settings(), **wrong})
    failed = [finding for finding in findings if finding.subject == subject and finding.level is Level.FAIL]
    assert failed
    assert all(finding.remedy for finding in failed)
    assert "another" not in " ".join(map(str, findings)).replace("another's", "")


async def test_a_vendor_that_is_down_fails(tmp_path: Path, vendors: CodeVendors) -> None:
    for service in (vendors.tencent.sms, vendors.tencent.captcha):
        service.endpoint.mood = Mood.DOWN
    findings = await found(tmp_path, **vendors.settings())
    assert levels(findings)["SMS"] == levels(findings)["captcha"] == {Level.FAIL}


async def test_a_sender_without_a_captcha_and_set_codes_are_to_know(tmp_path: Path, vendors: CodeVendors) -> None:
    settings = {**vendors.settings(), "captcha": "none", "test_codes": "13800000000:246810"}
    assert levels(await found(tmp_path, **settings))["captcha"] == {Level.WARN}
    assert levels(await found(tmp_path, **settings))["test codes"] == {Level.OK}
    findings = await found(tmp_path, **settings, redis_url="redis://127.0.0.1")
    assert levels(findings)["test codes"] == {Level.WARN}
    assert "246810" not in str(findings)
