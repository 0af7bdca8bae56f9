"""Requests as apps send them: one at a time, at a gentle pace, and what comes back of each."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

from liveroom.conform.judging import ServiceAnswer
from liveroom.conform.shipped import AppForm, Sent

_PARTS: Final[Mapping[AppForm, tuple[str, ...]]] = {
    AppForm.GET_QUERY: ("params",),
    AppForm.GET_BOTH: ("params", "json"),
    AppForm.POST_FORM: ("data",),
    AppForm.POST_JSON: ("json",),
}
"""Where each form has its parameters, in httpx's words."""
_SILENT_MAX: Final = 3
"""After so many requests in a row without a connection the service is taken to be gone."""


class CannotConform(Exception):
    """The service cannot be judged; the text says why."""


class NoServiceAnswer(Exception):
    """A request without an answer; the text says how long was waited, or how the connection ended."""


@dataclass(slots=True)
class RequestPace:
    """At most so many requests a second."""

    per_second: float
    wait: Callable[[float], Awaitable[object]] = asyncio.sleep
    now: Callable[[], float] = lambda: asyncio.get_running_loop().time()
    _next: float = 0.0

    async def turn(self) -> None:
        """Return when the next request may be sent."""
        now = self.now()
        if now < self._next:
            await self.wait(self._next - now)
        self._next = max(now, self._next) + 1 / self.per_second


@dataclass(slots=True)
class AppSender:
    """Sends requests to one service. ``origin`` is that of the operator's web pages."""

    http: httpx.AsyncClient
    url: str
    pace: RequestPace
    timeout: float
    origin: str = "https://app.example.com"
    sent: int = 0
    _silent: int = 0

    async def send(
        self, form: AppForm, path: str, values: Mapping[str, Sent], *, as_page: bool = False
    ) -> ServiceAnswer:
        """Send a call and return its answer. Raises ``NoServiceAnswer``, and ``CannotConform`` if it is gone."""
        as_text = {name: _as_text(value) for name, value in values.items()}
        parts: dict[str, Any] = {part: values if part == "json" else as_text for part in _PARTS.get(form, ())}
        headers = {"origin": self.origin} if as_page else {}
        return await self._ask(form.method, path, headers=headers, **parts)

    async def preflight(self, path: str) -> ServiceAnswer:
        """Ask as a browser does before it sends a page's JSON."""
        asked = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}
        return await self._ask("OPTIONS", path, headers={"origin": self.origin, **asked})

    async def _ask(self, method: str, path: str, **parts: Any) -> ServiceAnswer:
        await self.pace.turn()
        self.sent += 1
        try:
            async with asyncio.timeout(self.timeout):
                answer = await self.http.request(method, f"{self.url}/{path}", timeout=None, **parts)
        except (TimeoutError, httpx.TimeoutException):
            raise NoServiceAnswer(f"there is no answer within {self.timeout:g} s") from None
        except httpx.HTTPError as problem:
            self._count_silence(problem)
            what = "there is no connection" if isinstance(problem, httpx.ConnectError) else "the connection ends early"
            raise NoServiceAnswer(f"{what} ({str(problem) or type(problem).__name__})") from None
        self._silent = 0
        head = answer.headers
        return ServiceAnswer(
            answer.status_code,
            head.get("content-type", ""),
            answer.text,
            answer.elapsed.total_seconds(),
            head.get("access-control-allow-origin", ""),
            head.get("access-control-allow-headers", ""),
            head.get("location", ""),
        )

    def _count_silence(self, problem: Exception) -> None:
        self._silent += 1
        if self._silent >= _SILENT_MAX:
            raise CannotConform(f"{self.url} does not answer any more: {problem}") from None


def read_url(url: str) -> str:
    """Return the address without its last slash. Raises ``CannotConform`` for what is no address of the web."""
    try:
        parts = httpx.URL(url if "://" in url else f"http://{url}")
        is_address = parts.scheme in ("http", "https") and bool(parts.host) and not (parts.query or parts.fragment)
    except httpx.InvalidURL:
        is_address = False
    if not is_address:
        raise CannotConform(f"{url} is no address of a service: write https://live.example.com/")
    path = re.sub(r"/base/v1/?$", "", parts.path).rstrip("/")
    return f"{parts.scheme}://{parts.netloc.decode()}{path}"


async def check_service(sender: AppSender) -> None:
    """Make sure that this is a service of the API, by a call that changes nothing. Raises ``CannotConform``."""
    try:
        answer = await sender.send(AppForm.GET_QUERY, "base/v1/auth_users/user_keepalive", {})
    except NoServiceAnswer as problem:
        raise CannotConform(f"{sender.url} cannot be reached: {problem}") from None
    if 300 <= answer.status < 400:
        where = f"to {answer.location} " if answer.location else ""
        raise CannotConform(
            f"{sender.url} leads elsewhere ({where}by HTTP {answer.status}): give the address of the apps"
        )
    if answer.code is None:
        kind = answer.content_type or "no Content-Type"
        raise CannotConform(
            f"{sender.url} is no service of this API: it answers base/v1/auth_users/user_keepalive with HTTP "
            f"{answer.status} and {kind}, where an object of JSON with errorCode should be. Give the address as "
            "apps have it, such as https://live.example.com/ or https://example.com/prod/"
        )
    check_open(answer)


def check_open(answer: ServiceAnswer) -> None:
    """Raise ``CannotConform`` if the service says that it is down for maintenance."""
    if answer.code == 120:
        raise CannotConform("the service is in maintenance (code 120): come back when it is over")


def _as_text(value: Sent) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
