"""The live page: whether it is built, and whether browsers get it in a way that gives them their cameras."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from liveroom.domain.findings import Finding, fail, ok, warn
from liveroom.http.certificates import own_path, read_certificate
from liveroom.http.pages import are_built
from liveroom.settings import Settings

_SOON: Final = timedelta(days=14)


def look_at_page(*, is_built: bool | None = None) -> Iterator[Finding]:
    """Say whether there is a live page to show."""
    if are_built() if is_built is None else is_built:
        yield ok("live page", "at /, with the API reference at /reference")
    else:
        yield warn(
            "live page",
            "not built: / shows the API reference",
            "reinstall liveroom without LIVEROOM_SKIP_WEB=1 (in a clone: make setup)",
        )


def look_at_https(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Judge the certificate, where the service speaks HTTPS itself."""
    if not settings.https:
        yield ok("https", "off: browsers allow cameras only on this machine, or behind a proxy with HTTPS")
    elif settings.tls_cert is None:
        yield ok("https", f"with a self-signed certificate in {own_path(settings)}, renewed automatically")
    else:
        yield _certificate(settings.tls_cert, now)


def _certificate(path: Path, now: datetime) -> Finding:
    try:
        ends = read_certificate(path).not_valid_after_utc
    except (OSError, ValueError) as problem:
        return fail(
            "https", f"{path} cannot be read as a certificate ({problem})", "set LIVEROOM_TLS_CERT to a PEM file"
        )
    remedy = "renew it; the running service loads the new file"
    if ends <= now:
        return fail("https", f"the certificate {path} expired on {ends:%Y-%m-%d}", remedy)
    if ends - now < _SOON:
        return warn("https", f"the certificate {path} expires on {ends:%Y-%m-%d}", remedy)
    return ok("https", f"the certificate {path} is valid until {ends:%Y-%m-%d}")
