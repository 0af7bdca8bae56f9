"""What has to be true of the settings together; each breach is a sentence that says what to do."""

import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from liveroom.settings.declared import Settings
from liveroom.settings.declaring import variable

_WELL_KNOWN = frozenset({"default", "secret", "password", "changeme", "admin", "test", "token", "jwt", "liveroom"})
_HOST_PORT = r"(?:\[[0-9A-Fa-f:.]+\]|[\w.-]+)(?::\d{1,5})?"
_MAKE_ONE = "Make one with `liveroom config secret` (or `openssl rand -base64 48`)"
_REDIS_FORMS = re.compile(
    rf"rediss?://(?:[^@/]*@)?{_HOST_PORT}(?:/\d*)?(?:\?.*)?"
    rf"|rediss?\+sentinel://(?:[^@/]*@)?{_HOST_PORT}(?:,{_HOST_PORT})*/[\w.-]+(?:/\d+)?(?:\?.*)?"
    rf"|rediss?\+cluster://(?:[^@/]*@)?{_HOST_PORT}(?:,{_HOST_PORT})*/?(?:\?.*)?"
)
_TOKEN_TTL_MAX = timedelta(days=30)
_MAY_BE_ZERO = frozenset({"grace_owner", "shutdown_grace"})


def check(settings: Settings) -> list[str]:
    """Return every breach as a sentence; none means that the service may start."""
    return [*_addresses(settings), *_stores(settings), *_secrets(settings), *_tencent(settings), *_ranges(settings)]


def weakness(secret: str) -> str | None:
    """Return what is weak about a signing secret, or None."""
    if secret.lower() in _WELL_KNOWN:
        return "is a well-known word"
    if len(secret) < 32:
        return f"has only {len(secret)} characters where 32 are the least"
    if len(set(secret)) < 8 or re.fullmatch(r"(.{1,16})\1+", secret):
        return "repeats itself"
    return None


def _addresses(settings: Settings) -> Iterator[str]:
    for origin in settings.origins:
        if origin != "*" and not re.fullmatch(rf"https?://{_HOST_PORT}", origin):
            yield f"{variable('origins')} has {origin!r}; write each as https://app.example.com, or * for all."
    for module in settings.modules:
        if not re.fullmatch(r"-?[a-z][a-z0-9_]*", module):
            yield f"{variable('modules')} has {module!r}; write names such as rooms, all, or -gifts to leave one out."


def _stores(settings: Settings) -> Iterator[str]:
    if not _is_database(settings.database_url):
        yield (
            f"{variable('database_url')} is no address of a database; "
            "write sqlite:///path/to/file.db or mysql://user:password@host:port/database (a special character as %XX)."
        )
    if settings.redis_url is not None and not _REDIS_FORMS.fullmatch(settings.redis_url):
        yield (
            f"{variable('redis_url')} is no address of a Redis; write redis://host:port, rediss://host:port, "
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
    shared = settings.on_mysql or settings.redis_url is not None
    if not settings.secret:
        if shared:
            yield f"{name} is missing; with MySQL or Redis all processes must sign with one. {_MAKE_ONE} and set it."
        return
    first, *others = settings.secret
    weak = weakness(first.value.reveal())
    if shared and weak:
        yield (
            f"{name}: the signing secret {weak}, so anybody could sign tokens. {_MAKE_ONE} and put it first. "
            "An old JWT_SECRET beside it keeps the old tokens good."
        )
    elif not shared and first.value.reveal().lower() == "default":
        yield f"{name}: the word default is known to everybody. {_MAKE_ONE}, or leave it out to have one generated."
    if any(other.value.reveal().lower() == "default" for other in others):
        yield f"{name}: the word default, which everybody knows, is still accepted; remove it, or JWT_SECRET."


def _tencent(settings: Settings) -> Iterator[str]:
    app_id, secret = variable("trtc_sdk_app_id"), variable("trtc_secret")
    if settings.trtc_sdk_app_id and not settings.trtc_secret:
        yield f"{app_id} is set and {secret} is not; set TRTC's SecretKey too, or neither to do without TRTC."
    if settings.trtc_secret and not settings.trtc_sdk_app_id:
        yield f"{secret} is set and {app_id} is not; set TRTC's SDKAppID too, or neither to do without TRTC."
    complete = bool(settings.trtc_sdk_app_id and settings.trtc_secret)
    if settings.rtc == "trtc" and not complete:
        yield f"{variable('rtc')} is trtc, which needs {app_id} and {secret}; set both, or choose mesh."
    if settings.im == "tencent" and not (complete and settings.tim_administrator):
        admin = variable("tim_administrator")
        yield f"{variable('im')} is tencent, which needs {app_id}, {secret} and {admin}; set all three, or choose none."


def _ranges(settings: Settings) -> Iterator[str]:
    bounds = {
        "port": (0, 65535),
        "workers": (1, 256),
        "mysql_pool": (1, 1000),
        "query_limit_default": (1, 100),
        "trtc_sdk_app_id": (0, 2**32 - 1),
    }
    for name, (least, most) in bounds.items():
        if not least <= getattr(settings, name) <= most:
            yield f"{variable(name)} is {getattr(settings, name)}; choose {least} to {most}."
    for name in Settings.__slots__:
        value = getattr(settings, name)
        if isinstance(value, timedelta) and not value and name not in _MAY_BE_ZERO:
            yield f"{variable(name)} is no time at all; choose at least 1s."
    if settings.token_ttl > _TOKEN_TTL_MAX:
        yield f"{variable('token_ttl')} is over 30 days, for which ended sessions are remembered; choose at most 30d."
