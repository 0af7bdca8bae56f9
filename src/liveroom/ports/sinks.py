"""The seam to an event log outside of the service."""

from collections.abc import Sequence
from typing import Protocol

from liveroom.domain.events.records import StoredEvent


class Sink(Protocol):
    """Keeps events, in the order in which they are given. One that is given again is kept again, with the same id."""

    async def send(self, events: Sequence[StoredEvent]) -> None:
        """Store all of them so that they survive a crash, then return. Raises ``ProviderUnavailable`` when that is not
        sure."""

    async def close(self) -> None: ...
