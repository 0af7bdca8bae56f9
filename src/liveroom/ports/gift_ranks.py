"""The SQL seam of rankings: sums of gifts, and what waits to be added to them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from liveroom.domain.gifts.ranking import RankCursor, RankedAccount, Ranking, RankKey, RankSum, UnrankedGifts
from liveroom.domain.gifts.sending import SentGift
from liveroom.domain.ids import BroadcastId, TenantName
from liveroom.domain.ledger.journals import JournalId


class RankCount(NamedTuple):
    """Which count of all gifts is shown, and which is being made. Several may be stored beside each other."""

    shown: int = 0
    made: int = 0
    """The same as ``shown``: none."""
    after: str = ""
    """Up to which gift ``made`` has come."""

    @property
    def is_rebuilt(self) -> bool:
        return self.made != self.shown


class GiftRankRows(Protocol):
    """Rankings. What changes them runs in a transaction that begins with ``lock``."""

    async def wait(self, gifts: Sequence[UnrankedGifts]) -> None:
        """Note what is to be counted, in the transaction that moves it."""

    async def is_waiting(self) -> bool: ...
    async def lock(self) -> RankCount:
        """Return which counts there are, and keep others from changing them."""

    async def put_count(self, count: RankCount) -> None: ...
    async def first(self, limit: int) -> Sequence[UnrankedGifts]:
        """Return what waits, the lowest numbers first."""

    async def waiting(self, journals: Collection[JournalId]) -> Collection[JournalId]:
        """Return whose gifts wait."""

    async def drop(self, numbers: Sequence[int]) -> int: ...
    async def gifts(self, waiting: Sequence[UnrankedGifts]) -> Sequence[SentGift]:
        """Return the gifts of journals."""

    async def sent_after(self, after: str, limit: int) -> Sequence[SentGift]:
        """Return gifts of all tenants in the order of their ids."""

    async def refunds(self, gifts: Collection[SentGift]) -> Mapping[str, JournalId]:
        """Return by which journals gifts were taken back."""

    async def categories(self, broadcasts: Collection[BroadcastId]) -> Mapping[BroadcastId, str]: ...
    async def add(self, count: int, sums: Sequence[tuple[RankKey, RankSum]]) -> None: ...
    async def page(
        self, tenant: TenantName, ranking: Ranking, behind: RankCursor, limit: int
    ) -> Sequence[RankedAccount]:
        """Return those with the most coins, from the shown count."""

    async def purge(self, tenant: TenantName, now: datetime, limit: int) -> int:
        """Drop rankings that nobody looks at any more; return how many rows."""

    async def purge_counts(self, limit: int) -> int:
        """Drop rows of counts that are neither shown nor made."""
