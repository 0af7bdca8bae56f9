"""Payouts: points are held for the operator to pay, and then settled or cancelled, once for each key.

A payout goes by the account of the points, which outlasts its user: what somebody has earned who was deleted since can
still be paid. Points that wait to be added are added first, so that what was earned a moment before counts.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, NamedTuple

from liveroom.domain.accounts.users import present
from liveroom.domain.events import wallets as wallet_events
from liveroom.domain.ids import TenantName, UserId, new_id
from liveroom.domain.ledger.accounts import Account, AccountId, AccountKind, AccountName, AccountState, Currency
from liveroom.domain.ledger.approvals import Approval, AskedMove
from liveroom.domain.ledger.failures import (
    AccountFrozen,
    AccountNotFound,
    AccountOwing,
    ApprovalRequired,
    BalanceTooLow,
    KeyReused,
    PayoutNotFound,
    PayoutOver,
)
from liveroom.domain.ledger.journals import LedgerCommand, Move, MoveKind, Posting, digest_of_said
from liveroom.domain.ledger.payouts import Payout, PayoutState
from liveroom.domain.ledger.wallets import accounts_of
from liveroom.domain.operators.caller import Operator
from liveroom.domain.rooms.paging import cut
from liveroom.ports import Clock, Database, Tx
from liveroom.usecases.events.recorder import EventRecorder
from liveroom.usecases.ledger.approving import Approvals
from liveroom.usecases.ledger.folding import folded
from liveroom.usecases.ledger.posting import Ledger, LockedAccounts
from liveroom.usecases.ledger.wallets import cleared_of
from liveroom.usecases.protection.adults import Adults

_PAID_OUT: Final = (AccountKind.EARNINGS, AccountKind.AGENCY)
_ENDS: Final = {PayoutState.SETTLED: MoveKind.SETTLEMENT, PayoutState.CANCELLED: MoveKind.CANCELLATION}


class PayoutRequest(NamedTuple):
    """What an operator wants to pay out. Whose it is, is said by ``user`` or, where there is none, by ``account``."""

    user: UserId | None
    account: AccountId | None
    points: int
    key: str
    words: str = ""
    """Why, for other operators."""


class ShownPayout(NamedTuple):
    """A payout, and whose it is."""

    payout: Payout
    whose: AccountName
    is_repeated: bool = False
    """An earlier call has done it."""

    @property
    def user(self) -> UserId:
        """Return who is paid: a pseudonym once the user is erased, "" for an agency."""
        return UserId("" if self.agency else self.whose.owner)

    @property
    def agency(self) -> str:
        """Return the agency that is paid; "" for a user."""
        return self.whose.owner if self.whose.kind is AccountKind.AGENCY else ""


@dataclass(frozen=True, slots=True)
class Payouts:
    """Holds, settles and cancels payouts. Above the operator's limit it raises ``ApprovalRequired``."""

    db: Database
    clock: Clock
    ledger: Ledger
    approvals: Approvals
    recorder: EventRecorder
    adults: Adults
    clearing: timedelta
    """How long earnings wait before they may be paid out."""

    async def hold(self, operator: Operator, asked: PayoutRequest) -> ShownPayout:
        """Take points out of what somebody has, to be paid, once for each key.

        Raises ``UserNotFound``, ``AccountNotFound``; ``KeyReused``, ``AccountFrozen``, ``AccountOwing``;
        ``BalanceTooLow`` where fewer have cleared, which then stands for this key for ever; ``NoPayouts`` to whoever is
        not known as an adult; ``ApprovalRequired``, ``ApprovalRefused``.
        """
        tenant = operator.tenant.name

        async def work(tx: Tx) -> ShownPayout | Approval:
            earnings = await _earnings(tx, tenant, asked)
            digest = digest_of_said(earnings.id, asked.points)
            command = LedgerCommand(tenant, MoveKind.PAYOUT, asked.key, digest, operator.actor)
            payable = AccountName(tenant, AccountKind.PAYABLE)
            accounts = await _lock(tx, earnings, also=payable)
            whose = earnings.name
            if (known := await tx.payouts.of_key(tenant, asked.key)) is not None:
                if known.digest != digest:
                    raise KeyReused
                return ShownPayout(known, whose, is_repeated=True)
            # What waits for the account is its own: a gift that was taken back at once leaves nobody owing.
            account = await folded(tx, accounts.locked[earnings.id])
            _check([account, *(one for one in accounts.locked.values() if one.id != account.id)])
            await self._check_adult(tx, whose)
            cleared = await cleared_of(tx, account.id, account.balance, self.clock.now() - self.clearing)
            if asked.points > cleared:
                return ShownPayout(await self._add(tx, command, account, asked.points, refused=cleared), whose)
            said = AskedMove(currency=Currency.POINT.value, amount=-asked.points, expires="", credit_id="")
            waiting = await self.approvals.take(
                tx, command, asked.points, target=whose.owner, words=asked.words, said=said
            )
            if waiting:
                return waiting
            payout = await self._add(tx, command, account, asked.points)
            moves = [Move(account.name, -asked.points, payout.id), Move(payable, asked.points, payout.id)]
            accounts = LockedAccounts(accounts.ids, {**accounts.locked, account.id: account})
            await self.ledger.write(tx, accounts, Posting(command, moves))
            await self._tell(tx, payout, whose)
            return ShownPayout(payout, whose)

        done = await self.db.transact(work)
        if isinstance(done, Approval):
            raise ApprovalRequired(done.id)
        if done.payout.state is PayoutState.REFUSED:
            raise BalanceTooLow(f"{done.payout.cleared}")
        return done

    async def end(self, operator: Operator, key: str, state: PayoutState) -> ShownPayout:
        """Settle a payout, or cancel it. Raises ``PayoutNotFound``, ``PayoutOver``; ``AccountFrozen`` (cancelling)."""
        tenant, kind = operator.tenant.name, _ENDS[state]

        async def work(tx: Tx) -> ShownPayout:
            seen = await tx.payouts.of_key(tenant, key)
            if seen is None or seen.state is PayoutState.REFUSED:
                raise PayoutNotFound
            account = (await tx.ledger_accounts.lock([seen.account]))[seen.account]
            payout = await tx.payouts.of_key(tenant, key) or seen
            if payout.state is state:
                return ShownPayout(payout, account.name, is_repeated=True)
            if payout.is_over:
                raise PayoutOver
            payable, paid = (AccountName(tenant, one) for one in (AccountKind.PAYABLE, AccountKind.PAID))
            ids = {**await tx.ledger_accounts.open([payable, paid]), account.name: account.id}
            to = paid if state is PayoutState.SETTLED else account.name
            moves = [Move(payable, -payout.points, payout.id), Move(to, payout.points, payout.id)]
            command = LedgerCommand(tenant, kind, key, digest_of_said(payout.id), operator.actor)
            journal = await self.ledger.write(tx, LockedAccounts(ids, {account.id: account}), Posting(command, moves))
            ended = replace(payout, state=state, ended=journal.id)
            await tx.payouts.put(ended)
            await self._tell(tx, ended, account.name)
            return ShownPayout(ended, account.name)

        return await self.db.transact(work)

    async def page(
        self, tenant: TenantName, state: PayoutState, *, cursor: str, limit: int
    ) -> tuple[Sequence[ShownPayout], str]:
        """Return payouts of a state, newest first, and the next page's cursor."""
        found, after = cut(await self.db.payouts.page(tenant, state, cursor, limit + 1), limit, lambda one: one.id)
        accounts = await self.db.ledger_accounts.of_ids({payout.account for payout in found})
        return [ShownPayout(one, accounts[one.account].name) for one in found], after

    async def of_user(
        self, tenant: TenantName, user: UserId, *, cursor: str, limit: int
    ) -> tuple[Sequence[Payout], str]:
        """Return a user's payouts, newest first, without those that were refused, and the next page's cursor."""
        name = accounts_of(tenant, user).points
        account = (await self.db.ledger_accounts.find([name])).get(name)
        found = await self.db.payouts.of_account(account.id, cursor, limit + 1) if account else ()
        return cut(found, limit, lambda one: one.id)

    async def _check_adult(self, tx: Tx, whose: AccountName) -> None:
        """Raise ``NoPayouts`` for a user who is not known as an adult; agencies are none of the users."""
        if whose.kind is AccountKind.EARNINGS:
            await self.adults.check_payout(tx, UserId(whose.owner))

    async def _add(
        self, tx: Tx, command: LedgerCommand, account: Account, points: int, *, refused: int | None = None
    ) -> Payout:
        now = self.clock.now()
        payout = Payout(
            id=new_id(now),
            tenant=command.tenant,
            account=account.id,
            key=command.key,
            digest=command.digest,
            points=points,
            state=PayoutState.HELD if refused is None else PayoutState.REFUSED,
            made_by=command.by,
            created=now,
            cleared=refused or 0,
        )
        if not await tx.payouts.add(payout):
            # The key came a moment before with somebody else's account, which was not locked here.
            raise KeyReused
        return payout

    async def _tell(self, tx: Tx, payout: Payout, whose: AccountName) -> None:
        event = wallet_events.of_payout(whose, payout, self.clock.now())
        await self.recorder.record(tx, payout.tenant, wallet_events.stream_of(whose), [event])


async def _earnings(tx: Tx, tenant: TenantName, asked: PayoutRequest) -> Account:
    """Return the account out of which is paid, as it is before it is locked."""
    if asked.account is not None:
        account = (await tx.ledger_accounts.of_ids([asked.account])).get(asked.account)
    else:
        name = accounts_of(tenant, present(await tx.users.get(asked.user or UserId("")), tenant).id).points
        id = (await tx.ledger_accounts.open([name]))[name]
        account = (await tx.ledger_accounts.of_ids([id])).get(id)
    if account is None or account.name.tenant != tenant or account.name.kind not in _PAID_OUT:
        raise AccountNotFound
    return account


async def _lock(tx: Tx, earnings: Account, *, also: AccountName) -> LockedAccounts:
    """Lock the earnings with the other accounts of whoever has them, and one of the house."""
    others = await tx.ledger_accounts.find(accounts_of(also.tenant, UserId(earnings.name.owner)))
    house = await tx.ledger_accounts.open([also])
    ids = {**{name: account.id for name, account in others.items()}, **house, earnings.name: earnings.id}
    return LockedAccounts(ids, await tx.ledger_accounts.lock(list(ids.values())))


def _check(accounts: Collection[Account]) -> None:
    """Raise ``AccountFrozen`` or ``AccountOwing`` where nothing is paid out to somebody with these accounts."""
    if any(account.frozen for account in accounts):
        raise AccountFrozen
    if any(account.state is AccountState.OWING for account in accounts):
        raise AccountOwing
