"""The switch of code login: who sends codes, and which captcha is asked first."""

from collections.abc import Mapping

import structlog

from liveroom.app.cloud import make_cloud
from liveroom.app.media import reveal
from liveroom.domain.accounts.contacts import Contact, ContactKind, read_contact
from liveroom.domain.errors import Failure
from liveroom.ports import Captcha, Clock, CodeSender
from liveroom.providers.logged_codes import LoggedCodes
from liveroom.providers.no_captcha import NoCaptcha
from liveroom.providers.smtp import SmtpCodes
from liveroom.providers.tencent.captcha import CaptchaApp, TencentCaptcha
from liveroom.providers.tencent.sms import SmsApp, TencentSms
from liveroom.settings import Settings, SettingsError
from liveroom.settings.declaring import variable
from liveroom.usecases.accounts.contacts import CodeDelivery

log = structlog.get_logger("liveroom.app")


def make_delivery(settings: Settings, clock: Clock) -> CodeDelivery:
    """Return how codes reach people. Raises ``SettingsError`` for a fixed code of what is no number or mailbox."""
    if settings.test_codes and settings.in_production:
        log.warning("codes.set", count=len(settings.test_codes), what="they sign in whoever knows them")
    return CodeDelivery(_captcha(settings, clock), _senders(settings, clock), _fixed(settings))


def _senders(settings: Settings, clock: Clock) -> Mapping[ContactKind, CodeSender]:
    senders: dict[ContactKind, CodeSender] = {}
    if settings.sms == "tencent":
        cloud = make_cloud(settings, settings.sms_url, clock)
        senders[ContactKind.PHONE] = TencentSms(cloud, make_sms_app(settings), settings.sms_region)
    elif settings.sms == "log":
        senders[ContactKind.PHONE] = LoggedCodes()
    if settings.email == "smtp":
        senders[ContactKind.EMAIL] = make_sender_of_mails(settings, clock)
    elif settings.email == "log":
        senders[ContactKind.EMAIL] = LoggedCodes()
    return senders


def _captcha(settings: Settings, clock: Clock) -> Captcha:
    if settings.captcha != "tencent":
        return NoCaptcha()
    return TencentCaptcha(make_cloud(settings, settings.captcha_url, clock), make_captcha_apps(settings))


def make_sms_app(settings: Settings) -> SmsApp:
    """Return the application of Tencent Cloud SMS that the settings name."""
    return SmsApp(
        sdk_app_id=settings.sms_sdk_app_id,
        sign_name=settings.sms_sign_name,
        template=settings.sms_template_id,
        template_abroad=settings.sms_template_abroad,
        names_minutes=settings.sms_template_minutes,
    )


def make_sender_of_mails(settings: Settings, clock: Clock) -> SmtpCodes:
    """Return what sends through the settings' mail server."""
    return SmtpCodes(settings.smtp_url, settings.email_from, clock, tls=settings.smtp_tls)


def make_captcha_apps(settings: Settings) -> Mapping[str, CaptchaApp]:
    """Return the settings' applications of Tencent's captcha by their ids."""
    apps = (
        CaptchaApp(settings.captcha_web_appid, reveal(settings.captcha_web_secret)),
        CaptchaApp(settings.captcha_wxmini_appid, reveal(settings.captcha_wxmini_secret), is_mini=True),
    )
    return {str(app.id): app for app in apps if app.id}


def _fixed(settings: Settings) -> Mapping[Contact, str]:
    fixed = {}
    for one in settings.test_codes:
        is_mail = "@" in one.contact
        try:
            contact = read_contact("" if is_mail else one.contact, one.contact if is_mail else "")
        except Failure:
            wrong = f"{variable('test_codes')} has {one.contact!r}, which is neither a phone number nor a mailbox."
            raise SettingsError([wrong]) from None
        fixed[contact] = one.code
    return fixed
