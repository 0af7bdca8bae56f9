"""Songs of the operator's folder: ``GET /songs/<id>`` has their music, whole or in part, at signed addresses."""

from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from structlog import get_logger

from liveroom.domain.errors import ProviderUnavailable
from liveroom.ports import SongFolder

log = get_logger("liveroom.http")

HEARD_AT: Final = "/songs"
_HEARD: Final = {
    "cache-control": "private, max-age=21600",
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "cross-origin",
    "x-content-type-options": "nosniff",
}
_RANGE_MAX: Final = 100
"""Characters of a ``Range``: players ask for one part."""


def song_routes(folder: SongFolder) -> list[BaseRoute]:
    """Return the routes."""

    async def hear(request: Request) -> Response:
        query = request.query_params
        asked = query.get("until", ""), query.get("signature", "")
        try:
            found = await folder.file(request.path_params["id"], *asked)
        except ProviderUnavailable as failure:
            log.warning("music.unread", cause=repr(failure))
            return _refused(503, "Not now: try again.")
        if found is None:
            return _refused(404, "There is no such song, or the address is over: call music/song.")
        if len(request.headers.get("range", "")) > _RANGE_MAX:
            return _refused(416, "Ask for one part at a time.")
        return FileResponse(found.path, media_type=found.content_type, headers=_HEARD)

    return [Route(f"{HEARD_AT}/{{id}}", hear, methods=["GET"])]


def _refused(status: int, why: str) -> Response:
    return PlainTextResponse(f"{why}\n", status, {"cache-control": "no-store"})
