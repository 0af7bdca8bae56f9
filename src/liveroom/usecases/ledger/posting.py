"""Posting: what is moved between accounts is written once for each key, however often and from wherever it is asked.

Accounts of people are locked, in the order of their ids, before the key is looked for: two attempts with one key meet
at the lock, and the second finds what the first has written. Accounts of the house are never locked here, since every
posting moves something there: what they get waits as dues until it is added up (``folding``).
"""

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from liveroom import faults
from liveroom.domain.ids import new_id
from liveroom.domain.ledger.accounts import Account, AccountId, AccountName
from liveroom.domain.ledger.failures import AlreadyReversed, KeyReused
from liveroom.domain.ledger.journals import JournalId, LedgerCommand, LedgerEntry, LedgerJournal, Posting
from liveroom.ports import Clock, Tx


@dataclass(frozen=True, slots=True)
class LockedAccounts:
    """The accounts of a posting: those of people are locked until the transaction ends."""

    ids: Mapping[AccountName, AccountId]
    locked: Mapping[AccountId, Account]

    def __getitem__(self, name: AccountName) -> Account:
        """Return an account of somebody's as it is."""
        return self.locked[self.ids[name]]


@dataclass(frozen=True, slots=True)
class Ledger:
    """Writes journals. Its methods are for transactions: whoever calls one runs it in theirs."""

    clock: Clock
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once something waits to be folded that this process has moved."""

    async def post(self, tx: Tx, posting: Posting) -> LedgerJournal:
        """Write a posting, or return what an earlier call with its key has written.

        Raises ``KeyReused``, ``AlreadyReversed``, ``BalanceTooLow``, ``BalanceTooHigh``, ``AccountFrozen``.
        """
        accounts = await self.lock(tx, {move.account for move in posting.moves})
        return await self.known(tx, posting.command) or await self.write(tx, accounts, posting)

    async def lock(self, tx: Tx, names: Collection[AccountName]) -> LockedAccounts:
        """Return accounts, made where there are none yet, and keep others from changing those of people."""
        ids = await tx.ledger_accounts.open(names)
        return LockedAccounts(ids, await tx.ledger_accounts.lock([id for name, id in ids.items() if name.is_owned]))

    async def known(self, tx: Tx, command: LedgerCommand) -> LedgerJournal | None:
        """Return what an earlier call with this key has written. Raises ``KeyReused`` where it said something else.

        To be asked under the lock of the accounts: before it, another call with the key may be about to commit.
        """
        found = await tx.journals.of_key(command.tenant, command.full_key)
        if found is not None and found.digest != command.digest:
            raise KeyReused
        return found

    async def write(self, tx: Tx, accounts: LockedAccounts, posting: Posting) -> LedgerJournal:
        """Write a posting whose accounts are locked and whose key is not known."""
        back = posting.reverses
        if back is not None and await tx.journals.reversal_of(posting.command.tenant, back) is not None:
            raise AlreadyReversed
        sums = Counter[AccountId]()
        for move in posting.moves:
            sums[accounts.ids[move.account]] += move.amount
        changed = [_moved(accounts.locked[id], sums[id], posting) for id in sums if id in accounts.locked]
        now, said = self.clock.now(), posting.command
        id, key = JournalId(new_id(now)), said.full_key
        journal = LedgerJournal(id, said.tenant, said.kind, key, said.digest, said.by, now, reverses=back)
        entries = [LedgerEntry(id, accounts.ids[move.account], move.amount, move.doc) for move in posting.moves]
        if not await tx.journals.add(journal, entries):
            # The key came with accounts of somebody else a moment before, which were not locked here.
            raise KeyReused if back is None else AlreadyReversed
        await tx.ledger_accounts.put(changed)
        await tx.dues.add([entry for entry in entries if entry.account not in accounts.locked])
        self.moved.set()
        faults.point("ledger.posted")
        return journal


def _moved(account: Account, amount: int, posting: Posting) -> Account:
    move = account.settled if posting.settles else account.moved
    return move(amount, may_owe=posting.may_owe)
