"""Files of the data folder: ``PUT /uploads/<id>`` takes one in, ``GET /files/<key>`` shows what was published.

What came in is never shown. What is shown is a copy that the service made; browsers are told nevertheless to take it
for nothing else than it is, and that nothing in it may run.
"""

from collections.abc import AsyncIterator
from typing import Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from structlog import get_logger

from liveroom.domain.errors import ProviderUnavailable
from liveroom.domain.uploads.model import LARGEST
from liveroom.ports import FileFolder

log = get_logger("liveroom.http")

SENT_TO: Final = "/uploads"
SEEN_AT: Final = "/files"
_TYPES: Final = {"jpg": "image/jpeg", "png": "image/png", "json": "application/json"}
_SHOWN: Final = {
    "cache-control": "public, max-age=31536000, immutable",
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "cross-origin",
    "x-content-type-options": "nosniff",
}
_UNSEEN: Final = {"cache-control": "no-store"}


def upload_routes(folder: FileFolder) -> list[BaseRoute]:
    """Return the routes."""

    async def take(request: Request) -> Response:
        id, query, headers = request.path_params["id"], request.query_params, request.headers
        length = headers.get("content-length", "")
        if not (length.isascii() and length.isdigit() and len(length) <= 12):
            return _refused(411, "Say how long the file is: Content-Length.")
        signed = query.get("until", ""), headers.get("content-type", ""), int(length), query.get("signature", "")
        if not folder.allows(id, *signed):
            why = "The address is not good for this file, or its time is over: call uploads/create."
            return _refused(403, why, closes=int(length) > LARGEST)
        try:
            is_whole = await folder.receive(id, int(length), _body(request))
        except ClientDisconnect:
            return _refused(400, "The file did not arrive.")
        except ProviderUnavailable as failure:
            log.warning("upload.not_received", cause=repr(failure.__cause__ or failure))
            return _refused(503, "Not now: try again.")
        return (
            Response(status_code=204, headers=_UNSEEN) if is_whole else _refused(400, "It was not as long as it said.")
        )

    async def show(request: Request) -> Response:
        key = request.path_params["key"]
        path = folder.path(key)
        if path is None:
            return PlainTextResponse("There is no such file.\n", 404, _UNSEEN)
        kind = _TYPES[key.rpartition(".")[2]]
        how = "attachment" if kind == "application/json" else "inline"
        return FileResponse(path, media_type=kind, headers={**_SHOWN, "content-disposition": how})

    return [Route(f"{SENT_TO}/{{id}}", take, methods=["PUT"]), Route(f"{SEEN_AT}/{{key}}", show, methods=["GET"])]


async def _body(request: Request) -> AsyncIterator[bytes]:
    async for part in request.stream():
        if part:
            yield part


def _refused(status: int, why: str, *, closes: bool = False) -> Response:
    """Refuse a file. What still arrives of it is thrown away, so that the client gets to read why."""
    return PlainTextResponse(f"{why}\n", status, {**_UNSEEN, "connection": "close"} if closes else _UNSEEN)
