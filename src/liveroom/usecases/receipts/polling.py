"""Asking Google what it has refunded: a list of all of it, which misses nothing that happened while we were away."""

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from structlog import get_logger

from liveroom.domain.errors import ProviderUnavailable
from liveroom.ports import Clock, Database, GooglePlay
from liveroom.usecases.receipts.refunding import StoreRefunds

log = get_logger("liveroom.receipts")

EVERY: Final = timedelta(minutes=5)
_BACK: Final = timedelta(days=29)
"""Google keeps 30 days, and refuses to be asked for more. The list is asked for whole: it is short, each line of it is
done once, and no cursor can be lost.
"""
_LEASE: Final = "google play refunds"


@dataclass(frozen=True, slots=True)
class GoogleRefunds:
    """Takes back what Google has refunded. One process does it."""

    db: Database
    clock: Clock
    google_play: GooglePlay | None
    refunds: StoreRefunds
    _holder: str = field(default_factory=lambda: secrets.token_hex(8))

    async def run(self) -> int:
        """Ask, and return for how many purchases coins were moved; 0 where Google does not answer."""
        if self.google_play is None:
            return 0
        now = self.clock.now()
        if not await self.db.leases.claim(_LEASE, self._holder, now, now + EVERY):
            return 0
        try:
            notices = await self.google_play.refunds(now - _BACK)
        except ProviderUnavailable as failure:
            log.warning("receipts.refunds_unknown", reason=failure.detail)
            return 0
        return sum([await self.refunds.note(notice) for notice in notices])
