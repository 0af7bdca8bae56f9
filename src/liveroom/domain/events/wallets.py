"""Events of wallets: what was put into a user's account, and taken back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, Final

import msgspec

from liveroom.domain.events.records import EventPayload, NewEvent, of_user
from liveroom.domain.ids import UserId
from liveroom.domain.ledger.accounts import AccountId, AccountKind, AccountName, Currency
from liveroom.domain.ledger.journals import LedgerJournal
from liveroom.domain.ledger.payouts import Payout, PayoutState
from liveroom.domain.payloads import Counter, Instant, instant_text

_Kind = Annotated[str, msgspec.Meta(extra_json_schema={"enum": ["purchase", "grant", "adjust"]})]
_Currency = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(Currency)})]


class WalletEventPayload(EventPayload):
    """Whose wallet it is."""

    user_id: str


class CreditEventPayload(WalletEventPayload):
    """What the operator did to an account of a user's."""

    credit_id: str
    currency: _Currency
    amount: Counter
    """How much came in; negative: went out."""


class CreditedWallet(CreditEventPayload):
    """Coins or points were put into an account of the user's."""

    kind: ClassVar[str] = "wallet.credited"
    source: _Kind
    """``purchase``: bought. ``grant``: promotional. ``adjust``: the operator has put the balance right."""
    key: str
    """The operator's, such as the store's order."""


class ReversedCredit(CreditEventPayload):
    """A credit was taken back."""

    kind: ClassVar[str] = "wallet.reversed"
    reversal_id: str


class ClosingWallet(WalletEventPayload):
    """The user was deleted and has left something: what they have earned can still be paid to them."""

    kind: ClassVar[str] = "wallet.closing"
    coins: Counter
    """Bought and promotional coins, which are nobody's after ``closes``."""
    points: Counter
    """What they have earned and not been paid; it stays until you pay it out."""
    closes: Instant
    account_id: str
    """The account of the points, for ``admin/hold_payout``; empty: they never earned any."""


class PayoutEvent(WalletEventPayload):
    """Of a payout; ``user_id`` is a pseudonym once the user is erased, and empty where an agency is paid."""

    agency_id: str
    """The agency; empty where a user is paid."""
    payout_id: str
    account_id: str
    """Out of which the points are paid."""
    key: str
    """The operator's."""
    points: Counter


class HeldPayout(PayoutEvent):
    """Points were taken out of what the user has, and are to be paid."""

    kind: ClassVar[str] = "payout.held"


class SettledPayout(PayoutEvent):
    """A payout has arrived."""

    kind: ClassVar[str] = "payout.settled"


class CancelledPayout(PayoutEvent):
    """A payout came to nothing: the points are the user's again."""

    kind: ClassVar[str] = "payout.cancelled"


_OF_PAYOUTS: Final[Mapping[PayoutState, type[PayoutEvent]]] = {
    PayoutState.HELD: HeldPayout,
    PayoutState.SETTLED: SettledPayout,
    PayoutState.CANCELLED: CancelledPayout,
}


def stream_of(account: AccountName) -> str:
    """Return the stream of whoever an account of points is, a user or an agency."""
    return f"agency:{account.owner}" if account.kind is AccountKind.AGENCY else of_user(UserId(account.owner))


def of_payout(account: AccountName, payout: Payout, at: datetime) -> NewEvent:
    """Return the event of a payout that has just come so far."""
    is_agency = account.kind is AccountKind.AGENCY
    payload = _OF_PAYOUTS[payout.state](
        user_id="" if is_agency else account.owner,
        agency_id=account.owner if is_agency else "",
        payout_id=payout.id,
        account_id=payout.account,
        key=payout.key,
        points=payout.points,
    )
    return NewEvent(payload.kind, "", at, payload)


def closing(
    user: UserId, coins: int, points: int, closes: datetime, *, account: AccountId | None, at: datetime
) -> NewEvent:
    """Return the event of a deleted user's wallet; ``account``: where their points are."""
    payload = ClosingWallet(
        user_id=user, coins=coins, points=points, closes=instant_text(closes), account_id=account or ""
    )
    return NewEvent(payload.kind, "", at, payload)


def credited(user: UserId, journal: LedgerJournal, currency: Currency, amount: int) -> NewEvent:
    """Return the event of a credit."""
    said = _said(user, journal.id, currency, amount)
    return _about(journal, CreditedWallet(source=journal.kind.value, key=journal.given_key, **said))


def reversed_credit(
    user: UserId, journal: LedgerJournal, credit: LedgerJournal, currency: Currency, amount: int
) -> NewEvent:
    """Return the event of a credit that was taken back."""
    said = _said(user, credit.id, currency, amount)
    return _about(journal, ReversedCredit(reversal_id=journal.id, **said))


def _said(user: UserId, id: str, currency: Currency, amount: int) -> dict[str, Any]:
    return {"user_id": user, "credit_id": id, "currency": currency.value, "amount": amount}


def _about(journal: LedgerJournal, payload: EventPayload) -> NewEvent:
    return NewEvent(payload.kind, "", journal.created, payload)
