"""Opening charges: each is written down before anybody is asked, under the lock of its sender's account.

So no sender has two at once, and whatever the operator's wallet says or does not, the charge is known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from liveroom.domain.gifts.charges import GIVEN_UP, Charge, ChargeState, outcome_of
from liveroom.domain.gifts.failures import ChargeOpen
from liveroom.domain.gifts.paying import Decision, purse_at, repeated
from liveroom.domain.gifts.sending import GiftOrder, SentGift, attempt_of
from liveroom.domain.ids import ordered_id
from liveroom.domain.ledger.accounts import Account
from liveroom.domain.ledger.failures import AccountFrozen
from liveroom.domain.ledger.wallets import accounts_of
from liveroom.domain.moments import moment
from liveroom.domain.protection.failures import CapReached
from liveroom.ports import Clock, Database, Tx

Opened = Charge | Decision
"""A charge that is to be asked for, or what became of the attempt before."""


@dataclass(frozen=True, slots=True)
class ChargeOpening:
    """Opens charges, many in one transaction."""

    db: Database
    clock: Clock

    async def open(self, orders: Sequence[GiftOrder]) -> Sequence[Opened]:
        """Return for each order its charge, or what it has come to already. Raises ``DatabaseUnavailable``."""
        return await self.db.transact(lambda tx: self._open(tx, orders))

    async def _open(self, tx: Tx, orders: Sequence[GiftOrder]) -> Sequence[Opened]:
        names = [accounts_of(order.tenant, order.sender).coins for order in orders]
        ids = await tx.ledger_accounts.open(set(names))
        locked = await tx.ledger_accounts.lock(set(ids.values()))
        attempts = [attempt_of(ids[name], order.key) for name, order in zip(names, orders, strict=True)]
        sent, known = await tx.sent_gifts.of_attempts(attempts), await tx.charges.of_attempts(attempts)
        batch = _OpeningBatch(sent, dict(known), set(await tx.charges.open_of(locked)), self.clock.now())
        decided = [
            batch.decide(order, locked[ids[name]], attempt)
            for name, order, attempt in zip(names, orders, attempts, strict=True)
        ]
        await tx.charges.add([one for one in decided if isinstance(one, Charge)])
        return decided


class _OpeningBatch:
    """Decides one order after the other, with the accounts in hand."""

    def __init__(
        self, sent: Mapping[str, Sequence[SentGift]], known: dict[str, Charge], busy: set[str], now: datetime
    ) -> None:
        self._sent, self._known, self._busy, self._now = sent, known, busy, now
        self._numbers = count()

    def decide(self, order: GiftOrder, account: Account, attempt: str) -> Opened:
        charge = self._known.get(attempt)
        if gifts := self._sent.get(attempt):
            return repeated(gifts, order.digest, purse_at(charge))
        if charge is not None:
            return outcome_of(charge, order.digest)
        if account.frozen:
            return AccountFrozen()
        if account.id in self._busy:
            return ChargeOpen()
        left = account.given.left(order.limits, self._now)
        if left is not None and order.coins > left:
            return CapReached(left)
        self._busy.add(account.id)
        fresh = self._known[attempt] = Charge(
            id=ordered_id(moment(self._now), next(self._numbers)),
            tenant=order.tenant,
            sender=account.id,
            attempt=attempt,
            digest=order.digest,
            room=order.room,
            gift=order.offered.gift.id,
            count=order.count,
            coins=order.coins,
            state=ChargeState.ASKED,
            created=self._now,
            due=self._now + GIVEN_UP,
        )
        return fresh
