"""Calls of the console's page: the cookie in which its session is kept, and what the browser says about the page.

The session's cookie cannot be read or sent by any other page: it is HttpOnly and SameSite=Strict, and over HTTPS its
name begins with ``__Host-``, so that neither a subdomain nor an unencrypted page can set it. Every call has a header
that a page of another origin may not send (``http.cors``).
"""

from collections.abc import Mapping, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final
from urllib.parse import urlsplit

from liveroom.api.identity import ConsoleRequest
from liveroom.http.addresses import host_name, parse_address

CONSOLE_HEADER: Final = b"x-liveroom-console"
_COOKIE: Final = "liveroom"
_FORWARDING: Final = frozenset(
    {b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-forwarded-proto", b"x-real-ip", b"via"}
)


def console_request(scope: MutableMapping[str, Any], headers: Mapping[bytes, bytes]) -> ConsoleRequest:
    """Return what is known of a call that says it came from the console's page."""
    host, scheme = host_name(headers.get(b"host", b"")), scope.get("scheme", "http")
    is_forwarded = not _FORWARDING.isdisjoint(headers)
    is_local = scheme == "http" and is_loopback(host)
    origin = headers.get(b"origin", b"").decode("latin-1")
    return ConsoleRequest(
        token=_cookie(scope, cookie_name(_COOKIE, is_local=is_local)),
        device=headers.get(b"user-agent", b"").decode("latin-1"),
        is_post=scope["method"] == "POST",
        from_own_page=_is_own(headers.get(b"sec-fetch-site"), origin, host),
        is_open=scheme == "http" and origin.startswith("http://") and not is_local,
        is_local=is_local,
        is_forwarded=is_forwarded,
        cookies=[],
    )


def set_cookies(console: ConsoleRequest) -> list[tuple[bytes, bytes]]:
    """Return the headers that keep or drop the session's cookie in the browser."""
    return [set_cookie(_COOKIE, value, "Strict", is_local=console.is_local) for value in console.cookies]


def set_cookie(name: str, value: str, same_site: str, *, is_local: bool) -> tuple[bytes, bytes]:
    """Return the header that has the browser keep a cookie, which no script reads; ``value``: also how long."""
    secure = "" if is_local else "; Secure"
    text = f"{cookie_name(name, is_local=is_local)}={value}; Path=/; HttpOnly; SameSite={same_site}{secure}"
    return b"set-cookie", text.encode()


def cookie_name(name: str, *, is_local: bool) -> str:
    """Return the name under which browsers keep a cookie: on this machine without HTTPS they keep no ``__Host-``."""
    return name if is_local else f"__Host-{name}"


def is_loopback(host: str) -> bool:
    """Say whether a host name means this machine."""
    if host == "localhost":
        return True
    address = parse_address(f"[{host}]" if ":" in host else host)
    return address is not None and address.is_loopback


def _is_own(site: bytes | None, origin: str, host: str) -> bool:
    """Say whether the page is the console's own: the browser vouches for it, else its origin has to be ours."""
    if site is not None:
        return site == b"same-origin"
    return not origin or host_name((urlsplit(origin).hostname or "").encode()) == host


def _cookie(scope: MutableMapping[str, Any], name: str) -> str:
    """Return the cookie of that name; "" for none, and where there are two."""
    found: list[str] = []
    for header, value in scope["headers"]:
        if header != b"cookie":
            continue
        try:
            parts = [SimpleCookie(part.strip()) for part in value.decode("latin-1").split(";")]
        except CookieError:
            continue
        found += [part[name].value for part in parts if name in part]
    return found[0] if len(found) == 1 else ""
