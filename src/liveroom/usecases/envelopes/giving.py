"""Giving parts away: many grabs in one transaction, decided one after the other under the locks of their envelopes.

The envelopes' rows are locked first, so that of two processes the second sees what the first has given. What somebody
gets is promotional coins: a lot of their own, which may expire.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from liveroom import faults
from liveroom.domain.envelopes.failures import NotEligible
from liveroom.domain.envelopes.grabbing import GrabBatch, GrabDecision, GrabOrder, NewGrab
from liveroom.domain.envelopes.model import Envelope, EnvelopeAudience, Grab
from liveroom.domain.events import envelopes as envelope_events
from liveroom.domain.events.records import NewEvent, of_room
from liveroom.domain.follows.model import Relation
from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.ledger.accounts import AccountName
from liveroom.domain.ledger.journals import LedgerJournal, MoveKind
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.ledger.posting import Ledger

_BY = "envelopes"
_FOLLOWS = (Relation.FOLLOWER, Relation.MUTUAL)


class WaitingGrab(NamedTuple):
    """An order, with what is known about it and never changes."""

    order: GrabOrder
    sender: UserId
    category: str
    """The room's."""


class GivenBatch(NamedTuple):
    """What came of a batch of orders."""

    decisions: Sequence[GrabDecision]
    """One for each order."""
    grabs: Sequence[NewGrab]
    """Those of this batch."""
    final: Sequence[Envelope]
    """Envelopes of which nobody can grab anything any more."""


@dataclass(frozen=True, slots=True)
class Giving:
    """Gives parts away."""

    db: Database
    clock: Clock
    ledger: Ledger
    recorder: EventRecorder
    lasts: timedelta
    """How long the coins can be spent; zero: for ever."""

    async def take(self, asked: Sequence[WaitingGrab]) -> GivenBatch:
        """Decide orders together. Raises ``DatabaseUnavailable``: asked again, the same comes of them."""

        async def work(tx: Tx) -> GivenBatch:
            batch = await self._read(tx, asked)
            decisions = await self._decide(tx, batch, asked)
            await self._write(tx, batch, {one.order.envelope.id: one for one in asked})
            final = [envelope for envelope in batch.envelopes.values() if envelope.is_final]
            return GivenBatch(decisions, batch.grabs, final)

        return await self.db.transact(work)

    async def find(self, envelope: Envelope, account: AccountName) -> Grab | None:
        """Return what somebody has grabbed of an envelope before."""
        found = (await self.db.ledger_accounts.find([account])).get(account)
        return next(iter(await self.db.envelopes.grabs_of([envelope.id], [found.id] if found else [])), None)

    async def _read(self, tx: Tx, asked: Sequence[WaitingGrab]) -> GrabBatch:
        envelopes = await tx.envelopes.lock({one.order.envelope.id for one in asked})
        accounts = await tx.ledger_accounts.find({one.order.account for one in asked})
        names = {account.id: name for name, account in accounts.items()}
        grabs = await tx.envelopes.grabs_of(envelopes, names)
        known = {(grab.envelope, names[grab.account]): grab for grab in grabs}
        return GrabBatch(envelopes, known, self.clock.now(), self.lasts)

    async def _decide(self, tx: Tx, batch: GrabBatch, asked: Sequence[WaitingGrab]) -> Sequence[GrabDecision]:
        """Decide orders. Only for as many as there are parts are accounts made and locked.

        Some of these may be refused, for a frozen account: then it is the next ones' turn.
        """
        decisions = [batch.settled(one.order) for one in asked]
        barred = await _barred(tx, [one for one, decision in zip(asked, decisions, strict=True) if decision is None])
        for number, one in enumerate(asked):
            if decisions[number] is None and one.order.subject in barred:
                decisions[number] = NotEligible(one.order.envelope.audience.value)
        while waiting := [number for number, decision in enumerate(decisions) if decision is None]:
            chances = zip(waiting, batch.chances(asked[number].order for number in waiting), strict=True)
            await self._hold(tx, batch, [asked[number].order for number, has_chance in chances if has_chance])
            passed_over = set[str]()
            for number in waiting:
                order = asked[number].order
                # Nobody overtakes: behind one who waits for the next round, the others wait too.
                if order.envelope.id not in passed_over:
                    decisions[number] = batch.decide(order)
                if decisions[number] is None:
                    passed_over.add(order.envelope.id)
        return [decision for decision in decisions if decision is not None]

    async def _hold(self, tx: Tx, batch: GrabBatch, orders: Sequence[GrabOrder]) -> None:
        names = {name for order in orders for name in (order.account, order.envelope.account)}
        locked = await self.ledger.lock(tx, names)
        batch.hold({name: locked[name] for name in names})

    async def _write(self, tx: Tx, batch: GrabBatch, asked: Mapping[str, WaitingGrab]) -> None:
        if not batch.grabs:
            return
        now = self.clock.now()
        await tx.envelopes.add_grabs([new.grab for new in batch.grabs])
        await tx.envelopes.put(batch.changed_envelopes())
        for tenant, (id, entries) in batch.journals().items():
            await tx.journals.put(LedgerJournal(id, tenant, MoveKind.GRABS, f"grabs:{id}", "", _BY, now), entries)
        await tx.ledger_accounts.put(batch.changed_accounts())
        await tx.lots.add(batch.lots())
        await self.recorder.record_many(tx, _events(batch.grabs, asked))
        faults.point("envelope.grabbed")


async def _barred(tx: Tx, waiting: Collection[WaitingGrab]) -> set[tuple[str, AccountName]]:
    """Return who may not grab: whom the sender has blocked, and of envelopes for followers who is none."""
    barred = set[tuple[str, AccountName]]()
    by_envelope = defaultdict[str, list[WaitingGrab]](list)
    for one in waiting:
        by_envelope[one.order.envelope.id].append(one)
    for some in by_envelope.values():
        order, users = some[0].order, {one.order.user for one in some}
        out = set(await tx.blocks.among(some[0].sender, users)) if some[0].sender else set[UserId]()
        if order.envelope.audience is EnvelopeAudience.FOLLOWERS:
            relations = await tx.follows.relations(order.host, users - {order.host})
            out |= {user for user in users if relations.get(user) not in _FOLLOWS}
        barred |= {one.order.subject for one in some if one.order.user in out}
    return barred


def _events(
    grabs: Sequence[NewGrab], asked: Mapping[str, WaitingGrab]
) -> Mapping[tuple[TenantName, str], Sequence[NewEvent]]:
    found = defaultdict[tuple[TenantName, str], list[NewEvent]](list)
    for order, envelope, grab in grabs:
        about = asked[envelope.id]
        event = envelope_events.grabbed(envelope, about.sender, grab, order.user, about.category)
        found[envelope.tenant, of_room(envelope.room)].append(event)
    return found
