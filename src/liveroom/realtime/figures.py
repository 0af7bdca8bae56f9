"""What a process counts of its sockets: how many came, why they went, and how long publications took to reach them."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from liveroom.domain.operators.counters import Durations
from liveroom.ports import Clock
from liveroom.realtime.codes import End


@dataclass(frozen=True, slots=True)
class SocketFigures:
    """Since the process began."""

    clock: Clock
    opened: Counter[tuple[str, ...]] = field(default_factory=lambda: Counter({(): 0}))
    closed: Counter[tuple[str, ...]] = field(default_factory=Counter)
    """By the reason that the client was told; ``lost``: it went by itself, or was cut off."""
    delays: Durations = field(default_factory=Durations)
    """From the moment at which the live store published to that at which this process has told its sockets.

    A publication that was lost on the way counts when it was fetched. A publication counts once, not once a socket.
    """

    def came(self) -> None:
        """Count a connection."""
        self.opened[()] += 1

    def went(self, end: End | None) -> None:
        """Count its end."""
        self.closed["lost" if end is None else end.reason,] += 1

    def told(self, published: datetime) -> None:
        """Count a publication."""
        self.delays.note(max((self.clock.now() - published).total_seconds(), 0.0))
