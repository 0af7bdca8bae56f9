"""Downloads: CSV files, ``/downloads/statistics.csv`` with a ticket of ``stats/export``, sent as they are read."""

from collections.abc import AsyncIterator, Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from structlog import get_logger

from liveroom.domain.errors import Failure, Unavailable

log = get_logger("liveroom.http")

_MARK: Final = "\ufeff"
"""Tells spreadsheets that the text is UTF-8."""
_HEADERS: Final = {"cache-control": "no-store", "x-content-type-options": "nosniff"}

Lines = Callable[[str], AsyncIterator[str]]
"""From a ticket to lines; raises a ``Failure`` where there are none."""


def export_route(name: str, lines: Lines) -> Route:
    """Return the route of the file of that name, without ``.csv``."""
    headers = {**_HEADERS, "content-disposition": f'attachment; filename="{name}.csv"'}

    async def download(request: Request) -> Response:
        found = lines(request.query_params.get("ticket", ""))
        try:
            first = await anext(found, "")
        except Unavailable as failure:
            log.warning("export.unavailable", cause=repr(failure.__cause__ or failure))
            return PlainTextResponse("Not now: try again.\n", 503, {"cache-control": "no-store"})
        except Failure:
            return PlainTextResponse("The link has expired: export again.\n", 403, {"cache-control": "no-store"})
        return StreamingResponse(_after(_MARK + first, found), headers=headers, media_type="text/csv; charset=utf-8")

    return Route(f"/downloads/{name}.csv", download)


async def _after(first: str, rest: AsyncIterator[str]) -> AsyncIterator[str]:
    yield first
    async for line in rest:
        yield line
