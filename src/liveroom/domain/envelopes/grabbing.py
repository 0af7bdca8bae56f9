"""A batch of grabs, decided one after the other: whoever comes first gets the first part that is left.

Pure: what it is given was read under the locks of the envelopes, and what it leaves is written in the same transaction.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from typing import NamedTuple

from liveroom.domain.envelopes.failures import EnvelopeOver
from liveroom.domain.envelopes.model import Envelope, Grab
from liveroom.domain.errors import Failure
from liveroom.domain.ids import TenantName, UserId, ordered_id
from liveroom.domain.ledger.accounts import Account, AccountName
from liveroom.domain.ledger.journals import JournalId, LedgerEntry
from liveroom.domain.ledger.lots import Lot
from liveroom.domain.ledger.wallets import accounts_of
from liveroom.domain.moments import at, moment


@dataclass(frozen=True, slots=True)
class GrabOrder:
    """Somebody who wants a part of an envelope, and was found in its room."""

    envelope: Envelope
    """As it was known before: what changes of it is read under its lock."""
    user: UserId
    name: str
    host: UserId
    """The room's owner."""

    @property
    def account(self) -> AccountName:
        """Return the account that gets the coins."""
        return accounts_of(self.envelope.tenant, self.user).promo

    @property
    def subject(self) -> tuple[str, AccountName]:
        """Return what there is one grab of."""
        return self.envelope.id, self.account


class GrabReceipt(NamedTuple):
    """What somebody has grabbed."""

    grab: Grab
    is_repeated: bool = False
    """By an earlier call."""


GrabDecision = GrabReceipt | Failure


class NewGrab(NamedTuple):
    """A part that this batch has given away."""

    order: GrabOrder
    envelope: Envelope
    """As it is then."""
    grab: Grab


class GrabBatch:
    """Decides orders, and gathers what is to be written."""

    def __init__(
        self,
        envelopes: Mapping[str, Envelope],
        known: Mapping[tuple[str, AccountName], Grab],
        now: datetime,
        lasts: timedelta,
    ) -> None:
        """``known``: what those who ask have grabbed before. ``lasts``: how long the coins do; zero: for ever."""
        self._known = dict(known)
        self._now = at(moment(now))
        self._expires = self._now + lasts if lasts else None
        self._numbers = count()
        self._accounts: dict[AccountName, Account] = {}
        self._entries = defaultdict[TenantName, list[LedgerEntry]](list)
        self._journals: dict[TenantName, JournalId] = {}
        self.envelopes = dict(envelopes)
        self.grabs: list[NewGrab] = []

    def settled(self, order: GrabOrder) -> GrabDecision | None:
        """Return what is decided without any account: a grab before, or that it is over; None: nothing is."""
        if (known := self._known.get(order.subject)) is not None:
            return GrabReceipt(known, is_repeated=True)
        return EnvelopeOver() if self.envelopes[order.envelope.id].is_over(self._now) else None

    def chances(self, waiting: Iterable[GrabOrder]) -> Sequence[bool]:
        """Say of each order whether there is a part for it, if all before it get one."""
        asked, found = Counter[str](), []
        for order in waiting:
            asked[order.envelope.id] += 1
            found.append(asked[order.envelope.id] <= self.envelopes[order.envelope.id].left)
        return found

    def hold(self, accounts: Mapping[AccountName, Account]) -> None:
        """Take accounts that are locked."""
        self._accounts |= {name: one for name, one in accounts.items() if name not in self._accounts}

    def decide(self, order: GrabOrder) -> GrabDecision | None:
        """Give the next part to somebody. None: their account is not held, and there is a part left for them."""
        if (settled := self.settled(order)) is not None or order.account not in self._accounts:
            return settled
        before = self.envelopes[order.envelope.id]
        coins = before.draw.amounts[before.taken]
        try:
            promo, holder = self._accounts[order.account].moved(coins), self._accounts[before.account].moved(-coins)
        except Failure as refusal:
            return refusal
        journal = self._journal(before.tenant)
        grab = Grab(self._id(), before.id, before.taken, promo.id, coins, self._now, self._expires)
        envelope = replace(before, taken=before.taken + 1, taken_coins=before.taken_coins + coins)
        self._accounts |= {order.account: promo, before.account: holder}
        self.envelopes[before.id], self._known[order.subject] = envelope, grab
        self.grabs.append(NewGrab(order, envelope, grab))
        moves = ((holder, -coins), (promo, coins))
        self._entries[before.tenant] += [LedgerEntry(journal, one.id, amount, grab.id) for one, amount in moves]
        return GrabReceipt(grab)

    def journals(self) -> Mapping[TenantName, tuple[JournalId, Sequence[LedgerEntry]]]:
        """Return what moves, by tenant."""
        return {tenant: (id, self._entries[tenant]) for tenant, id in self._journals.items()}

    def changed_envelopes(self) -> Sequence[Envelope]:
        """Return the envelopes of which something was grabbed, as they are then."""
        return [self.envelopes[id] for id in sorted({new.envelope.id for new in self.grabs})]

    def changed_accounts(self) -> Sequence[Account]:
        """Return the accounts that have changed, in the order of their ids."""
        names = {name for new in self.grabs for name in (new.order.account, new.envelope.account)}
        return sorted((self._accounts[name] for name in names), key=lambda account: account.id)

    def lots(self) -> Sequence[Lot]:
        """Return what was grabbed as lots of promotional coins."""
        return [Lot(JournalId(new.grab.id), new.grab.account, new.grab.coins, new.grab.expires) for new in self.grabs]

    def _journal(self, tenant: TenantName) -> JournalId:
        if tenant not in self._journals:
            self._journals[tenant] = JournalId(self._id())
        return self._journals[tenant]

    def _id(self) -> str:
        return ordered_id(moment(self._now), next(self._numbers))
