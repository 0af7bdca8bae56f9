"""Delivering events: the partitions in which they wait, the messages that carry them, and what came of each.

A stream of events is one partition for each target: in order, one holder at a time. A partition exists while something
waits in it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final, NamedTuple

import msgspec

from liveroom.domain.events.records import StoredEvent
from liveroom.domain.ids import TenantName, new_id
from liveroom.domain.payloads import Counter, Instant, Payload, instant_text

FIRST_WAIT: Final = timedelta(seconds=5)
LONGEST_WAIT: Final = timedelta(hours=1)
ALONE_AFTER: Final = 1
"""Failures after which a partition gets messages of its own, so that one undeliverable room stops no other."""
SINGLY_AFTER: Final = 2
"""Failures after which each of its events gets a message of its own."""
REASON_MAX: Final = 500
DEAD_LETTERS_KEPT: Final = timedelta(days=30)
"""How long a dead letter can be delivered again."""
LOGGED: Final = 1000
"""Deliveries that are kept of each target."""
_encode: Final = msgspec.json.Encoder().encode


class ToldEvent(Payload):
    """One event, as a webhook receives it."""

    id: str
    """The event's unique id, for deduplication."""
    type: str
    """One of the names below."""
    timestamp: Instant
    """When it happened: UTC, as ``2026-11-25T10:00:00.123Z``."""
    tenant: str
    """The tenant's name; empty for the default tenant."""
    stream: str
    """``room:<roomId>``, ``user:<userId>``, or ``ledger:<tenant>``."""
    seq: Counter
    """Number of the event in its stream, from 1."""
    data: dict[str, Any]
    """The event's data, by its type."""


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
    """How many partitions' last try failed."""
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
    def event(self) -> StoredEvent:
        """Return the event."""
        return StoredEvent(self.id, self.stream, self.seq, self.tenant, self.kind, "", self.at, self.body)


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


class Answered(NamedTuple):
    """What a receiver answered."""

    status: int
    line: str
    """The first line of its body, for people."""
    again: timedelta | None
    """How long it wants to be left alone."""

    @property
    def is_good(self) -> bool:
        """Say whether the message is delivered by that."""
        return 200 <= self.status < 300


class TriedOut(NamedTuple):
    """What came of a message that was sent to try a receiver out."""

    status: int
    """0 for no answer."""
    millis: int
    line: str
    """The first line of the answer."""
    problem: str = ""
    """Why it does not count as delivered; "" for one that does."""


class Undelivered(Exception):
    """A message was not taken. The text is for operators and holds no secret."""

    def __init__(self, text: str, *, status: int = 0, again: timedelta | None = None, gone: bool = False) -> None:
        super().__init__(text[:REASON_MAX])
        self.status: Final = status
        self.again: Final = again
        """How long the receiver wants to be left alone."""
        self.gone: Final = gone
        """It wants nothing any more."""


def dead_letter(
    event: StoredEvent, target: str, died: datetime, reason: str, due: datetime | None = None
) -> DeadLetter:
    """Return an event as one that is given up, or is to be delivered again."""
    return DeadLetter(
        event.id,
        target,
        event.tenant,
        event.stream,
        event.seq,
        event.kind,
        event.at,
        died,
        reason[:REASON_MAX],
        event.body,
        due,
    )


def sample(tenant: TenantName, now: datetime) -> StoredEvent:
    """Return an event that reports nothing, for trying a webhook out."""
    return StoredEvent(new_id(now), "test", 1, tenant, "webhook.test", "", now, '{"message":"liveroom webhooks test"}')


def wait_before(tries: int, chance: float) -> timedelta:
    """Return how long to wait after so many failures; ``chance`` (0 to 1) spreads what failed together."""
    doublings = min(max(tries - 1, 0), 12)
    longest = min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)
    return longest * (0.75 + chance / 4)


def old_ones(events: Sequence[StoredEvent], before: datetime) -> Sequence[StoredEvent]:
    """Return the first events of a stream that happened before that time."""
    count = 0
    while count < len(events) and events[count].at < before:
        count += 1
    return events[:count]


def write_event(event: StoredEvent) -> bytes:
    """Return a ``ToldEvent`` as JSON; what it holds is joined and not encoded again."""
    data: Any = msgspec.Raw(event.body)
    return _encode(
        ToldEvent(
            id=event.id,
            type=event.kind,
            timestamp=instant_text(event.at),
            tenant=event.tenant,
            stream=event.stream,
            seq=event.seq,
            data=data,
        )
    )


def message_of(events: Sequence[StoredEvent], now: datetime) -> WebhookMessage:
    """Return the message that carries these events: one as it is, several in a batch."""
    if len(events) == 1:
        return WebhookMessage(events[0].id, write_event(events[0]))
    joined = b",".join([write_event(event) for event in events])
    body = b'{"type":"batch","timestamp":"%b","data":{"events":[%b]}}' % (instant_text(now).encode(), joined)
    return WebhookMessage(message_id(events), body)


def message_id(events: Sequence[StoredEvent]) -> str:
    """Return the id of the message that carries these events: of one event, its own."""
    if len(events) == 1:
        return events[0].id
    digest = sha256("".join([event.id for event in events]).encode()).hexdigest()[:12]
    return f"{events[0].id}-{len(events)}-{digest}"
