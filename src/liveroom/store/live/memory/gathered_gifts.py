"""Gifts that wait for the room's pace: at most ``DEAREST`` of them, and how many more there are."""

from collections.abc import Iterator
from datetime import datetime
from heapq import heappush, heappushpop

from liveroom.domain.events.model import Event, EventKind, announced_cause
from liveroom.domain.gifts.events import DEAREST, GiftEvent, GiftTotals
from liveroom.domain.gifts.payloads import write_gift_sums, write_more_gifts


class GatheredGifts:
    """What of a room's gifts the next publication has, besides what is urgent."""

    def __init__(self) -> None:
        self._dearest: list[tuple[int, int, int, Event]] = []
        """A heap: what it cost, the number of its event, how many it is. Of gifts that cost the same the later is
        kept, as totals of combos grow."""
        self._count = self._coins = 0
        self._seq = 0
        self._totals = GiftTotals()

    @property
    def waiting(self) -> bool:
        """Say whether there is anything to tell."""
        return self._seq > 0

    def add(self, gift: GiftEvent, event: Event) -> None:
        """Note a gift that is not urgent; the cheapest is only counted if there are too many."""
        item = (gift.coins, event.seq, gift.count, event)
        if len(self._dearest) < DEAREST:
            heappush(self._dearest, item)
            return
        coins, _, count, _ = heappushpop(self._dearest, item)
        self._coins += coins
        self._count += count

    def close(self, seq: int, totals: GiftTotals) -> None:
        """Note the end of a batch: its sums are events of this number, and of the one before it."""
        self._seq, self._totals = seq, totals

    def events(self, at: datetime) -> Iterator[Event]:
        """Yield the events in the order of their numbers."""
        yield from sorted((event for _, _, _, event in self._dearest), key=seq_of)
        if self._count:
            yield gift_event(EventKind.MORE_GIFTS, self._seq - 1, at, write_more_gifts(self._count, self._coins))
        yield gift_event(EventKind.GIFT_TOTALS, self._seq, at, write_gift_sums(self._totals))


def gift_event(kind: EventKind, seq: int, at: datetime, data: bytes) -> Event:
    """Return an event of gifts."""
    return Event(kind, seq, at, announced_cause(kind, None), data=data)


def seq_of(event: Event) -> int:
    """Return an event's number."""
    return event.seq
