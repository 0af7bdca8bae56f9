"""Settings of code login: who sends what follows from what is set up, and what cannot work stops the start."""

from pathlib import Path
from typing import Any

import pytest

from liveroom.settings import Settings, SettingsError, load_settings
from liveroom.settings.values import show

SECRET = "9fQ2xW7bLr0TzK4mVn8sYc1dHe6gJu3p"
SMS: dict[str, Any] = {
    "tencent_secret_id": "AKIDexample",
    "tencent_secret_key": "key",
    "sms_sdk_app_id": "1400006666",
    "sms_sign_name": "小直播",
    "sms_template_id": "449739",
}
MAIL: dict[str, Any] = {"smtp_url": "smtps://live:p%40ss@mail.example.com", "email_from": "Live <live@example.com>"}
CAPTCHA: dict[str, Any] = {
    "captcha": "tencent",
    "tencent_secret_id": "AKIDexample",
    "tencent_secret_key": "key",
    "captcha_web_appid": "2079625916",
    "captcha_web_secret": "app-secret",
}
PRODUCTION: list[dict[str, Any]] = [{"redis_url": "redis://127.0.0.1"}, {"database_url": "mysql://u:p@127.0.0.1/d"}]


def load(folder: Path, **given: Any) -> Settings:
    return load_settings({"data_dir": folder, "secret": SECRET, **given}, environ={}, dotenv=None)


def test_on_ones_own_machine_codes_go_to_the_log_until_a_sender_is_set_up(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert (settings.sms, settings.email) == ("log", "log")
    settings = load(tmp_path, **SMS, **MAIL)
    assert (settings.sms, settings.email) == ("tencent", "smtp")
    settings = load(tmp_path, **SMS, **MAIL, sms="log", email="none")
    assert (settings.sms, settings.email) == ("log", "none")


@pytest.mark.parametrize("stores", PRODUCTION, ids=["redis", "mysql"])
def test_where_people_are_served_no_code_goes_to_the_log(stores: dict[str, Any], tmp_path: Path) -> None:
    settings = load(tmp_path, **stores)
    assert (settings.sms, settings.email) == ("none", "none")
    for name in ("sms", "email"):
        with pytest.raises(SettingsError, match="anyone who reads the log"):
            load(tmp_path, **stores, **{name: "log"})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({**SMS, "sms_sign_name": ""}, "LIVEROOM_SMS_SIGN_NAME"),
        ({"sms": "tencent"}, "LIVEROOM_SMS_SDK_APP_ID"),
        ({**SMS, "sms_template_id": "login"}, "LIVEROOM_SMS_TEMPLATE_ID is not a Tencent template"),
        ({**SMS, "sms_url": "http://sms.tencentcloudapi.com"}, "LIVEROOM_SMS_URL is not a valid address"),
        ({"captcha_url": "captcha.tencentcloudapi.com"}, "LIVEROOM_CAPTCHA_URL is not a valid address"),
        ({**MAIL, "email_from": ""}, "LIVEROOM_EMAIL_FROM is not a valid sender"),
        ({**MAIL, "email_from": "Live"}, "LIVEROOM_EMAIL_FROM is not a valid sender"),
        ({**MAIL, "smtp_url": "mail.example.com"}, "LIVEROOM_SMTP_URL is not a valid mail server address"),
        ({**MAIL, "smtp_url": "smtp://mail.example.com", "smtp_tls": False}, "LIVEROOM_SMTP_TLS is off"),
        ({"email": "smtp"}, "LIVEROOM_SMTP_URL is not a valid mail server address"),
        ({**CAPTCHA, "captcha_web_secret": ""}, "LIVEROOM_CAPTCHA_WEB_SECRET is not"),
        ({**CAPTCHA, "captcha_wxmini_appid": "5"}, "LIVEROOM_CAPTCHA_WXMINI_SECRET is not"),
        ({**CAPTCHA, "captcha_web_appid": "0"}, "needs LIVEROOM_CAPTCHA_WEB_APPID"),
        ({"test_codes": "13800000000"}, "must be a list number:code"),
        ({"test_codes": "13800000000:12345"}, "must be a list number:code"),
        ({"test_codes": ":123456"}, "must be a list number:code"),
    ],
)
def test_what_cannot_work_stops_the_start_with_a_sentence(given: dict[str, Any], said: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=said):
        load(tmp_path, **given)


def test_what_is_complete_starts(tmp_path: Path) -> None:
    load(tmp_path, **{**SMS, **CAPTCHA}, **MAIL, sms_template_abroad="555")
    load(tmp_path, smtp_url="smtp://localhost", smtp_tls=False, email_from="live@example.com")
    load(tmp_path, smtp_url="smtp://[::1]:25", smtp_tls=False, email_from="live@example.com")


def test_set_codes_and_passwords_are_shown_as_stars(tmp_path: Path) -> None:
    settings = load(tmp_path, **MAIL, test_codes="13800000000:246810, tester@example.com:135790")
    assert show(settings.test_codes) == "13800000000:********,tester@example.com:********"
    for shown in (repr(settings), str(settings.redacted())):
        assert not [secret for secret in ("246810", "135790", "p%40ss") if secret in shown]
