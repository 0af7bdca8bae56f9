"""Charges: what the operator's own wallet is asked to take for gifts, where it keeps the coins.

A charge is written down before anybody is asked. Only a clear yes, in time, sells the gift; whatever else comes is
reversed until the operator has said so, and the sender has no other charge meanwhile.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from liveroom.domain.errors import Failure
from liveroom.domain.gifts.failures import ChargeOpen, ChargeRefused, ChargeReversed
from liveroom.domain.ids import RoomId, TenantName
from liveroom.domain.ledger.accounts import AMOUNT_MAX, AccountId
from liveroom.domain.ledger.failures import BalanceTooLow, KeyReused

ASK_TIMEOUT: Final = timedelta(seconds=2)
REVERSE_TIMEOUT: Final = timedelta(seconds=5)
GIVEN_UP: Final = timedelta(seconds=15)
"""After so long a charge that is still being asked is one whose process has died."""
LATE: Final = timedelta(hours=1)
"""How old a charge that waits to be reversed is when the audit tells it."""
SOONEST: Final = timedelta(seconds=1)
LONGEST: Final = timedelta(hours=1)
RECEIPT_MAX: Final = 64
SAID_MAX: Final = 200
UNSAID: Final = -1


class ChargeState(StrEnum):
    """How far a charge has come."""

    ASKED = "asked"
    """It is written down, and the operator's wallet is being asked."""
    CHARGED = "charged"
    """The operator has taken the coins, and the gift is sent."""
    REFUSED = "refused"
    """The operator says no; with this key for ever."""
    UNKNOWN = "unknown"
    """Nobody knows whether the operator has taken them. The gift is not sent, and the charge is being reversed."""
    REVERSED = "reversed"
    """The operator says that nothing is taken, and never will be."""
    RETURNING = "returning"
    """A gift was refunded; the operator is to give its coins back."""
    RETURNED = "returned"
    """They are given back."""

    @property
    def is_open(self) -> bool:
        """Say whether its sender has to wait until it is over."""
        return self in {ChargeState.ASKED, ChargeState.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge, or the coins of one gift that are given back."""

    id: str
    """It sorts by time."""
    tenant: TenantName
    sender: AccountId
    """The sender's account here, which outlasts them. There are no coins in it."""
    attempt: str
    """``attempt_of`` its sender and key, as its gifts have it; of coins that are given back, the gift that was sent."""
    digest: str
    room: RoomId
    gift: str
    """Of the catalogue."""
    count: int
    coins: int
    state: ChargeState
    created: datetime
    due: datetime | None = None
    """When something is to be done about it; None: never."""
    tries: int = 0
    balance: int = UNSAID
    """What the sender has left, as the operator said."""
    receipt: str = ""
    """The operator's own number."""
    said: str = ""
    """The operator's sentence for a refusal, or why the last try came to nothing."""
    charge: str = ""
    """Of coins that are given back: the charge that took them."""

    @property
    def slot(self) -> str:
        """Return what no two charges have at once: the sender while it is open."""
        return self.sender if self.state.is_open else self.id


@dataclass(frozen=True, slots=True)
class ChargeAnswer:
    """What the operator's wallet has said."""

    is_charged: bool
    balance: int = UNSAID
    receipt: str = ""
    message: str = ""
    """Why it refuses, for the sender; "": too few coins."""


class WalletSilent(Exception):
    """The operator's wallet did not say what counts. The text is for operators and holds no secret."""


def outcome_of(charge: Charge, digest: str) -> Failure:
    """Return what became of an attempt that has a charge and no gift, for whoever tries again with its key."""
    if charge.digest != digest:
        return KeyReused()
    if charge.state.is_open:
        return ChargeOpen()
    if charge.state is not ChargeState.REFUSED:
        return ChargeReversed()
    if charge.said:
        return ChargeRefused(charge.said)
    return BalanceTooLow("" if charge.balance == UNSAID else f"{charge.balance}")


def read_ask(charge: str, given: Any) -> ChargeAnswer:
    """Return the answer to ``charge.ask`` that JSON holds. Raises ``WalletSilent`` for what is none."""
    answered = _of(charge, "chargeId", given)
    if (result := answered.get("result")) not in ("charged", "refused"):
        raise WalletSilent('its answer has no "result" of charged or refused')
    return ChargeAnswer(
        is_charged=result == "charged",
        balance=_balance(answered.get("balance")),
        receipt=_text(answered, "receipt", RECEIPT_MAX),
        message=_text(answered, "message", SAID_MAX),
    )


def check_reversal(charge: Charge, given: Any) -> None:
    """Raise ``WalletSilent`` unless JSON says clearly that a charge is reversed, or that coins are given back."""
    name, wanted = ("refundId", "refunded") if charge.charge else ("chargeId", "reversed")
    if _of(charge.id, name, given).get("result") != wanted:
        raise WalletSilent(f'its answer has no "result" of {wanted}')


def next_try(tries: int, now: datetime) -> datetime:
    """Return when to ask again after so many tries: after one second, then twice as long each time, up to an hour."""
    return now + min(SOONEST * (1 << min(max(tries - 1, 0), 12)), LONGEST)


def _of(id: str, name: str, given: Any) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise WalletSilent("it answered no JSON object")
    if given.get(name) != id:
        raise WalletSilent(f'its answer has another "{name}" than it was asked about')
    return given


def _balance(value: Any) -> int:
    if value is None:
        return UNSAID
    if type(value) is not int or not 0 <= value <= AMOUNT_MAX:
        raise WalletSilent('its "balance" is no whole number from 0 to 2^53-1')
    return value


def _text(answered: Mapping[str, Any], name: str, most: int) -> str:
    value = answered.get(name, "")
    if not isinstance(value, str):
        raise WalletSilent(f'its "{name}" is no text')
    return "".join(one if one.isprintable() else " " for one in value).strip()[:most]
