"""The settings of gifts and of the money behind them: like those of ``declared``, behind them."""

# ruff: noqa: RUF009 - `setting` makes a dataclass field

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from liveroom.settings import values
from liveroom.settings.declared_console import DeclaredConsole
from liveroom.settings.declaring import setting

OF_GIFTS: Final = frozenset({"gifts", "wallet"})
"""The modules that are offered only where gifts are on."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class DeclaredGifts(DeclaredConsole):
    """What the operator may decide about gifts."""

    gifts: str = setting(
        "off",
        "Whether users send gifts for coins: off, on, or test (with a built-in catalogue and coins that are worth "
        "nothing). While off, the modules gifts and wallet are not offered, nor what operators do with them.",
        parse=values.choice("off", "on", "test"),
        starts="Gifts",
    )
    earnings_clear: timedelta = setting(
        timedelta(days=14), "How long what a user has earned waits before it may be paid out."
    )
    approval_limit: int = setting(
        50_000,
        "How many coins or points an operator or server key may move in 24 hours, and in all for one user, by grants, "
        "adjustments, refunds and payouts; beyond it a second person has to approve. 0 for no limit.",
    )
    purchase_limit: int = setting(
        1_000_000,
        "How many coins may be bought for one user in 24 hours; beyond it a second person has to approve. 0 for no "
        "limit.",
    )
    gift_points: int = setting(
        100, "Points that a gift earns for 100 coins of its price, unless others are set for the gift."
    )
    gift_shares: tuple[int, ...] = setting(
        (500, 100, 400),
        "Who gets the points of a gift, per mille: host, agency, platform; unless others are set for the gift. What is "
        "set later counts for later versions of gifts.",
        parse=values.parse_shares,
    )
