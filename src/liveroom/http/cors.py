"""Which web pages may call: the CORS headers of every answer, and the answer to a preflight."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

Header = tuple[bytes, bytes]

_EXPOSED: Header = (b"access-control-expose-headers", b"X-Request-ID")
_CONSOLE = b"x-liveroom-console"
"""The header of the console's page: no page of another origin may send it."""
_USUAL_HEADERS = b"Content-Type, Authorization, Accept-Language, X-Request-ID"
_SANE_HEADERS = re.compile(rb"[A-Za-z0-9,_ -]{1,1024}")


def lines(headers: Iterable[Header]) -> bytes:
    """Return headers as they stand in an answer."""
    return b"".join(b"%b: %b\r\n" % header for header in headers)


@dataclass(frozen=True, slots=True)
class CorsHeaders:
    """What an answer says to a page: as headers, and as they stand in the answer."""

    headers: tuple[Header, ...]
    lines: bytes


class Cors:
    """The web origins that may call; ``*`` is all of them. The console's cookie is for its own page alone."""

    def __init__(self, origins: Iterable[str] = ("*",)) -> None:
        named = [origin.rstrip("/").encode() for origin in origins]
        self._for_anyone = _allow(b"*") if b"*" in named else None
        self._for_origin = {name: _allow(name, (b"vary", b"Origin")) for name in named}
        self._for_other_origins = CorsHeaders(((b"vary", b"Origin"),), lines([(b"vary", b"Origin")]))

    def allowed(self, origin: bytes | None) -> CorsHeaders:
        """Return what an answer says to a page of this origin."""
        return self._for_anyone or self._for_origin.get(origin or b"", self._for_other_origins)

    def preflight(self, origin: bytes | None, asked: bytes | None) -> tuple[Header, ...]:
        """Return the headers of a preflight's answer; ``asked`` are the request headers that the page wants to send."""
        answer = self.allowed(origin)
        if answer is self._for_other_origins:
            return answer.headers
        is_sane = asked and _SANE_HEADERS.fullmatch(asked) and _CONSOLE not in asked.lower()
        allowed = asked if asked and is_sane else _USUAL_HEADERS
        return (
            *answer.headers,
            (b"access-control-allow-methods", b"GET, POST, PUT, HEAD, OPTIONS"),
            (b"access-control-allow-headers", allowed),
            (b"access-control-max-age", b"86400"),
        )


def _allow(origin: bytes, *more: Header) -> CorsHeaders:
    headers = ((b"access-control-allow-origin", origin), _EXPOSED, *more)
    return CorsHeaders(headers, lines(headers))
