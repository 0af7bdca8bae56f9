"""A batch of orders, decided one after the other with the senders' wallets in hand.

Pure: what it is given was read under the locks of the wallets, and what it leaves is written in the same transaction.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import NamedTuple

from liveroom.domain.battles.counting import BattleKey, CountedGift, CountingBattle
from liveroom.domain.errors import Failure
from liveroom.domain.gifts.charges import Charge, ChargeState
from liveroom.domain.gifts.failures import ChargeReversed
from liveroom.domain.gifts.ranking import UnrankedGifts
from liveroom.domain.gifts.sending import (
    NO_AGENCY,
    GiftOrder,
    GiftReceipt,
    PointShares,
    Purse,
    SentGift,
    SentGiftState,
    TakenCharge,
    UsedLot,
    attempt_of,
    payment,
    shares_of,
)
from liveroom.domain.ids import BroadcastId, RoomId, TenantName, UserId, ordered_id
from liveroom.domain.ledger.accounts import Account, AccountId, AccountKind, AccountName
from liveroom.domain.ledger.failures import AccountFrozen, BalanceTooLow, KeyReused
from liveroom.domain.ledger.journals import JournalId, LedgerEntry
from liveroom.domain.ledger.lots import Lot, spend, usable
from liveroom.domain.ledger.wallets import accounts_of
from liveroom.domain.moments import moment
from liveroom.domain.protection.failures import CapReached

Decision = GiftReceipt | Failure
"""What became of an order: it was paid, now or before, or refused."""
_HOUSE = (AccountKind.SALES, AccountKind.ISSUE, AccountKind.PLATFORM)


class PaidGift(NamedTuple):
    """A gift that this batch has sent."""

    order: GiftOrder
    place: int
    """Of its receiver among those of the order."""
    gift: SentGift


@dataclass(frozen=True, slots=True)
class BatchFacts:
    """What was read for a batch, under the locks of the wallets and promotional accounts of its senders."""

    ids: Mapping[AccountName, AccountId]
    locked: Mapping[AccountId, Account]
    known: Mapping[str, Sequence[SentGift]]
    """By their attempts."""
    lots: Sequence[Lot]
    combos: Mapping[str, int]
    agencies: Mapping[UserId, AccountName] = field(default_factory=dict)
    """The accounts of the agencies that receivers are with."""
    battles: Mapping[BattleKey, CountingBattle] = field(default_factory=dict)
    """Those that are not decided, under a shared lock."""
    charges: Mapping[str, Charge] = field(default_factory=dict)
    """Those by which orders are paid, locked, by their ids."""


def accounts_of_orders(orders: Iterable[GiftOrder]) -> set[AccountName]:
    """Return the names of all accounts that a batch may move something in."""
    names: set[AccountName] = set()
    for order in orders:
        coins, promo, _ = accounts_of(order.tenant, order.sender)
        names |= {coins, promo, *(AccountName(order.tenant, kind) for kind in _HOUSE)}
        names |= {accounts_of(order.tenant, receiver).points for receiver in order.receivers}
        if order.charge is not None:
            names.add(AccountName(order.tenant, AccountKind.EXTERNAL))
    return names


def sharing_receivers(orders: Iterable[GiftOrder]) -> set[UserId]:
    """Return who is sent gifts of which agencies have a share."""
    return {receiver for order in orders if order.offered.version.shares.agency for receiver in order.receivers}


def combo_of(sender: AccountId, order: GiftOrder) -> str:
    """Return under what the gifts of a combo are found; "" for a gift that is in none."""
    return attempt_of(sender, f"combo {order.combo}") if order.combo else ""


def repeated(known: Sequence[SentGift], digest: str, purse: Purse, left: int | None = None) -> Decision:
    """Return what an earlier attempt with a key has become, for whoever tries again; ``left``: what they may give."""
    if known[0].digest != digest:
        return KeyReused()
    if known[0].state is SentGiftState.CAPPED:
        return CapReached(left or 0)
    if known[0].state is SentGiftState.UNPAID:
        return BalanceTooLow(f"{max(purse.coins + purse.promo, 0)}")
    return GiftReceipt(sorted(known, key=lambda gift: gift.id), purse, is_repeated=True)


def purse_at(charge: Charge | None) -> Purse:
    """Return what a sender has left in the operator's wallet, as it said with a charge; nothing where it did not."""
    return Purse(max(charge.balance, 0) if charge else 0, 0)


class PaymentBatch:
    """Decides orders, and gathers what is to be written."""

    def __init__(self, facts: BatchFacts, now: datetime) -> None:
        self._ids = facts.ids
        self._accounts = dict(facts.locked)
        self._known = dict(facts.known)
        self._combos = dict(facts.combos)
        self._agencies = facts.agencies
        self._battles = facts.battles
        self._lots = defaultdict[AccountId, dict[JournalId, Lot]](dict)
        for lot in facts.lots:
            self._lots[lot.account][lot.journal] = lot
        self._charges = facts.charges
        self._now = now
        self._numbers = count()
        self._entries = defaultdict[TenantName, list[tuple[AccountId, int, str]]](list)
        self._sums = defaultdict[TenantName, Counter[AccountName]](Counter)
        self._changed: set[AccountId] = set()
        self._changed_lots: set[tuple[AccountId, JournalId]] = set()
        self.paid: list[PaidGift] = []
        self.refused: list[SentGift] = []
        self.uses: list[UsedLot] = []
        self.counted: list[CountedGift] = []
        self.charged: list[Charge] = []
        self._journals: dict[TenantName, JournalId] = {}

    def decide(self, order: GiftOrder) -> Decision:
        """Decide an order. A refusal for too little or too much is written down: it stands for the key for ever."""
        coins_id, promo_id = (self._ids[name] for name in accounts_of(order.tenant, order.sender)[:2])
        coins, promo = self._accounts[coins_id], self._accounts[promo_id]
        attempt = attempt_of(coins_id, order.key)
        purse, left = self._purse(coins, promo), coins.given.left(order.limits, self._now)
        if (known := self._known.get(attempt)) is not None:
            return repeated(known, order.digest, purse, left)
        if order.charge is not None:
            return self._take_charge(order, attempt, coins_id, order.charge)
        if coins.frozen or promo.frozen:
            return AccountFrozen()
        if left is not None and order.coins > left:
            self._refuse(self._gift(order, attempt, coins_id, 0, 0), SentGiftState.CAPPED)
            return CapReached(left)
        parts = payment(order, purse)
        if parts is None:
            self._refuse(self._gift(order, attempt, coins_id, 0, 0), SentGiftState.UNPAID)
            return BalanceTooLow(f"{max(purse.coins + purse.promo, 0)}")
        gifts = [self._gift(order, attempt, coins_id, place, part) for place, part in enumerate(parts)]
        self._pay(order, gifts, coins, promo)
        self._share(order, gifts)
        self._known[attempt] = gifts
        return GiftReceipt(gifts, self._purse(self._accounts[coins_id], self._accounts[promo_id]))

    def journals(self) -> Mapping[TenantName, JournalId]:
        """Return the journal of each tenant in which something moves."""
        return {tenant: self._journals[tenant] for tenant in self._sums}

    def entries_of(self, tenant: TenantName) -> tuple[Sequence[LedgerEntry], Sequence[LedgerEntry]]:
        """Return the entries of a tenant's journal, and those of them that are dues: all but the senders'."""
        journal = self._journals[tenant]
        strict = [LedgerEntry(journal, account, amount, doc) for account, amount, doc in self._entries[tenant]]
        dues = [LedgerEntry(journal, self._ids[name], amount) for name, amount in self._sums[tenant].items() if amount]
        return [*strict, *dues], dues

    def changed_accounts(self) -> Sequence[Account]:
        """Return the senders' accounts as they are then, in the order of their ids."""
        return [self._accounts[id] for id in sorted(self._changed)]

    def changed_lots(self) -> Sequence[Lot]:
        """Return the lots of which something was taken."""
        return [self._lots[account][journal] for account, journal in sorted(self._changed_lots)]

    def by_room(self) -> Mapping[tuple[TenantName, RoomId, BroadcastId], Sequence[PaidGift]]:
        """Return what was sent by where."""
        found = defaultdict[tuple[TenantName, RoomId, BroadcastId], list[PaidGift]](list)
        for paid in self.paid:
            found[paid.order.tenant, paid.order.room, paid.order.broadcast].append(paid)
        return found

    def _refuse(self, gift: SentGift, state: SentGiftState) -> None:
        refused = replace(gift, batch="", combo_total=0, shares=PointShares(), state=state)
        self.refused.append(refused)
        self._known[gift.attempt] = [refused]

    def unranked(self) -> Sequence[UnrankedGifts]:
        """Return what rankings do not have yet: the gifts of each tenant."""
        found = defaultdict[TenantName, list[str]](list)
        for paid in self.paid:
            found[paid.order.tenant].append(paid.gift.id)
        return [UnrankedGifts(self._journals[of], min(ids), max(ids), len(ids)) for of, ids in found.items()]

    def _purse(self, coins: Account, promo: Account) -> Purse:
        return Purse(coins.balance, usable(self._lots[promo.id].values(), self._now) if promo.balance > 0 else 0)

    def _gift(self, order: GiftOrder, attempt: str, sender: AccountId, place: int, promo: int) -> SentGift:
        combo, version = combo_of(sender, order), order.offered.version
        agency = self._agencies.get(order.receivers[place])
        shares = shares_of(version, order.count, promo, has_agency=agency is not None)
        return SentGift(
            id=self._id(),
            batch=self._journal(order.tenant),
            tenant=order.tenant,
            sender=sender,
            receiver=self._ids[accounts_of(order.tenant, order.receivers[place]).points],
            attempt=attempt,
            digest=order.digest,
            room=order.room,
            broadcast=order.broadcast,
            gift=order.offered.gift.id,
            version=version.number,
            count=order.count,
            coins=version.price * order.count,
            promo=promo,
            shares=shares,
            combo=combo,
            combo_total=self._combos.get(combo, 0) + order.count if combo else order.count,
            state=SentGiftState.SENT,
            created=self._now,
            agency=self._ids[agency] if agency is not None and shares.agency else NO_AGENCY,
        )

    def _journal(self, tenant: TenantName) -> JournalId:
        known = self._journals.get(tenant)
        if known is None:
            known = self._journals[tenant] = JournalId(self._id())
        return known

    def _id(self) -> str:
        return ordered_id(moment(self._now), next(self._numbers))

    def _take_charge(self, order: GiftOrder, attempt: str, sender: AccountId, taken: TakenCharge) -> Decision:
        """Send gifts that the operator's wallet has paid for; one that was given up meanwhile is being reversed."""
        charge = self._charges.get(taken.id)
        if charge is None or charge.state is not ChargeState.ASKED:
            return ChargeReversed()
        gifts = [self._gift(order, attempt, sender, place, 0) for place in range(len(order.receivers))]
        self._sums[order.tenant][AccountName(order.tenant, AccountKind.EXTERNAL)] -= order.coins
        self._share(order, gifts)
        self._note(sender, order)
        self._known[attempt] = gifts
        paid = replace(charge, state=ChargeState.CHARGED, due=None, balance=taken.balance, receipt=taken.receipt)
        self.charged.append(paid)
        return GiftReceipt(gifts, purse_at(paid))

    def _pay(self, order: GiftOrder, gifts: Sequence[SentGift], coins: Account, promo: Account) -> None:
        """Take what gifts cost out of the sender's accounts."""
        tenant = order.tenant
        paid = sum(gift.coins - gift.promo for gift in gifts)
        self._change(coins, -paid)
        self._change(promo, -sum(gift.promo for gift in gifts))
        for gift in gifts:
            self._enter(tenant, coins, gift.promo - gift.coins, gift.id)
            self._enter(tenant, promo, -gift.promo, gift.id)
            self._spend(promo, gift)
        self._note(coins.id, order)

    def _share(self, order: GiftOrder, gifts: Sequence[SentGift]) -> None:
        """Note who gets what by gifts that are paid."""
        sums, tenant = self._sums[order.tenant], order.tenant
        for place, gift in enumerate(gifts):
            self.paid.append(PaidGift(order, place, gift))
            self._count(order, gift)
            sums[AccountName(tenant, AccountKind.SALES)] += gift.coins
            sums[AccountName(tenant, AccountKind.ISSUE)] -= gift.shares.total
            sums[AccountName(tenant, AccountKind.PLATFORM)] += gift.shares.platform
            sums[accounts_of(tenant, order.receivers[place]).points] += gift.shares.host
            if gift.shares.agency:
                sums[self._agencies[order.receivers[place]]] += gift.shares.agency
        if order.combo:
            self._combos[gifts[0].combo] = gifts[0].combo_total

    def _count(self, order: GiftOrder, gift: SentGift) -> None:
        """Note what a gift scores, if a battle runs in its room at this moment."""
        key = BattleKey(order.battle, order.room)
        battle = self._battles.get(key)
        if battle is not None and (score := battle.score_of(gift, order.offered.version.level, self._now)):
            self.counted.append(CountedGift(key, gift.id, score))

    def _change(self, account: Account, amount: int) -> None:
        if amount:
            self._accounts[account.id] = account.moved(amount)
            self._changed.add(account.id)

    def _note(self, wallet: AccountId, order: GiftOrder) -> None:
        """Note in the sender's wallet what they have given, also with promotional coins."""
        account = self._accounts[wallet]
        self._accounts[wallet] = replace(account, given=account.given.plus(order.coins, order.limits.today))
        self._changed.add(wallet)

    def _enter(self, tenant: TenantName, account: Account, amount: int, doc: str) -> None:
        if amount:
            self._entries[tenant].append((account.id, amount, doc))

    def _spend(self, promo: Account, gift: SentGift) -> None:
        if not gift.promo:
            return
        lots = self._lots[promo.id]
        for use in spend(lots.values(), gift.promo, self._now):
            lots[use.lot.journal] = use.after
            self._changed_lots.add((promo.id, use.lot.journal))
            self.uses.append(UsedLot(gift.id, use.lot.journal, use.amount))
