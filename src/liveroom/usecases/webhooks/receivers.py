"""Who receives events, and the state of this process's deliveries to them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from liveroom.domain.events.records import StoredEvent, Target
from liveroom.domain.vendors.model import Breaker, BreakerState, Trouble, VendorFailure
from liveroom.domain.webhooks.deliveries import Undelivered

log = structlog.get_logger("liveroom.webhooks")

AT_ONCE: Final = 4
"""Messages to one target under way in this process."""

Send = Callable[[Sequence[StoredEvent]], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Receiver:
    """A receiver of events, and how to reach it."""

    target: Target
    send: Send
    """Returns the status of the answer when all is taken. Raises ``Undelivered``, ``ProviderUnavailable``."""
    batch: int = 100
    longest: timedelta = timedelta(seconds=15)
    """How long one message may take."""
    gives_up: bool = True
    """Whether undeliverable events end as dead letters, instead of being tried for ever."""


@dataclass
class TargetState:
    """The breaker and limits of this process for one target."""

    breaker: Breaker = field(default_factory=Breaker)
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    quiet: datetime | None = None
    """Until when the receiver wants to be left alone."""
    logged: float = 0.0
    """When a delivery that went well was last logged, in the loop's time."""

    def state(self, now: datetime) -> BreakerState:
        """Return whether anything is sent now."""
        is_left_alone = self.quiet is not None and now < self.quiet
        return BreakerState.OPEN if is_left_alone else self.breaker.state(now)

    def refused(self, receiver: Receiver, failure: Undelivered, now: datetime) -> None:
        """Note a failure that is not the events' own."""
        if failure.again is not None:
            self.quiet = now + failure.again
        if self.breaker.failed(VendorFailure(Trouble.BUSY, str(failure)), now):
            log.warning("webhook.unavailable", target=receiver.target.id, reason=str(failure))

    def answered(self, receiver: Receiver) -> None:
        if self.breaker.succeeded():
            log.info("webhook.recovered", target=receiver.target.id)


@dataclass
class DeliveryCounts:
    """What this process has delivered since it began, as figures."""

    events: dict[tuple[str, ...], float] = field(default_factory=lambda: {("delivered",): 0, ("given_up",): 0})
    messages: dict[tuple[str, ...], float] = field(default_factory=lambda: {("taken",): 0, ("failed",): 0})

    def taken(self, events: int) -> None:
        """Count a message that was taken."""
        self.messages["taken",] += 1
        self.events["delivered",] += events

    @property
    def delivered(self) -> int:
        """Return how many events were delivered."""
        return int(self.events["delivered",])


class Receivers(Protocol):
    """All receivers."""

    @property
    def edition(self) -> int:
        """Grows whenever the receivers may have changed."""

    @property
    def is_nobody(self) -> bool:
        """Say whether there is no receiver now."""

    def find(self, target: str) -> Receiver | None:
        """Return a target's receiver; None while it is switched off."""

    async def is_over(self, target: str) -> bool:
        """Say whether a missing target is gone for good, so that nothing has to wait for it."""

    async def gone(self, target: str, reason: str) -> None:
        """Note that the receiver wants nothing any more."""
