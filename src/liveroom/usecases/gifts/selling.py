"""Selling: orders are paid for in batches, then the rooms are told, then those who wait are answered.

A room is told by the process that has sold the gifts, batch after batch. If that takes too long, or fails, the answer
does not wait for it: the relay tells the room within a second.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple, Protocol

import structlog

from liveroom import deadlines, faults
from liveroom.domain.errors import Unavailable
from liveroom.domain.events.outbox import OutboxRow
from liveroom.domain.gifts.paying import Decision, PaidGift
from liveroom.domain.gifts.sending import GiftOrder
from liveroom.domain.ids import TenantName, UserId
from liveroom.usecases.battles.scoring import BattleScoring
from liveroom.usecases.events.relay import OutboxRelay
from liveroom.usecases.gifts.paying import Payments
from liveroom.usecases.gifts.publishing import GiftPublisher
from liveroom.usecases.till import Till

log = structlog.get_logger("liveroom.gifts")

_SECONDS: Final = 0.5
"""How long an answer waits for its room to be told."""


class Sold(NamedTuple):
    """What became of an order."""

    decision: Decision
    is_published: bool


class Seller(Protocol):
    """Has gifts paid for, by the wallets here or by the operator's own."""

    async def sell(self, order: GiftOrder) -> Sold:
        """Have an order paid for, and its room told. Raises ``DatabaseUnavailable``, ``ProviderUnavailable``."""

    async def find(self, tenant: TenantName, sender: UserId, key: str, digest: str) -> Decision | None:
        """Return what became of an earlier attempt with this key, if there was one."""


@dataclass(frozen=True, slots=True)
class GiftTurnover:
    """How much this process has sold since it began."""

    gifts: Counter[tuple[str, ...]] = field(default_factory=lambda: Counter({(): 0}))
    coins: Counter[tuple[str, ...]] = field(default_factory=lambda: Counter({(): 0}))

    def add(self, paid: Sequence[PaidGift]) -> None:
        """Count gifts that are paid for; one to several receivers is several."""
        self.gifts[()] += len(paid)
        self.coins[()] += sum(one.gift.coins for one in paid)


@dataclass
class GiftSales:
    """Sells gifts to whoever has paid, or has the coins here (``Seller``)."""

    payments: Payments
    publisher: GiftPublisher
    relay: OutboxRelay
    scoring: BattleScoring
    sold: GiftTurnover = field(default_factory=GiftTurnover)

    async def sell(self, order: GiftOrder) -> Sold:
        """Pay for an order and tell its room. Raises ``DatabaseUnavailable``."""
        return await self._till.take(order)

    async def find(self, tenant: TenantName, sender: UserId, key: str, digest: str) -> Decision | None:
        """Return what became of an earlier attempt with this key, if there was one."""
        return await self.payments.find(tenant, sender, key, digest)

    @cached_property
    def _till(self) -> Till[GiftOrder, Sold]:
        return Till(self._settle)

    async def _settle(self, orders: Sequence[GiftOrder]) -> Sequence[Sold]:
        paid = await self.payments.take(orders)
        self.scoring.counted(paid.battles)
        for _, sent in paid.rows:
            self.sold.add(sent)
        told = await asyncio.gather(*(self._publish(row, sent) for row, sent in paid.rows))
        untold = {row.subject for (row, _), is_told in zip(paid.rows, told, strict=True) if not is_told}
        pairs = zip(orders, paid.decisions, strict=True)
        return [Sold(decision, order.room not in untold) for order, decision in pairs]

    async def _publish(self, row: OutboxRow, sent: Sequence[PaidGift]) -> bool:
        """Tell a room; return False where the relay has to."""
        try:
            async with asyncio.timeout(_SECONDS):
                await self.publisher.publish(row, sent)
        except (Unavailable, TimeoutError, deadlines.Overdue) as failure:
            log.warning("gifts.waiting", row=row.id, room=row.subject, cause=repr(failure.__cause__ or failure))
            return False
        faults.point("gifts.published")
        self.relay.applied(row)
        return True
