"""Counts gifts into rankings, some seconds after they were sent: exactly once each, by one process at a time.

A journal that sends or refunds gifts leaves a row in the same transaction, and exactly the rows that were read are
dropped in the one that adds their sums: as with dues, their numbers say nothing of which commits are still to come.

Everything can be counted anew beside a running service, after a change of the time zone, say. The new count stands
beside the one that is shown. A gift that waits is left out by whoever counts anew, and added to both counts once it
has its turn, if the new count has come past it; what is refunded likewise.
"""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from liveroom import faults
from liveroom.domain.gifts.ranking import DayOf, RankKey, RankSum, RankTally, UnrankedGifts
from liveroom.domain.gifts.sending import SentGift
from liveroom.domain.ledger.journals import JournalId
from liveroom.domain.parts import parts
from liveroom.ports import Clock, Database, Tx
from liveroom.ports.gift_ranks import RankCount
from liveroom.usecases.tenants.registry import Tenancy

AT_ONCE: Final = 10_000
"""How many gifts one transaction counts, and at least one batch. Who has sent many is written once for all of them."""
_BETWEEN_TURNS: Final = 250
"""Gifts that are added up before others have their turn: two milliseconds."""
_ROUNDS: Final = 10
"""How many of those one run does, so that it ends."""
_LEASE: Final = "gift ranks"
_CLAIM: Final = timedelta(seconds=30)
_PURGED: Final = 1_000


class CountedElsewhere(Exception):
    """Somebody else has counted some of them meanwhile."""


@dataclass(frozen=True, slots=True)
class RankCounting:
    """Adds gifts to rankings."""

    db: Database
    clock: Clock
    tenants: Tenancy
    day_of: DayOf
    at_once: int = AT_ONCE

    async def run(self) -> int:
        """Count what waits, unless another process is at it; return how many gifts and refunds it was."""
        if not await self.db.gift_ranks.is_waiting():
            return 0
        holder, now = secrets.token_hex(8), self.clock.now()
        if not await self.db.leases.claim(_LEASE, holder, now, now + _CLAIM):
            return 0
        counted = 0
        try:
            for _ in range(_ROUNDS):
                some = await self.db.transact(self._count)
                counted += some
                if some < self.at_once:
                    break
        finally:
            await self.db.leases.release(_LEASE, holder)
        return counted

    async def begin_again(self) -> None:
        """Begin to count everything anew, unless that is under way already."""

        async def work(tx: Tx) -> None:
            count = await tx.gift_ranks.lock()
            if not count.is_rebuilt:
                await tx.gift_ranks.put_count(RankCount(count.shown, count.shown + 1))

        await self.db.transact(work)

    async def go_on_again(self) -> int:
        """Count some more gifts anew; return how many. 0: all are, and the new count is shown."""
        return await self.db.transact(self._count_again)

    async def purge(self) -> int:
        """Drop rankings that are too old, and former counts; return how many rows."""
        now, dropped = self.clock.now(), await self.db.gift_ranks.purge_counts(_PURGED)
        for tenant in self.tenants.all():
            dropped += await self.db.gift_ranks.purge(tenant.name, now, _PURGED)
        return dropped

    async def _count(self, tx: Tx) -> int:
        count = await tx.gift_ranks.lock()
        waiting = _first_of(await tx.gift_ranks.first(self.at_once), self.at_once)
        if not waiting:
            return 0
        sent = await tx.gift_ranks.gifts([one for one in waiting if not one.is_refund])
        refunded = await tx.gift_ranks.gifts([one for one in waiting if one.is_refund])
        if await tx.gift_ranks.drop([one.n for one in waiting]) != len(waiting):
            raise CountedElsewhere
        await tx.gift_ranks.add(count.shown, await self._sums(tx, sent, refunded))
        if count.is_rebuilt:
            passed = [[gift for gift in some if gift.id <= count.after] for some in (sent, refunded)]
            await tx.gift_ranks.add(count.made, await self._sums(tx, *passed))
        faults.point("ranks.counted")
        return sum(one.number for one in waiting)

    async def _count_again(self, tx: Tx) -> int:
        count = await tx.gift_ranks.lock()
        if not count.is_rebuilt:
            return 0
        gifts = await tx.gift_ranks.sent_after(count.after, self.at_once)
        if not gifts:
            await tx.gift_ranks.put_count(RankCount(count.made, count.made))
            return 0
        await tx.gift_ranks.add(count.made, await self._sums(tx, await _counted(tx, gifts), ()))
        await tx.gift_ranks.put_count(count._replace(after=gifts[-1].id))
        return len(gifts)

    async def _sums(
        self, tx: Tx, sent: Sequence[SentGift], refunded: Sequence[SentGift]
    ) -> Sequence[tuple[RankKey, RankSum]]:
        broadcasts = {gift.broadcast for some in (sent, refunded) for gift in some}
        tally = RankTally(self.day_of, await tx.gift_ranks.categories(broadcasts))
        for gifts, sign in ((sent, 1), (refunded, -1)):
            for some in parts(gifts, _BETWEEN_TURNS):
                tally.add(some, sign)
                await asyncio.sleep(0)
        return tally.sums()


def _first_of(waiting: Sequence[UnrankedGifts], limit: int) -> Sequence[UnrankedGifts]:
    """Return the first ones with at most so many gifts, but at least one."""
    number = 0
    for place, one in enumerate(waiting):
        number += one.number
        if number > limit and place:
            return waiting[:place]
    return waiting


async def _counted(tx: Tx, gifts: Sequence[SentGift]) -> Sequence[SentGift]:
    """Return those whose turn is over: neither they nor a refund of theirs waits, and none has taken them back."""
    refunds = await tx.gift_ranks.refunds(gifts)
    moved = await tx.gift_ranks.waiting({*(JournalId(gift.batch) for gift in gifts), *refunds.values()})
    return [gift for gift in gifts if gift.batch not in moved and (gift.id not in refunds or refunds[gift.id] in moved)]
