"""Who receives events, and the state of this process's deliveries to them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from liveroom.domain.events.records import StoredEvent, Target
from liveroom.usecases.partition_state import PartitionState

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


class TargetState(PartitionState):
    """The breaker and limits of this process for one target."""

    def __init__(self, target: str) -> None:
        super().__init__("webhook", target=target)
        self.logged = 0.0
        """When a delivery that went well was last logged, in the loop's time."""


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
