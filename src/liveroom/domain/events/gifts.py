"""Events of gifts, in the stream of the room in which they were sent."""

from typing import ClassVar

from liveroom.domain.events.records import EventPayload, NewEvent
from liveroom.domain.gifts.sending import GiftOrder, SentGift
from liveroom.domain.ids import UserId
from liveroom.domain.ledger.journals import LedgerJournal
from liveroom.domain.payloads import Counter


class GiftEventPayload(EventPayload):
    """A gift, and who sent it to whom in which room."""

    sent_id: str
    """Of what was sent: another for each receiver."""
    room_id: str
    sender_id: str
    receiver_id: str
    coins: Counter
    """What it cost altogether."""
    points: Counter
    """What its receiver has earned by it."""


class SentGiftEvent(GiftEventPayload):
    """A gift was sent and paid."""

    kind: ClassVar[str] = "gift.sent"
    broadcast_id: str
    category: str
    """The room's."""
    gift_id: str
    """Which of the catalogue it is."""
    version: Counter
    count: int
    promo_coins: Counter
    """How many of the coins were promotional: those earn nothing."""
    key: str
    """The sender's."""


class RefundedGift(GiftEventPayload):
    """A gift was taken back: its sender has the coins again, and who earned points by it has them no more."""

    kind: ClassVar[str] = "gift.refunded"
    refund_id: str


def refunded(gift: SentGift, refund: LedgerJournal, sender: UserId, receiver: UserId) -> NewEvent:
    """Return the event of a gift that was taken back."""
    payload = RefundedGift(
        sent_id=gift.id,
        refund_id=refund.id,
        room_id=gift.room,
        sender_id=sender,
        receiver_id=receiver,
        coins=gift.coins,
        points=gift.shares.host,
    )
    return NewEvent(payload.kind, "", refund.created, payload)


def sent(order: GiftOrder, gift: SentGift, receiver: UserId) -> NewEvent:
    """Return the event of a gift to one receiver."""
    payload = SentGiftEvent(
        sent_id=gift.id,
        room_id=order.room,
        broadcast_id=order.broadcast,
        category=order.category,
        gift_id=gift.gift,
        version=gift.version,
        count=gift.count,
        sender_id=order.sender,
        receiver_id=receiver,
        coins=gift.coins,
        promo_coins=gift.promo,
        points=gift.shares.host,
        key=order.key,
    )
    return NewEvent(payload.kind, order.category, gift.created, payload)
