"""The seam to the recorded events of rooms and users (``domain/events/records``)."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Final, NamedTuple, Protocol

from liveroom.domain.events.records import NewEvent, Target
from liveroom.domain.ids import TenantName

TargetsOf = Callable[[TenantName], Sequence[Target]]
"""Returns the targets of a tenant, from memory, because every transaction asks."""


Kept = tuple[int, int]
"""A position among the stored events: when they were written, and how many of that time have been looked at."""
FIRST_KEPT: Final[Kept] = (0, 0)


class StreamEvents(NamedTuple):
    """New events of one stream, and the targets that want any of them."""

    tenant: TenantName
    stream: str
    events: Sequence[NewEvent]
    """In the order they happened; never empty."""
    targets: Sequence[Target]


class Events(Protocol):
    """Numbered events of each stream.

    Writing to a stream locks it until the transaction ends, so that its numbers have no gaps and nobody sees a later
    event before an earlier one.
    """

    async def hold(self, streams: Collection[str]) -> None:
        """Keep others from writing to these streams until the transaction ends."""

    async def append(
        self, tenant: TenantName, stream: str, events: Sequence[NewEvent], targets: Sequence[Target], at: datetime
    ) -> None:
        """Record new events of one stream."""

    async def append_all(self, batch: Sequence[StreamEvents], at: datetime) -> None:
        """Record new events of several streams, each named once."""

    async def purge(self, before: datetime, limit: int, after: Kept = FIRST_KEPT) -> tuple[int, Kept | None]:
        """Look at some events written before that time, from that position on, and drop those that wait for nobody.

        Returns how many, and the position to go on from: an event that still waits does not hold up those behind it.
        """
