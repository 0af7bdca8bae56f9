"""A user's wallet: what of their accounts they get to see."""

from dataclasses import dataclass
from typing import NamedTuple

from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.ledger.accounts import AccountKind, AccountName
from liveroom.domain.payloads import Counter, Payload


@dataclass(frozen=True, slots=True)
class Wallet:
    """What a user has."""

    coins: int = 0
    """Bought coins; negative: they owe them."""
    promo: int = 0
    """Promotional coins that can be spent now."""
    points: int = 0
    """What they have earned and not been paid; negative: they owe them."""
    cleared: int = 0
    """How many of the points may be paid out by now."""
    frozen: bool = False
    """Nothing is moved, in or out."""


class WalletAccounts(NamedTuple):
    """The names of a user's accounts."""

    coins: AccountName
    promo: AccountName
    points: AccountName


def accounts_of(tenant: TenantName, user: UserId) -> WalletAccounts:
    """Return the names of a user's accounts."""
    kinds = (AccountKind.WALLET, AccountKind.PROMO, AccountKind.EARNINGS)
    return WalletAccounts(*(AccountName(tenant, kind, user) for kind in kinds))


class WalletState(Payload):
    """What a user has, as they get to see it."""

    coins: Counter
    """Coins that were bought; negative: owed, by a purchase that was taken back."""
    promo_coins: Counter
    """Coins that were given; they are spent first."""
    points: Counter
    """Earned, and not paid out yet; negative: owed, by a gift that was taken back."""
    cleared_points: Counter
    """How many of the points may be paid out by now."""
    frozen: bool
    """The operator looks into the account: nothing can be sent or paid out."""


def state_of(wallet: Wallet) -> WalletState:
    """Return a wallet as its user gets to see it."""
    return WalletState(
        coins=wallet.coins,
        promo_coins=wallet.promo,
        points=wallet.points,
        cleared_points=wallet.cleared,
        frozen=wallet.frozen,
    )
