"""Receipts: what a store sold to whom, which credit came of it, and how much of it the store has refunded.

A purchase brings coins once, whatever comes how often and in which order: the row of the purchase says what it is worth
now, and credits and reversals follow it.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID, uuid5

from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.ledger.accounts import AccountId
from liveroom.domain.ledger.journals import JournalId

WHOLE: Final = 100_000
"""A purchase that is refunded altogether, in the thousandths of a per cent in which Apple counts."""
NEVER: Final = datetime.fromtimestamp(0, UTC)
_NO_TENANT: Final = TenantName("")
_NO_ACCOUNT: Final = AccountId("")
_NO_JOURNAL: Final = JournalId("")
_TOKENS: Final = UUID("5d0f6a3e-8f0c-5b52-9d3b-2f6c1e9a7b41")
"""The namespace of account tokens. It never changes: purchases name users by them."""


class StoreName(StrEnum):
    """Where something was bought. Their numbers have nothing to do with each other."""

    APP_STORE = "app_store"
    APP_STORE_SANDBOX = "app_store_sandbox"
    GOOGLE_PLAY = "google_play"


class StorePurchase(NamedTuple):
    """A purchase that its store vouches for."""

    store: StoreName
    id: str
    """What the store calls it in refunds."""
    order: str
    """The ledger's key: the store's order, under which the operator's own server would credit it as well."""
    product: str
    quantity: int
    account_token: str
    """For whom the app bought it; "": it did not say."""
    refunded: int = 0
    """How much of it, of ``WHOLE``."""
    refunded_at: datetime = NEVER


class RefundNotice(NamedTuple):
    """What a store says of a purchase: how much of it is refunded now."""

    store: StoreName
    id: str
    refunded: int
    """Of ``WHOLE``; 0: what was refunded is paid again."""
    at: datetime
    """Since when this is so. Of two notices the later one counts, whichever comes first."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is known of a purchase."""

    store: StoreName
    id: str
    tenant: TenantName = _NO_TENANT
    """"" until it has brought coins."""
    account: AccountId = _NO_ACCOUNT
    """The wallet that got them."""
    order: str = ""
    product: str = ""
    coins: int = 0
    """What it brought, or would bring again, were nothing refunded."""
    journal: JournalId = _NO_JOURNAL
    """The credit that counts, or counted last."""
    credited: int = 0
    """How many coins of it are credited now."""
    turns: int = 0
    """How often what it is worth has changed."""
    refunded: int = 0
    at: datetime = NEVER
    """Of the last notice."""
    created: datetime = NEVER

    @property
    def worth(self) -> int:
        """Return how many coins it should have brought by now."""
        return worth_of(self.coins, self.refunded)

    @property
    def is_credited(self) -> bool:
        """Say whether it has brought coins, also those that were taken back."""
        return bool(self.journal)

    def noted(self, notice: RefundNotice) -> "Receipt | None":
        """Return it with what the store says; None where a later notice has come already, or this one."""
        if notice.at <= self.at:
            return None
        return replace(self, refunded=notice.refunded, at=notice.at)

    def changed(self, credited: int, journal: JournalId | None = None) -> "Receipt":
        """Return it with other coins; ``journal`` is the credit that they came by."""
        return replace(self, credited=credited, journal=journal or self.journal, turns=self.turns + 1)


def worth_of(coins: int, refunded: int) -> int:
    """Return what is left of coins: parts of a coin are the buyer's loss, as a part of its price was given back."""
    return coins * (WHOLE - refunded) // WHOLE


def account_token(tenant: TenantName, user: UserId) -> str:
    """Return by what name a store knows a user: a UUID that never changes, and which nobody else has.

    It is version 5, of ``<tenant>/<user>`` in a namespace of ours, so that the operator's server can compute it too.
    """
    return str(uuid5(_TOKENS, f"{tenant}/{user}"))
