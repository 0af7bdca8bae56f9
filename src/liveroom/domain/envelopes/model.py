"""A red envelope: coins in a room, in parts that its members grab within a time.

Nobody pays to grab, and nobody has to have paid before. What is grabbed is promotional coins; what is left goes back
to where it came from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

from liveroom.domain.envelopes.draw import Draw, Split
from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId
from liveroom.domain.ledger.accounts import AccountId, AccountKind, AccountName
from liveroom.domain.moments import at, moment

PARTS_MAX: Final = 100
"""Parts of one envelope."""
RUNNING_MAX: Final = 3
"""Envelopes of a room that are not over."""
LASTS_MIN: Final = timedelta(seconds=5)
LASTS_MAX: Final = timedelta(minutes=5)
DELAY_MAX: Final = timedelta(minutes=5)
"""The longest time from sending to opening."""


class EnvelopeAudience(StrEnum):
    """Who may grab."""

    EVERYONE = "everyone"
    """All members of the room, also those who come after it was sent."""
    PRESENT = "present"
    """Members who were in the room when it was sent."""
    FOLLOWERS = "followers"
    """Members who follow the room's owner, also those who begin to after it was sent."""


class EnvelopeState(StrEnum):
    """How far it has come."""

    WAITING = "waiting"
    """It opens later."""
    OPEN = "open"
    OVER = "over"
    UNPAID = "unpaid"
    """Its sender had too little: refused for its key for ever."""


RUNNING: Final = frozenset({EnvelopeState.WAITING, EnvelopeState.OPEN})
"""The states of what is not over."""


class EnvelopeEnd(StrEnum):
    """Why it is over."""

    TAKEN = "taken"
    """All parts were grabbed."""
    EXPIRED = "expired"
    """Its time is over."""
    CLOSED = "closed"
    """The broadcast is over."""
    CANCELLED = "cancelled"
    """The operator has ended it."""


class EnvelopeTerms(NamedTuple):
    """What its sender says of it."""

    coins: int
    parts: int
    split: Split = Split.RANDOM
    audience: EnvelopeAudience = EnvelopeAudience.EVERYONE
    delay: timedelta = timedelta(0)
    lasts: timedelta = timedelta(minutes=2)

    def read(self, most: int) -> "EnvelopeTerms":
        """Return them as they may be; ``most``: coins, 0: any number. Raises ``BadRequest``."""
        if not 1 <= self.parts <= PARTS_MAX:
            raise BadRequest(f"parts: from 1 to {PARTS_MAX}")
        if self.coins < self.parts:
            raise BadRequest("coins: at least one for each part")
        if most and self.coins > most:
            raise BadRequest(f"coins: at most {most}")
        if not LASTS_MIN <= self.lasts <= LASTS_MAX:
            raise BadRequest(f"lasts: from {LASTS_MIN.seconds} to {LASTS_MAX.seconds} seconds")
        if not timedelta(0) <= self.delay <= DELAY_MAX:
            raise BadRequest(f"opensIn: from 0 to {DELAY_MAX.seconds} seconds")
        return self

    @property
    def said(self) -> tuple[int | str, ...]:
        """Return them as a caller says them, for the digest of a key."""
        times = self.delay // timedelta(seconds=1), self.lasts // timedelta(seconds=1)
        return self.coins, self.parts, self.split.value, self.audience.value, *times


@dataclass(frozen=True, slots=True)
class Envelope:
    """An envelope as it is stored."""

    id: str
    tenant: TenantName
    room: RoomId
    broadcast: BroadcastId
    source: AccountId
    """The wallet that it was paid from, or the operator's grants: what is left goes back there."""
    attempt: str
    """``attempt_of`` its source and key."""
    digest: str
    """Of what was said."""
    coins: int
    parts: int
    split: Split
    audience: EnvelopeAudience
    seed: bytes
    """Secret until it is over."""
    sent: datetime
    opens: datetime
    ends: datetime
    """When its time is over; a broadcast that ends sets it back."""
    state: EnvelopeState
    taken: int = 0
    """Parts that were grabbed."""
    taken_coins: int = 0
    ended: datetime | None = None
    end: EnvelopeEnd | None = None

    @property
    def draw(self) -> Draw:
        return Draw(self.id, self.coins, self.parts, self.split, self.seed)

    @property
    def account(self) -> AccountName:
        """Return the account that holds its coins."""
        return AccountName(self.tenant, AccountKind.ENVELOPE, self.id)

    @property
    def left(self) -> int:
        """Return how many parts were not grabbed."""
        return self.parts - self.taken

    @property
    def rest(self) -> int:
        """Return the coins that were not grabbed."""
        return self.coins - self.taken_coins

    @property
    def is_final(self) -> bool:
        """Say whether nobody grabs any of it any more."""
        return self.state not in RUNNING or self.left == 0

    def is_over(self, now: datetime) -> bool:
        """Say whether nobody may grab any of it now."""
        return self.is_final or self.ends <= now


class Grab(NamedTuple):
    """A part that somebody has grabbed."""

    id: str
    """It is the lot of the promotional coins too."""
    envelope: str
    number: int
    """Of the part, from 0: the first to grab gets the first."""
    account: AccountId
    """The promotional account that it went to."""
    coins: int
    at: datetime
    expires: datetime | None
    """When what is left of the coins goes; None: never."""


class ShownEnvelope(NamedTuple):
    """An envelope that is not over, as its room's state has it."""

    id: str
    sender: UserId
    """"": the operator."""
    name: str
    avatar: str
    coins: int
    parts: int
    split: Split
    audience: EnvelopeAudience
    sent: int
    """Milliseconds since 1970, as the next two."""
    opens: int
    ends: int
    commitment: str


Shown = tuple[ShownEnvelope, ...]
_decode: Final = msgspec.json.Decoder(Shown).decode


def shown(envelope: Envelope, sender: UserId, name: str, avatar: str) -> ShownEnvelope:
    """Return an envelope as its room's state has it."""
    return ShownEnvelope(
        envelope.id,
        sender,
        name,
        avatar,
        envelope.coins,
        envelope.parts,
        envelope.split,
        envelope.audience,
        moment(envelope.sent),
        moment(envelope.opens),
        moment(envelope.ends),
        envelope.draw.commitment,
    )


def write_shown(envelopes: Shown) -> str:
    """Return the envelopes of a room as its row and the live store keep them; "": none."""
    return msgspec.json.encode(envelopes).decode() if envelopes else ""


def read_shown(stored: str | None) -> Shown:
    """Return the envelopes that ``write_shown`` wrote."""
    return _decode(stored) if stored else ()


def without(envelopes: Shown, id: str) -> Shown:
    """Return the envelopes of a room without one."""
    return tuple(one for one in envelopes if one.id != id)


def end_of(envelope: Envelope, now: datetime, *, is_live: bool) -> EnvelopeEnd | None:
    """Return why an envelope that runs is over; None: it is not. ``is_live``: its broadcast runs."""
    if envelope.left == 0:
        return EnvelopeEnd.TAKEN
    if not is_live:
        return EnvelopeEnd.CLOSED
    return EnvelopeEnd.EXPIRED if envelope.ends <= now else None


def luckiest(grabs: Sequence[Grab]) -> Grab | None:
    """Return who has got the most; of equals whoever was first."""
    return max(grabs, key=lambda grab: (grab.coins, -grab.number), default=None)


def opens_in(one: ShownEnvelope, now: datetime) -> tuple[int, int]:
    """Return in how many milliseconds an envelope opens and is over."""
    return max(0, one.opens - moment(now)), max(0, one.ends - moment(now))


def times(sent: datetime, terms: EnvelopeTerms) -> tuple[datetime, datetime, datetime]:
    """Return when an envelope is sent, opens, and is over, in whole milliseconds."""
    now = at(moment(sent))
    return now, now + terms.delay, now + terms.delay + terms.lasts
