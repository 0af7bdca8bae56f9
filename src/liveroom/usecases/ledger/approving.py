"""Two persons for what is above the limit: who asks for it, and another who approves it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from liveroom.domain.ids import TenantName, new_id
from liveroom.domain.ledger.accounts import AccountKind, AccountName
from liveroom.domain.ledger.approvals import ADDED_UP, NOTHING_SAID, Approval, ApprovalLimits, ApprovalState, AskedMove
from liveroom.domain.ledger.failures import ApprovalNotFound, ApprovalRefused, KeyReused, OwnApproval
from liveroom.domain.ledger.journals import LedgerCommand, MoveKind
from liveroom.domain.operators.caller import Operator
from liveroom.domain.rooms.paging import cut
from liveroom.ports import Clock, Database, Tx


@dataclass(frozen=True, slots=True)
class Approvals:
    """Asks for approvals, and takes decisions."""

    db: Database
    clock: Clock
    limits: ApprovalLimits

    async def take(
        self,
        tx: Tx,
        command: LedgerCommand,
        amount: int,
        *,
        target: str,
        words: str = "",
        said: AskedMove = NOTHING_SAID,
    ) -> Approval | None:
        """Note an operator's act. Return None where it may be done now, else the request that waits for an approval.

        For transactions that have locked their accounts. Acts of operators in one tenant add up one after the other:
        they lock its account of grants, whatever they are about. What was bought adds up under the lock of its wallet.
        Raises ``KeyReused``; ``ApprovalRefused`` where this key was refused, or has waited for too long.
        """
        if command.kind is not MoveKind.PURCHASE:
            common = await tx.ledger_accounts.open([AccountName(command.tenant, AccountKind.GRANTS)])
            await tx.ledger_accounts.lock(list(common.values()))
        now = self.clock.now()
        known = await tx.approvals.of_key(command.tenant, command.full_key)
        approval = known or _asked(command, amount, target, words, said, now)
        if approval.digest != command.digest:
            raise KeyReused
        if not approval.covers(now):
            if known is not None and not known.is_open(now):
                raise ApprovalRefused
            if await self._is_above(tx, approval):
                await tx.approvals.put(approval)
                return approval
        await tx.approvals.put(replace(approval, state=ApprovalState.DONE, at=now))
        return None

    async def page(
        self, tenant: TenantName, state: ApprovalState, *, cursor: str, limit: int
    ) -> tuple[Sequence[Approval], str]:
        """Return what operators do with money by how far it has come, newest first, and the next page's cursor."""
        found = await self.db.approvals.page(tenant, state, cursor, limit + 1)
        return cut(found, limit, lambda approval: approval.id)

    async def decide(self, operator: Operator, id: str, *, approve: bool) -> Approval:
        """Approve what another operator asks for, or refuse it.

        Raises ``ApprovalNotFound``; ``OwnApproval`` for the one who asks.
        """

        async def work(tx: Tx) -> Approval:
            now, approval = self.clock.now(), await tx.approvals.lock(id)
            if approval is None or approval.tenant != operator.tenant.name or not approval.is_open(now):
                raise ApprovalNotFound
            if approval.made_by == operator.actor:
                raise OwnApproval
            state = ApprovalState.APPROVED if approve else ApprovalState.REFUSED
            decided = replace(approval, state=state, decided_by=operator.actor, decided=now)
            await tx.approvals.put(decided)
            return decided

        return await self.db.transact(work)

    async def _is_above(self, tx: Tx, approval: Approval) -> bool:
        limit = self.limits.of(approval.kind)
        if not limit:
            return False
        rows, tenant, since = tx.approvals, approval.tenant, self.clock.now() - ADDED_UP
        done = await rows.done_for(tenant, approval.target, self.limits.added_up_for_one(approval.kind), since)
        if approval.kind is not MoveKind.PURCHASE:
            by = await rows.done_by(tenant, approval.made_by, self.limits.added_up(approval.kind), since)
            done = max(done, by)
        return done + approval.amount > limit


def _asked(command: LedgerCommand, amount: int, target: str, words: str, said: AskedMove, now: datetime) -> Approval:
    return Approval(
        id=new_id(now),
        tenant=command.tenant,
        kind=command.kind,
        key=command.full_key,
        digest=command.digest,
        amount=amount,
        target=target,
        words=words,
        made_by=command.by,
        at=now,
        state=ApprovalState.ASKED,
        said=said,
    )
