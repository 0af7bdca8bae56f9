"""Where Apple says what becomes of purchases: ``POST /callbacks/app_store`` (App Store Server Notifications V2).

Whoever sends it, only Apple's signature counts. What was not done is answered with an error: Apple says it again, for
six days.
"""

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from structlog import get_logger

from liveroom.domain.errors import BadRequest, Refused, Unavailable
from liveroom.domain.receipts.model import RefundNotice
from liveroom.http.decoding import BodyTooLarge, ClientGone, parse_body, read_body
from liveroom.ports import AppStore

log = get_logger("liveroom.callbacks")

PATH: Final = "/callbacks/app_store"
_LONGEST: Final = 256 * 1024


def app_store_route(app_store: AppStore, note: Callable[[RefundNotice], Awaitable[bool]]) -> BaseRoute:
    """Return the route."""

    async def take(request: Request) -> Response:
        try:
            signed = await _signed_of(request)
            notice = await app_store.read_notification(signed)
            moved = notice is not None and await note(notice)
        except BadRequest as wrong:
            return _refused(413 if isinstance(wrong, BodyTooLarge) else 400, wrong.detail)
        except Refused as refused:
            return _refused(403, refused.slug())
        except Unavailable as failure:
            log.warning("receipts.not_noted", cause=repr(failure.__cause__ or failure))
            return JSONResponse({"error": "not now"}, 503)
        except ClientGone:
            return Response(status_code=400)
        if notice is not None:
            log.info("receipts.noted", store=notice.store, purchase=notice.id, refunded=notice.refunded, moved=moved)
        return JSONResponse({})

    return Route(PATH, take, methods=["POST"])


async def _signed_of(request: Request) -> str:
    length = request.headers.get("content-length", "").encode()
    found = parse_body(await read_body(request.receive, length, _LONGEST), b"application/json").get("signedPayload")
    if not isinstance(found, str) or not found:
        raise BadRequest("signedPayload: missing")
    return found


def _refused(status: int, reason: str) -> Response:
    log.warning("callback.refused", caller="app_store", status=status, reason=reason)
    return JSONResponse({"error": reason}, status)
