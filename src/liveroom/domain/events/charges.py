"""Events of charges at the operator's own wallet."""

from datetime import datetime
from typing import ClassVar

from liveroom.domain.events.records import EventPayload, NewEvent
from liveroom.domain.gifts.charges import Charge
from liveroom.domain.ids import UserId
from liveroom.domain.payloads import Counter


class ChargeEventPayload(EventPayload):
    """A charge, and for whose gift it was asked."""

    charge_id: str
    user_id: str
    room_id: str
    gift_id: str
    """Its id in the catalogue."""
    count: Counter
    coins: Counter


class UnknownCharge(ChargeEventPayload):
    """Your wallet did not answer clearly and in time. The gift is not sent, and your wallet is asked to reverse the
    charge until it says that it has.
    """

    kind: ClassVar[str] = "charge.unknown"


def unknown(charge: Charge, user: UserId, at: datetime) -> NewEvent:
    """Return the event of a charge of which nobody knows what became of it."""
    payload = UnknownCharge(
        charge_id=charge.id,
        user_id=user,
        room_id=charge.room,
        gift_id=charge.gift,
        count=charge.count,
        coins=charge.coins,
    )
    return NewEvent(payload.kind, "", at, payload)
