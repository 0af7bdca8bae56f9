"""Watching: what has waited for too long. Not compared, only looked at by index, each second, by whoever audits.

What was there when the service came up is given its time too: it may have waited because nobody was there.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.ids import DEFAULT_TENANT
from liveroom.domain.ledger.differences import DUES_LAST, SHOWN_FOR, UNTOLD_LAST, LedgerCheck, LedgerDifference
from liveroom.domain.ledger.payouts import LATE
from liveroom.ports import Live, Tx

_SHOWN: Final = 100


@dataclass(slots=True)
class _Oldest:
    """Says for how long the same has been the oldest that waits."""

    lasts: timedelta
    _seen: tuple[object, datetime] | None = None

    def is_known(self, oldest: object) -> bool:
        """Say whether the same was the oldest when we looked last."""
        return self._seen is not None and self._seen[0] == oldest

    def begin_anew(self) -> None:
        """Let nothing have waited yet: it could not go on."""
        self._seen = None

    def overdue(self, oldest: object | None, now: datetime) -> int:
        """Return for how many seconds it has waited; 0: not too long."""
        if oldest is None or self._seen is None or not self.is_known(oldest):
            self._seen = None if oldest is None else (oldest, now)
            return 0
        waited = now - self._seen[1]
        return int(waited.total_seconds()) if waited > self.lasts else 0


class StuckDues:
    """Watches what waits to be added to balances."""

    def __init__(self) -> None:
        self._oldest: Final = _Oldest(DUES_LAST)

    async def look(self, tx: Tx, now: datetime) -> Sequence[LedgerDifference]:
        """Return a difference if the same has been the oldest for too long, while we looked."""
        seconds = self._oldest.overdue(await tx.dues.oldest(), now)
        return [LedgerDifference(LedgerCheck.DUES, DEFAULT_TENANT, "", 0, seconds)] if seconds else ()


class UntoldGifts:
    """Watches gifts that were paid, and of which their room does not know yet.

    While the live store is down no room is told of anything, which says nothing about money.
    """

    def __init__(self, live: Live) -> None:
        self._live: Final = live
        self._oldest: Final = _Oldest(UNTOLD_LAST)

    async def look(self, tx: Tx, now: datetime) -> Sequence[LedgerDifference]:
        """Return a difference if the same have been the oldest for too long, while we looked."""
        oldest = await tx.sent_gifts.oldest_untold()
        if oldest is not None and self._oldest.is_known(oldest) and not await self._can_be_told():
            self._oldest.begin_anew()
        seconds = self._oldest.overdue(oldest, now)
        return [LedgerDifference(LedgerCheck.OUTBOX, DEFAULT_TENANT, "", 0, seconds)] if seconds else ()

    async def _can_be_told(self) -> bool:
        try:
            await self._live.ping()
        except LiveUnavailable:
            return False
        return True


async def late_payouts(tx: Tx, now: datetime) -> Sequence[LedgerDifference]:
    """Return payouts that should have ended."""
    late = await tx.payouts.held_before(now - LATE, _SHOWN)
    return [LedgerDifference(LedgerCheck.PAYOUT, one.tenant, one.id, 0, one.points) for one in late]


async def miscounted_rooms(tx: Tx, now: datetime) -> Sequence[LedgerDifference]:
    """Return the broadcasts of the last days that closed with other totals than SQL has: nothing can put them right."""
    known = await tx.differences.open(_SHOWN)
    return [
        LedgerDifference(one.check, one.tenant, one.subject, one.expected, one.found)
        for one in known
        if one.check is LedgerCheck.ROOM and now - one.since < SHOWN_FOR
    ]


LedgerWatch = Callable[[Tx, datetime], Awaitable[Sequence[LedgerDifference]]]
"""Looks for what is too old, or not in the ledger at all. Parts of the program that move money add theirs."""
WATCHED: Final = frozenset(
    {
        LedgerCheck.DUES,
        LedgerCheck.OUTBOX,
        LedgerCheck.PAYOUT,
        LedgerCheck.CHARGE,
        LedgerCheck.ENVELOPE,
        LedgerCheck.ROOM,
    }
)
"""What watches find, each time that they look."""
