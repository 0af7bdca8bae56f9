"""The seam to what a room is told of gifts: a part of the live store, in memory and on Redis; one suite proves both."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from liveroom.domain.gifts.events import GiftBatch, GiftRank, GiftTotals
from liveroom.domain.ids import RoomId, TenantName


@dataclass(frozen=True, slots=True)
class GiftsSoFar:
    """What SQL knows of the gifts of a running broadcast, read in one snapshot: a lost bucket is filled with it."""

    gifts: int
    """How many were sent, by their ``count``."""
    senders: Sequence[GiftRank]
    """All who have sent, in any order."""
    receivers: Sequence[GiftRank]
    """All who were sent anything."""
    pending: Sequence[str] = ()
    """Batches that are among these and may still be told."""
    told: Sequence[str] = ()
    """Others of the last minutes: they were told, and a process that does not know that may try again."""

    @property
    def totals(self) -> GiftTotals:
        """Return the sums."""
        return GiftTotals(sum(rank.coins for rank in self.senders), self.gifts, len(self.senders))


class LiveGifts(Protocol):
    """Tells rooms of gifts, and counts them. Raises ``LiveUnavailable``.

    What is counted is what SQL has: a lost bucket is filled from there (``GiftsSoFar``), and batches that
    SQL has and nobody has told yet count as counted then, and are told without being added; those that were told
    lately are neither counted nor told again.
    """

    async def tell(self, batch: GiftBatch) -> GiftTotals | None:
        """Publish the gifts of a batch as events of the room, in order with everything else there, and count them: all
        of it in one step, once for each batch. Return the sums then; None: the broadcast does not run any more.

        Urgent gifts leave at once. The others leave at the room's pace: of those that wait, the ``DEAREST`` one by
        one, then one ``gift.more`` with how many more there were and what they cost.
        """

    async def totals(self, room: RoomId, tenant: TenantName) -> GiftTotals:
        """Return what was sent in the running broadcast. Raises ``RoomNotFound``."""

    async def senders(self, room: RoomId, tenant: TenantName, limit: int) -> Sequence[GiftRank]:
        """Return who has sent the most in the running broadcast. Raises ``RoomNotFound``."""

    async def receivers(self, room: RoomId, tenant: TenantName, limit: int) -> Sequence[GiftRank]:
        """Return who has been sent the most."""
