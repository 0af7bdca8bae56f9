"""Where a Centrifugo in front asks about its connections; refused without the secret that both sides know."""

import hmac
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from structlog import get_logger

from liveroom.domain.errors import Unavailable
from liveroom.http.decoding import BodyTooLarge, ClientGone, read_body

log = get_logger("liveroom.centrifugo")

LONGEST: Final = 1024 * 1024
_JSON: Final = "application/json"

Facts = Mapping[str, str]
"""What the request says of the connection: ``address``, ``origin``, ``languages``, ``request_id``; ``host`` is "",
because the one that the client asked for is not told."""
Answer = Callable[[bytes, Facts], Awaitable[bytes]]
AddressOf = Callable[[str, Any], str]


def centrifugo_routes(answers: Mapping[str, Answer], *, header: str, key: str, address_of: AddressOf) -> list[Route]:
    """Return a route for each question; without a configured key all are refused."""

    def route(name: str, answer: Answer) -> Route:
        async def ask(request: Request) -> Response:
            given = request.headers.get(header, "")
            if not key or not hmac.compare_digest(given.encode(), key.encode()):
                return JSONResponse({"error": "the secret of the proxies is missing or wrong"}, 403)
            try:
                length = request.headers.get("content-length", "").encode()
                body = await read_body(request.receive, length, LONGEST)
                return Response(await answer(body, _facts(request, address_of)), media_type=_JSON)
            except BodyTooLarge:
                return JSONResponse({"error": "too long"}, 413)
            except ClientGone:
                return Response(status_code=400)
            except (ValueError, RecursionError):
                return JSONResponse({"error": "the question cannot be read"}, 400)
            except Unavailable as failure:
                log.warning("centrifugo.unanswered", question=name, cause=repr(failure.__cause__ or failure))
                return JSONResponse({"error": "not now"}, 503)

        return Route(f"/centrifugo/{name}", ask, methods=["POST"])

    return [route(name, answer) for name, answer in answers.items()]


def _facts(request: Request, address_of: AddressOf) -> Facts:
    client = request.client
    return {
        "address": address_of(client.host if client else "", request.scope["headers"]),
        "host": "",
        "origin": request.headers.get("origin", ""),
        "languages": request.headers.get("accept-language", ""),
        "request_id": request.state.request_id,
    }
