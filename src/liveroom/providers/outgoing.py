"""Calls of vendors over HTTP: bounded in time and size, on connections that are kept."""

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Final, NamedTuple

import httpx
import msgspec

from liveroom import __version__, deadlines
from liveroom.domain.vendors.model import Trouble, VendorFailure

_LONGEST_ANSWER: Final = 256 * 1024
_CONNECTIONS: Final = httpx.Limits(max_connections=32, max_keepalive_connections=16, keepalive_expiry=50)
OPERATOR_HEADERS: Final = {
    "content-type": "application/json",
    "user-agent": f"liveroom/{__version__}",
    # Few bytes that are packed may be very many.
    "accept-encoding": "identity",
}
"""What every message to an operator's own server begins with."""
OPERATORS_SERVER: Final = "operator"
"""The peer that an operator's own server is, whatever it is called for."""
_decode: Final = msgspec.json.Decoder().decode
Opening = Callable[..., httpx.AsyncClient]


def _open(_: str, **options: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(**options)


_opening: list[Opening] = [_open]


def open_client(peer: str, **options: Any) -> httpx.AsyncClient:
    """Return a client for calls of a peer: a vendor's name, or ``OPERATORS_SERVER``."""
    return _opening[-1](peer, **options)


@contextmanager
def opening(how: Opening) -> Iterator[None]:
    """Have clients of this process opened in another way, which is given the peer first, while the block runs."""
    _opening.append(how)
    try:
        yield
    finally:
        _opening.remove(how)


class Replied(NamedTuple):
    """An answer: the HTTP status, and its body where that is a JSON object."""

    status: int
    body: Mapping[str, Any]


def no_cookies() -> CookieJar:
    """Return a jar that takes nothing: what one operator's server sets is not for another's, and would pile up."""
    return CookieJar(DefaultCookiePolicy(allowed_domains=()))


async def exchange(
    http: httpx.AsyncClient, seconds: float, most: int, method: str, url: str, **sent: Any
) -> tuple[int, bytes]:
    """Send, outside of the caller's deadline; return status and body, of which no more is read than is needed to see
    that it is longer than ``most``.

    Raises ``TimeoutError`` when ``seconds`` are over, and what httpx raises.
    """
    answered = b""
    with deadlines.outside():
        async with asyncio.timeout(seconds), http.stream(method, url, **sent) as response:
            async for part in response.aiter_bytes():
                answered += part
                if len(answered) > most:
                    break
    return response.status_code, answered


def object_in(answered: bytes) -> Mapping[str, Any] | None:
    """Return the JSON object that an answer is; None: it is none."""
    try:
        body = _decode(answered)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


class Outgoing:
    """The way to one vendor. Raises ``VendorFailure`` with the vendor's name and without what was sent."""

    def __init__(self, vendor: str, *, timeout: timedelta, longest: int = _LONGEST_ANSWER) -> None:
        self._vendor = vendor
        self._longest = longest
        self.seconds = timeout.total_seconds()
        self._http = open_client(vendor, timeout=self.seconds, trust_env=False, limits=_CONNECTIONS)

    async def close(self) -> None:
        """Hang up."""
        await self._http.aclose()

    async def post(
        self, url: str, content: bytes, headers: Mapping[str, str], *, plain: Collection[int] = ()
    ) -> Replied:
        """Send, and return the answer, whatever its status; one that is no JSON object is a failure, but for statuses
        that say it all (``plain``).
        """
        try:
            status, answered = await exchange(
                self._http, self.seconds, self._longest, "POST", url, content=content, headers=headers
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as failure:
            raise VendorFailure(Trouble.BUSY, f"{self._vendor} cannot be reached") from failure
        except TimeoutError as failure:
            text = f"{self._vendor} did not answer within {self.seconds:g} s"
            raise VendorFailure(Trouble.BUSY, text, in_doubt=True) from failure
        except (httpx.HTTPError, httpx.InvalidURL) as failure:
            raise VendorFailure(Trouble.BUSY, f"{self._vendor} did not answer", in_doubt=True) from failure
        return Replied(status, self._read(status, answered, is_plain=status in plain))

    def _read(self, status: int, answered: bytes, *, is_plain: bool) -> Mapping[str, Any]:
        body = object_in(answered)
        if body is None and is_plain:
            return {}
        if body is None:
            text = f"{self._vendor} answered what cannot be read (HTTP {status})"
            raise VendorFailure(Trouble.BUSY, text, in_doubt=True)
        return body
