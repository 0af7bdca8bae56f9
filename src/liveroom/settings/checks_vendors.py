"""What has to be true of the settings of media, messages, codes and captchas together (``checks``)."""

import re
from collections.abc import Iterator

from liveroom.settings import simulated
from liveroom.settings.address_forms import HERE, HOST_PORT, MAKE_ONE, WEB_PATH
from liveroom.settings.declaring import variable
from liveroom.settings.settled import Settings

_LIVEKIT_MIN = 32
_ICE_FORM = re.compile(rf"(?:stuns?|turns?):{HOST_PORT}(?:\?transport=(?:udp|tcp))?")


def check_vendors(settings: Settings) -> Iterator[str]:
    """Yield each breach as a sentence."""
    for part in (_tencent, _simulator, _mesh, _livekit, _callbacks, _codes, _captcha):
        yield from part(settings)


def _tencent(settings: Settings) -> Iterator[str]:
    app_id, secret = variable("trtc_sdk_app_id"), variable("trtc_secret")
    if settings.trtc_sdk_app_id and not settings.trtc_secret:
        yield f"{app_id} is set and {secret} is not; set TRTC's SecretKey too, or neither to leave TRTC off."
    if settings.trtc_secret and not settings.trtc_sdk_app_id:
        yield f"{secret} is set and {app_id} is not; set TRTC's SDKAppID too, or neither to leave TRTC off."
    cloud_id, cloud_key = variable("tencent_secret_id"), variable("tencent_secret_key")
    if bool(settings.tencent_secret_id) != bool(settings.tencent_secret_key):
        yield f"{cloud_id} and {cloud_key} belong together; set both or neither."
    complete = bool(settings.trtc_sdk_app_id and settings.trtc_secret)
    if settings.rtc == "trtc" and not complete:
        yield f"{variable('rtc')} is trtc, which needs {app_id} and {secret}; set both, or choose mesh."
    if settings.im == "tencent" and not (complete and settings.tim_administrator):
        admin = variable("tim_administrator")
        yield f"{variable('im')} is tencent, which needs {app_id}, {secret} and {admin}; set all three, or choose none."
    if settings.tencent_calls and not settings.tim_administrator:
        yield f"{variable('tencent_calls')} is set, which needs {variable('tim_administrator')}; set both, or neither."
    if settings.im_mirror and settings.im != "tencent":
        yield f"{variable('im_mirror')} is on, but Tencent IM is not set up; set it up, or leave the mirror off."


def _simulator(settings: Settings) -> Iterator[str]:
    name = variable("simulator")
    if settings.simulator and not re.fullmatch(rf"http://{HERE}(?::\d{{1,5}})?/?", settings.simulator):
        yield f"{name} is not an address of this machine; write the one that `liveroom simulate` prints."
    ours = (settings.trtc_sdk_app_id == simulated.SDK_APP_ID, settings.tencent_secret_id == simulated.SECRET_ID)
    if not (settings.simulator or any(ours)):
        return
    why = "the keys of `liveroom simulate` are the same everywhere, so anyone could sign in as anybody"
    if settings.on_mysql:
        yield f"{why}; with MySQL, set Tencent's own keys and remove {name}."
    if simulated.is_reachable(settings.host):
        yield f"{why}; listen on 127.0.0.1 or a private address instead of {settings.host}, or remove {name}."


def _mesh(settings: Settings) -> Iterator[str]:
    listed = [("ice_servers", url) for server in settings.ice_servers for url in server.urls]
    for name, url in [*listed, *(("turn_urls", url) for url in settings.turn_urls)]:
        if not _ICE_FORM.fullmatch(url):
            yield f"{variable(name)} has {url!r}; write each as stun:host:port or turn:host:port?transport=tcp."
    urls, secret = variable("turn_urls"), variable("turn_secret")
    if settings.turn_urls and not settings.turn_secret:
        yield f"{urls} is set and {secret} is not; set coturn's static-auth-secret too, or use LIVEROOM_ICE_SERVERS."
    if settings.turn_secret and not settings.turn_urls:
        yield f"{secret} is set and {urls} is not; set coturn's addresses too, or neither to leave TURN off."


def _livekit(settings: Settings) -> Iterator[str]:
    names = ("livekit_url", "livekit_key", "livekit_secret")
    missing = [variable(name) for name in names if not getattr(settings, name)]
    if missing and (len(missing) < len(names) or settings.rtc == "livekit"):
        yield f"LiveKit needs {' and '.join(missing)} too; set all three, or none and choose another media provider."
    if settings.livekit_url and not re.fullmatch(rf"wss?://{HOST_PORT}{WEB_PATH}", settings.livekit_url):
        yield f"{variable('livekit_url')} is not a valid address for browsers; write it as wss://live.example.com."
    if settings.livekit_secret and len(settings.livekit_secret.reveal()) < _LIVEKIT_MIN:
        yield f"{variable('livekit_secret')} has fewer than {_LIVEKIT_MIN} characters: LiveKit refuses it. {MAKE_ONE}."


def _codes(settings: Settings) -> Iterator[str]:
    for name, sender in (("sms", settings.sms), ("email", settings.email)):
        if sender == "log" and settings.in_production:
            yield (
                f"{variable(name)} is log, but MySQL or Redis means production, where anyone who reads the log "
                f"could sign in as anybody; set up a sender, or choose none. {variable('test_codes')} keep working."
            )
    if settings.sms == "tencent":
        yield from _sms(settings)
    if settings.email == "smtp":
        yield from _smtp(settings)
    for name in ("sms_url", "captcha_url"):
        if not re.fullmatch(rf"https://{HOST_PORT}|http://{HERE}(?::\d{{1,5}})?", getattr(settings, name)):
            yield f"{variable(name)} is not a valid address of Tencent's cloud; write it as https://sms.tencentcloudapi.com."


def _sms(settings: Settings) -> Iterator[str]:
    names = ("tencent_secret_id", "tencent_secret_key", "sms_sdk_app_id", "sms_sign_name", "sms_template_id")
    missing = [variable(name) for name in names if not getattr(settings, name)]
    if missing:
        yield f"{variable('sms')} is tencent, which needs {' and '.join(missing)} too; set them, or choose none."
    for name in ("sms_template_id", "sms_template_abroad"):
        if not re.fullmatch(r"\d*", getattr(settings, name), re.ASCII):
            yield f"{variable(name)} is not a Tencent template; write its number, such as 449739."


def _smtp(settings: Settings) -> Iterator[str]:
    url = variable("smtp_url")
    found = re.fullmatch(rf"(smtps?)://(?:[^@/]*@)?({HOST_PORT})/?", settings.smtp_url)
    if not found:
        yield f"{url} is not a valid mail server address; write smtps://user:password@host, a special character as %XX."
    elif found[1] == "smtp" and not settings.smtp_tls and not re.fullmatch(rf"{HERE}(?::\d+)?", found[2]):
        yield f"{variable('smtp_tls')} is off, which is only for a mail server on the same machine; leave it on."
    if not re.fullmatch(r"[^<>@\r\n]*<[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+", settings.email_from):
        yield f"{variable('email_from')} is not a valid sender; write it as Live <no-reply@example.com>."


def _captcha(settings: Settings) -> Iterator[str]:
    if settings.captcha != "tencent":
        return
    for name in ("tencent_secret_id", "tencent_secret_key"):
        if not getattr(settings, name):
            yield f"{variable('captcha')} is tencent, which needs {variable(name)} too; set it, or choose none."
    pairs = [(settings.captcha_web_appid, "web"), (settings.captcha_wxmini_appid, "wxmini")]
    if not any(id for id, _ in pairs):
        yield f"{variable('captcha')} is tencent, which needs {variable('captcha_web_appid')} and its secret; set both."
    for id, kind in pairs:
        if id and not getattr(settings, f"captcha_{kind}_secret"):
            app, secret = variable(f"captcha_{kind}_appid"), variable(f"captcha_{kind}_secret")
            yield f"{app} is set and {secret} is not; set its AppSecretKey too, or remove the application."


def _callbacks(settings: Settings) -> Iterator[str]:
    key = settings.trtc_callback_key
    if key is not None and not re.fullmatch(r"[A-Za-z0-9]{1,32}", key.reveal()):
        name = variable("trtc_callback_key")
        yield f"{name} is not a valid key for TRTC's callbacks; enter at most 32 letters and digits in both places."
    if settings.trtc_lists and not settings.tencent_secret_id:
        yield f"{variable('trtc_lists')} is on, which needs {variable('tencent_secret_id')}; set it, or leave it off."
    if settings.trtc_permission_control and not (key and settings.tencent_secret_id):
        needed = f"{variable('trtc_callback_key')} and {variable('tencent_secret_id')}"
        yield f"{variable('trtc_permission_control')} is on, which needs {needed}; set both, or leave it off."
