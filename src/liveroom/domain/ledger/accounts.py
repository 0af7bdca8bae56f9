"""Accounts: whose money is where, and how far each may go down.

Amounts are whole numbers, of coins (what people buy and send) or of points (what receivers earn). Accounts of people
have a floor of 0, which only a refund or a reversed top-up takes them below; they are *owing* then. Sources have no
floor: what they lack is what has come into the world.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple, NewType

from liveroom.domain.ids import TenantName
from liveroom.domain.ledger.failures import AccountFrozen, BalanceTooHigh, BalanceTooLow
from liveroom.domain.protection.caps import NOTHING_GIVEN, GivenSoFar

AccountId = NewType("AccountId", str)

AMOUNT_MAX: Final = 2**53 - 1
"""Of one amount and of any balance: what every JSON parser reads exactly."""
HOUSE: Final = ""
"""The owner of accounts that are the operator's."""


class Currency(StrEnum):
    """What is counted."""

    COIN = "coin"
    """Bought or granted, and sent."""
    POINT = "point"
    """Earned, and paid out."""


class AccountKind(StrEnum):
    """What an account is for."""

    WALLET = "wallet"
    """Coins that a user has bought."""
    PROMO = "promo"
    """Coins that a user was granted: they earn their receiver no points, and may expire."""
    EXTERNAL = "external"
    """What the operator's own wallet has taken: it keeps the coins, and there are none here."""
    ENVELOPE = "envelope"
    """Coins of a red envelope that nobody has grabbed yet."""
    FLOAT = "float"
    """Source of bought coins."""
    GRANTS = "grants"
    """Source of granted coins."""
    SALES = "sales"
    """Coins that were spent."""
    BREAKAGE = "breakage"
    """Coins that nobody can spend any more: expired, or of a deleted user."""
    ISSUE = "issue"
    """Source of points."""
    EARNINGS = "earnings"
    """Points that a user has earned."""
    AGENCY = "agency"
    """Points that an agency has earned by its hosts."""
    PLATFORM = "platform"
    """The operator's share of what was sent."""
    PAYABLE = "payable"
    """Points that are being paid out."""
    PAID = "paid"
    """Points that were paid out."""


_POINTS: Final = frozenset(
    {
        AccountKind.ISSUE,
        AccountKind.EARNINGS,
        AccountKind.AGENCY,
        AccountKind.PLATFORM,
        AccountKind.PAYABLE,
        AccountKind.PAID,
    }
)
_OWNED: Final = frozenset(
    {AccountKind.WALLET, AccountKind.PROMO, AccountKind.ENVELOPE, AccountKind.EARNINGS, AccountKind.AGENCY}
)
CURRENCIES: Final[Mapping[AccountKind, Currency]] = {
    kind: Currency.POINT if kind in _POINTS else Currency.COIN for kind in AccountKind
}


class AccountState(StrEnum):
    """Whether an account is above its floor."""

    OPEN = "open"
    OWING = "owing"
    """Below its floor, by a refund or a reversed top-up: nothing may be sent or paid out of it."""


class AccountName(NamedTuple):
    """Which account is meant. A tenant has one of each kind and owner."""

    tenant: TenantName
    kind: AccountKind
    owner: str = HOUSE
    """A user, an agency, or a red envelope; of the house's accounts ``HOUSE``."""

    @property
    def currency(self) -> Currency:
        return CURRENCIES[self.kind]

    @property
    def floor(self) -> int | None:
        """Return how low it may go; None: any."""
        return 0 if self.is_owned else None

    @property
    def is_owned(self) -> bool:
        """Say whether it is somebody's: it is changed at once, under a lock. The house's are changed by dues."""
        return self.kind in _OWNED


@dataclass(frozen=True, slots=True)
class Account:
    """An account as it is stored: without the dues that wait for it."""

    id: AccountId
    name: AccountName
    balance: int = 0
    state: AccountState = AccountState.OPEN
    frozen: bool = False
    closes: datetime | None = None
    """When what is left is nobody's any more: the user was deleted."""
    given: GivenSoFar = NOTHING_GIVEN
    """Of a wallet: what was given out of it, and its user's own caps."""

    def moved(self, amount: int, *, may_owe: bool = False) -> "Account":
        """Return it with an amount more, or less.

        ``may_owe``: it may go below its floor. Raises ``BalanceTooLow``, ``BalanceTooHigh``; ``AccountFrozen`` for any
        change of a frozen account.
        """
        if self.frozen:
            raise AccountFrozen
        return self.settled(amount, may_owe=may_owe)

    def settled(self, amount: int, *, may_owe: bool = False) -> "Account":
        """Do the same with what has been decided before, frozen or not."""
        balance, floor = self.balance + amount, self.name.floor
        is_low = floor is not None and balance < floor
        if is_low and amount < 0 and not may_owe:
            raise BalanceTooLow(f"{max(self.balance, 0)}")
        if abs(balance) > AMOUNT_MAX:
            raise BalanceTooHigh
        return replace(self, balance=balance, state=AccountState.OWING if is_low else AccountState.OPEN)
