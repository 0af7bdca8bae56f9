"""Events of red envelopes, in the stream of the room in which they were sent."""

from datetime import datetime
from typing import Any, ClassVar

from liveroom.domain.envelopes.model import Envelope, Grab
from liveroom.domain.envelopes.payloads import AudienceText, EndText, SplitText
from liveroom.domain.events.records import EventPayload, NewEvent
from liveroom.domain.ids import UserId
from liveroom.domain.payloads import Counter, Instant, instant_text


class EnvelopeEventPayload(EventPayload):
    """A red envelope, and in which broadcast it is."""

    envelope_id: str
    room_id: str
    broadcast_id: str
    sender_id: str
    """Empty: the operator."""
    coins: Counter
    """All that was put into it."""
    parts: int


class SentEnvelopeEvent(EnvelopeEventPayload):
    """Coins were put into a room."""

    kind: ClassVar[str] = "envelope.sent"
    split: SplitText
    audience: AudienceText
    opens_at: Instant
    ends_at: Instant
    commitment: str
    """SHA-256 of the seed and the terms, in hex."""


class OpenedEnvelopeEvent(EnvelopeEventPayload):
    """A red envelope that was to open later can be grabbed now."""

    kind: ClassVar[str] = "envelope.opened"
    ends_at: Instant


class GrabbedEnvelopeEvent(EnvelopeEventPayload):
    """A user has grabbed a part: they have the coins as promotional ones."""

    kind: ClassVar[str] = "envelope.grabbed"
    user_id: str
    number: int
    """Of the part, from 1."""
    part_coins: Counter
    """What the user has got."""
    left: int
    """Parts that are left."""


class EndedEnvelopeEvent(EnvelopeEventPayload):
    """A red envelope is over; what is left went back to where it came from."""

    kind: ClassVar[str] = "envelope.ended"
    reason: EndText
    grabbed: int
    """Parts that were grabbed."""
    grabbed_coins: Counter
    rest: Counter
    """Coins that went back."""
    commitment: str
    seed: str
    """In hex: everybody can compute the parts and the commitment from it."""


def sent(envelope: Envelope, sender: UserId, category: str) -> NewEvent:
    """Return the event of a new envelope."""
    payload = SentEnvelopeEvent(
        **_fields(envelope, sender),
        split=envelope.split.value,
        audience=envelope.audience.value,
        opens_at=instant_text(envelope.opens),
        ends_at=instant_text(envelope.ends),
        commitment=envelope.draw.commitment,
    )
    return NewEvent(payload.kind, category, envelope.sent, payload)


def opened(envelope: Envelope, sender: UserId, category: str) -> NewEvent:
    """Return the event of an envelope that opens."""
    payload = OpenedEnvelopeEvent(**_fields(envelope, sender), ends_at=instant_text(envelope.ends))
    return NewEvent(payload.kind, category, envelope.opens, payload)


def grabbed(envelope: Envelope, sender: UserId, grab: Grab, user: UserId, category: str) -> NewEvent:
    """Return the event of a part that was grabbed."""
    payload = GrabbedEnvelopeEvent(
        **_fields(envelope, sender), user_id=user, number=grab.number + 1, part_coins=grab.coins, left=envelope.left
    )
    return NewEvent(payload.kind, category, grab.at, payload)


def ended(envelope: Envelope, sender: UserId, category: str, at: datetime) -> NewEvent:
    """Return the event of an envelope that is over."""
    payload = EndedEnvelopeEvent(
        **_fields(envelope, sender),
        reason="" if envelope.end is None else envelope.end.value,
        grabbed=envelope.taken,
        grabbed_coins=envelope.taken_coins,
        rest=envelope.rest,
        commitment=envelope.draw.commitment,
        seed=envelope.seed.hex(),
    )
    return NewEvent(payload.kind, category, at, payload)


def _fields(envelope: Envelope, sender: UserId) -> dict[str, Any]:
    return {
        "envelope_id": envelope.id,
        "room_id": envelope.room,
        "broadcast_id": envelope.broadcast,
        "sender_id": sender,
        "coins": envelope.coins,
        "parts": envelope.parts,
    }
