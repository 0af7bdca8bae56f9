"""Refunds: a gift is taken back, once: the split that was stored with it, the other way round.

Whoever earned points by it may owe them then, and is paid nothing until they are earned again. Promotional coins go
back into the lots that they came from, and expire when those do.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

from liveroom.domain.events import gifts as gift_events
from liveroom.domain.events.records import of_room
from liveroom.domain.gifts.sending import SentGift, SentGiftState
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


@dataclass(frozen=True, slots=True)
class Refunds:
    """Takes gifts back. Above the operator's limit it raises ``ApprovalRequired``."""

    db: Database
    clock: Clock
    ledger: Ledger
    approvals: Approvals
    recorder: EventRecorder

    async def refund(self, operator: Operator, id: str, key: str, words: str) -> GiftRefund:
        """Take a gift back, as it went to one receiver.

        Raises ``JournalNotFound`` for what is no gift of the tenant's that was sent, ``KeyReused``,
        ``AlreadyReversed``, ``AccountFrozen``, ``ApprovalRequired``, ``ApprovalRefused``.
        """
        tenant = operator.tenant.name
        command = LedgerCommand(tenant, MoveKind.REFUND, key, digest_of_said(id), operator.actor)

        async def work(tx: Tx) -> GiftRefund | Approval:
            gift = next(iter(await tx.sent_gifts.some([id])), None)
            if gift is None or gift.tenant != tenant or gift.state is not SentGiftState.SENT:
                raise JournalNotFound
            names = await tx.ledger_accounts.names([gift.sender, gift.receiver])
            wallet, earnings = names[gift.sender], names[gift.receiver]
            posting = Posting(command, _moves(gift, wallet, earnings), reverses=JournalId(gift.id), may_owe=True)
            accounts = await self.ledger.lock(tx, {move.account for move in posting.moves})
            sender, receiver = UserId(wallet.owner), UserId(earnings.owner)
            if (found := await self.ledger.known(tx, command)) is not None:
                return GiftRefund(found, gift, sender, receiver, is_repeated=True)
            if waiting := await self.approvals.take(tx, command, gift.coins, target=sender, words=words):
                return waiting
            journal = await self.ledger.write(tx, accounts, posting)
            await _return_lots(tx, gift)
            event = gift_events.refunded(gift, journal, sender, receiver)
            await self.recorder.record(tx, tenant, of_room(gift.room), [event])
            return GiftRefund(journal, gift, sender, receiver)

        done = await self.db.transact(work)
        if isinstance(done, Approval):
            raise ApprovalRequired(done.id)
        return done


def _moves(gift: SentGift, wallet: AccountName, earnings: AccountName) -> list[Move]:
    """Return what goes back, and from where."""
    tenant, shares = gift.tenant, gift.shares
    house = {kind: AccountName(tenant, kind) for kind in (AccountKind.SALES, AccountKind.ISSUE, AccountKind.PLATFORM)}
    moves = [
        Move(house[AccountKind.SALES], -gift.coins, gift.id),
        Move(wallet, gift.coins - gift.promo, gift.id),
        Move(wallet._replace(kind=AccountKind.PROMO), gift.promo, gift.id),
        Move(house[AccountKind.ISSUE], shares.total, gift.id),
        Move(earnings, -shares.host, gift.id),
        Move(house[AccountKind.PLATFORM], -shares.platform, gift.id),
    ]
    return [move for move in moves if move.amount]


async def _return_lots(tx: Tx, gift: SentGift) -> None:
    """Put promotional coins back where they came from; who has locked their account may."""
    for use in await tx.sent_gifts.uses(gift.id):
        lot = await tx.lots.get(use.lot)
        if lot is not None:
            await tx.lots.put([replace(lot, left=lot.left + use.amount)])
