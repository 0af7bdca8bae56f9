"""What has to be true of the settings together; each breach is a sentence that says what to do."""

import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from liveroom.settings.address_forms import HERE, HOST_PORT, MAKE_ONE, WEB_ADDRESS
from liveroom.settings.checks_music import check_music
from liveroom.settings.checks_receipts import check_receipts
from liveroom.settings.checks_recordings import check_recordings
from liveroom.settings.checks_streams import check_streams
from liveroom.settings.checks_uploads import check_uploads
from liveroom.settings.checks_vendors import check_vendors
from liveroom.settings.checks_wallet import check_wallet
from liveroom.settings.declaring import abouts, variable
from liveroom.settings.settled import Settings

_WELL_KNOWN = frozenset({"default", "secret", "password", "changeme", "admin", "test", "token", "jwt", "liveroom"})
_REDIS_FORMS = re.compile(
    rf"rediss?://(?:[^@/]*@)?{HOST_PORT}(?:/\d*)?(?:\?.*)?"
    rf"|rediss?\+sentinel://(?:[^@/]*@)?{HOST_PORT}(?:,{HOST_PORT})*/[\w.-]+(?:/\d+)?(?:\?.*)?"
    rf"|rediss?\+cluster://(?:[^@/]*@)?{HOST_PORT}(?:,{HOST_PORT})*/?(?:\?.*)?"
)
_STREAM_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")
_TOKEN_TTL_MAX = timedelta(days=30)
_CONNECTION_REQUEST_MAX = timedelta(seconds=30)
_BATTLE_MIN, _BATTLE_MAX = timedelta(seconds=30), timedelta(hours=1)
_KEY_MIN = 16
_MAY_BE_ZERO = frozenset(
    {
        *("agency_notice", "battle_result", "envelope_coins", "grace_owner", "messages_keep", "reports_keep"),
        "recordings_keep",
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
        check_vendors,
        _centrifugo,
        _serverless,
        _event_log,
        check_uploads,
        check_streams,
        check_recordings,
        check_music,
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
        if origin != "*" and not re.fullmatch(rf"https?://{HOST_PORT}", origin):
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
        if at and not re.match(rf"https://{HOST_PORT}|http://{HERE}", at):
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
            yield f"{name} is missing; with MySQL or Redis, all processes must share one. {MAKE_ONE} and set it."
        return
    first, *others = settings.secret
    weak = weakness(first.value.reveal())
    signs = shared or not first.original  # the original's alone only keeps old tokens good
    if weak and signs:
        instead = "" if shared else ", or leave it out to have one generated"
        yield (
            f"{name}: the signing secret {weak}, so anyone could sign tokens. {MAKE_ONE} and put it first{instead}. "
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
            yield f"{variable(name)} {weak}, so others could guess it. {MAKE_ONE}; both sides need it."


def _centrifugo(settings: Settings) -> Iterator[str]:
    if settings.realtime != "centrifugo":
        return
    for name in ("centrifugo_url", "centrifugo_backend"):
        if not re.fullmatch(WEB_ADDRESS, getattr(settings, name)):
            yield f"{variable(name)} is not a valid web address; write it as http://127.0.0.1:8000."
    for name in ("centrifugo_api_key", "centrifugo_proxy_key"):
        key = getattr(settings, name)
        if key is None or len(key.reveal()) < _KEY_MIN:
            yield f"{variable(name)} is missing or shorter than {_KEY_MIN} characters. {MAKE_ONE}; both sides need it."


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
            f"POST /internal/tick: nothing else ends rooms whose host is gone. {MAKE_ONE}."
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
