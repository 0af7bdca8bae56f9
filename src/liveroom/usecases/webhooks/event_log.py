"""The event log as one more target of events: it gets all events of all tenants, and nothing is ever given up.

If the log is switched off, what waits for it is dropped, but not by a process that has just started: the others may be
about to start with the log switched on.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from liveroom.domain.events.records import LOG, StoredEvent, Target
from liveroom.domain.ids import TenantName
from liveroom.ports import Clock, Sink
from liveroom.usecases.webhooks.receivers import Receiver, Send

BATCH: Final = 500
LONGEST: Final = timedelta(seconds=10)
"""How long a batch may take: a disk that hangs, a Redis that is looked for."""
SETTLED: Final = timedelta(minutes=10)
_TARGET: Final = Target(LOG, frozenset(), frozenset())


class EventLog:
    """The log, if there is one."""

    def __init__(self, sink: Sink | None, clock: Clock) -> None:
        self._sink = sink
        self._clock = clock
        self._began = clock.now()
        self.receiver: Final = (
            Receiver(_TARGET, _sending(sink), BATCH, LONGEST, gives_up=False) if sink is not None else None
        )
        """The way to it."""
        self._targets = (_TARGET,) if sink is not None else ()

    def targets_of(self, _: TenantName) -> Sequence[Target]:
        """Return the log as a target of all events; nothing if it is off."""
        return self._targets

    def is_over(self) -> bool:
        """Say whether what waits for the log is dropped."""
        return self._sink is None and self._clock.now() - self._began > SETTLED

    async def close(self) -> None:
        """Close what it writes to."""
        if self._sink is not None:
            await self._sink.close()


def _sending(sink: Sink) -> Send:
    async def send(events: Sequence[StoredEvent]) -> int:
        await sink.send(events)
        return 0

    return send
