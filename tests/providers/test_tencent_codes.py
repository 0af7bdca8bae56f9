"""Tencent's text messages and captcha, before an honest stand-in: what is asked, and what each answer means."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from liveroom.domain.accounts.contacts import CaptchaTicket, Contact, ContactKind
from liveroom.domain.errors import BadRequest, ProviderNonsense, ProviderUnavailable, SmsFailed
from liveroom.domain.tenants.model import Language
from liveroom.providers.tencent.captcha import CaptchaApp, TencentCaptcha
from liveroom.providers.tencent.cloud import TencentCloud
from liveroom.providers.tencent.sms import SmsApp, TencentSms
from liveroom.simulate.endpoint import Mood
from liveroom.simulate.simulator import Simulator
from tests.vendors.simulator import CAPTCHA, CAPTCHA_SECRET, MINI, MINI_SECRET, SECRET_ID, SECRET_KEY, simulator
from tests.worlds import WoundClock

HERE = Contact(ContactKind.PHONE, "+8613800000000")
ABROAD = Contact(ContactKind.PHONE, "+6561234567")
APP = SmsApp("1400006666", "小直播", "449739")
TICKET = CaptchaTicket(str(CAPTCHA), "solved", "@Vki", "192.0.2.7")


@pytest.fixture
async def vendor() -> AsyncIterator[Simulator]:
    async with simulator(WoundClock()) as tencent:
        tencent.captcha.tickets["solved"] = "@Vki"
        yield tencent


def cloud(vendor: Simulator, key: str = SECRET_KEY) -> TencentCloud:
    return TencentCloud(vendor.sms.endpoint.url, SECRET_ID, key, vendor.clock, timeout=timedelta(seconds=0.5))


def sms(vendor: Simulator, app: SmsApp = APP) -> TencentSms:
    return TencentSms(cloud(vendor), app, "ap-guangzhou")


def captcha(vendor: Simulator, secret: str = CAPTCHA_SECRET) -> TencentCaptcha:
    apps = (CaptchaApp(CAPTCHA, secret), CaptchaApp(MINI, MINI_SECRET, is_mini=True))
    return TencentCaptcha(cloud(vendor), {str(app.id): app for app in apps})


async def test_a_message_has_the_approved_signature_and_template(vendor: Simulator) -> None:
    await sms(vendor).send(HERE, "123456", Language.ZH)
    assert vendor.sms.calls[0].region == "ap-guangzhou"
    assert vendor.sms.sent() == [
        {
            "SmsSdkAppId": "1400006666",
            "SignName": "小直播",
            "TemplateId": "449739",
            "TemplateParamSet": ["123456"],
            "PhoneNumberSet": ["+8613800000000"],
        }
    ]


async def test_a_template_may_name_the_minutes(vendor: Simulator) -> None:
    await sms(vendor, replace(APP, template="449740", names_minutes=True)).send(HERE, "123456", Language.ZH)
    assert vendor.sms.sent()[0]["TemplateParamSet"] == ["123456", "5"]


async def test_numbers_abroad_have_a_template_of_their_own_where_there_is_one(vendor: Simulator) -> None:
    vendor.sms.templates["555"] = 1
    app = replace(APP, template_abroad="555")
    for contact in (ABROAD, HERE):
        await sms(vendor, app).send(contact, "123456", Language.EN)
    await sms(vendor).send(ABROAD, "123456", Language.EN)
    asked = [(message["TemplateId"], message["SignName"]) for message in vendor.sms.sent()]
    assert asked == [("555", ""), ("449739", "小直播"), ("449739", "小直播")]


@pytest.mark.parametrize(
    ("app", "reason"),
    [
        (replace(APP, template="1"), "TemplateIncorrectOrUnapproved"),
        (replace(APP, names_minutes=True), "TemplateParamSetNotMatchApprovedTemplate"),
        (replace(APP, sign_name=""), "SignatureIncorrectOrUnapproved"),
    ],
)
async def test_what_is_not_approved_is_not_sent_and_the_reason_is_told(
    vendor: Simulator, app: SmsApp, reason: str
) -> None:
    with pytest.raises(SmsFailed, match=reason):
        await sms(vendor, app).send(HERE, "123456", Language.ZH)


async def test_a_refused_number_is_a_failure_that_does_not_name_it(vendor: Simulator) -> None:
    vendor.sms.refused_numbers.add(HERE.value)
    with pytest.raises(SmsFailed, match="PhoneNumberInBlacklist") as failed:
        await sms(vendor).send(HERE, "123456", Language.ZH)
    assert HERE.value not in repr(failed.value)
    assert "123456" not in repr(failed.value)


@pytest.mark.parametrize("mood", [mood for mood in Mood if mood is not Mood.WELL], ids=lambda mood: mood.name)
async def test_a_vendor_that_does_not_answer_well_sends_nothing(vendor: Simulator, mood: Mood) -> None:
    vendor.sms.endpoint.mood = mood
    with pytest.raises(SmsFailed):
        await sms(vendor).send(HERE, "123456", Language.ZH)


async def test_a_solved_captcha_passes_once(vendor: Simulator) -> None:
    await captcha(vendor).check(TICKET)
    assert vendor.captcha.calls[0].parameters["UserIp"] == "192.0.2.7"
    with pytest.raises(BadRequest):
        await captcha(vendor).check(TICKET)


async def test_a_mini_programs_captcha_is_asked_about_in_its_own_way(vendor: Simulator) -> None:
    await captcha(vendor).check(replace(TICKET, app_id=str(MINI), randstr=""))
    assert [call.action for call in vendor.captcha.calls] == ["DescribeCaptchaMiniResult"]
    assert "Randstr" not in vendor.captcha.calls[0].parameters


@pytest.mark.parametrize(
    "ticket",
    [replace(TICKET, ticket="made up"), replace(TICKET, randstr="@another")],
    ids=["ticket", "randstr"],
)
async def test_a_captcha_that_was_not_solved_is_refused(vendor: Simulator, ticket: CaptchaTicket) -> None:
    with pytest.raises(BadRequest):
        await captcha(vendor).check(ticket)


@pytest.mark.parametrize(
    "ticket",
    [replace(TICKET, app_id="1"), replace(TICKET, app_id=""), replace(TICKET, ticket=""), replace(TICKET, randstr="")],
    ids=["another application", "no application", "no ticket", "no randstr"],
)
async def test_what_cannot_be_solved_asks_nobody(vendor: Simulator, ticket: CaptchaTicket) -> None:
    with pytest.raises(BadRequest):
        await captcha(vendor).check(ticket)
    assert vendor.journal.number == 0


async def test_a_wrong_secret_is_the_operators_to_mend_and_not_the_users(vendor: Simulator) -> None:
    with pytest.raises(ProviderNonsense) as failed:
        await captcha(vendor, "another secret").check(TICKET)
    assert "another secret" not in str(failed.value)


@pytest.mark.parametrize(
    ("mood", "failure"),
    [
        (Mood.SILENT, ProviderUnavailable),
        (Mood.BROKEN, ProviderUnavailable),
        (Mood.DOWN, ProviderUnavailable),
        (Mood.NONSENSE, ProviderNonsense),
        (Mood.ODD, ProviderNonsense),
    ],
)
async def test_a_captcha_that_does_not_answer_well_lets_nobody_pass(
    vendor: Simulator, mood: Mood, failure: type[ProviderUnavailable]
) -> None:
    vendor.captcha.endpoint.mood = mood
    with pytest.raises(ProviderUnavailable) as failed:
        await captcha(vendor).check(TICKET)
    assert type(failed.value) is failure


async def test_a_captcha_that_is_broken_for_the_moment_is_unavailable(vendor: Simulator) -> None:
    vendor.captcha.on(
        "DescribeCaptchaResult", "2019-07-22", lambda _: {"CaptchaCode": 26, "CaptchaMsg": "system internal error"}
    )
    with pytest.raises(ProviderUnavailable) as failed:
        await captcha(vendor).check(TICKET)
    assert type(failed.value) is ProviderUnavailable


async def test_keys_that_may_not_ask_are_unavailable(vendor: Simulator) -> None:
    vendor.captcha.endpoint.refuse("DescribeCaptchaResult", "UnauthorizedOperation.Unauthorized")
    with pytest.raises(ProviderUnavailable, match="UnauthorizedOperation"):
        await captcha(vendor).check(TICKET)
