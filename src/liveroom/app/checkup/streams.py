"""The servers of streams: whether they answer, what they have to be told about us, and whose they are."""

from collections.abc import AsyncIterator
from typing import Final

from liveroom.app.checkup.current_database import current_database
from liveroom.app.stream_servers import make_stream_servers, set_up
from liveroom.domain.findings import Finding, fail, ok, warn
from liveroom.domain.ids import DEFAULT_TENANT
from liveroom.domain.vendors.model import Trouble, VendorFailure
from liveroom.http.stream_callbacks import PATH
from liveroom.ports import Clock
from liveroom.settings import Settings

_PAGE: Final = "docs/stream-servers.md says how to set it up"


async def look_at_streams(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """Ask each server what is live; nothing is said where there is none."""
    setup = make_stream_servers(settings, clock)
    try:
        for name, server in setup.servers.by_name.items():
            try:
                found = await server.live()
            except VendorFailure as failure:
                judge = warn if failure.trouble is Trouble.BUSY else fail
                yield judge("streams", f"{name} does not answer: {failure}", _PAGE)
                continue
            path = f"{settings.base_path}{PATH}{name}"
            yield ok("streams", f"{name} answers, {len(found.streams)} are live; it has to call {path}; {_PAGE}")
    finally:
        await setup.close()
    async for finding in _look_at_tenants(settings):
        yield finding


async def _look_at_tenants(settings: Settings) -> AsyncIterator[Finding]:
    """Name the tenants of servers that there are not."""
    named = {tenant: one.name for one in set_up(settings) for tenant in one.tenants if tenant != DEFAULT_TENANT}
    if not named:
        return
    async with current_database(settings) as db:
        known = set() if db is None else {tenant.name for tenant in await db.tenants.list()}
    for tenant in sorted(named.keys() - known):
        remedy = f"`liveroom tenants add {tenant}`, or take it out of {settings.streams_servers}"
        yield warn("streams", f"{named[tenant]} is for tenant {tenant}, which there is not", remedy)
