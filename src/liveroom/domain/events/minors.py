"""Events of what protects minors."""

from typing import ClassVar

from liveroom.domain.events.records import EventPayload, NewEvent
from liveroom.domain.payloads import Counter, Instant, instant_text
from liveroom.domain.protection.minor_refunds import MinorRefund


class MinorEventPayload(EventPayload):
    """Who it is about."""

    user_id: str


class RefundedMinor(MinorEventPayload):
    """A period of a minor was taken back: pay the orders back to whoever bought them, in the store."""

    kind: ClassVar[str] = "minor.refunded"
    refund_id: str
    key: str
    """Yours, of ``admin/refund_minor``."""
    since: Instant
    until: Instant
    gifts: Counter
    """How many gifts went back."""
    coins: Counter
    """What they cost."""
    purchases: Counter
    purchased: Counter
    """Coins of the purchases."""
    skipped: Counter
    """How many could not be taken back, such as gifts to an account that is frozen: call with the same key again."""
    orders: list[str]
    """Keys of the purchases of the period, such as the store's orders; the newest 1,000."""


def refunded(refund: MinorRefund, orders: list[str]) -> NewEvent:
    """Return the event of a period that was taken back."""
    payload = RefundedMinor(
        user_id=refund.user,
        refund_id=refund.id,
        key=refund.key,
        since=instant_text(refund.since),
        until=instant_text(refund.until),
        gifts=refund.gifts,
        coins=refund.coins,
        purchases=refund.purchases,
        purchased=refund.purchased,
        skipped=refund.skipped,
        orders=orders,
    )
    return NewEvent(payload.kind, "", refund.finished or refund.created, payload)
