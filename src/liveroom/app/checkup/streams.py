"""The server of streams: whether it answers, and what it has to be told about us."""

from collections.abc import AsyncIterator
from typing import Final

from liveroom.app.stream_servers import make_stream_servers
from liveroom.domain.findings import Finding, fail, ok, warn
from liveroom.domain.vendors.model import Trouble, VendorFailure
from liveroom.http.stream_callbacks import PATH
from liveroom.ports import Clock
from liveroom.settings import Settings

_PAGE: Final = "docs/stream-servers.md says how to set it up"


async def look_at_streams(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """Ask the server what is live; nothing is said where there is none."""
    setup = make_stream_servers(settings, clock)
    try:
        for kind, server in setup.by_kind.items():
            try:
                found = await server.live()
            except VendorFailure as failure:
                judge = warn if failure.trouble is Trouble.BUSY else fail
                yield judge("streams", f"{kind.value} does not answer: {failure}", _PAGE)
                continue
            path = f"{settings.base_path}{PATH}{kind.value}"
            yield ok("streams", f"{kind.value} answers, {len(found.streams)} are live; it has to call {path}; {_PAGE}")
    finally:
        await setup.close()
