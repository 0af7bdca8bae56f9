"""Code login: whether what carries codes would carry one, asked without sending any."""

from collections.abc import AsyncIterator, Iterator
from typing import Final

from liveroom.app.cloud import make_cloud
from liveroom.app.code_login import make_captcha_apps, make_sender_of_mails, make_sms_app
from liveroom.domain.accounts.contacts import CaptchaTicket
from liveroom.domain.errors import BadRequest, EmailFailed, ProviderNonsense, ProviderUnavailable
from liveroom.domain.findings import Finding, fail, ok, warn
from liveroom.ports import Clock
from liveroom.providers.tencent.captcha import TencentCaptcha
from liveroom.providers.tencent.sms import template_problems
from liveroom.settings import Settings

_ONLY_LOGGED: Final = "fine on your own machine; set up {} before others use it"
_KEYS: Final = "check LIVEROOM_TENCENT_SECRET_ID and _KEY, and the key's permissions in Tencent's console (CAM)"


async def look_at_codes(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """Judge who carries codes, the captcha before them, and codes that are set."""
    async for finding in _sms(settings, clock):
        yield finding
    async for finding in _email(settings, clock):
        yield finding
    async for finding in _captcha(settings, clock):
        yield finding
    for finding in _test_codes(settings):
        yield finding


async def _sms(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    if settings.sms == "none":
        yield ok("SMS", "none: signing in by phone is off")
    elif settings.sms == "log":
        yield warn("SMS", "codes for phones are only written to the log", _ONLY_LOGGED.format("LIVEROOM_SMS=tencent"))
    else:
        app, cloud = make_sms_app(settings), make_cloud(settings, settings.sms_url, clock)
        try:
            problems = await template_problems(cloud, app, settings.sms_region)
        except ProviderUnavailable as failure:
            yield fail("SMS", str(failure), _KEYS)
            return
        for problem in problems:
            yield fail("SMS", problem, "compare LIVEROOM_SMS_TEMPLATE_* with the templates in Tencent's console")
        if not problems:
            yield ok("SMS", f"Tencent Cloud SMS, application {app.sdk_app_id}: its templates are approved")


async def _email(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    if settings.email == "none":
        yield ok("e-mail", "none: signing in by e-mail is off")
    elif settings.email == "log":
        yield warn(
            "e-mail", "codes for mailboxes are only written to the log", _ONLY_LOGGED.format("LIVEROOM_SMTP_URL")
        )
    else:
        try:
            await make_sender_of_mails(settings, clock).greet()
        except EmailFailed as failure:
            yield fail("e-mail", str(failure), "check LIVEROOM_SMTP_URL and _SMTP_TLS")
        else:
            yield ok("e-mail", f"the mail server accepts mail from {settings.email_from}")


async def _captcha(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    if settings.captcha == "none":
        if {settings.sms, settings.email} & {"tencent", "smtp"}:
            yield warn(
                "captcha",
                "none: bots can request codes, up to the limits, at your expense",
                "set LIVEROOM_CAPTCHA=tencent",
            )
        return
    apps = make_captcha_apps(settings)
    captcha = TencentCaptcha(make_cloud(settings, settings.captcha_url, clock), apps)
    for id in apps:
        try:
            await captcha.check(CaptchaTicket(id, "doctor", "doctor", "127.0.0.1"))
        except BadRequest:
            yield ok("captcha", f"Tencent accepts application {id} and its secret")
        except ProviderNonsense as failure:
            yield fail("captcha", f"application {id}: {failure}", "compare LIVEROOM_CAPTCHA_* with Tencent's console")
        except ProviderUnavailable as failure:
            yield fail("captcha", str(failure), _KEYS)
        else:
            yield fail(
                "captcha", f"application {id} accepts a captcha that nobody solved", "check it in Tencent's console"
            )


def _test_codes(settings: Settings) -> Iterator[Finding]:
    if not settings.test_codes:
        return
    fact = f"numbers and mailboxes with a fixed code: {len(settings.test_codes)}"
    if settings.in_production:
        remedy = (
            "keep the list short, the codes secret and the accounts without permissions, or unset LIVEROOM_TEST_CODES"
        )
        yield warn("test codes", f"{fact}: anyone who knows both can sign in", remedy)
    else:
        yield ok("test codes", fact)
