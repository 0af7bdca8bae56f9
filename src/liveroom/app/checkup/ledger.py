"""The ledger: what its audit has found, and how far it and the seals have come."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Final

from liveroom.app.checkup.current_database import current_database
from liveroom.domain.findings import Finding, fail, ok, warn
from liveroom.domain.ids import made_at
from liveroom.domain.ledger.differences import LedgerCheck
from liveroom.domain.moments import at
from liveroom.ports import Clock
from liveroom.settings import Settings

_SUBJECT: Final = "ledger"
_SHOWN: Final = 20
_BEHIND: Final = timedelta(minutes=5)
_WAITING: Final = frozenset({LedgerCheck.DUES, LedgerCheck.OUTBOX, LedgerCheck.PAYOUT, LedgerCheck.CHARGE})


async def look_at_ledger(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """Look at what the audit has found."""
    if not settings.offers("wallet"):
        return
    async with current_database(settings) as db:
        if db is None:
            return
        found = await db.differences.open(_SHOWN)
        for one in found:
            whose = f" of tenant {one.tenant}" if one.tenant else ""
            fact = f"{one.check} {one.subject}{whose}: {one.found} instead of {one.expected}, since {one.since:%F %T}"
            if one.check in _WAITING:
                yield warn(_SUBJECT, fact, "it has waited for too long (docs/wallets.md#the-audit)")
            elif one.check.freezes:
                yield fail(_SUBJECT, fact, "its accounts are frozen: find out why (docs/wallets.md#the-audit)")
            else:
                yield fail(_SUBJECT, fact, "find out why (docs/wallets.md#the-audit)")
        until = made_at(await db.ledger_audit.next_journal(await db.checkpoints.progress()) or "")
        if until is not None and clock.now() - at(until) > _BEHIND:
            yield warn(_SUBJECT, f"the audit is behind: it has come to {at(until):%F %T}", "is the service running?")
        elif not found:
            yield ok(_SUBJECT, "everything that was moved adds up")
