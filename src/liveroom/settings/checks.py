"""What has to be true of the settings together; each breach is a sentence that says what to do."""

import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from liveroom.settings import simulated
from liveroom.settings.checks_receipts import check_receipts
from liveroom.settings.checks_uploads import check_uploads
from liveroom.settings.checks_wallet import check_wallet
from liveroom.settings.declaring import abouts, variable
from liveroom.settings.settled import Settings

_WELL_KNOWN = frozenset({"default", "secret", "password", "changeme", "admin", "test", "token", "jwt", "liveroom"})
_HOST_PORT = r"(?:\[[0-9A-Fa-f:.]+\]|[\w.-]+)(?::\d{1,5})?"
_HERE = r"(?:127\.0\.0\.1|localhost|\[::1\])"
_MAKE_ONE = "Generate one with `liveroom config secret` (or `openssl rand -base64 48`)"
_REDIS_FORMS = re.compile(
    rf"rediss?://(?:[^@/]*@)?{_HOST_PORT}(?:/\d*)?(?:\?.*)?"
    rf"|rediss?\+sentinel://(?:[^@/]*@)?{_HOST_PORT}(?:,{_HOST_PORT})*/[\w.-]+(?:/\d+)?(?:\?.*)?"
    rf"|rediss?\+cluster://(?:[^@/]*@)?{_HOST_PORT}(?:,{_HOST_PORT})*/?(?:\?.*)?"
)
_STREAM_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")
_TOKEN_TTL_MAX = timedelta(days=30)
_CONNECTION_REQUEST_MAX = timedelta(seconds=30)
_BATTLE_MIN, _BATTLE_MAX = timedelta(seconds=30), timedelta(hours=1)
_KEY_MIN = 16
_LIVEKIT_MIN = 32
_ICE_FORM = re.compile(rf"(?:stuns?|turns?):{_HOST_PORT}(?:\?transport=(?:udp|tcp))?")
_MAY_BE_ZERO = frozenset(
    {
        *("agency_notice", "battle_result", "envelope_coins", "grace_owner", "messages_keep", "reports_keep"),
        *("shutdown_grace", "stays_keep", "timer_room"),
    }
)


def check(settings: Settings) -> list[str]:
    """Return every breach as a sentence; none means that the service may start."""
    parts = (
        _addresses,
        _console,
        _openid,
        check_wallet,
        check_receipts,
        _tls,
        _stores,
        _secrets,
        _keys,
        _tencent,
        _simulator,
        _mesh,
        _livekit,
        _callbacks,
        _codes,
        _captcha,
        _centrifugo,
        _serverless,
        _event_log,
        check_uploads,
        _ranges,
    )
    return [breach for part in parts for breach in part(settings)]


def weakness(secret: str, least: int = 32) -> str | None:
    """Return what is weak about a signing secret, or about a key of which ``least`` characters are enough; or None."""
    if secret.lower() in _WELL_KNOWN:
        return "is a well-known word"
    if len(secret) < least:
        return f"has only {len(secret)} characters (at least {least} are needed)"
    if len(set(secret)) < 8 or re.fullmatch(r"(.{1,16})\1+", secret):
        return "repeats itself"
    return None


def _addresses(settings: Settings) -> Iterator[str]:
    for origin in settings.origins:
        if origin != "*" and not re.fullmatch(rf"https?://{_HOST_PORT}", origin):
            yield f"{variable('origins')} has {origin!r}; write each as https://app.example.com, or * for all."
    for module in settings.modules:
        if not re.fullmatch(r"-?[a-z][a-z0-9_]*", module):
            yield f"{variable('modules')} has {module!r}; write names such as rooms, all, or -presence to leave it out."


def _console(settings: Settings) -> Iterator[str]:
    host, port = variable("console_host"), variable("console_port")
    if settings.console_host and not settings.console_port:
        yield f"{host} is set and {port} is not; set both, or neither to serve the console beside the service."
    if settings.console_port and not settings.console:
        yield f"{port} is set, but {variable('console')} is off; remove it, or switch the console on."
    if settings.console_port and settings.serverless:
        yield f"{port} is set, but a web function has one port; remove it."
    if settings.console_port and settings.console_port == settings.port:
        yield f"{port} is the port of the service itself; choose another, or remove it."
    if settings.metrics == "console" and not settings.console_port:
        yield f"{variable('metrics')} is console, which has no port of its own; set {port}, or choose on or off."


def _openid(settings: Settings) -> Iterator[str]:
    needed = ("oidc_issuer", "oidc_client_id", "oidc_client_secret", "oidc_url", "oidc_groups")
    given = [name for name in needed if getattr(settings, name)]
    if given and len(given) < len(needed):
        missing = [variable(name) for name in needed if name not in given]
        are = "is" if len(missing) == 1 else "are"
        yield f"{variable(given[0])} is set, but {', '.join(missing)} {are} missing; set all of them, or none."
    for name in ("oidc_issuer", "oidc_url"):
        at = getattr(settings, name)
        if at and not re.match(rf"https://{_HOST_PORT}|http://{_HERE}", at):
            yield f"{variable(name)} is {at!r}; write an address that begins with https://."


def _tls(settings: Settings) -> Iterator[str]:
    certificate, key = variable("tls_cert"), variable("tls_key")
    if (settings.tls_cert is None) != (settings.tls_key is None):
        given, missing = (certificate, key) if settings.tls_cert else (key, certificate)
        yield f"{given} is set and {missing} is not; set both, or neither for a self-signed certificate."
    if settings.tls_cert and not settings.https:
        yield f"{certificate} is set, but the service uses plain HTTP; set {variable('https')}=on, or remove it."


def _stores(settings: Settings) -> Iterator[str]:
    if not _is_database(settings.database_url):
        yield (
            f"{variable('database_url')} is not a valid database address; "
            "write sqlite:///path/to/file.db or mysql://user:password@host:port/database (a special character as %XX)."
        )
    if settings.redis_url is not None and not _REDIS_FORMS.fullmatch(settings.redis_url):
        yield (
            f"{variable('redis_url')} is not a valid Redis address; write redis://host:port, rediss://host:port, "
            "redis+sentinel://host:port,host:port/master or redis+cluster://host:port,host:port "
            "(a special character as %XX)."
        )
    if settings.workers > 1 and settings.redis_url is None:
        yield (
            f"{variable('workers')} is {settings.workers}, but several processes share live data in Redis only; "
            f"set {variable('redis_url')} or use one worker."
        )


def _is_database(url: str) -> bool:
    if url.startswith("sqlite:///"):
        return len(url) > len("sqlite:///")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    named = parts.username and parts.hostname and re.fullmatch(r"/[\w$-]+", parts.path)
    return parts.scheme == "mysql" and bool(named)


def _secrets(settings: Settings) -> Iterator[str]:
    name = variable("secret")
    shared = settings.in_production
    if not settings.secret:
        if shared:
            yield f"{name} is missing; with MySQL or Redis, all processes must share one. {_MAKE_ONE} and set it."
        return
    first, *others = settings.secret
    weak = weakness(first.value.reveal())
    signs = shared or not first.original  # the original's alone only keeps old tokens good
    if weak and signs:
        instead = "" if shared else ", or leave it out to have one generated"
        yield (
            f"{name}: the signing secret {weak}, so anyone could sign tokens. {_MAKE_ONE} and put it first{instead}. "
            "An old JWT_SECRET beside it keeps old tokens valid."
        )
    kept = others if signs else settings.secret
    if any(other.value.reveal().lower() == "default" for other in kept):
        yield f"{name}: the word default, which everybody knows, is still accepted; remove it or JWT_SECRET."


def _keys(settings: Settings) -> Iterator[str]:
    for name in ("internal_key", "im_callback_token", "trtc_callback_key"):
        key = getattr(settings, name)
        weak = None if key is None else weakness(key.reveal(), _KEY_MIN)
        if weak:
            yield f"{variable(name)} {weak}, so others could guess it. {_MAKE_ONE}; both sides need it."


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
    if settings.simulator and not re.fullmatch(rf"http://{_HERE}(?::\d{{1,5}})?/?", settings.simulator):
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
    if settings.livekit_url and not re.fullmatch(rf"wss?://{_HOST_PORT}(?:/[\w./~-]*)?", settings.livekit_url):
        yield f"{variable('livekit_url')} is not a valid address for browsers; write it as wss://live.example.com."
    if settings.livekit_secret and len(settings.livekit_secret.reveal()) < _LIVEKIT_MIN:
        yield f"{variable('livekit_secret')} has fewer than {_LIVEKIT_MIN} characters: LiveKit refuses it. {_MAKE_ONE}."


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
        if not re.fullmatch(rf"https://{_HOST_PORT}|http://{_HERE}(?::\d{{1,5}})?", getattr(settings, name)):
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
    found = re.fullmatch(rf"(smtps?)://(?:[^@/]*@)?({_HOST_PORT})/?", settings.smtp_url)
    if not found:
        yield f"{url} is not a valid mail server address; write smtps://user:password@host, a special character as %XX."
    elif found[1] == "smtp" and not settings.smtp_tls and not re.fullmatch(rf"{_HERE}(?::\d+)?", found[2]):
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
    if settings.trtc_permission_control and not (key and settings.tencent_secret_id):
        needed = f"{variable('trtc_callback_key')} and {variable('tencent_secret_id')}"
        yield f"{variable('trtc_permission_control')} is on, which needs {needed}; set both, or leave it off."


def _centrifugo(settings: Settings) -> Iterator[str]:
    if settings.realtime != "centrifugo":
        return
    for name in ("centrifugo_url", "centrifugo_backend"):
        if not re.fullmatch(rf"https?://{_HOST_PORT}(?:/[\w./~-]*)?", getattr(settings, name)):
            yield f"{variable(name)} is not a valid web address; write it as http://127.0.0.1:8000."
    for name in ("centrifugo_api_key", "centrifugo_proxy_key"):
        key = getattr(settings, name)
        if key is None or len(key.reveal()) < _KEY_MIN:
            yield f"{variable(name)} is missing or shorter than {_KEY_MIN} characters. {_MAKE_ONE}; both sides need it."


def _serverless(settings: Settings) -> Iterator[str]:
    if not settings.serverless:
        return
    name = variable("serverless")
    if not settings.on_mysql:
        yield (
            f"{name} is on, but the database is a file, which a web function loses when its process ends; "
            f"set {variable('database_url')} to a MySQL database."
        )
    if settings.redis_url is None:
        yield (
            f"{name} is on without a Redis, and what is live would end with each process, often after one call; "
            f"set {variable('redis_url')}."
        )
    if settings.workers > 1:
        yield f"{name} is on with {settings.workers} workers; the platform starts the processes: use one worker."
    if settings.realtime == "centrifugo":
        yield f"{name} is on, but a frozen process cannot relay to Centrifugo; set {variable('realtime')}=builtin."
    if settings.internal_key is None:
        yield (
            f"{name} needs {variable('internal_key')}, the key with which a timer calls "
            f"POST /internal/tick: nothing else ends rooms whose host is gone. {_MAKE_ONE}."
        )


def _event_log(settings: Settings) -> Iterator[str]:
    name, text = variable("event_log"), settings.event_log
    if text.startswith("file:"):
        if not re.fullmatch(r"file:///.*[^/]", text):
            yield f"{name} is not a valid file address; write it as file:///var/log/liveroom/events.jsonl."
        if settings.serverless:
            yield f"{name} is a file, which a web function loses when its process ends; name a Redis stream instead."
    elif text and not _is_stream(text):
        yield (
            f"{name} is not a place for events; write file:///path/of/events.jsonl, redis:stream-name, or the address "
            "of a Redis with its stream, as in redis://host:port/0?stream=events (letters, digits and ._:- only)."
        )
    elif re.match(r"redis:(?!//)", text) and settings.redis_url is None:
        yield (
            f"{name} is a stream of the service's own Redis, but there is none; set {variable('redis_url')}, or write "
            "the address of another as redis://host:port/0?stream=events."
        )


def _is_stream(text: str) -> bool:
    ours = re.fullmatch(r"redis:(?!//)(.+)", text)
    if ours:
        return _STREAM_NAME.fullmatch(ours[1]) is not None
    if not _REDIS_FORMS.fullmatch(text):
        return False
    try:
        named = parse_qs(urlsplit(text).query).get("stream", [])
    except ValueError:  # a bracket in the password reads as half an IPv6 address
        return False
    return len(named) == 1 and _STREAM_NAME.fullmatch(named[0]) is not None


def _ranges(settings: Settings) -> Iterator[str]:
    bounds = {
        "port": (0, 65535),
        "console_port": (0, 65535),
        "workers": (1, 256),
        "mysql_pool": (1, 1000),
        "query_limit_default": (1, 100),
        "trtc_sdk_app_id": (0, 2**32 - 1),
        "event_log_keep": (1000, 1_000_000_000),
        "message_limit": (0, 1000),
        "gift_points": (0, 1000),
        "room_message_limit": (1, 200),
        "socket_channels_max": (1, 10_000),
        "socket_message_max": (1024, 1024 * 1024),
        "socket_rate": (1, 100_000),
    }
    for name, (least, most) in bounds.items():
        if not least <= getattr(settings, name) <= most:
            yield f"{variable(name)} is {getattr(settings, name)}; choose {least} to {most}."
    for name in abouts(Settings):
        value = getattr(settings, name)
        if isinstance(value, timedelta) and not value and name not in _MAY_BE_ZERO:
            yield f"{variable(name)} must be at least 1s."
    if settings.connection_request > _CONNECTION_REQUEST_MAX:
        yield f"{variable('connection_request')} is over 30 s, for which apps wait at most; choose at most 30s."
    if not _BATTLE_MIN <= settings.battle_duration <= _BATTLE_MAX:
        yield f"{variable('battle_duration')} is no length of battles; choose 30s to 1h."
    if settings.token_ttl > _TOKEN_TTL_MAX:
        yield f"{variable('token_ttl')} is over 30 days, for which ended sessions are remembered; choose at most 30d."
