"""Server keys: which are about to end, and which nobody seems to need."""

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from liveroom.app.checkup.current_database import current_database
from liveroom.domain.findings import Finding, ok, warn
from liveroom.domain.tenants.model import DEFAULT_WORD
from liveroom.domain.tenants.server_keys import ServerKey
from liveroom.ports import Clock
from liveroom.settings import Settings

_SOON: Final = timedelta(days=14)
_LONG_UNUSED: Final = timedelta(days=90)


async def look_at_server_keys(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """Look at every key."""
    async with current_database(settings) as db:
        keys = [] if db is None else [stored.item for stored in await db.server_keys.list()]
        for finding in judge_server_keys(keys, clock.now()):
            yield finding


def judge_server_keys(keys: Sequence[ServerKey], now: datetime) -> Iterator[Finding]:
    """Say what is worth knowing of the keys that count."""
    counting = [key for key in keys if key.revoked is None and (key.expires is None or key.expires > now)]
    for key in counting:
        name = f"server key {key.id} ({key.name}, tenant {key.tenant or DEFAULT_WORD})"
        idle = now - (key.used or key.created)
        if key.expires is not None and key.expires - now < _SOON:
            yield warn(
                name,
                f"it expires on {key.expires:%Y-%m-%d}",
                "create its successor in time: `liveroom tenants key add`",
            )
        elif idle > _LONG_UNUSED:
            yield warn(
                name,
                f"unused for {idle.days} days",
                f"revoke it if it is not needed: `liveroom tenants key revoke {key.id}`",
            )
    if counting:
        yield ok("server keys", f"{len(counting)} valid")
