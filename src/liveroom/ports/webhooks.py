"""The seams of deliveries: what waits for webhooks, what was given up, what was sent; and the log of all events."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from liveroom.domain.events.records import StoredEvent, Target
from liveroom.domain.ids import TenantName
from liveroom.domain.webhooks.deliveries import (
    Answered,
    Backlog,
    DeadLetter,
    Delivery,
    Nack,
    Partition,
    Span,
    WebhookMessage,
)
from liveroom.domain.webhooks.model import Webhook
from liveroom.ports.recorded_events import FIRST_KEPT, Kept


class EventPartitions(Protocol):
    """What waits, stream by stream. Whoever has claimed a partition changes it only while they hold it."""

    async def next_target(self, after: str) -> str | None:
        """Return the first target after that one for which anything waits."""

    async def claim(
        self, target: str, holder: str, now: datetime, until: datetime, *, partitions: int, events: int
    ) -> Sequence[Partition]:
        """Claim partitions that are due and free, the oldest first: at most ``partitions`` with about ``events``."""

    async def events(self, spans: Sequence[Span]) -> Sequence[StoredEvent]:
        """Return events of different streams, those of a stream in order; ``MOST_SPANS`` at a time."""

    async def ack(self, target: str, holder: str, streams: Sequence[str], now: datetime) -> None:
        """Acknowledge: all that waited when these partitions were claimed is delivered."""

    async def nack(self, target: str, holder: str, partitions: Sequence[Nack]) -> None:
        """Note how far partitions have come and when they are due again, and release them."""

    async def advance(self, target: str, holder: str, stream: str, sent: int) -> bool:
        """Note how far a partition has come, and keep it; say whether the holder still has it."""

    async def release(self, target: str, holder: str) -> None:
        """Release all that a holder has claimed, also what it never learned of."""

    async def drop(self, target: str, limit: int) -> int:
        """Drop partitions of a target; return how many."""

    async def waiting(self) -> Sequence[Backlog]: ...


class DeadLetters(Protocol):
    """Dead letters: events that were given up, and events that are to be delivered again."""

    async def next_target(self, after: str) -> str | None:
        """Return the first target after that one which has any."""

    async def add(self, dead: Sequence[DeadLetter]) -> None:
        """Add them; one that is there already is left as it is."""

    async def list(self, target: str, limit: int, *, after: Kept = FIRST_KEPT) -> Sequence[DeadLetter]:
        """Return some, those that died first, from a place on: a time of death, and how many of it are known."""

    async def count(self, target: str) -> int: ...

    async def replay(self, target: str, due: datetime, *, id: str = "", since: datetime | None = None) -> int:
        """Let them be delivered again: one, those that happened since then, or all; return how many."""

    async def due(self, now: datetime) -> Sequence[str]:
        """Return targets that have any to be delivered again."""

    async def take(self, target: str, now: datetime, limit: int) -> Sequence[DeadLetter]:
        """Return some that are due, in the order in which they happened."""

    async def remove(self, target: str, ids: Sequence[str]) -> None: ...
    async def reschedule(self, target: str, ids: Sequence[str], due: datetime | None) -> None: ...
    async def drop(self, target: str, limit: int) -> int:
        """Drop some of a target; return how many."""

    async def purge(self, target: str, before: datetime, limit: int) -> int:
        """Drop some that died before that time; return how many."""

    async def copy(
        self, target: Target, tenant: TenantName, since: datetime, *, after: Kept, now: datetime, limit: int
    ) -> tuple[int, Kept | None]:
        """Let some of the tenant's events that are still kept be delivered again: those written since then which the
        target wants, and which come after that place. Return how many, and the place to go on from.
        """


class Deliveries(Protocol):
    """The log of deliveries."""

    async def next_target(self, after: str) -> str | None:
        """Return the first target after that one which has any."""

    async def add(self, delivery: Delivery) -> None: ...
    async def list(self, target: str, limit: int) -> Sequence[Delivery]:
        """Return the newest, the newest first."""

    async def page(self, target: str, before: int, limit: int) -> Sequence[tuple[int, Delivery]]:
        """Return those before that number (0: all) with their numbers, the newest first."""

    async def trim(self, target: str, kept: int, limit: int) -> int:
        """Drop all but the newest; return how many."""

    async def drop(self, target: str, limit: int) -> int: ...


class WebhookClient(Protocol):
    """The way to a webhook, beside the queue."""

    async def post(self, webhook: Webhook, message: WebhookMessage) -> Answered:
        """Send, and return the answer, whatever its status. Raises ``Undelivered`` when there is none."""


class Sink(Protocol):
    """An event log: keeps events in the order given. One that is given again is kept again, with the same id."""

    async def send(self, events: Sequence[StoredEvent]) -> None:
        """Store all of them so that they survive a crash, then return. Raises ``ProviderUnavailable`` when that is not
        sure."""

    async def close(self) -> None: ...
