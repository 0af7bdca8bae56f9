"""The settings of gifts and of the money behind them: like those of ``declared``, behind them."""

# ruff: noqa: RUF009 - `setting` makes a dataclass field

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from liveroom.settings import values
from liveroom.settings.declared_console import DeclaredConsole
from liveroom.settings.declaring import setting
from liveroom.settings.values import Secret

OF_GIFTS: Final = frozenset({"agencies", "envelopes", "gifts", "statements", "wallet"})
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
    wallet: str = setting(
        "own",
        "Who keeps users' coins: own (liveroom's wallets), or operator (your own wallet, asked before each gift).",
        parse=values.choice("own", "operator"),
    )
    wallet_url: str = setting(
        "", "URL of your own wallet: https://…, or http://… in your own network.", parse=values.parse_text
    )
    wallet_secret: Secret | None = setting(
        None,
        "Secret that signs what is sent to it, and its answers: whsec_ and base64 of 24 bytes or more. Two with a "
        "space between them while you change it: both sign, and both count.",
        parse=values.parse_secret,
        secret=True,
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
    settlement_period: str = setting(
        "month",
        "Which periods are settled: calendar months, or weeks from Monday.",
        parse=values.choice("month", "week"),
    )
    agency_notice: timedelta = setting(
        timedelta(days=7), "How long a host who leaves their agency is with it still. 0 for not at all."
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
    envelopes: str = setting(
        "off",
        "Who puts red envelopes into rooms, beside operators: off (nobody), hosts (a room's owner and anchors), or "
        "everyone in the room. It needs gifts. Grabbing costs nothing, and what is grabbed are promotional coins; look "
        "up first whether your law allows it.",
        parse=values.choice("off", "hosts", "everyone"),
    )
    envelope_max: int = setting(10_000, "Coins that a user may put into one red envelope; 0 for any number.")
    envelope_coins: timedelta = setting(
        timedelta(days=30), "How long coins from red envelopes can be spent; 0s for ever."
    )
