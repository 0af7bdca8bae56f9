"""What the service answers beside its declared methods: live page, console, guide, reference, OpenAPI.

At the root a browser gets the live page, or the reference where no page was built; everybody else gets JSON.

`LiveroomAsgi` has taken base path, stage and outer slashes off the path before it comes here, and adds the request id
and the CORS headers to whatever is answered.
"""

from collections.abc import Awaitable, Callable, Sequence
from functools import cache, partial
from typing import Any, Final

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from liveroom import __version__
from liveroom.api.codes import Code
from liveroom.api.declare import Method, Registry
from liveroom.api.envelopes import refusal
from liveroom.api.identity import preferred_language
from liveroom.api.parameters import ID_MAX
from liveroom.api.shapes import Shape
from liveroom.domain.ids import RoomId
from liveroom.domain.tenants.model import Language
from liveroom.http.guide import Guide, Speaks
from liveroom.http.openapi import make_openapi
from liveroom.http.pages import Pages
from liveroom.http.reference import content_security_policy, make_page
from liveroom.usecases.rooms.public import RoomPreview

_JSON: Final = "application/json; charset=utf-8"
_BOTH: Final = ["GET", "POST"]
Answers = Callable[[Request], Awaitable[Response]]
Preview = Callable[[str, RoomId], Awaitable[RoomPreview | None]]
"""Returns what everybody may see of a room at a host; None for nothing."""


async def no_preview(_: str, __: RoomId) -> None:
    """Return nothing: no link shows what a room is."""


def make_site(  # noqa: PLR0913 - each is a thing that one caller decides
    registry: Registry,
    routes: Sequence[BaseRoute] = (),
    *,
    offers: Callable[[Method], bool] | None = None,
    language: Language = Language.ZH,
    base_path: str = "",
    pages: Pages | None = None,
    preview: Preview = no_preview,
    events: Sequence[type[Shape]] = (),
    console: Sequence[str] | None = None,
    plays: Sequence[str] = (),
    guide: Guide | None = None,
    has_sockets: bool = True,
) -> Starlette:
    """Return the site, with more routes such as health's; ``language`` is for errors of callers who name none.

    ``preview``: what a shared link shows of a room. ``events``: those of a room beside our own. Beside here, the
    console may connect to ``console`` (None: it is not served), and the live page may play videos from ``plays``.
    ``guide``: the documentation, unless it is the one that was built. ``has_sockets``: whoever asks at the root is
    told, and polls where there are none.
    """
    # Made when they are first asked for: that takes a tenth of a start, and few ask.
    openapi = cache(partial(_openapi, registry, offers=offers, base_path=base_path, events=events))
    speaks = partial(_spoken, language)
    reference, references = _references(cache(partial(make_page, registry, offers=offers, events=events)), speaks)
    front = reference if pages is None else partial(pages.page, plays=plays)

    hello = partial(_hello, has_sockets)

    async def root(request: Request) -> Response:
        wants_page = "text/html" in request.headers.get("accept", "")
        return await (front if wants_page else hello)(request)

    async def document(_: Request) -> Response:
        return Response(openapi(), media_type=_JSON)

    async def refuse(request: Request, problem: Exception) -> Response:
        status = problem.status_code if isinstance(problem, HTTPException) else 500
        answer = refusal(Code.SystemError, speaks(request), request.state.request_id)
        return Response(answer.body, status, media_type=_JSON, headers=getattr(problem, "headers", None))

    handlers: dict[Any, Any] = {404: refuse, 405: refuse, 500: refuse}
    own = [
        Route("/", root, methods=_BOTH),
        Route("/base/v1", hello, methods=_BOTH),
        Route("/helloworld", hello, methods=_BOTH),
        *references,
        Route("/openapi.json", document),
        *(guide or Guide()).routes(speaks),
    ]
    if pages is not None:
        own += [*_page_routes(pages, preview, plays), *_console_routes(pages, console)]
    site = Starlette(routes=[*routes, *own], exception_handlers=handlers)
    site.router.redirect_slashes = False
    return site


def _spoken(otherwise: Language, request: Request) -> Language:
    """Return the language that a request asks for."""
    return preferred_language(request.headers.get("accept-language", "")) or otherwise


def _references(page: Callable[..., str], speaks: Speaks) -> tuple[Answers, list[Route]]:
    """Return what answers with the reference in the language of whoever asks, and the routes of the reference."""
    headers = {
        "content-security-policy": content_security_policy(),
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "vary": "Accept, Accept-Language",
    }

    async def in_theirs(request: Request) -> Response:
        return HTMLResponse(page(language=speaks(request)), headers=headers)

    async def in_its_own(request: Request) -> Response:
        return HTMLResponse(page(language=Language(request.url.path[-2:]), up="../"), headers=headers)

    own = [Route(f"/docs/{language}", in_its_own) for language in Language]
    return in_theirs, [Route("/reference", in_theirs), Route("/docs", in_theirs), *own]


async def _hello(has_sockets: bool, request: Request) -> Response:
    body = {
        "errorCode": 0,
        "errorMessage": "ok",
        "version": __version__,
        "realtime": "socket" if has_sockets else "polling",
        "requestId": request.state.request_id,
    }
    return Response(msgspec.json.encode(body), media_type=_JSON, headers={"vary": "Accept"})


def _page_routes(pages: Pages, preview: Preview, plays: Sequence[str]) -> list[Route]:
    """Return the routes of the page's files, and of the links of rooms."""

    async def shared(request: Request) -> Response:
        room, host = request.path_params["room"], request.headers.get("host", "")
        found = await preview(host, RoomId(room)) if len(room) <= ID_MAX else None
        return await pages.room(request, found, plays)

    files = [Route("/assets/{name:path}", pages.asset), *(Route(f"/{name}", pages.root) for name in pages.roots)]
    return [Route("/r/{room}", shared), *files]


def _console_routes(pages: Pages, reaches: Sequence[str] | None) -> list[Route]:
    """Return the routes of the console, if it is served: which of its screens is meant, its own scripts know."""
    if reaches is None:
        return []

    async def console(request: Request) -> Response:
        return await pages.console(request, reaches)

    return [Route("/console", console), Route("/console/{screen:path}", console)]


def _openapi(registry: Registry, **about: Any) -> bytes:
    return msgspec.json.encode(make_openapi(registry, **about))
