"""The keys of `liveroom simulate`: everybody knows them, and they open nothing at Tencent.

`LIVEROOM_SIMULATOR` puts them in the place of all settings that say who we are at Tencent and where Tencent is.
"""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any, Final

from liveroom.settings.values import Secret

SDK_APP_ID: Final = 1_499_999_999
SDK_SECRET: Final = "51713a7e" * 8
ADMINISTRATOR: Final = "administrator"
SECRET_ID: Final = "AKIDsimulated0simulated0simulated0"  # noqa: S105 - it opens nothing
SECRET_KEY: Final = "simulated0simulated0simulated0si"  # noqa: S105 - it opens nothing
IM_TOKEN: Final = "simulated-callback-token"  # noqa: S105 - it opens nothing
TRTC_KEY: Final = "simulatedCallbackKey0123"
CAPTCHAS: Final[Mapping[int, str]] = {2_000_000_001: "simulated-web-secret", 2_000_000_002: "simulated-mini-secret"}
SMS_TEMPLATE: Final = "449739"
CSS_PUSH_DOMAIN: Final = "push.simulated.example"
CSS_PLAY_DOMAIN: Final = "play.simulated.example"
CSS_APP: Final = "live"
CSS_PUSH_KEY: Final = "simulatedPushKey"
CSS_PUSH_BACKUP_KEY: Final = "simulatedBackupKey"
CSS_PLAY_KEY: Final = "simulatedPlayKey"
CSS_CALLBACK_KEY: Final = "simulatedStreamCallbackKey"


def keys(origin: str) -> Mapping[str, Any]:
    """Return the settings that a simulator at this address needs, whatever they were."""
    (web, web_secret), (mini, mini_secret) = CAPTCHAS.items()
    return {
        "trtc_sdk_app_id": SDK_APP_ID,
        "trtc_secret": Secret(SDK_SECRET),
        "tim_administrator": ADMINISTRATOR,
        "im_callback_token": Secret(IM_TOKEN),
        "trtc_callback_key": Secret(TRTC_KEY),
        "tencent_secret_id": SECRET_ID,
        "tencent_secret_key": Secret(SECRET_KEY),
        "tencent_origin": origin,
        "sms_sdk_app_id": "1400000002",
        "sms_sign_name": "simulated",
        "sms_template_id": SMS_TEMPLATE,
        "sms_url": origin,
        "captcha_web_appid": web,
        "captcha_web_secret": Secret(web_secret),
        "captcha_wxmini_appid": mini,
        "captcha_wxmini_secret": Secret(mini_secret),
        "captcha_url": origin,
    }


def css_keys() -> Mapping[str, Any]:
    """Return what is needed beside them where streams are pushed to the simulator."""
    return {
        "css_push_domain": CSS_PUSH_DOMAIN,
        "css_play_domain": CSS_PLAY_DOMAIN,
        "streams_app": CSS_APP,
        "css_push_key": Secret(CSS_PUSH_KEY),
        "css_push_backup_key": Secret(CSS_PUSH_BACKUP_KEY),
        "css_play_key": Secret(CSS_PLAY_KEY),
        "css_digest": "md5",
        "streams_callback_key": Secret(CSS_CALLBACK_KEY),
    }


CHOICES: Final[Mapping[str, str]] = {"im": "tencent", "rtc": "trtc", "sms": "tencent", "captcha": "tencent"}
"""What goes through the simulator unless the operator has chosen otherwise."""


def is_reachable(host: str) -> bool:
    """Say whether whoever listens on this address may be reached from other networks."""
    if host == "localhost":
        return False
    try:
        address = ip_address(host)
    except ValueError:
        return True
    return address.is_unspecified or not (address.is_loopback or address.is_private)
