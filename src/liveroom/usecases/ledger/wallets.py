"""Wallets: what a user has, and how it came to be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from liveroom.domain.errors import BadRequest
from liveroom.domain.events.model import EventKind
from liveroom.domain.ids import TenantName, UserId, first_id
from liveroom.domain.ledger.accounts import AccountId, Currency
from liveroom.domain.ledger.journals import JournalId
from liveroom.domain.ledger.lots import usable
from liveroom.domain.ledger.wallets import Wallet, accounts_of, state_of
from liveroom.domain.rooms.paging import cut
from liveroom.ports import Clock, Database, StatementLine, Tx
from liveroom.usecases.events.announcing import UserNotifier


class WalletEntry(NamedTuple):
    """Something that has moved in a wallet."""

    line: StatementLine
    is_promo: bool
    """Promotional coins."""

    @property
    def line_id(self) -> str:
        """Return what tells it from all others, and sorts among them."""
        return f"{self.line.journal.id}.{self.line.n}"


@dataclass(frozen=True, slots=True)
class Wallets:
    """Reads wallets."""

    db: Database
    clock: Clock
    notifier: UserNotifier
    clearing: timedelta
    """How long earnings wait before they may be paid out."""
    is_external: bool = False
    """The operator's own wallet keeps the coins, and nobody asks it here."""

    async def get(self, tenant: TenantName, user: UserId) -> Wallet:
        """Return what a user has now: what waits to be added to their balances counts already."""
        names, now = accounts_of(tenant, user), self.clock.now()
        held = await self.db.ledger_accounts.holdings(names)
        coins, promo, points = (held[name].total if name in held else 0 for name in names)
        if promo > 0:
            promo = usable(await self.db.lots.of([held[names.promo].account.id]), now)
        cleared = 0
        if points > 0:
            cleared = await cleared_of(self.db, held[names.points].account.id, points, now - self.clearing)
        frozen = any(holding.account.frozen for holding in held.values())
        return Wallet(coins, promo, points, cleared, frozen)

    async def statement(
        self, tenant: TenantName, user: UserId, currency: Currency, *, cursor: str, limit: int
    ) -> tuple[Sequence[WalletEntry], str]:
        """Return what has moved in a user's accounts of a currency, newest first, and the next page's cursor."""
        names = accounts_of(tenant, user)
        wanted = [names.points] if currency is Currency.POINT else [names.coins, names.promo]
        found = await self.db.ledger_accounts.find(wanted)
        before = _read_cursor(cursor)
        entries: list[WalletEntry] = []
        for name, account in found.items():
            lines = await self.db.journals.statement(account.id, before, limit + 1)
            entries += [WalletEntry(line, name == names.promo) for line in lines]
        entries.sort(key=lambda entry: (entry.line.journal.id, entry.line.n), reverse=True)
        return cut(entries, limit, lambda entry: entry.line_id)

    async def notify(self, tenant: TenantName, user: UserId) -> Wallet:
        """Tell a user's connections what they have now; return it."""
        wallet = await self.get(tenant, user)
        await self.notifier.notify(user, EventKind.WALLET_CHANGED, state_of(wallet))
        return wallet


async def cleared_of(rows: Tx, account: AccountId, points: int, until: datetime) -> int:
    """Return how many of an account's points were earned before that time, and not paid out since.

    Points of a payout that was cancelled had cleared already.
    """
    since = JournalId(first_id(until))
    earned = await rows.journals.earned_since(account, since)
    return max(points - earned + await rows.payouts.returned_since(account, since), 0)


def _read_cursor(text: str) -> tuple[JournalId, int] | None:
    if not text:
        return None
    journal, _, n = text.partition(".")
    if not (n.isascii() and n.isdigit() and len(n) < 19):
        raise BadRequest("cursor: invalid")
    return JournalId(journal), int(n)
