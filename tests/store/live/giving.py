"""Gifts in tests of the live store: batches as the ledger commits them, and what a room is told of them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import msgspec

from liveroom.domain.events.model import Event, EventKind
from liveroom.domain.gifts.events import GiftBatch, GiftEvent, GiftRank, GiftTotals
from liveroom.domain.ids import DEFAULT_TENANT, BroadcastId, UserId
from liveroom.ports import GiftsSoFar
from tests.store.live.listener import R1

B1: Final = BroadcastId("r1-b1")
OF_GIFTS: Final = (EventKind.GIFT_SENT, EventKind.MORE_GIFTS, EventKind.GIFT_TOTALS)


def gift(id: str, coins: int = 1, sender: str = "bob", **given: Any) -> GiftEvent:
    """Return a gift to the host, one of its kind, unless something else is given."""
    data = msgspec.json.encode({"sentId": id, "coins": coins})
    return replace(GiftEvent(UserId(sender), UserId("ann"), coins, 1, data), **given)


def batch(id: str, *gifts: GiftEvent, **given: Any) -> GiftBatch:
    """Return a batch of room r1's first broadcast, unless another is given."""
    return GiftBatch(**{"id": id, "tenant": DEFAULT_TENANT, "room": R1, "broadcast": B1, "gifts": gifts} | given)


def flood(number: int, first: int = 0, coins: int = 1) -> tuple[GiftEvent, ...]:
    """Return so many gifts of the same price, each of another sender."""
    return tuple(gift(f"g{at}", coins, f"u{at}") for at in range(first, first + number))


def said(event: Event) -> Any:
    """Return what an event of gifts says: the gift's id, or the numbers."""
    data = msgspec.json.decode(event.data or b"")
    return data["sentId"] if event.kind is EventKind.GIFT_SENT else tuple(data.values())


def of_gifts(events: Sequence[Event]) -> list[Any]:
    """Return what events say of gifts, without the totals."""
    return [said(event) for event in events if event.kind in OF_GIFTS[:2]]


@dataclass
class GiftRows:
    """The rows of gifts in SQL, and the batches whose outbox row is still there."""

    batches: dict[str, GiftBatch] = field(default_factory=dict)
    pending: set[str] = field(default_factory=set)

    def commit(self, batch: GiftBatch) -> GiftBatch:
        """Write a batch with its outbox row."""
        self.batches[batch.id] = batch
        self.pending.add(batch.id)
        return batch

    def so_far(self) -> GiftsSoFar:
        """Return what a rebuild reads, in one snapshot."""
        gifts = [gift for batch in self.batches.values() for gift in batch.gifts]
        senders, receivers = Counter[UserId](), Counter[UserId]()
        for one in gifts:
            senders[one.sender] += one.coins
            receivers[one.receiver] += one.coins
        number = sum(one.count for one in gifts)
        told = self.batches.keys() - self.pending
        return GiftsSoFar(number, _ranks(senders), _ranks(receivers), sorted(self.pending), sorted(told))

    @property
    def totals(self) -> GiftTotals:
        """Return what was sent."""
        return self.so_far().totals


def _ranks(coins: Counter[UserId]) -> list[GiftRank]:
    return [GiftRank(user, amount) for user, amount in coins.items()]
