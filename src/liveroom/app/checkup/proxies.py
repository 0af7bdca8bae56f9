"""Proxies: whether one forwards calls whose word is not taken, so that everybody behind it counts as one address."""

from collections.abc import AsyncIterator
from ipaddress import ip_address

from liveroom.app.checkup.current_database import current_database
from liveroom.domain.findings import Finding, warn
from liveroom.ports import Clock
from liveroom.settings import Settings
from liveroom.usecases.untrusted_proxies import noted_proxy


async def look_at_proxies(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """Tell what the service has noted."""
    async with current_database(settings) as db:
        peer = await noted_proxy(db, clock) if db is not None else ""
        if peer and not _is_trusted(settings, peer):
            yield warn(
                "proxy",
                f"{peer} sent X-Forwarded-For but is not trusted: all users behind it count as one address",
                f"if it is your proxy, add it to LIVEROOM_TRUSTED_PROXIES, as in LIVEROOM_TRUSTED_PROXIES={peer}",
            )


def _is_trusted(settings: Settings, peer: str) -> bool:
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    return any(address in network for network in settings.trusted_proxies)
