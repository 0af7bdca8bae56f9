"""Paying for gifts: many orders in one transaction, each decided by itself, under the locks of their senders' wallets.

What is common to all of them is asked once: accounts, locks, keys, lots, combos. Then each order is decided in memory,
in the order in which it came (``domain.gifts.paying``), and everything is written at once: the gifts, one journal for
each tenant, the balances of senders, dues for everybody else, and what the rooms have to be told.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Final

from liveroom import faults
from liveroom.domain.agencies.model import account_of
from liveroom.domain.battles.counting import BattleKey
from liveroom.domain.events import gifts as gift_events
from liveroom.domain.events.outbox import GiftsSent, OutboxRow
from liveroom.domain.events.records import NewEvent, of_room
from liveroom.domain.gifts.paying import (
    BatchFacts,
    Decision,
    PaidGift,
    PaymentBatch,
    accounts_of_orders,
    combo_of,
    repeated,
    sharing_receivers,
)
from liveroom.domain.gifts.sending import GiftOrder, Purse, attempt_of
from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.ledger.accounts import AccountId, AccountName
from liveroom.domain.ledger.journals import LedgerJournal, MoveKind
from liveroom.domain.ledger.wallets import accounts_of
from liveroom.ports import Clock, Database, PaymentQuestions, Tx
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.ledger.posting import Ledger

_BY: Final = "gifts"
_KNOWN: Final = 100_000
"""Accounts whose ids a process remembers: some 20 MB."""


@dataclass(frozen=True, slots=True)
class PaidBatch:
    """What came of a batch of orders."""

    decisions: Sequence[Decision]
    """One for each order."""
    rows: Sequence[tuple[OutboxRow, Sequence[PaidGift]]]
    """What each room has to be told."""
    battles: frozenset[str] = frozenset()
    """In which something was counted."""


@dataclass(frozen=True, slots=True)
class Payments:
    """Pays for gifts."""

    db: Database
    clock: Clock
    ledger: Ledger
    recorder: EventRecorder
    _accounts: OrderedDict[AccountName, AccountId] = field(default_factory=OrderedDict)
    """Those that are committed; they never change."""

    async def take(self, orders: Sequence[GiftOrder]) -> PaidBatch:
        """Pay for orders together. Raises ``DatabaseUnavailable``: perhaps they were paid, which their keys tell."""

        async def work(tx: Tx) -> tuple[BatchFacts, PaidBatch]:
            facts = await self._read(tx, orders, await self._ids(tx, accounts_of_orders(orders)))
            return facts, await self._take(tx, orders, facts)

        facts, paid = await self.db.transact(work)
        self._remember(facts.ids)
        return paid

    async def find(self, tenant: TenantName, sender: UserId, key: str, digest: str) -> Decision | None:
        """Return what became of an earlier attempt with this key, if there was one."""
        names = accounts_of(tenant, sender)
        held = await self.db.ledger_accounts.holdings([names.coins, names.promo])
        if names.coins not in held:
            return None
        wallet = held[names.coins].account
        known = (await self.db.sent_gifts.of_attempts([attempt_of(wallet.id, key)])).get(attempt_of(wallet.id, key))
        if known is None:
            return None
        promo = held[names.promo].account.balance if names.promo in held else 0
        return repeated(known, digest, Purse(wallet.balance, promo))

    async def _take(self, tx: Tx, orders: Sequence[GiftOrder], facts: BatchFacts) -> PaidBatch:
        batch = PaymentBatch(facts, self.clock.now())
        decisions = [batch.decide(order) for order in orders]
        rows = await self._write(tx, batch)
        faults.point("gifts.paid")
        return PaidBatch(decisions, rows, frozenset(one.key.battle for one in batch.counted))

    async def _write(self, tx: Tx, batch: PaymentBatch) -> Sequence[tuple[OutboxRow, Sequence[PaidGift]]]:
        now = self.clock.now()
        await tx.sent_gifts.add([*(paid.gift for paid in batch.paid), *batch.refused], batch.uses)
        await tx.battle_scores.add(batch.counted)
        journals = batch.journals()
        for tenant, id in journals.items():
            entries, dues = batch.entries_of(tenant)
            await tx.journals.put(LedgerJournal(id, tenant, MoveKind.GIFTS, f"gifts:{id}", "", _BY, now), entries)
            await tx.dues.add(dues)
            self.ledger.moved.set()
        await tx.gift_ranks.wait(batch.unranked())
        await tx.ledger_accounts.put(batch.changed_accounts())
        await tx.charges.put(batch.charged)
        await tx.lots.put(batch.changed_lots())
        rows = []
        for (tenant, room, broadcast), sent in batch.by_room().items():
            big = tuple(paid.gift.id for paid in sent if paid.order.offered.version.is_big)
            message = GiftsSent(room, broadcast, journals[tenant], tuple(paid.gift.id for paid in sent), big)
            rows.append((await tx.outbox.add(tenant, message, now), sent))
        await self.recorder.record_many(tx, _events(batch.paid))
        return rows

    async def _read(self, tx: Tx, orders: Sequence[GiftOrder], ids: Mapping[AccountName, AccountId]) -> BatchFacts:
        """Lock the senders' accounts, then read what their orders are decided on.

        With which agencies receivers are is asked each time, where a gift has a share for agencies: what a process
        remembered would be wrong for as long as it does not hear of a change.
        """
        senders = [accounts_of(order.tenant, order.sender) for order in orders]
        by_wallet = [(ids[sender.coins], order) for sender, order in zip(senders, orders, strict=True)]
        found = await tx.payment_reads.read(
            PaymentQuestions(
                wallets={ids[name] for sender in senders for name in (sender.coins, sender.promo)},
                attempts={attempt_of(wallet, order.key) for wallet, order in by_wallet},
                combos={combo for wallet, order in by_wallet if (combo := combo_of(wallet, order))},
                hosts=sharing_receivers(orders),
                now=self.clock.now(),
            )
        )
        tenants = {receiver: order.tenant for order in orders for receiver in order.receivers}
        agencies = {host: account_of(tenants[host], agency) for host, agency in found.agencies.items()}
        promo = {ids[sender.promo] for sender in senders if found.locked[ids[sender.promo]].balance > 0}
        charges = await tx.charges.lock({order.charge.id for order in orders if order.charge is not None})
        lots = await tx.lots.of(promo)
        every_id = {**ids, **await self._ids(tx, set(agencies.values()))}
        # The last lock: whoever decides a battle waits for this transaction, and for no lock of a wallet.
        battles = await tx.battle_scores.share(
            {BattleKey(order.battle, order.room) for order in orders if order.battle}
        )
        return BatchFacts(every_id, found.locked, found.known, lots, found.combos, agencies, battles, charges)

    async def _ids(self, tx: Tx, names: Set[AccountName]) -> Mapping[AccountName, AccountId]:
        found = {name: id for name in names if (id := self._accounts.get(name)) is not None}
        if len(found) < len(names):
            found |= await tx.ledger_accounts.open(names - found.keys())
        return found

    def _remember(self, ids: Mapping[AccountName, AccountId]) -> None:
        for name, id in ids.items():
            self._accounts[name] = id
            self._accounts.move_to_end(name)
        while len(self._accounts) > _KNOWN:
            self._accounts.popitem(last=False)


def _events(sent: Sequence[PaidGift]) -> Mapping[tuple[TenantName, str], Sequence[NewEvent]]:
    found = defaultdict[tuple[TenantName, str], list[NewEvent]](list)
    for order, place, gift in sent:
        found[order.tenant, of_room(RoomId(order.room))].append(gift_events.sent(order, gift, order.receivers[place]))
    return found
