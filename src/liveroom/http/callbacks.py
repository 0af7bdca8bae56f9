"""Where vendors call us: refused without a configured key, bounded, and answered in time, whatever they send.

Who said it and what it means is the business of whoever reads it; here it is only received and answered.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from structlog import get_logger

from liveroom.domain.errors import BadRequest, PermissionDenied, Unavailable
from liveroom.domain.presence.outside import OutsideReport
from liveroom.http.decoding import BodyTooLarge, ClientGone, read_body

log = get_logger("liveroom.callbacks")

LONGEST: Final = 256 * 1024
Read = Callable[[Mapping[str, str], Mapping[str, str], bytes], OutsideReport]
"""From a query, whose names are in small letters, headers and body to what they say; raises ``PermissionDenied``,
``BadRequest``."""
ReportHandler = Callable[[OutsideReport], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackSource:
    """One vendor. ``read`` None: no key is configured, so nobody is believed."""

    name: str
    read: Read | None
    thanks: Mapping[str, Any]
    """What it wants to read as an answer."""
    timeout: timedelta
    """How long it waits for that, and a moment less."""
    repeats: bool
    """It repeats what was not handled. What another one said is lost then, and it is thanked all the same: a failure
    would change nothing."""


def callback_routes(callers: Sequence[CallbackSource], handle: ReportHandler) -> list[Route]:
    """Return a route for each vendor."""
    return [Route(f"/callbacks/{caller.name}", _answering(caller, handle), methods=["POST"]) for caller in callers]


def _answering(caller: CallbackSource, handle: ReportHandler) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        if caller.read is None:
            return _refused(caller, PermissionDenied("no key is configured for this caller"))
        query = {name.lower(): value for name, value in request.query_params.items()}
        try:
            length = request.headers.get("content-length", "").encode()
            body = await read_body(request.receive, length, LONGEST)
            report = caller.read(query, request.headers, body)
            async with asyncio.timeout(caller.timeout.total_seconds()):
                await handle(report)
        except (PermissionDenied, BadRequest) as problem:
            return _refused(caller, problem)
        except (Unavailable, TimeoutError) as failure:
            log.warning("callback.unavailable", caller=caller.name, cause=repr(failure.__cause__ or failure))
            if caller.repeats:
                return JSONResponse({"error": "not now"}, 503)
        except ClientGone:
            return Response(status_code=400)
        return JSONResponse(caller.thanks)

    return answer


def _refused(caller: CallbackSource, problem: PermissionDenied | BadRequest) -> Response:
    status = 403 if isinstance(problem, PermissionDenied) else 413 if isinstance(problem, BodyTooLarge) else 400
    log.warning("callback.refused", caller=caller.name, status=status, reason=problem.detail)
    return JSONResponse({"error": problem.detail}, status)
