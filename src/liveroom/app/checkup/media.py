"""Media: whether the provider of each tenant is set up, and what a mesh can do without TURN."""

from collections.abc import AsyncIterator, Iterator

from liveroom.app.checkup.current_database import current_database
from liveroom.app.media import missing_for
from liveroom.domain.findings import Finding, fail, ok, warn
from liveroom.domain.tenants.model import RtcKind
from liveroom.settings import Settings


def look_at_media(settings: Settings) -> Iterator[Finding]:
    """Judge what the settings say; tenants may have chosen otherwise."""
    match RtcKind(settings.rtc):
        case RtcKind.MESH:
            yield _mesh(settings)
        case RtcKind.TRTC:
            yield ok("media", "TRTC: UserSigs and PrivateMapKeys decide who may do what")
        case RtcKind.LIVEKIT:
            yield ok("media", f"LiveKit at {settings.livekit_url}")


def _mesh(settings: Settings) -> Finding:
    urls = [url for server in settings.ice_servers for url in server.urls]
    if settings.turn_urls or any(url.startswith("turn") for url in urls):
        return ok(
            "media", "between browsers (mesh), with TURN: for rooms with a few publishers and about eight viewers"
        )
    return warn(
        "media",
        "between browsers (mesh), without TURN: people in other networks often get no video",
        "set LIVEROOM_TURN_URLS and LIVEROOM_TURN_SECRET of a coturn server; not needed within one network",
    )


async def look_at_tenants(settings: Settings) -> AsyncIterator[Finding]:
    """Name tenants who get no media."""
    async with current_database(settings) as db:
        for tenant in [] if db is None else await db.tenants.list():
            kind = tenant.rtc or RtcKind(settings.rtc)
            if missing := missing_for(kind, tenant, settings):
                remedy = f"`liveroom tenants set {tenant.name}`, with another --rtc or the missing settings"
                yield fail("media", f"tenant {tenant.name} uses {kind}, which needs {missing}", remedy)
