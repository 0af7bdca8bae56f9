"""Where servers of streams call us: may this encoder push, may this viewer watch, this push is over.

Who calls, and what it means, is read by their own readers (``ports.StreamCallbacks``), which also say how each is
answered. Here it is only received, bounded, and answered in time: encoders and viewers wait for it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from structlog import get_logger

from liveroom.domain.errors import BadRequest, PermissionDenied, Unavailable
from liveroom.domain.streams.model import StreamCall, StreamServerName
from liveroom.http.callbacks import LONGEST
from liveroom.http.decoding import BodyTooLarge, ClientGone, read_body
from liveroom.ports import Clock, StreamCallbacks

log = get_logger("liveroom.callbacks")

PATH: Final = "/callbacks/streams/"
Decide = Callable[[StreamServerName, StreamCall], Awaitable[bool]]
"""Says whether what a server's call asks for is allowed; raises ``Unavailable``."""


def stream_callback_routes(
    callers: Mapping[StreamServerName, StreamCallbacks], decide: Decide, clock: Clock, timeout: timedelta
) -> list[Route]:
    """Return the route of the servers that are set up; each is believed at its own address alone."""

    async def answer(request: Request) -> Response:
        server = StreamServerName(request.path_params["server"])
        callbacks = callers.get(server)
        if callbacks is None:
            return _refused("unknown", PermissionDenied("no such server of streams is set up"))
        query = {name.lower(): value for name, value in reversed(request.query_params.multi_items())}
        try:
            length = request.headers.get("content-length", "").encode()
            body = await read_body(request.receive, length, LONGEST)
            call = callbacks.read(query, request.headers, body, clock.now())
            async with asyncio.timeout(timeout.total_seconds()):
                allowed = await decide(server, call)
        except (PermissionDenied, BadRequest) as problem:
            return _refused(server, problem)
        except (Unavailable, TimeoutError) as failure:
            log.warning("callback.unavailable", caller=server, cause=repr(failure.__cause__ or failure))
            return JSONResponse({"error": "not now"}, 503)
        except ClientGone:
            return Response(status_code=400)
        said = callbacks.answer(call, allowed)
        return Response(said.body, said.status, media_type=said.content_type)

    return [Route(PATH + "{server}", answer, methods=["GET", "POST"])]


def jwks_route(server: StreamServerName, keys: bytes) -> Route:
    """Return where a MediaMTX fetches the public key of our tokens, once an hour."""

    async def answer(_: Request) -> Response:
        return Response(keys, media_type="application/jwk-set+json")

    return Route(f"{PATH}{server}/jwks", answer)


def _refused(server: str, problem: PermissionDenied | BadRequest) -> Response:
    status = 403 if isinstance(problem, PermissionDenied) else 413 if isinstance(problem, BodyTooLarge) else 400
    log.warning("callback.refused", caller=server, status=status, reason=problem.detail)
    return JSONResponse({"error": problem.detail}, status)
