"""Sign-in to the console by the company's accounts: the browser is sent away, and comes back with a code.

The cookie of that way lives for five minutes and is SameSite=Lax, because the browser comes back from another site; the
session's is Strict, as always. Whatever goes wrong, the console's page says it: ``#refused=<failure>`` at its address.
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from structlog import get_logger

from liveroom.api.identity import ConsoleRequest
from liveroom.domain.errors import Failure, Unavailable
from liveroom.http.console_calls import console_request, cookie_name, set_cookie, set_cookies
from liveroom.usecases.operators.company import LASTS, CompanySignIns
from liveroom.usecases.operators.sessions import Browser

log = get_logger("liveroom.http")

_COOKIE: Final = "liveroom-oidc"
_TEXT_MAX: Final = 4096
"""Characters of a parameter of the callback."""


def company_routes(sign_ins: CompanySignIns, console: str, lasts: int) -> list[Route]:
    """Return the two routes; ``console`` is where the page is, ``lasts`` how many seconds a session does at most."""

    async def start(request: Request) -> Response:
        about = console_request(request.scope, dict(request.scope["headers"]))
        try:
            departure = await sign_ins.begin(about.token, fresh="confirm" in request.query_params)
        except Failure as failure:
            return _refused(console, failure)
        answer = _redirect(departure.address)
        answer.raw_headers.append(_cookie(about, departure.cookie, int(LASTS.total_seconds())))
        return answer

    async def callback(request: Request) -> Response:
        about = console_request(request.scope, dict(request.scope["headers"]))
        browser = Browser(request.state.address, about.device, request.state.request_id)
        state, code = (request.query_params.get(name, "")[:_TEXT_MAX] for name in ("state", "code"))
        try:
            cookie = request.cookies.get(cookie_name(_COOKIE, is_local=about.is_local), "")
            opened = await sign_ins.finish(cookie, state, code, browser)
        except Failure as failure:
            return _refused(console, failure, _cookie(about, "", 0))
        answer = _redirect(f"{console}/")
        about.cookies.append(f"{opened.token}; Max-Age={lasts}")
        answer.raw_headers += [*set_cookies(about), _cookie(about, "", 0)]
        return answer

    return [Route("/console/oidc/start", start), Route("/console/oidc/callback", callback)]


def _redirect(address: str) -> Response:
    headers = {"location": address, "cache-control": "no-store", "referrer-policy": "no-referrer"}
    return Response(status_code=303, headers=headers)


def _refused(console: str, failure: Failure, *cookies: tuple[bytes, bytes]) -> Response:
    if isinstance(failure, Unavailable):
        log.warning("company.unavailable", cause=failure.detail or failure.slug())
    answer = _redirect(f"{console}/#refused={failure.slug()}")
    answer.raw_headers += cookies
    return answer


def _cookie(about: ConsoleRequest, value: str, seconds: int) -> tuple[bytes, bytes]:
    return set_cookie(_COOKIE, f"{value}; Max-Age={seconds}", "Lax", is_local=about.is_local)
