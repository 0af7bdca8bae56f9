"""Events on their way: partitions in which they wait, messages that carry them, and what comes of these.

A stream of events is one partition for each target: in order, one holder at a time. A partition exists while something
waits in it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, NamedTuple

import msgspec

from liveroom.domain.ids import TenantName, new_id
from liveroom.domain.tellings import Told, written

FIRST_WAIT: Final = timedelta(seconds=5)
LONGEST_WAIT: Final = timedelta(hours=1)
ALONE_AFTER: Final = 1
"""Failures after which a partition travels alone: one room that cannot be delivered stops no other."""
SINGLY_AFTER: Final = 2
"""Failures after which it travels event by event."""
REASON_MAX: Final = 500
DEAD_LETTERS_KEPT: Final = timedelta(days=30)
"""How long a dead letter can be delivered again."""
LOGGED: Final = 1000
"""Deliveries that are kept of each target."""


class Partition(NamedTuple):
    """What waits of one stream for one target, as it was when it was claimed."""

    stream: str
    sent: int
    """The number of the last event that is delivered."""
    last: int
    """The number of the last one that is to be."""
    tries: int = 0
    """Failures in a row."""
    reason: str = ""


class Span(NamedTuple):
    """Events of a stream: those numbered above ``after``, up to ``to``."""

    stream: str
    after: int
    to: int


class Nack(NamedTuple):
    """How far a partition has come that is not delivered whole, and when it is due again."""

    stream: str
    sent: int
    tries: int
    due: datetime
    reason: str


class Backlog(NamedTuple):
    """How much waits for one target."""

    target: str
    partitions: int
    events: int
    since: datetime
    """Since when the partition that is due first has been, or will be."""
    failing: int = 0
    """Lanes whose last try failed."""
    reason: str = ""
    """Why one of them did."""


class DeadLetter(NamedTuple):
    """An event that could not be delivered and was given up, or one that is to be delivered once more."""

    id: str
    target: str
    tenant: TenantName
    stream: str
    seq: int
    kind: str
    at: datetime
    died: datetime
    reason: str
    body: str
    due: datetime | None = None
    """When it is delivered again; None for one that nobody has asked for again."""

    @property
    def told(self) -> Told:
        """Return the event."""
        return Told(self.id, self.stream, self.seq, self.tenant, self.kind, "", self.at, self.body)


class Delivery(NamedTuple):
    """One message, and what came of it."""

    target: str
    at: datetime
    message: str
    events: int
    status: int
    """The HTTP status; 0 for no answer."""
    millis: int
    reason: str = ""
    """Why it failed; "" for one that did not."""


class WebhookMessage(NamedTuple):
    """What is sent: one event or several."""

    id: str
    """The same for the same events, also when they are sent again."""
    body: bytes


class Undelivered(Exception):
    """A message was not taken. The text is for operators and holds no secret."""

    def __init__(self, text: str, *, status: int = 0, again: timedelta | None = None, gone: bool = False) -> None:
        super().__init__(text[:REASON_MAX])
        self.status: Final = status
        self.again: Final = again
        """How long the receiver wants to be left alone."""
        self.gone: Final = gone
        """It wants nothing any more."""


def dead_letter(told: Told, target: str, died: datetime, reason: str, due: datetime | None = None) -> DeadLetter:
    """Return an event as one that is given up, or is to be delivered again."""
    return DeadLetter(
        told.id,
        target,
        told.tenant,
        told.stream,
        told.seq,
        told.kind,
        told.at,
        died,
        reason[:REASON_MAX],
        told.body,
        due,
    )


def sample(tenant: TenantName, now: datetime) -> Told:
    """Return an event that tells of nothing, for whoever tries a webhook out."""
    return Told(new_id(now), "test", 1, tenant, "webhook.test", "", now, '{"message":"liveroom webhooks test"}')


def wait_before(tries: int, chance: float) -> timedelta:
    """Return how long to wait after so many failures; ``chance`` (0 to 1) spreads what failed together."""
    doublings = min(max(tries - 1, 0), 12)
    longest = min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)
    return longest * (0.75 + chance / 4)


def old_ones(events: Sequence[Told], before: datetime) -> Sequence[Told]:
    """Return the first events of a stream that happened before that time."""
    count = 0
    while count < len(events) and events[count].at < before:
        count += 1
    return events[:count]


def write_event(told: Told) -> str:
    """Return an event as JSON; what it holds is joined and not encoded again."""
    text = _text
    return (
        f'{{"id":{text(told.id)},"type":{text(told.kind)},"timestamp":"{written(told.at)}",'
        f'"tenant":{text(told.tenant)},"stream":{text(told.stream)},"seq":{told.seq},"data":{told.body}}}'
    )


def message_of(events: Sequence[Told], now: datetime) -> WebhookMessage:
    """Return the message that carries these events: one as it is, several in a batch."""
    if len(events) == 1:
        return WebhookMessage(events[0].id, write_event(events[0]).encode())
    joined = ",".join([write_event(told) for told in events])
    body = f'{{"type":"batch","timestamp":"{written(now)}","data":{{"events":[{joined}]}}}}'
    return WebhookMessage(message_id(events), body.encode())


def message_id(events: Sequence[Told]) -> str:
    """Return the id of the message that carries these events: of one event, its own."""
    if len(events) == 1:
        return events[0].id
    digest = sha256("".join([told.id for told in events]).encode()).hexdigest()[:12]
    return f"{events[0].id}-{len(events)}-{digest}"


def _text(text: str) -> str:
    return msgspec.json.encode(text).decode()
