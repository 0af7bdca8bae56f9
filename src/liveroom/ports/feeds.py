"""The seam to the channels of room lists: what was published last, and who publishes next (LIVE.md 6).

Part of the live store, in memory and on Redis; one suite proves both. What is published is decided in ``usecases``.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from liveroom.domain.events.model import Position
from liveroom.domain.ids import RoomId
from liveroom.domain.rooms.feeds import (
    Card,
    Change,
    Feed,
    FeedState,
    KnownRoom,
    ListPublication,
    ListRecent,
    Newest,
    PollResult,
)


class Feeds(Protocol):
    """The channels of all lists. Raises ``LiveUnavailable``, and ``ListLost`` while the tenant's list has to be built.

    A channel has an epoch as long as its list stands and somebody polls at least every ten minutes. One process
    publishes: the first one to poll while nobody has the claim, which lasts three seconds and is renewed by polling.
    """

    async def newest(self, feed: Feed) -> Newest:
        """Return the newest rooms of the list."""

    async def begin(
        self, feed: Feed, who: str, *, instead: str, epoch: str, newest: Newest, state: Mapping[RoomId, KnownRoom]
    ) -> bool:
        """Give the channel a new epoch with this state, and nothing published yet; say whether that was done.

        It is done only if the channel still has the epoch ``instead`` ("": none), nobody else publishes, and the list
        is the one that was read.
        """

    async def state(self, feed: Feed) -> FeedState | None:
        """Return the published state; None: the channel has no epoch."""

    async def poll(self, feed: Feed, who: str, known: Position) -> PollResult | None:
        """Return what was published after the position, and take the claim if it is free and a publication is due.

        None: the channel has no epoch any more. If its epoch is not the known one, there are no publications.
        """

    async def publish(
        self, feed: Feed, who: str, after: Position, publication: ListPublication, state: Mapping[RoomId, KnownRoom]
    ) -> bool:
        """Publish and store the new state in one step; say whether that was done.

        Not done if the caller has lost the claim, or something else was published after the position.
        """

    async def recent(self, feed: Feed, *, after: int, limit: int, reverse: bool = False) -> ListRecent | None:
        """Return remembered publications of higher offsets than ``after`` in their order; with ``reverse`` those of
        lower offsets (0: all), newest first. None: the channel has no epoch."""


class Sent(NamedTuple):
    """A publication as the wire has it."""

    offset: int
    at: datetime
    data: bytes


class ListListener(Protocol):
    """The listener to lists in this process. Called in the loop; nothing may be raised or awaited."""

    def published(self, feed: Feed, epoch: str, sent: Sent) -> None:
        """A subscribed channel's next publication: each once, in order, without a gap."""

    def begun_anew(self, feed: Feed) -> None:
        """The channel has no position that its subscribers know: they have to subscribe again."""


@dataclass(frozen=True, slots=True)
class ListWire:
    """Writes what list channels say, and reads the counts out of a finished card."""

    split: Callable[[bytes], tuple[bytes, int, int]]
    lasting: Callable[[bytes], bytes]
    """Returns what of a face is news when it differs."""
    publication: Callable[[Change], bytes]
    snapshot: Callable[[int, Iterable[Card]], bytes]
