"""What the ledger answers."""

from typing import Annotated, Any

import msgspec

from liveroom.api.shapes import Shape
from liveroom.domain.ledger.approvals import Approval, ApprovalState, AskedMove
from liveroom.domain.ledger.journals import MoveKind
from liveroom.domain.ledger.wallets import WalletState
from liveroom.domain.moderation.audit import shown_actor
from liveroom.domain.payloads import Counter, time_or_empty, wire_time
from liveroom.usecases.ledger.wallets import WalletEntry

_Kind = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(MoveKind)})]
_State = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(ApprovalState)})]


class OwnWallet(WalletState):
    """What the caller has."""

    test_coins: bool
    """``wallet/test_coins`` gives some: the installation is there to try things out."""
    external: bool
    """The operator's own app keeps the coins: ask it for the balance. ``coins`` and ``promoCoins`` are 0."""


class TestCoins(Shape):
    """What came of asking for coins to try things with."""

    added: Counter
    """0: the caller has had those of this hour."""
    next_utc: str
    """When there are more."""
    wallet: WalletState
    """What the caller has now."""


class WalletLine(Shape):
    """Something that has moved in a wallet."""

    line_id: str
    """Of this line alone; as ``cursor`` it leads to the lines behind it."""
    journal_id: str
    kind: _Kind
    amount: Counter
    """How much came in; negative: went out."""
    promo: bool
    """Promotional coins."""
    about: str
    """What it is about, such as a gift's id; empty for what the operator did."""
    time_utc: str


class AdminWalletLine(WalletLine):
    """The same as operators see it."""

    key: str
    """With which it was asked for."""
    by: str
    """Who did it."""
    reverses: str
    """The journal that it takes back; empty: none."""


class CreditObject(Shape):
    """What came of a credit."""

    credit_id: str
    """For ``admin/reverse_credit``."""
    repeated: bool
    """An earlier call with this key has done it: nothing was moved now."""
    wallet: WalletState
    """What the user has now."""


class StoreProduct(Shape):
    """What the app sells in the phone's store."""

    product_id: str
    """As it is set up there."""
    coins: Counter
    """How many one of it brings."""


class StoreOffer(Shape):
    """What the caller may buy coins by."""

    account_token: str
    """By what name the store has to know the caller, a UUID that never changes: ``appAccountToken`` at Apple's, the
    obfuscated account id at Google's.
    """
    stores: list[str]
    """Those whose purchases count: ``app_store``, ``google_play``; empty: none."""
    products: list[StoreProduct]


class RedeemedPurchase(Shape):
    """What came of a purchase."""

    credit_id: str
    """Of the credit in the statement (``journalId``)."""
    product_id: str
    coins: Counter
    """How many it brought; less where a part of it was refunded."""
    repeated: bool
    """It had brought its coins before: nothing was moved now."""
    wallet: WalletState
    """What the caller has now."""


class ReversalObject(Shape):
    """What came of taking a credit back."""

    reversal_id: str
    user_id: str
    repeated: bool
    """An earlier call with this key has done it."""
    wallet: WalletState
    """What the user has now."""


class ApprovalObject(Shape):
    """What an operator does with money, or wants to do."""

    approval_id: str
    state: _State
    """``asked``, ``approved`` (whoever asked repeats the call), ``refused``, ``done``."""
    kind: _Kind
    key: str
    amount: Counter
    """How much counts towards the limits; ``said`` has the direction."""
    user_id: str
    room_id: str
    """Where a red envelope is to be put; the others are about a user."""
    reason: str
    by: str
    """Who asks."""
    said: AskedMove
    """What is asked for."""
    time_utc: str
    decided_by: str
    decided_utc: str


def line_of(entry: WalletEntry) -> WalletLine:
    """Return a line as its user sees it."""
    return WalletLine(**_seen(entry))


def admin_line_of(entry: WalletEntry) -> AdminWalletLine:
    """Return a line as operators see it."""
    journal = entry.line.journal
    by, reverses = shown_actor(journal.by), journal.reverses or ""
    return AdminWalletLine(**_seen(entry), key=journal.given_key, by=by, reverses=reverses)


def approval_of(approval: Approval) -> ApprovalObject:
    """Return an approval as operators see it."""
    is_envelope = approval.kind is MoveKind.ENVELOPE
    return ApprovalObject(
        approval_id=approval.id,
        state=approval.state.value,
        kind=approval.kind.value,
        key=approval.key.partition(":")[2],
        amount=approval.amount,
        user_id="" if is_envelope else approval.target,
        room_id=approval.target if is_envelope else "",
        reason=approval.words,
        by=shown_actor(approval.made_by),
        said=approval.said,
        time_utc=wire_time(approval.at),
        decided_by=shown_actor(approval.decided_by),
        decided_utc=time_or_empty(approval.decided),
    )


def _seen(entry: WalletEntry) -> dict[str, Any]:
    line, is_promo = entry
    return {
        "line_id": entry.line_id,
        "journal_id": line.journal.id,
        "kind": line.journal.kind.value,
        "amount": line.amount,
        "promo": is_promo,
        "about": line.doc,
        "time_utc": wire_time(line.journal.created),
    }
