"""Credits: what the operator puts into a user's account, and takes back.

Bought coins come from the operator's server, with the store's order for a key, so that an order counts once whoever
sends it how often. Granted coins are promotional: they earn their receiver nothing, and may expire.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, NamedTuple

from liveroom.domain.accounts.users import User, present
from liveroom.domain.errors import BadRequest, NotOffered
from liveroom.domain.events import wallets as wallet_events
from liveroom.domain.ids import TenantName, UserId
from liveroom.domain.ledger.accounts import AccountKind, AccountName, Currency
from liveroom.domain.ledger.approvals import Approval, AskedMove
from liveroom.domain.ledger.failures import ApprovalRequired, BalanceTooLow, JournalNotFound
from liveroom.domain.ledger.journals import (
    JournalId,
    LedgerCommand,
    LedgerJournal,
    Move,
    MoveKind,
    Posting,
    digest_of_said,
)
from liveroom.domain.ledger.lots import Lot
from liveroom.domain.operators.caller import Operator
from liveroom.domain.payloads import time_or_empty
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.ledger.approving import Approvals
from liveroom.usecases.ledger.posting import Ledger, LockedAccounts

CREDITED: Final = (MoveKind.PURCHASE, MoveKind.GRANT, MoveKind.ADJUST)
"""The kinds of credits."""
_ACCOUNTS: Final = {
    (MoveKind.PURCHASE, Currency.COIN): (AccountKind.FLOAT, AccountKind.WALLET),
    (MoveKind.GRANT, Currency.COIN): (AccountKind.GRANTS, AccountKind.PROMO),
    (MoveKind.ADJUST, Currency.COIN): (AccountKind.FLOAT, AccountKind.WALLET),
    (MoveKind.ADJUST, Currency.POINT): (AccountKind.ISSUE, AccountKind.EARNINGS),
}
"""From where and to where a credit goes."""


class Credit(NamedTuple):
    """What an operator puts into an account."""

    user: UserId
    kind: MoveKind
    currency: Currency
    amount: int
    """Only ``ADJUST`` has negative ones."""
    key: str
    expires: datetime | None = None
    """Of a grant."""
    words: str = ""
    """Why, for other operators."""

    def read(self, now: datetime) -> "Credit":
        """Return it as it may be carried out. Raises ``BadRequest``."""
        if (self.kind, self.currency) not in _ACCOUNTS:
            raise BadRequest("currency: points are only adjusted; coins are bought, granted or adjusted")
        if self.amount == 0 or (self.amount < 0 and self.kind is not MoveKind.ADJUST):
            raise BadRequest("amount: must not be 0, and below 0 only with kind adjust")
        if self.expires is not None and (self.kind is not MoveKind.GRANT or self.expires <= now):
            raise BadRequest("expires: must be in the future, and only granted coins expire")
        return self

    def accounts(self, tenant: TenantName) -> tuple[AccountName, AccountName]:
        """Return from where and to where it goes."""
        source, account = _ACCOUNTS[self.kind, self.currency]
        return AccountName(tenant, source), AccountName(tenant, account, self.user)

    def command(self, tenant: TenantName, by: str) -> LedgerCommand:
        """Return it as what somebody has said."""
        expires = None if self.expires is None else self.expires.isoformat()
        digest = digest_of_said(self.user, self.currency, self.amount, expires)
        return LedgerCommand(tenant, self.kind, self.key, digest, by)

    @property
    def said(self) -> AskedMove:
        """Return what of it whoever approves it gets to see, and what repeats it."""
        expires = time_or_empty(self.expires)
        return AskedMove(currency=self.currency.value, amount=self.amount, expires=expires, credit_id="")


class Credited(NamedTuple):
    """What came of a credit, or of taking one back."""

    journal: LedgerJournal
    user: UserId
    is_repeated: bool
    """An earlier call with this key has done it."""


AskFirst = Callable[[Tx, Posting, AskedMove, UserId], Awaitable[Approval | None]]
"""Is given what is to be taken back, and from whom; returns the approval that it has to wait for, if any."""


@dataclass(frozen=True, slots=True)
class Credits:
    """Credits accounts. What is above the operator's limit raises ``ApprovalRequired`` and waits for somebody else."""

    db: Database
    clock: Clock
    ledger: Ledger
    approvals: Approvals
    recorder: EventRecorder
    keeps_coins: bool = True
    """False: the operator's own wallet does, and no coins are put into those here."""

    async def credit(self, operator: Operator, asked: Credit) -> Credited:
        """Put something into a user's account, once for each key.

        Raises ``BadRequest``, ``UserNotFound``, ``KeyReused``, ``BalanceTooLow`` (adjusting downwards),
        ``BalanceTooHigh``, ``AccountFrozen``, ``ApprovalRequired``, ``ApprovalRefused``; ``NotOffered`` for coins that
        the operator's own wallet keeps.
        """
        if asked.currency is Currency.COIN and asked.amount > 0 and not self.keeps_coins:
            raise NotOffered
        credit, tenant = asked.read(self.clock.now()), operator.tenant.name
        command, (source, account) = asked.command(tenant, operator.actor), asked.accounts(tenant)
        posting = Posting(command, [Move(source, -credit.amount), Move(account, credit.amount)])

        async def work(tx: Tx) -> Credited | Approval:
            user = present(await tx.users.get(credit.user), tenant)
            accounts = await self.ledger.lock(tx, [source, account])
            if (found := await self.ledger.known(tx, command)) is not None:
                return Credited(found, user.id, True)
            if waiting := await self._approval(tx, posting, credit.said, user.id, credit.words):
                return waiting
            return Credited(await self.write(tx, accounts, posting, credit, user), user.id, False)

        return _unless_waiting(await self.db.transact(work))

    async def reverse(self, operator: Operator, id: JournalId, key: str, words: str) -> Credited:
        """Take a credit back, once: all of it, also where the account goes below zero; of a grant what is left.

        Raises ``JournalNotFound`` for what is no credit of the tenant's, and what ``credit`` raises: ``BalanceTooLow``
        for a grant of which nothing is left; ``AlreadyReversed`` where another key has taken it back.
        """
        command = LedgerCommand(operator.tenant.name, MoveKind.REVERSAL, key, digest_of_said(id), operator.actor)

        async def approve(tx: Tx, posting: Posting, said: AskedMove, user: UserId) -> Approval | None:
            return await self._approval(tx, posting, said, user, words)

        return _unless_waiting(await self.db.transact(lambda tx: self.reverse_in(tx, command, id, approve)))

    async def reverse_in(
        self,
        tx: Tx,
        command: LedgerCommand,
        id: JournalId,
        approve: AskFirst | None = None,
        *,
        settles: bool = False,
    ) -> Credited | Approval:
        """Do the same within a transaction; return the approval that it has to wait for, if ``approve`` has one.

        ``settles``: it was decided elsewhere, and a frozen account is no reason not to do it.
        """
        credit = await tx.journals.get(id)
        if credit is None or credit.tenant != command.tenant or credit.kind not in CREDITED:
            raise JournalNotFound
        (source, given), (account, _) = sorted(await tx.journals.entries(id), key=lambda one: one[0].is_owned)
        accounts = await self.ledger.lock(tx, [source, account])
        user = UserId(account.owner)
        if (found := await self.ledger.known(tx, command)) is not None:
            return Credited(found, user, True)
        lot = await tx.lots.get(id)
        amount = -given if lot is None else lot.left
        if amount == 0:
            raise BalanceTooLow("0")
        moves = [Move(source, amount), Move(account, -amount)]
        posting = Posting(command, moves, reverses=id, may_owe=True, settles=settles)
        said = AskedMove(currency=account.currency.value, amount=-amount, expires="", credit_id=id)
        if approve is not None and (waiting := await approve(tx, posting, said, user)):
            return waiting
        if lot is not None:
            await tx.lots.put([replace(lot, left=0)])
        journal = await self.ledger.write(tx, accounts, posting)
        await self._tell_reversed(tx, journal, credit, account, -amount)
        return Credited(journal, user, False)

    async def credit_in(self, tx: Tx, user: User, credit: Credit, by: str, *, settles: bool = False) -> Credited:
        """Credit within a transaction what somebody else than an operator vouches for, once for each key.

        No limit of an operator's holds. ``settles``: also where the account is frozen.
        """
        source, account = credit.accounts(user.tenant)
        moves = [Move(source, -credit.amount), Move(account, credit.amount)]
        posting = Posting(credit.command(user.tenant, by), moves, settles=settles)
        accounts = await self.ledger.lock(tx, [source, account])
        if (found := await self.ledger.known(tx, posting.command)) is not None:
            return Credited(found, user.id, True)
        return Credited(await self.write(tx, accounts, posting, credit, user), user.id, False)

    async def write(
        self, tx: Tx, accounts: LockedAccounts, posting: Posting, credit: Credit, user: User
    ) -> LedgerJournal:
        """Write a credit whose accounts are locked and whose key is not known; webhooks are told."""
        journal = await self.ledger.write(tx, accounts, posting)
        if credit.kind is MoveKind.GRANT:
            account = accounts.ids[credit.accounts(journal.tenant)[1]]
            await tx.lots.add([Lot(journal.id, account, credit.amount, credit.expires)])
        event = wallet_events.credited(user.id, journal, credit.currency, credit.amount)
        await self.recorder.record_for_user(tx, user, event)
        return journal

    async def _approval(self, tx: Tx, posting: Posting, said: AskedMove, user: UserId, words: str) -> Approval | None:
        return await self.approvals.take(tx, posting.command, abs(said.amount), target=user, words=words, said=said)

    async def _tell_reversed(
        self, tx: Tx, journal: LedgerJournal, credit: LedgerJournal, account: AccountName, amount: int
    ) -> None:
        user = await tx.users.get(UserId(account.owner))
        if user is None or user.deleted is not None:
            return
        event = wallet_events.reversed_credit(user.id, journal, credit, account.currency, amount)
        await self.recorder.record_for_user(tx, user, event)


def _unless_waiting(outcome: Credited | Approval) -> Credited:
    if isinstance(outcome, Approval):
        raise ApprovalRequired(outcome.id)
    return outcome
