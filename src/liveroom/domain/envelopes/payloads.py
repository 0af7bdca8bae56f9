"""Red envelopes as clients read them: in a room's state, and in its events."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec

from liveroom.domain.envelopes.draw import Split
from liveroom.domain.envelopes.model import (
    Envelope,
    EnvelopeAudience,
    EnvelopeEnd,
    Grab,
    Shown,
    ShownEnvelope,
    opens_in,
)
from liveroom.domain.ids import UserId
from liveroom.domain.moments import at
from liveroom.domain.payloads import Counter, Instant, Payload, instant_text

SplitText = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(Split)})]
AudienceText = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(EnvelopeAudience)})]
EndText = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(EnvelopeEnd)})]


class RunningEnvelope(Payload):
    """A red envelope that is not over."""

    envelope_id: str
    sender_id: str
    """Who has sent it; empty: the operator."""
    sender_name: str
    sender_avatar: str
    coins: Counter
    """All that was put into it."""
    parts: int
    """How many members can grab a part."""
    split: SplitText
    """``equal`` or ``random`` parts."""
    audience: AudienceText
    """Who may grab: ``everyone`` in the room, who was ``present`` when it was sent, or ``followers`` of its owner."""
    sent_at: Instant
    opens_at: Instant
    """From when it can be grabbed."""
    ends_at: Instant
    """Until when."""
    commitment: str
    """SHA-256 of the seed and the terms, in hex: it cannot be changed later (docs/envelopes.md)."""


class SentEnvelope(RunningEnvelope):
    """The same as it was sent, with the times by the server's clock."""

    opens_in: int
    """The milliseconds until it opens."""
    ends_in: int
    """The milliseconds until it is over."""


class OpenedEnvelope(Payload):
    """A red envelope that can be grabbed now."""

    envelope_id: str
    ends_at: Instant
    ends_in: int
    """The milliseconds until it is over, by the server's clock."""


class GrabbedPart(Payload):
    """A part of a red envelope, and who has it."""

    user_id: str
    name: str
    number: int
    """Of the part, from 1."""
    coins: Counter


class EnvelopeProgress(Payload):
    """What was grabbed of a red envelope since the event before."""

    envelope_id: str
    left: int
    """Parts that are left. Show the lowest that was received: events may be left out."""
    grabs: list[GrabbedPart]


class EndedEnvelope(Payload):
    """A red envelope that is over, with what proves its draw."""

    envelope_id: str
    reason: EndText
    """``taken``: all of it was grabbed; ``expired``; ``closed``: the broadcast is over; ``cancelled`` by the
    operator."""
    grabbed: int
    """Parts that were grabbed."""
    grabbed_coins: Counter
    rest: Counter
    """Coins that go back to the sender."""
    luckiest: GrabbedPart | None
    """Who has got the most; null: nobody has got anything."""
    seed: str
    """In hex: everybody can compute the parts and the commitment from it (docs/envelopes.md)."""


def running(one: ShownEnvelope) -> RunningEnvelope:
    """Return an envelope as a room's state has it."""
    return RunningEnvelope(**_terms(one))


def running_all(envelopes: Shown) -> list[RunningEnvelope]:
    """Return the envelopes of a room."""
    return [running(one) for one in envelopes]


def sent(one: ShownEnvelope, now: datetime) -> SentEnvelope:
    """Return what a room is told of a new envelope."""
    opens, ends = opens_in(one, now)
    return SentEnvelope(**_terms(one), opens_in=opens, ends_in=ends)


def opened(envelope: Envelope, now: datetime) -> OpenedEnvelope:
    """Return what a room is told when an envelope opens."""
    left = max(0, int((envelope.ends - now).total_seconds() * 1000))
    return OpenedEnvelope(envelope_id=envelope.id, ends_at=instant_text(envelope.ends), ends_in=left)


def part(grab: Grab, user: UserId, name: str) -> GrabbedPart:
    """Return a part as others see it."""
    return GrabbedPart(user_id=user, name=name, number=grab.number + 1, coins=grab.coins)


def progress(envelope: Envelope, grabs: Sequence[GrabbedPart]) -> EnvelopeProgress:
    """Return what a room is told of grabs."""
    return EnvelopeProgress(envelope_id=envelope.id, left=envelope.left, grabs=list(grabs))


def ended(envelope: Envelope, luckiest: GrabbedPart | None) -> EndedEnvelope:
    """Return what a room is told at the end."""
    return EndedEnvelope(
        envelope_id=envelope.id,
        reason="" if envelope.end is None else envelope.end.value,
        grabbed=envelope.taken,
        grabbed_coins=envelope.taken_coins,
        rest=envelope.rest,
        luckiest=luckiest,
        seed=envelope.seed.hex(),
    )


def _terms(one: ShownEnvelope) -> dict[str, Any]:
    return {
        "envelope_id": one.id,
        "sender_id": one.sender,
        "sender_name": one.name,
        "sender_avatar": one.avatar,
        "coins": one.coins,
        "parts": one.parts,
        "split": one.split.value,
        "audience": one.audience.value,
        "sent_at": instant_text(at(one.sent)),
        "opens_at": instant_text(at(one.opens)),
        "ends_at": instant_text(at(one.ends)),
        "commitment": one.commitment,
    }
