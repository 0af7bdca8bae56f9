"""``GET /exports/<token>``: the archive of a person's data, once for each link."""

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from liveroom.domain.errors import Unavailable
from liveroom.usecases.privacy.exports import Exports

_HEADERS: Final = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox",
}


def archive_routes(exports: Exports) -> list[BaseRoute]:
    """Return the route of the links."""

    async def download(request: Request) -> Response:
        if request.method == "HEAD":  # looks at a link without using it up
            return Response(status_code=204, headers=_HEADERS)
        try:
            found = await exports.open(request.path_params["token"])
        except Unavailable as failure:
            raise HTTPException(503) from failure
        if found is None:
            raise HTTPException(404)
        export, pieces = found
        name = f'attachment; filename="export-{export.id}.zip"'
        return StreamingResponse(
            pieces, media_type="application/zip", headers={**_HEADERS, "content-disposition": name}
        )

    answer: Callable[[Request], Awaitable[Response]] = download
    return [Route("/exports/{token}", answer, methods=["GET"])]
