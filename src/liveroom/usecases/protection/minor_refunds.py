"""Taking back a minor's period: every gift goes back by the split that was stored with it, then every purchase.

What the operator's own wallet has paid, it is asked to give back, gift by gift, as for a refund of one.

The call says what is to be done, once for each key; a job does it, one gift or purchase in each transaction, together
with the note of how far it is. So a process may die anywhere, and several may work at once: whoever has locked the
note does the next line, the others see that it is done.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, NamedTuple

from liveroom import faults
from liveroom.domain.accounts.users import present
from liveroom.domain.errors import BadRequest, Refused
from liveroom.domain.events import minors as minor_events
from liveroom.domain.events.records import of_user
from liveroom.domain.ids import UserId, first_id, new_id
from liveroom.domain.ledger.accounts import Currency
from liveroom.domain.ledger.approvals import Approval, AskedMove
from liveroom.domain.ledger.failures import AlreadyReversed, ApprovalRequired, KeyReused
from liveroom.domain.ledger.journals import JournalId, LedgerCommand, MoveKind, digest_of_said
from liveroom.domain.ledger.wallets import accounts_of
from liveroom.domain.operators.caller import Operator
from liveroom.domain.payloads import wire_time
from liveroom.domain.protection.minor_refunds import MinorRefund, MinorRefundStep
from liveroom.ports import ChargedGift, Clock, Database, StatementLine, Tx
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.gifts.refunding import GiftRefund, Refunds
from liveroom.usecases.ledger.approving import Approvals
from liveroom.usecases.ledger.credits import Credited, Credits

_AT_ONCE: Final = 50
"""Lines that are read together."""
_ROUNDS: Final = 20
"""How often one run reads more, so that it ends."""
_OPEN: Final = 5
_ORDERS: Final = 1_000
"""How many orders the event names."""
_Line = StatementLine | ChargedGift


class MinorPeriod(NamedTuple):
    """What is to be taken back."""

    user: UserId
    since: datetime
    until: datetime
    """Without this moment."""
    key: str
    reason: str


class AskedRefund(NamedTuple):
    """How far it is."""

    refund: MinorRefund
    is_repeated: bool


@dataclass(frozen=True, slots=True)
class MinorRefunds:
    """Takes periods back. Above the operator's limit it raises ``ApprovalRequired``."""

    db: Database
    clock: Clock
    approvals: Approvals
    refunds: Refunds
    credits: Credits
    recorder: EventRecorder

    async def ask(self, operator: Operator, period: MinorPeriod) -> AskedRefund:
        """Have a period taken back, once for each key, or say how far it is. What was skipped is tried again.

        Raises ``BadRequest`` for a period that ends before it begins or in the future, ``UserNotFound``, ``KeyReused``,
        ``ApprovalRequired``, ``ApprovalRefused``.
        """
        now, tenant = self.clock.now(), operator.tenant.name
        if not period.since < period.until <= now:
            raise BadRequest("untilUtc: must be after sinceUtc, and not in the future")
        said = digest_of_said(period.user, period.since.isoformat(), period.until.isoformat())
        command = LedgerCommand(tenant, MoveKind.MINOR_REFUND, period.key, said, operator.actor)

        async def work(tx: Tx) -> AskedRefund | Approval:
            if (known := await tx.minor_refunds.of_key(tenant, period.key)) is not None:
                return AskedRefund(await self._again(tx, known, command), is_repeated=True)
            present(await tx.users.get(period.user), tenant)
            names = accounts_of(tenant, period.user)
            ids = await tx.ledger_accounts.open([names.coins, names.promo])
            await tx.ledger_accounts.lock(ids.values())
            if (known := await tx.minor_refunds.of_key(tenant, period.key)) is not None:
                return AskedRefund(await self._again(tx, known, command), is_repeated=True)
            refund = MinorRefund(
                id=new_id(now),
                tenant=tenant,
                key=period.key,
                digest=said,
                user=period.user,
                wallet=ids[names.coins],
                promo=ids[names.promo],
                since=period.since,
                until=period.until,
                reason=period.reason,
                by=operator.actor,
                created=now,
            )
            if waiting := await self._approval(tx, command, refund):
                return waiting
            if not await tx.minor_refunds.add(refund):
                raise KeyReused
            return AskedRefund(refund, is_repeated=False)

        asked = await self.db.transact(work)
        if isinstance(asked, Approval):
            raise ApprovalRequired(asked.id)
        return asked

    async def run(self) -> int:
        """Take back what waits, some at a time; return how many lines."""
        return sum([await self._some(refund) for refund in await self.db.minor_refunds.open(_OPEN)])

    async def _again(self, tx: Tx, seen: MinorRefund, command: LedgerCommand) -> MinorRefund:
        """Return what is known of a key, begun anew where something was skipped."""
        if seen.digest != command.digest:
            raise KeyReused
        known = await tx.minor_refunds.lock(seen.id) or seen
        if not (known.is_done and known.skipped):
            return known
        anew = known.again()
        await tx.minor_refunds.put(anew)
        return anew

    async def _approval(self, tx: Tx, command: LedgerCommand, refund: MinorRefund) -> Approval | None:
        since, until = JournalId(first_id(refund.since)), JournalId(first_id(refund.until))
        moved = await tx.journals.moved_between([refund.wallet, refund.promo], since, until)
        gifts, bought = -moved.get(MoveKind.GIFTS, 0), moved.get(MoveKind.PURCHASE, 0)
        gifts += await tx.charges.taken_from(refund.wallet, since, until)
        said = AskedMove(
            currency=Currency.COIN.value,
            amount=gifts - bought,
            expires="",
            credit_id="",
            since_utc=wire_time(refund.since),
            until_utc=wire_time(refund.until),
        )
        return await self.approvals.take(
            tx, command, gifts + bought, target=refund.user, words=refund.reason, said=said
        )

    async def _some(self, refund: MinorRefund) -> int:
        """Go on with one, until it is done, the run has done enough, or another process is at it."""
        done = 0
        for _ in range(_ROUNDS):
            lines, has_more = await self._lines(refund)
            for line in lines:
                refund, is_ours = await self._advance(refund, line)
                if not is_ours:
                    return done
                done += 1
            if has_more:
                continue
            if await self._has_to_wait(refund):
                return done
            refund, is_ours = await self._advance(refund, None)
            if not is_ours or refund.is_done:
                return done
        return done

    async def _lines(self, refund: MinorRefund) -> tuple[Sequence[_Line], bool]:
        """Return the next lines of the step, and whether there may be more behind them."""
        if refund.step is MinorRefundStep.CHARGED:
            since = first_id(refund.since)
            gifts = await self.db.charges.gifts_of(refund.wallet, since, refund.charge_cursor, _AT_ONCE)
            return gifts, bool(gifts)
        lines = await self.db.journals.statement(refund.account, refund.cursor, _AT_ONCE)
        ours = [line for line in lines if refund.reaches(line.journal.id)]
        return ours, len(ours) == _AT_ONCE

    async def _has_to_wait(self, refund: MinorRefund) -> bool:
        """Say whether the operator's wallet is being asked about a gift of the period that may yet be sent."""
        if refund.step is not MinorRefundStep.CHARGED:
            return False
        return await self.db.charges.asked_of(refund.wallet, first_id(refund.since), first_id(refund.until))

    async def _advance(self, seen: MinorRefund, line: _Line | None) -> tuple[MinorRefund, bool]:
        """Take one line back (None: there are no more), and note it; say whether nobody else has done it."""

        battles: set[str] = set()

        async def work(tx: Tx) -> tuple[MinorRefund, bool]:
            battles.clear()
            refund = await tx.minor_refunds.lock(seen.id)
            if refund != seen:
                return refund or seen, False
            if line is None:
                after = refund.next_step(self.clock.now())
                await self._tell(tx, after)
            else:
                after = _behind(await self._take_back(tx, refund, line, battles), line)
            await tx.minor_refunds.put(after)
            faults.point("minors.part")
            return after, True

        done = await self.db.transact(work)
        self.refunds.scoring.counted(battles)
        return done

    async def _take_back(self, tx: Tx, refund: MinorRefund, line: _Line, battles: set[str]) -> MinorRefund:
        """Take a line back, and count it. One that another key has taken back counts for nothing.

        ``battles``: those in which a gift counts no longer are added.
        """
        if isinstance(line, StatementLine) and not refund.concerns(line.journal):
            return refund
        gift = line.gift if isinstance(line, ChargedGift) else line.doc
        try:
            if isinstance(line, StatementLine) and refund.step is MinorRefundStep.PURCHASES:
                return await self._reverse(tx, refund, line)
            found = await self.refunds.refund_in(tx, self._command(refund, MoveKind.REFUND, gift), gift)
        except AlreadyReversed:
            return refund
        except Refused:
            return replace(refund, skipped=refund.skipped + 1)
        if not isinstance(found, GiftRefund) or found.is_repeated:
            return refund
        battles |= {found.battle} - {""}
        return replace(refund, gifts=refund.gifts + 1, coins=refund.coins + found.gift.coins)

    async def _reverse(self, tx: Tx, refund: MinorRefund, line: StatementLine) -> MinorRefund:
        id = line.journal.id
        done = await self.credits.reverse_in(tx, self._command(refund, MoveKind.REVERSAL, id), id)
        if not isinstance(done, Credited) or done.is_repeated:
            return refund
        return replace(refund, purchases=refund.purchases + 1, purchased=refund.purchased + line.amount)

    def _command(self, refund: MinorRefund, kind: MoveKind, id: str) -> LedgerCommand:
        return LedgerCommand(refund.tenant, kind, f"minor:{refund.id}:{id}", digest_of_said(id), refund.by)

    async def _tell(self, tx: Tx, refund: MinorRefund) -> None:
        """Record that it is done, with the orders that were taken back."""
        if not refund.is_done:
            return
        since, until = JournalId(first_id(refund.since)), JournalId(first_id(refund.until))
        bought = await tx.journals.between(refund.wallet, MoveKind.PURCHASE, since, until, _ORDERS)
        event = minor_events.refunded(refund, [journal.given_key for journal in bought])
        await self.recorder.record(tx, refund.tenant, of_user(refund.user), [event])


def _behind(refund: MinorRefund, line: _Line) -> MinorRefund:
    if isinstance(line, ChargedGift):
        return refund.after(line.charge, line.gift)
    return refund.after(line.journal.id, line.n)
