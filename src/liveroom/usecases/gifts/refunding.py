"""Refunds: a gift is taken back, once: the split that was stored with it, the other way round.

Whoever earned points by it may owe them then, and is paid nothing until they are earned again. Promotional coins go
back into the lots that they came from, and expire when those do. What the operator's own wallet has paid, it
is asked to give back.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

from liveroom.domain.battles.counting import BattleKey, CountedGift
from liveroom.domain.events import gifts as gift_events
from liveroom.domain.events.records import of_room
from liveroom.domain.gifts.charges import Charge, ChargeState
from liveroom.domain.gifts.ranking import UnrankedGifts
from liveroom.domain.gifts.sending import NO_AGENCY, SentGift, SentGiftState
from liveroom.domain.ids import UserId
from liveroom.domain.ledger.accounts import AccountKind, AccountName
from liveroom.domain.ledger.approvals import Approval
from liveroom.domain.ledger.failures import ApprovalRequired, JournalNotFound
from liveroom.domain.ledger.journals import (
    JournalId,
    LedgerCommand,
    LedgerJournal,
    Move,
    MoveKind,
    Posting,
    digest_of_said,
)
from liveroom.domain.operators.caller import Operator
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.battles.scoring import BattleScoring
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.ledger.approving import Approvals
from liveroom.usecases.ledger.posting import Ledger


class GiftRefund(NamedTuple):
    """What came of a refund."""

    journal: LedgerJournal
    gift: SentGift
    sender: UserId
    receiver: UserId
    is_repeated: bool = False
    """An earlier call with this key has done it."""
    battle: str = ""
    """The running battle in which it counts no longer."""


AskFirst = Callable[[Tx, SentGift, UserId], Awaitable[Approval | None]]
"""Is given a gift and its sender; returns the approval that taking it back has to wait for, if any."""


@dataclass(frozen=True, slots=True)
class Refunds:
    """Takes gifts back. Above the operator's limit it raises ``ApprovalRequired``."""

    db: Database
    clock: Clock
    ledger: Ledger
    approvals: Approvals
    recorder: EventRecorder
    scoring: BattleScoring

    async def refund(self, operator: Operator, id: str, key: str, words: str) -> GiftRefund:
        """Take a gift back, as it went to one receiver.

        Raises ``JournalNotFound`` for what is no gift of the tenant's that was sent, ``KeyReused``,
        ``AlreadyReversed``, ``AccountFrozen``, ``ApprovalRequired``, ``ApprovalRefused``.
        """
        command = LedgerCommand(operator.tenant.name, MoveKind.REFUND, key, digest_of_said(id), operator.actor)

        async def approve(tx: Tx, gift: SentGift, sender: UserId) -> Approval | None:
            return await self.approvals.take(tx, command, gift.coins, target=sender, words=words)

        done = await self.db.transact(lambda tx: self.refund_in(tx, command, id, approve))
        if isinstance(done, Approval):
            raise ApprovalRequired(done.id)
        if done.battle:
            self.scoring.counted([done.battle])
        return done

    async def refund_in(
        self, tx: Tx, command: LedgerCommand, id: str, approve: AskFirst | None = None
    ) -> GiftRefund | Approval:
        """Do the same within a transaction; return the approval that it has to wait for, if ``approve`` has one.

        Where it raises a ``Refused``, it has written nothing. Once it is committed, the score has to be told
        (``scoring``) where the gift counted in a running battle.
        """
        gift = next(iter(await tx.sent_gifts.some([id])), None)
        if gift is None or gift.tenant != command.tenant or gift.state is not SentGiftState.SENT:
            raise JournalNotFound
        names = await tx.ledger_accounts.names({gift.sender, gift.receiver, gift.agency} - {NO_AGENCY})
        wallet, earnings = names[gift.sender], names[gift.receiver]
        charge = (await tx.charges.of_attempts([gift.attempt])).get(gift.attempt)
        moves = _moves(gift, wallet, earnings, names.get(gift.agency), is_charged=charge is not None)
        posting = Posting(command, moves, reverses=JournalId(gift.id), may_owe=True)
        accounts = await self.ledger.lock(tx, {move.account for move in posting.moves})
        sender, receiver = UserId(wallet.owner), UserId(earnings.owner)
        if (found := await self.ledger.known(tx, command)) is not None:
            return GiftRefund(found, gift, sender, receiver, is_repeated=True)
        if approve is not None and (waiting := await approve(tx, gift, sender)):
            return waiting
        journal = await self.ledger.write(tx, accounts, posting)
        await _return_lots(tx, gift)
        await tx.gift_ranks.wait([UnrankedGifts(journal.id, gift.id, gift.id, 1, is_refund=True)])
        counted = await _count_less(tx, gift, journal.id)
        if charge is not None:
            await tx.charges.add([_returned(gift, charge, journal)])
        event = gift_events.refunded(gift, journal, sender, receiver)
        await self.recorder.record(tx, command.tenant, of_room(gift.room), [event])
        return GiftRefund(journal, gift, sender, receiver, battle=counted)


def _returned(gift: SentGift, charge: Charge, refund: LedgerJournal) -> Charge:
    """Return the coins of a gift that the operator's wallet is to give back."""
    return replace(
        charge,
        id=refund.id,
        attempt=gift.id,
        count=gift.count,
        coins=gift.coins,
        state=ChargeState.RETURNING,
        created=refund.created,
        due=refund.created,
        charge=charge.id,
        receipt="",
    )


def _moves(
    gift: SentGift, wallet: AccountName, earnings: AccountName, agency: AccountName | None, *, is_charged: bool
) -> list[Move]:
    """Return what goes back, and from where."""
    tenant, shares = gift.tenant, gift.shares
    house = {kind: AccountName(tenant, kind) for kind in (AccountKind.SALES, AccountKind.ISSUE, AccountKind.PLATFORM)}
    payer = AccountName(tenant, AccountKind.EXTERNAL) if is_charged else wallet
    moves = [
        Move(house[AccountKind.SALES], -gift.coins, gift.id),
        Move(payer, gift.coins - gift.promo, gift.id),
        Move(wallet._replace(kind=AccountKind.PROMO), gift.promo, gift.id),
        Move(house[AccountKind.ISSUE], shares.total, gift.id),
        Move(earnings, -shares.host, gift.id),
        Move(house[AccountKind.PLATFORM], -shares.platform, gift.id),
    ]
    if agency is not None:
        moves.append(Move(agency, -shares.agency, gift.id))
    return [move for move in moves if move.amount]


async def _count_less(tx: Tx, gift: SentGift, journal: str) -> str:
    """Count a gift no longer in the battle in which it was sent, unless that is decided; return which ("": none)."""
    room = await tx.rooms.get(gift.room)
    battle = None if room is None else room.options.battle
    if battle is None or not battle.is_running:
        return ""
    key = BattleKey(battle.id, gift.room)
    score = await tx.battle_scores.of_gift(key, gift.id)
    if not score or key not in await tx.battle_scores.share([key]):
        return ""
    await tx.battle_scores.add([CountedGift(key, journal, -score)])
    return battle.id


async def _return_lots(tx: Tx, gift: SentGift) -> None:
    """Put promotional coins back where they came from; who has locked their account may."""
    for use in await tx.sent_gifts.uses(gift.id):
        lot = await tx.lots.get(use.lot)
        if lot is not None:
            await tx.lots.put([replace(lot, left=lot.left + use.amount)])
