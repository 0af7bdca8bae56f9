"""What a room knows of the gifts of its broadcast: the sums, who has sent and who was sent how much, and of what
batches it was told."""

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from heapq import nlargest
from typing import Final

from liveroom.domain.gifts.events import REMEMBERED, GiftBatch, GiftRank, GiftTotals
from liveroom.domain.ids import UserId
from liveroom.domain.moments import milliseconds
from liveroom.ports import GiftsSoFar

_REMEMBERED: Final = milliseconds(REMEMBERED)


@dataclass(slots=True)
class GiftCounts:
    """The gifts of one broadcast."""

    totals: GiftTotals = field(default_factory=GiftTotals)
    senders: Counter[UserId] = field(default_factory=Counter)
    receivers: Counter[UserId] = field(default_factory=Counter)
    _batches: dict[str, bool] = field(default_factory=dict)
    """Those that are counted, and whether the room was told of them."""
    _leaving: deque[tuple[int, str]] = field(default_factory=deque)
    """Those that nobody should tell any more, and since when."""

    @classmethod
    def of(cls, known: GiftsSoFar, now: int) -> "GiftCounts":
        """Return them as SQL knows them."""
        senders, receivers = (Counter(dict(ranks)) for ranks in (known.senders, known.receivers))
        batches = dict.fromkeys(known.pending, False) | dict.fromkeys(known.told, True)
        return cls(known.totals, senders, receivers, batches, deque((now, id) for id in known.told))

    def take(self, batch: GiftBatch, now: int) -> bool:
        """Count a batch that is not counted yet; say whether the room is to be told of it."""
        self._leaving.extend((now, id) for id in batch.forget)
        while self._leaving and self._leaving[0][0] <= now - _REMEMBERED:
            self._batches.pop(self._leaving.popleft()[1], None)
        was_told = self._batches.get(batch.id)
        if was_told is None:
            self._count(batch)
        self._batches[batch.id] = True
        return not was_told

    def _count(self, batch: GiftBatch) -> None:
        for gift in batch.gifts:
            self.senders[gift.sender] += gift.coins
            self.receivers[gift.receiver] += gift.coins
        coins, gifts, _ = self.totals
        coins += sum(gift.coins for gift in batch.gifts)
        self.totals = GiftTotals(coins, gifts + sum(gift.count for gift in batch.gifts), len(self.senders))


def ranking(coins: Mapping[UserId, int], limit: int) -> list[GiftRank]:
    """Return the first users by their coins."""
    return [GiftRank(user, amount) for amount, user in nlargest(limit, ((coins[user], user) for user in coins))]
