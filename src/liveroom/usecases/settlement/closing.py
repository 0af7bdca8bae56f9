"""Settling a period, once: statements are computed, their bonuses approved and given, and then they are shown.

It is done some accounts at a time, each part in a transaction that also says how far it has come: after a kill any
process goes on from there, and of two that are at it at once one repeats what the other has done.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from liveroom import faults
from liveroom.domain.errors import BadRequest
from liveroom.domain.events import settlements as settlement_events
from liveroom.domain.events.records import NewEvent
from liveroom.domain.events.wallets import stream_of
from liveroom.domain.ids import TenantName, new_id
from liveroom.domain.ledger.accounts import AccountId, AccountKind, AccountName, Currency
from liveroom.domain.ledger.approvals import Approval, AskedMove
from liveroom.domain.ledger.failures import ApprovalRefused, ApprovalRequired
from liveroom.domain.ledger.journals import (
    JournalId,
    LedgerCommand,
    LedgerEntry,
    LedgerJournal,
    MoveKind,
    digest_of_said,
)
from liveroom.domain.operators.caller import Operator
from liveroom.domain.payloads import wire_time
from liveroom.domain.settlement.failures import PeriodRunning
from liveroom.domain.settlement.model import AccountStatement, Settlement, SettlementState, bonus_key, totals_of
from liveroom.domain.settlement.periods import SettlementPeriod
from liveroom.domain.tenants.model import Tenant
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.ledger.approving import Approvals
from liveroom.usecases.ledger.posting import Ledger
from liveroom.usecases.settlement.computing import compute
from liveroom.usecases.settlement.spans import SettlementSpans

AT_ONCE: Final = 200
"""Accounts of one part."""
_PARTS: Final = 20
"""Of one call, or one run of the job, so that it ends."""
_OPEN: Final = (SettlementState.COUNTING, SettlementState.COUNTED, SettlementState.PAYING)


class SettledPeriod(NamedTuple):
    """How far a settlement has come."""

    settlement: Settlement
    is_repeated: bool = False
    """It was closed by an earlier call."""


@dataclass(frozen=True, slots=True)
class Settlements:
    """Settles periods. Bonuses above the operator's limit raise ``ApprovalRequired``, and wait for somebody else."""

    db: Database
    clock: Clock
    ledger: Ledger
    approvals: Approvals
    recorder: EventRecorder
    spans: SettlementSpans
    at_once: int = AT_ONCE
    parts: int = _PARTS

    async def settle(self, operator: Operator, text: str) -> SettledPeriod:
        """Settle a period, or go on with it; what a call does not finish, the job does.

        Raises ``BadRequest``, also for a period that shares time with another one; ``PeriodRunning``;
        ``ApprovalRequired``; ``ApprovalRefused``: the next call computes it anew, with the rules as they are then.
        """
        tenant, period = operator.tenant.name, await self.spans.read(operator.tenant, text)
        if self.clock.now() < period.settles:
            raise PeriodRunning(wire_time(period.settles))
        begun = await self.db.transact(lambda tx: self._begin(tx, tenant, period, operator.actor))
        if begun.state is SettlementState.CLOSED:
            return SettledPeriod(begun, is_repeated=True)
        settlement = await self._go_on(begun)
        if settlement.state is SettlementState.COUNTED:
            settlement = await self._go_on(await self._approve(settlement, operator.actor))
        return SettledPeriod(settlement)

    async def run(self) -> int:
        """Go on with what was begun, some parts of each; return how many settlements have come further."""
        moved = 0
        for one in await self.db.settlements.open(_OPEN, self.parts):
            after = one
            if one.state is SettlementState.COUNTED and not one.approval:
                after = await self._try_to_approve(one)
            after = await self._go_on(after)
            moved += after != one
        return moved

    async def page(self, tenant: Tenant, *, cursor: str, limit: int) -> tuple[Sequence[Settlement], str]:
        """Return settlements, the latest period first, and the next page's cursor."""
        before = await self.spans.begin_of(tenant, cursor)
        found = await self.db.settlements.page(tenant.name, before, limit + 1)
        return found[:limit], found[limit - 1].period if len(found) > limit else ""

    async def _begin(self, tx: Tx, tenant: TenantName, period: SettlementPeriod, by: str) -> Settlement:
        known = await tx.settlements.get(tenant, period.id)
        if known is not None:
            return known
        other = await tx.settlements.overlapping(tenant, period)
        if other is not None:
            raise BadRequest(f"period: {other.period} was settled, and has some of its time")
        rules, now = await tx.settlements.rules(tenant), self.clock.now()
        begun = Settlement(tenant, period.id, period.begins, period.ends, SettlementState.COUNTING, rules, by, now)
        await tx.settlements.add(begun)
        return await tx.settlements.get(tenant, period.id) or begun

    async def _go_on(self, settlement: Settlement) -> Settlement:
        """Do some parts; return how far it has come."""
        for _ in range(self.parts):
            if settlement.state is SettlementState.COUNTING:
                settlement = await self._count(settlement)
            elif settlement.state is SettlementState.COUNTED and not settlement.bonus:
                settlement = await self._approve(settlement, settlement.made_by)
            elif settlement.state is SettlementState.PAYING:
                settlement = await self._pay(settlement)
            else:
                break
        return settlement

    async def _count(self, settlement: Settlement) -> Settlement:
        part = await compute(self.db, settlement, settlement.after, self.at_once)
        gifts, bonus = totals_of(part.statements)
        is_last = part.number < self.at_once
        counted = replace(
            settlement,
            state=SettlementState.COUNTED if is_last else SettlementState.COUNTING,
            after="" if is_last else part.last,
            statements=settlement.statements + len(part.statements),
            gifts=settlement.gifts + gifts,
            bonus=settlement.bonus + bonus,
        )

        async def work(tx: Tx) -> Settlement:
            current = await _locked(tx, settlement)
            if current != settlement:
                return current
            await tx.settlements.put_statements(part.statements)
            await tx.settlements.put(counted)
            faults.point("settlement.counted")
            return counted

        return await self.db.transact(work)

    async def _try_to_approve(self, settlement: Settlement) -> Settlement:
        """Give the bonuses where one person may; else note that a second one is asked."""
        try:
            return await self._approve(settlement, settlement.made_by)
        except (ApprovalRequired, ApprovalRefused):
            return settlement

    async def _approve(self, settlement: Settlement, by: str) -> Settlement:
        """Go on to the bonuses, if that may be. Raises ``ApprovalRequired``, ``ApprovalRefused``."""

        async def work(tx: Tx) -> Settlement | Approval | ApprovalRefused:
            current = await _locked(tx, settlement)
            if current.state is not SettlementState.COUNTED:
                return current
            try:
                waiting = await self._take(tx, current, by) if current.bonus else None
            except ApprovalRefused as refused:
                await tx.settlements.put(await self._anew(tx, current))
                return refused
            if waiting is not None:
                await tx.settlements.put(replace(current, approval=waiting.id))
                return waiting
            paying = replace(current, state=SettlementState.PAYING, approval="", after="")
            await tx.settlements.put(paying)
            return paying

        done = await self.db.transact(work)
        if isinstance(done, Approval):
            raise ApprovalRequired(done.id)
        if isinstance(done, ApprovalRefused):
            raise done
        return done

    async def _take(self, tx: Tx, settlement: Settlement, by: str) -> Approval | None:
        """Note the bonuses as an operator's act; they may be given where it returns None."""
        key = f"{settlement.period}:{settlement.attempt}"
        digest = digest_of_said(settlement.period, settlement.bonus)
        command = LedgerCommand(settlement.tenant, MoveKind.BONUS, key, digest, by)
        said = AskedMove(currency=Currency.POINT.value, amount=settlement.bonus, expires="", credit_id="")
        words = f"bonuses of {settlement.period}"
        return await self.approvals.take(tx, command, settlement.bonus, target="", words=words, said=said)

    async def _anew(self, tx: Tx, settlement: Settlement) -> Settlement:
        """Return it as it begins once more: the same accounts get statements, written over those that there are."""
        return replace(
            settlement,
            state=SettlementState.COUNTING,
            rules=await tx.settlements.rules(settlement.tenant),
            after="",
            attempt=settlement.attempt + 1,
            approval="",
            statements=0,
            gifts=0,
            bonus=0,
        )

    async def _pay(self, settlement: Settlement) -> Settlement:
        return await self.db.transact(lambda tx: self._pay_part(tx, settlement))

    async def _pay_part(self, tx: Tx, settlement: Settlement) -> Settlement:
        """Give the bonuses of the next statements, and show them."""
        current, now = await _locked(tx, settlement), self.clock.now()
        if current != settlement:
            return current
        found = await tx.settlements.statements(current.tenant, current.period, current.after, self.at_once)
        await self._give(tx, current, found)
        await tx.settlements.put_statements([replace(one, closed=now) for one in found])
        await self._tell(tx, current.tenant, found)
        is_last = len(found) < self.at_once
        after = replace(current, after="" if is_last else found[-1].account)
        if is_last:
            after = replace(after, state=SettlementState.CLOSED, closed=now)
        await tx.settlements.put(after)
        faults.point("settlement.paid")
        return after

    async def _give(self, tx: Tx, settlement: Settlement, statements: Sequence[AccountStatement]) -> None:
        """Write the bonuses: a journal each, by a key that counts once. All of it is dues, as with gifts: so a frozen
        account holds up nobody else, and gets what it has earned.
        """
        given = [(one.account, bonus) for one in statements for bonus in one.given]
        if not given:
            return
        issue = AccountName(settlement.tenant, AccountKind.ISSUE)
        source = (await tx.ledger_accounts.open([issue]))[issue]
        for account, bonus in given:
            entries = self._entries(source, account, bonus.points)
            if await tx.journals.add(self._journal(settlement, entries[0].journal, account, bonus.rule), entries):
                await tx.dues.add(entries)
        self.ledger.moved.set()

    def _entries(self, source: AccountId, account: AccountId, points: int) -> list[LedgerEntry]:
        id = JournalId(new_id(self.clock.now()))
        return [LedgerEntry(id, source, -points), LedgerEntry(id, account, points)]

    def _journal(self, settlement: Settlement, id: JournalId, account: AccountId, rule: str) -> LedgerJournal:
        key = f"{MoveKind.BONUS}:{bonus_key(settlement.period, account, rule)}"
        by, now = settlement.made_by, self.clock.now()
        return LedgerJournal(id, settlement.tenant, MoveKind.BONUS, key, digest_of_said(), by, now)

    async def _tell(self, tx: Tx, tenant: TenantName, statements: Sequence[AccountStatement]) -> None:
        if not self.recorder.is_wanted(tenant, frozenset({settlement_events.ClosedStatement.kind})):
            return
        now, accounts = self.clock.now(), await tx.ledger_accounts.of_ids({one.account for one in statements})
        events: dict[tuple[TenantName, str], Sequence[NewEvent]] = {}
        for one in statements:
            name = accounts[one.account].name
            events[tenant, stream_of(name)] = [settlement_events.closed(one, name.owner, now)]
        await self.recorder.record_many(tx, events)


async def _locked(tx: Tx, settlement: Settlement) -> Settlement:
    """Return it as it is now, and keep others from going on with it."""
    return await tx.settlements.lock(settlement.tenant, settlement.period) or settlement
