"""The SQL seam of gifts that were sent."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from liveroom.domain.gifts.model import GiftId
from liveroom.domain.gifts.sending import ReceivedSums, SentGift, SettledGifts, UsedLot
from liveroom.domain.ids import BroadcastId, RoomId
from liveroom.domain.ledger.accounts import AccountId
from liveroom.ports.live_gifts import GiftsSoFar


class SentGiftRows(Protocol):
    """Gifts that were sent, or refused for good: rows are only added."""

    async def of_attempts(self, attempts: Collection[str]) -> Mapping[str, Sequence[SentGift]]:
        """Return what was made of these attempts, by them."""

    async def add(self, gifts: Sequence[SentGift], uses: Sequence[UsedLot]) -> None: ...
    async def some(self, ids: Collection[str]) -> Sequence[SentGift]:
        """Return these gifts, in the order in which they were sent."""

    async def so_far(
        self, broadcasts: Mapping[BroadcastId, RoomId], since: datetime
    ) -> Mapping[BroadcastId, GiftsSoFar]:
        """Return the sums of running broadcasts in which gifts were sent, as they were at one moment, with the batches
        that may still be told, and those since then that were told already.
        """

    async def settled(self, broadcast: BroadcastId, room: RoomId) -> SettledGifts:
        """Return the sums of a broadcast, and of those that may still be told, as they were at one moment."""

    async def oldest_untold(self) -> int | None:
        """Return the number of the oldest outbox row that is about gifts and waits."""

    async def uses(self, gift: str) -> Sequence[UsedLot]: ...
    async def of_broadcast(self, broadcast: BroadcastId, before: str, limit: int) -> Sequence[SentGift]:
        """Return gifts sent in a broadcast, the newest first; ``before``: "" for the newest."""

    async def pieces(self, broadcast: BroadcastId, gift: GiftId) -> int:
        """Return how many of one gift were sent in a broadcast, by their ``count``."""

    async def received_in(self, broadcast: BroadcastId, receiver: AccountId) -> ReceivedSums:
        """Return the sums of what somebody was sent in a broadcast."""

    async def of_receiver(self, receiver: AccountId, before: str, limit: int) -> Sequence[SentGift]:
        """Return gifts that somebody was sent, the newest first."""
