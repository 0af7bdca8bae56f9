"""What ``envelopes/*`` and the operator's form of it answer."""

from datetime import datetime
from typing import Annotated, Any

import msgspec

from liveroom.api.shapes import Shape
from liveroom.domain.envelopes.model import EnvelopeEnd, EnvelopeState, Grab
from liveroom.domain.envelopes.payloads import AudienceText, SplitText
from liveroom.domain.payloads import Counter, Instant, instant_text, time_or_empty, wire_time
from liveroom.usecases.envelopes.grabbing import Grabbed
from liveroom.usecases.envelopes.listing import EnvelopePerson, ListedEnvelope, OpenedDraw

_STATES = [EnvelopeState.WAITING, EnvelopeState.OPEN, EnvelopeState.OVER]
_State = Annotated[str, msgspec.Meta(extra_json_schema={"enum": [state.value for state in _STATES]})]
_End = Annotated[str, msgspec.Meta(extra_json_schema={"enum": ["", *(end.value for end in EnvelopeEnd)]})]


class EnvelopeObject(Shape):
    """A red envelope."""

    envelope_id: str
    room_id: str
    sender_id: str
    """Empty: the operator."""
    sender_name: str
    sender_avatar: str
    coins: Counter
    """All that was put into it."""
    parts: int
    split: SplitText
    audience: AudienceText
    state: _State
    """``waiting`` to be opened, ``open``, or ``over``."""
    reason: _End
    """Why it is over: ``taken``, ``expired``, ``closed`` or ``cancelled``; empty: it is not."""
    left: int
    """Parts that nobody has grabbed."""
    rest: Counter
    """Coins that nobody has grabbed."""
    sent_at: Instant
    opens_at: Instant
    ends_at: Instant
    opens_in: int
    """The milliseconds until it opens, by the server's clock; 0: it has."""
    ends_in: int
    """The milliseconds until its time is over."""
    commitment: str
    """SHA-256 of the seed and the terms, in hex."""
    seed: str
    """In hex, once it is over: everybody can compute the parts from it. Empty before."""


class EnvelopeGrab(Shape):
    """A part, and who has it."""

    user_id: str
    name: str
    avatar: str
    number: int
    """Of the part, from 1: the first to grab gets the first."""
    coins: Counter
    time_utc: str


class EnvelopeDraw(EnvelopeObject):
    """A red envelope, and who has got what so far."""

    grabs: list[EnvelopeGrab]
    """In the order of the parts."""


class SentEnvelopeObject(Shape):
    """What came of sending one."""

    envelope_id: str
    commitment: str
    balance: Counter
    """Bought coins that are left."""
    repeated: bool
    """An earlier call with this key has sent it: nothing was paid now."""


class GrabbedObject(Shape):
    """What the caller has got."""

    envelope_id: str
    number: int
    """Of the part, from 1."""
    coins: Counter
    """Promotional coins."""
    expire_utc: str
    """When what is left of them goes; empty: never."""
    repeated: bool
    """An earlier call has grabbed it."""


def envelope_object(listed: ListedEnvelope, now: datetime) -> EnvelopeObject:
    """Return an envelope as those who may see it do."""
    return EnvelopeObject(**_fields(listed, now))


def envelope_draw(found: OpenedDraw, now: datetime) -> EnvelopeDraw:
    """Return an envelope with who has got what."""
    grabs = [_grab(grab, person) for grab, person in found.grabs]
    return EnvelopeDraw(**_fields(found.listed, now), grabs=grabs)


def grabbed_object(grabbed: Grabbed) -> GrabbedObject:
    """Return a part as whoever has grabbed it sees it."""
    grab = grabbed.grab
    return GrabbedObject(
        envelope_id=grab.envelope,
        number=grab.number + 1,
        coins=grab.coins,
        expire_utc=time_or_empty(grab.expires),
        repeated=grabbed.is_repeated,
    )


def _grab(grab: Grab, person: EnvelopePerson) -> EnvelopeGrab:
    user, name, avatar = person
    time = wire_time(grab.at)
    return EnvelopeGrab(user_id=user, name=name, avatar=avatar, number=grab.number + 1, coins=grab.coins, time_utc=time)


def _fields(listed: ListedEnvelope, now: datetime) -> dict[str, Any]:
    envelope, (user, name, avatar) = listed
    is_over = envelope.state is EnvelopeState.OVER
    return {
        "envelope_id": envelope.id,
        "room_id": envelope.room,
        "sender_id": user,
        "sender_name": name,
        "sender_avatar": avatar,
        "coins": envelope.coins,
        "parts": envelope.parts,
        "split": envelope.split.value,
        "audience": envelope.audience.value,
        "state": envelope.state.value,
        "reason": "" if envelope.end is None else envelope.end.value,
        "left": envelope.left,
        "rest": envelope.rest,
        "sent_at": instant_text(envelope.sent),
        "opens_at": instant_text(envelope.opens),
        "ends_at": instant_text(envelope.ends),
        "opens_in": _milliseconds(envelope.opens, now),
        "ends_in": 0 if is_over else _milliseconds(envelope.ends, now),
        "commitment": envelope.draw.commitment,
        "seed": envelope.seed.hex() if is_over else "",
    }


def _milliseconds(until: datetime, now: datetime) -> int:
    return max(0, int((until - now).total_seconds() * 1000))
