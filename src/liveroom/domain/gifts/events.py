"""Events of gifts in a room: each gift once, and the sums of the broadcast."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NamedTuple

from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId

DEAREST: Final = 10
"""Of gifts that wait for the room's pace, how many are told one by one: the dearest.

At five publications a second a viewer receives 21 KB a second of them at the most. With 40 it was four times as
much, for more than any screen shows.
"""


REMEMBERED: Final = timedelta(minutes=1)
"""How long a batch is still known that nobody should tell any more: a process that was slow may be about to."""
RECENT: Final = timedelta(minutes=5)
"""How long after its commit a batch may be about to be told, by a process that does not know that it was told."""


@dataclass(frozen=True, slots=True)
class GiftEvent:
    """One gift, to one receiver."""

    sender: UserId
    receiver: UserId
    coins: int
    count: int
    data: bytes
    """The event ``gift.sent`` as JSON."""
    urgent: bool = False
    """It is dear: its event leaves at once, with what was gathered before it, and is never left out."""


class GiftBatch(NamedTuple):
    """Gifts of one room that were committed together."""

    id: str
    """Of the batch: told again, it tells and counts nothing."""
    tenant: TenantName
    room: RoomId
    broadcast: BroadcastId
    gifts: tuple[GiftEvent, ...]
    forget: tuple[str, ...] = ()
    """Batches of the room that will not be told again: the store forgets them after ``REMEMBERED``."""
    late: bool = False
    """It counts, but too much time has passed to tell it."""


class GiftTotals(NamedTuple):
    """What was sent in a broadcast."""

    coins: int = 0
    gifts: int = 0
    senders: int = 0
    """How many different users have sent."""


class GiftRank(NamedTuple):
    """A place in a ranking."""

    user: UserId
    coins: int
