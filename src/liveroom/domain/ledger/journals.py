"""Journals: what was moved between accounts, once for each key, for ever.

A journal never changes: another corrects it. Its entries add up to nothing, in each currency.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Final, NamedTuple, NewType

import msgspec

from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import TenantName
from liveroom.domain.ledger.accounts import AMOUNT_MAX, AccountId, AccountName, Currency

JournalId = NewType("JournalId", str)

_KEY: Final = re.compile(r"[!-~]{1,64}")
_encode: Final = msgspec.json.Encoder(order="sorted").encode


class MoveKind(StrEnum):
    """Why something was moved."""

    PURCHASE = "purchase"
    """A user has bought coins; the key is the store's order."""
    GRANT = "grant"
    """The operator gives promotional coins."""
    ADJUST = "adjust"
    """The operator puts a balance right."""
    GIFTS = "gifts"
    """Gifts that were sent at one moment."""
    REFUND = "refund"
    """A gift is taken back."""
    REVERSAL = "reversal"
    """A credit is taken back."""
    CLOSING = "closing"
    """What a deleted user has left is nobody's any more."""
    EXPIRY = "expiry"
    """Promotional coins have expired."""
    PAYOUT = "payout"
    """Points are on their way to whoever earned them."""
    SETTLEMENT = "settlement"
    """A payout has arrived."""
    CANCELLATION = "cancellation"
    """A payout came to nothing."""
    MINOR_REFUND = "minor_refund"
    """A period of a minor is taken back: what is asked for, and done by ``REFUND`` and ``REVERSAL``."""
    BONUS = "bonus"
    """A target was reached in a period that is being closed."""
    ENVELOPE = "envelope"
    """A red envelope is filled."""
    GRABS = "grabs"
    """Parts of red envelopes that were grabbed at one moment."""
    ENVELOPE_REST = "envelope-rest"
    """What nobody has grabbed of a red envelope goes back."""


class Move(NamedTuple):
    """An amount that an account gets (or gives, where it is negative)."""

    account: AccountName
    amount: int
    doc: str = ""
    """What it is about, where the journal is about more than one thing."""


class LedgerEntry(NamedTuple):
    """A move as it is stored."""

    journal: JournalId
    account: AccountId
    amount: int
    doc: str = ""


@dataclass(frozen=True, slots=True)
class LedgerJournal:
    """The head of a journal."""

    id: JournalId
    """It sorts by time."""
    tenant: TenantName
    kind: MoveKind
    key: str
    """Of the caller, behind the kind: ``purchase:GPA.3312``."""
    digest: str
    """Of what the caller said."""
    by: str
    """Who did it, as the audit calls them."""
    created: datetime
    reverses: str | None = None
    """The journal that it takes back."""

    @property
    def given_key(self) -> str:
        """Return the key as the caller gave it."""
        return self.key.partition(":")[2]


@dataclass(frozen=True, slots=True)
class LedgerCommand:
    """What a caller wants done, once for ever."""

    tenant: TenantName
    kind: MoveKind
    key: str
    """The caller's, of their attempt and all its repetitions."""
    digest: str
    """``digest_of_said``."""
    by: str
    """How the audit calls the caller."""

    @property
    def full_key(self) -> str:
        """Return the key as it is stored: keys of one kind have nothing to do with those of another."""
        return f"{self.kind}:{self.key}"


@dataclass(frozen=True, slots=True)
class Posting:
    """What a command moves. Raises ``ValueError`` where it does not add up: that is a mistake of our code."""

    command: LedgerCommand
    moves: Sequence[Move]
    reverses: JournalId | None = None
    may_owe: bool = False
    """Accounts may go below their floor."""
    settles: bool = False
    """It was decided before: frozen accounts get it too."""

    def __post_init__(self) -> None:
        sums = Counter[Currency]()
        for move in self.moves:
            if move.amount == 0 or move.account.tenant != self.command.tenant:
                raise ValueError(f"{self.command.kind}: a move of nothing, or of another tenant")
            sums[move.account.currency] += move.amount
        if not self.moves or any(sums.values()):
            raise ValueError(f"{self.command.kind}: the moves add up to {dict(sums)}")


def read_key(text: str) -> str:
    """Return a caller's key. Raises ``BadRequest``."""
    if not _KEY.fullmatch(text):
        raise BadRequest("key: 1 to 64 visible ASCII characters without spaces, the same for each attempt")
    return text


def read_amount(amount: int) -> int:
    """Return an amount of a call. Raises ``BadRequest`` for nothing and for more than ``AMOUNT_MAX``."""
    if not 1 <= amount <= AMOUNT_MAX:
        raise BadRequest(f"amount: from 1 to {AMOUNT_MAX}")
    return amount


def digest_of_said(*said: str | int | None) -> str:
    """Return a digest of what a caller said: a key that comes with another digest was reused.

    Never of what was computed: a balance or a price is another at the next attempt.
    """
    return sha256(_encode(said)).hexdigest()
