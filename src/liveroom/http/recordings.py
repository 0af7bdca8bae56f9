"""``GET /recordings/<ticket>/<file>``: plays a file of the folder of recordings, for whoever has a signed address.

In ranges, so that players jump; and browsers are told that nothing in it may run.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

PLAYED_AT: Final = "/recordings"
_TYPES: Final = {"flv": "video/x-flv", "mp4": "video/mp4", "ts": "video/mp2t", "mkv": "video/x-matroska"}
_HEADERS: Final = {
    "access-control-allow-origin": "*",
    "cache-control": "private, no-store",
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "cross-origin",
    "x-content-type-options": "nosniff",
}


def recording_routes(opened: Callable[[str, str], Path | None]) -> list[BaseRoute]:
    """Return the route. ``opened``: says what an address is of, by its ticket and the file's name; None: of nothing."""

    async def play(request: Request) -> Response:
        name = request.path_params["name"]
        path = opened(request.path_params["ticket"], name)
        if path is None:
            why = "There is no such recording, or the address's time is over: ask for it again.\n"
            return PlainTextResponse(why, 404, _HEADERS)
        return FileResponse(path, media_type=_TYPES[name.rpartition(".")[2]], headers=_HEADERS)

    return [Route(f"{PLAYED_AT}/{{ticket}}/{{name:path}}", play, methods=["GET"])]
