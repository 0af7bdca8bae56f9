"""Who may open a socket: the answer to a request that asks for one.

Path, origin and form of the protocol are judged here, the WebSocket handshake itself by the library. The request comes
parsed: thousands that come back at once are there in a quarter of the time. Whether there is room for another
connection is the hub's to say, after this.
"""

import itertools
import re
import secrets
from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from typing import Final, NamedTuple
from urllib.parse import unquote

from websockets.datastructures import Headers
from websockets.exceptions import InvalidHandshake
from websockets.http11 import MAX_LINE_LENGTH, Request, Response
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from liveroom.realtime.framing import KEPT, WS_JSON, WS_PROTOBUF, Framing, Opening

Header = tuple[bytes, bytes]
AddressOf = Callable[[str, Sequence[Header]], str]
"""Returns the client's address, of who opened the connection and of the headers."""

_FRAMINGS: Final[dict[str, Framing]] = {"centrifuge-protobuf": WS_PROTOBUF, "centrifuge-json": WS_JSON}
_ASKED_FOR_PROTOBUF: Final = frozenset(("format=protobuf", "cf_protocol=protobuf"))
_QUERY_MAX: Final = 2048
_AGREED: Final = (
    "HTTP/1.1 101 Switching Protocols\r\n"
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {}\r\n{}X-Request-ID: {}\r\n\r\n"
)
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")


class AdmittedHandshake(NamedTuple):
    """The socket may be opened: what it will speak, what the hub is told, and the answer to send if it agrees."""

    framing: Framing
    opening: Opening
    response: bytes


class RefusedHandshake(NamedTuple):
    """The socket is not opened; the answer says why."""

    response: bytes


class Origins:
    """The web pages that may connect: those of the origins named, and the service's own.

    No cookie is used, so this is not what protects a user.
    """

    def __init__(self, origins: Iterable[str]) -> None:
        self._origins = frozenset(origin.rstrip("/").lower() for origin in origins)

    def allow(self, origin: str, host: str) -> bool:
        """Say whether a request may come from a page of this origin ("": from none) to this host."""
        if not origin or "*" in self._origins:
            return True
        origin = origin.rstrip("/").lower()
        return origin in self._origins or origin.partition("://")[2] == host.lower()


class Handshakes:
    """Judges requests. ``is_ours`` knows the path of the socket under all its prefixes."""

    def __init__(
        self,
        *,
        is_ours: Callable[[str], bool],
        origins: Iterable[str],
        address_of: AddressOf,
        host_of: Callable[[bytes], str],
    ) -> None:
        self._is_ours = is_ours
        self._origins = Origins(origins)
        self._address_of = address_of
        self._host_of = host_of
        self._prefix = secrets.token_hex(4)
        self._numbers = itertools.count(1)
        self._library = ServerProtocol(select_subprotocol=_select)
        """What checks requests, all of them: that leaves no trace in it."""

    def judge(
        self, method: str, target: bytes, headers: Sequence[Header], peer: str
    ) -> AdmittedHandshake | RefusedHandshake:
        """Judge the head of a request: names of headers in small letters. ``peer`` is who opened the connection."""
        if max(len(target), *(len(name) + len(value) for name, value in headers), 0) > MAX_LINE_LENGTH:
            return refuse(HTTPStatus.BAD_REQUEST, "A line of the request is too long.")
        request = _request(method, target, headers)
        host = request.headers.get_all("Host")
        if len(host) > 1:
            return refuse(HTTPStatus.BAD_REQUEST, "A request has one Host header.")
        path, _, query = request.path.partition("?")
        if not self._is_ours(unquote(path)):
            return refuse(HTTPStatus.NOT_FOUND, "There is no socket at this path.")
        try:
            accept, _, subprotocol = self._library.process_request(request)
        except InvalidHandshake:
            return RefusedHandshake(_closing(ServerProtocol().accept(request)))
        opening = self._opening(request.headers, headers, peer)
        if not self._origins.allow(opening.origin, host[0] if host else ""):
            return refuse(HTTPStatus.FORBIDDEN, "Pages of this origin may not open a socket; see the setting origins.")
        chosen = f"Sec-WebSocket-Protocol: {subprotocol}\r\n" if subprotocol else ""
        response = _AGREED.format(accept, chosen, opening.request_id)
        return AdmittedHandshake(_framing(subprotocol, query), opening, response.encode())

    def _opening(self, headers: Headers, raw: Sequence[Header], peer: str) -> Opening:
        given = _first(headers, "X-Request-ID")
        return Opening(
            address=self._address_of(peer, raw),
            host=self._host_of(_first(headers, "Host").encode("latin-1")),
            origin=_first(headers, "Origin")[:KEPT],
            languages=_first(headers, "Accept-Language")[:KEPT],
            request_id=given if _REQUEST_ID.fullmatch(given) else f"{self._prefix}{next(self._numbers):08x}",
        )


def _request(method: str, target: bytes, raw: Sequence[Header]) -> Request:
    headers = Headers()
    for name, value in raw:
        headers[name.decode("latin-1")] = value.decode("latin-1")
    return Request(target.decode("ascii", "surrogateescape"), headers, method)


def refuse(status: HTTPStatus, reason: str) -> RefusedHandshake:
    """Return an answer that opens no socket."""
    body = f"{reason}\n".encode()
    headers = Headers({"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(body))})
    return RefusedHandshake(_closing(Response(status, status.phrase, headers, body)))


def _closing(response: Response) -> bytes:
    if "Connection" not in response.headers:
        response.headers["Connection"] = "close"
    return response.serialize()


def _select(_conn: ServerProtocol, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    """Choose the first that we speak; whoever offers none, or only others, gets JSON without a name."""
    return next((name for name in offered if name in _FRAMINGS), None)


def _framing(subprotocol: str | None, query: str) -> Framing:
    if subprotocol is not None:
        return _FRAMINGS[subprotocol]
    asks = len(query) < _QUERY_MAX and not _ASKED_FOR_PROTOBUF.isdisjoint(query.split("&"))
    return WS_PROTOBUF if asks else WS_JSON


def _first(headers: Headers, name: str) -> str:
    values = headers.get_all(name)
    return values[0] if values else ""
