"""The ASGI application: the short way from a request to a declared method and back; what is rare goes to a site.

Every answer carries a request id and the CORS headers, the site's too. Whatever the service itself has to say is HTTP
200 with a code in the body, because shipped apps crash on anything else (CLIENTS.md, rule 1).
"""

import itertools
import re
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Protocol

from starlette.requests import ClientDisconnect
from structlog import get_logger

from liveroom.api.codes import Code
from liveroom.api.declare import Method, Registry
from liveroom.api.envelopes import Outcome, refusal
from liveroom.api.identity import RequestContext
from liveroom.domain.errors import BadRequest
from liveroom.domain.tenants.model import Language
from liveroom.http.addresses import Addresses, Network, host_name
from liveroom.http.console_calls import CONSOLE_HEADER, console_request, set_cookies
from liveroom.http.cors import Cors, Header, lines
from liveroom.http.cycle import ANSWER, HOLD
from liveroom.http.decoding import BodyTooLarge, ClientGone, Raw, read_body, read_parameters
from liveroom.http.lifespan import Lifespan, run_lifespan
from liveroom.http.metrics import Meter
from liveroom.http.paths import Paths, Routes
from liveroom.http.signed import Kept, is_signed
from liveroom.log import bind_request, log_unexpected

log = get_logger("liveroom.http")

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_METHODS: Final = frozenset(("GET", "POST", "HEAD"))
_REQUEST_ID: Final = re.compile(rb"[\x20-\x7e]{1,128}")
_HEADERS: Final[tuple[Header, ...]] = (
    (b"content-type", b"application/json; charset=utf-8"),
    (b"cache-control", b"no-store"),
)
_FIELDS: Final = lines(_HEADERS) + b"x-request-id: %b\r\n%b"
_SLOW_SECONDS: Final = 1.0
_LOGGED: Final = 200
"""Letters of a path that are logged."""
_HEADED: Final = ("http.response.start", HOLD)


class CallHandler(Protocol):
    """Whoever answers declared methods: the dispatcher."""

    async def call(self, method: Method, raw: Mapping[str, Any] | BadRequest, context: RequestContext) -> Outcome: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """What the operator decided about HTTP."""

    base_path: str = ""
    stages: tuple[str, ...] = ("prod", "dev", "local")
    origins: tuple[str, ...] = ("*",)
    trusted_proxies: tuple[Network, ...] = ()
    console: bool = True
    """Whether the operator's console is served here, and takes its cookie here."""
    logs_calls: bool = False
    """Whether each call is a line of the log, at its debug level."""


class LiveroomAsgi:
    """Answers declared methods itself; ``site`` answers every other path, without base path and stage."""

    def __init__(
        self,
        calls: CallHandler,
        registry: Registry,
        *,
        front: Front,
        meter: Meter,
        site: App,
        lifespan: Lifespan | None = None,
        monotonic: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._calls = calls
        self._paths = Paths(front.base_path, front.stages)
        self._find = Routes(registry, self._paths).find
        self._cors = Cors(front.origins)
        self._addresses = Addresses(front.trusted_proxies)
        self._logs_calls = front.logs_calls
        self._console = front.console
        self._meter = meter
        self._site = site
        self._lifespan = lifespan
        self._monotonic = monotonic
        self._request_prefix = secrets.token_hex(4)
        self._request_numbers = itertools.count(1)
        self.untrusted_proxy = ""
        """Who was first to forward calls for others without being trusted."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._serve_other(scope, receive, send)
            return
        headers = dict(scope["headers"])
        request_id = self._request_id(headers.get(b"x-request-id"))
        try:
            await self._serve(scope, receive, send, headers, request_id)
        except ClientDisconnect:
            return
        except Exception as problem:
            log_unexpected(log, "request.failed", problem, path=scope["path"][:_LOGGED])
            if self._find(scope["path"]) is not None:  # else the site has answered by itself
                with suppress(RuntimeError):  # the answer had begun
                    await _fail(send, request_id)

    async def _serve(
        self, scope: Scope, receive: Receive, send: Send, headers: Mapping[bytes, bytes], request_id: str
    ) -> None:
        started = self._monotonic()
        if len(headers) < len(scope["headers"]) and _hosts(scope["headers"]) > 1:
            await _refuse_hosts(send, request_id)
            return
        method = self._find(scope["path"])
        if method is None or scope["method"] == "OPTIONS":
            await self._serve_rare(scope, receive, send, headers, request_id)
            return
        bind_request(request_id)
        kept = Kept(receive) if is_signed(headers.get(b"authorization")) else None
        try:
            raw = await _read(scope, kept or receive, headers)
        except ClientGone:
            return
        context = self._context(scope, headers, request_id)
        if kept is not None:
            context = context._replace(signed=kept.call(scope, headers, self._paths.spellings(method.path)))
        outcome = await self._calls.call(method, raw, context)
        seconds = self._monotonic() - started
        self._meter.observe(method.path, outcome.code, seconds)
        if self._logs_calls or seconds > _SLOW_SECONDS:
            _log_call(method, outcome, seconds)
        closes = isinstance(raw, BodyTooLarge)
        cors = self._cors.allowed(headers.get(b"origin"))
        if context.console is not None and context.console.cookies:
            await _answer(send, outcome.body, request_id, (*cors.headers, *set_cookies(context.console)), closes=closes)
        elif ANSWER in scope.get("extensions", ()):
            fields = _FIELDS % (request_id.encode(), cors.lines)
            await send({"type": ANSWER, "fields": fields, "body": outcome.body, "closes": closes})
        else:
            await _answer(send, outcome.body, request_id, cors.headers, closes=closes)

    def _request_id(self, given: bytes | None) -> str:
        """Return the caller's id of this request, or one of ours, unique in this process and likely in the world."""
        if given is not None and _REQUEST_ID.fullmatch(given):
            return given.decode()
        return f"{self._request_prefix}{next(self._request_numbers):08x}"

    def _context(self, scope: Scope, headers: Mapping[bytes, bytes], request_id: str) -> RequestContext:
        client = scope.get("client")
        peer = client[0] if client else ""
        address = self._addresses.of(peer, scope["headers"])
        if peer and not self.untrusted_proxy and b"x-forwarded-for" in headers and not self._addresses.trusts(peer):
            self.untrusted_proxy = address
            log.warning("proxy.untrusted", peer=address, remedy="if it is your proxy, set LIVEROOM_TRUSTED_PROXIES")
        return RequestContext(
            request_id,
            address,
            headers.get(b"accept-language", b"").decode("latin-1"),
            host_name(headers.get(b"host", b"")),
            _bearer(headers.get(b"authorization")),
            by_page=b"origin" in headers,
            console=console_request(scope, headers) if self._console and CONSOLE_HEADER in headers else None,
        )

    async def _serve_rare(
        self, scope: Scope, receive: Receive, send: Send, headers: Mapping[bytes, bytes], request_id: str
    ) -> None:
        origin, ours = headers.get(b"origin"), (b"x-request-id", request_id.encode())
        if scope["method"] == "OPTIONS":
            allowed = self._cors.preflight(origin, headers.get(b"access-control-request-headers"))
            await send({"type": "http.response.start", "status": 204, "headers": [ours, *allowed]})
            await send({"type": "http.response.body", "body": b""})
            return

        async def send_with_ours(message: Message) -> None:
            if message["type"] in _HEADED:
                message["headers"] = [*message.get("headers", ()), ours, *self._cors.allowed(origin).headers]
            await send(message)

        await self._site(self._site_scope(scope, request_id), receive, send_with_ours)

    def _site_scope(self, scope: Scope, request_id: str) -> Scope:
        path = "/" + self._paths.relative(scope["path"])
        client = scope.get("client")
        address = self._addresses.of(client[0] if client else "", scope["headers"])
        base, asked = self._paths.root(scope["path"]), scope["path"]
        ours = {"request_id": request_id, "base": base, "asked": asked, "address": address}
        state = {**scope.get("state", {}), **ours}
        return {**scope, "path": path, "raw_path": path.encode(), "root_path": "", "state": state}

    async def _serve_other(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await run_lifespan(self._lifespan, receive, send)
        else:
            await self._site(self._site_scope(scope, ""), receive, send)


async def _read(scope: Scope, receive: Receive, headers: Mapping[bytes, bytes]) -> Raw | BadRequest:
    """Return the raw parameters, or why there are none."""
    if scope["method"] not in _METHODS:
        return BadRequest("use GET or POST")
    length = headers.get(b"content-length")
    has_body = length != b"0" if length is not None else b"transfer-encoding" in headers or scope["http_version"] >= "2"
    try:
        body = await read_body(receive, length) if has_body else b""
        kind, encoding = headers.get(b"content-type", b""), headers.get(b"content-encoding", b"")
        return read_parameters(scope["query_string"], body, kind, encoding)
    except BadRequest as problem:
        return problem


def _hosts(headers: Sequence[Header]) -> int:
    return sum(name == b"host" for name, _ in headers)


async def _refuse_hosts(send: Send, request_id: str) -> None:
    """Refuse a request that means two hosts (RFC 9112, 3.2): a proxy in front may have looked at the other one."""
    body = b"A request has one Host header.\n"
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(body))]
    headers += [(b"x-request-id", request_id.encode()), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 400, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _fail(send: Send, request_id: str) -> None:
    """Answer that something went wrong that nobody foresaw."""
    body = refusal(Code.SystemError, Language.EN, request_id).body
    await _answer(send, body, request_id, (), closes=True, status=500)


async def _answer(
    send: Send, body: bytes, request_id: str, cors: tuple[Header, ...], *, closes: bool, status: int = 200
) -> None:
    """Answer in the way that every server understands."""
    headers = [*_HEADERS, (b"x-request-id", request_id.encode()), (b"content-length", b"%d" % len(body)), *cors]
    if closes:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _bearer(authorization: bytes | None) -> str:
    """Return the token of the scheme Bearer; a gateway's own scheme says nothing to us."""
    if authorization is None:
        return ""
    scheme, _, token = authorization.partition(b" ")
    return token.strip().decode("latin-1") if scheme.lower() == b"bearer" else ""


def _log_call(method: Method, outcome: Outcome, seconds: float) -> None:
    write = log.warning if seconds > _SLOW_SECONDS else log.debug
    write(
        "call.slow" if seconds > _SLOW_SECONDS else "call", method=method.path, code=int(outcome.code), seconds=seconds
    )
