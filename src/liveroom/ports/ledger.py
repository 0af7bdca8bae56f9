"""The SQL seams of the ledger. Methods that lock are for transactions; what they lock stands until the end of it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from liveroom.domain.ids import TenantName
from liveroom.domain.ledger.accounts import Account, AccountId, AccountName
from liveroom.domain.ledger.approvals import Approval, ApprovalState
from liveroom.domain.ledger.journals import JournalId, LedgerEntry, LedgerJournal, MoveKind
from liveroom.domain.ledger.lots import Lot
from liveroom.domain.ledger.payouts import Payout, PayoutState
from liveroom.domain.protection.minor_refunds import MinorRefund


class Due(NamedTuple):
    """An amount that is not yet in an account's balance."""

    n: int
    account: AccountId
    amount: int


class HeldBalance(NamedTuple):
    """An account, and what is not yet in its balance."""

    account: Account
    waiting: int

    @property
    def total(self) -> int:
        return self.account.balance + self.waiting


class StatementLine(NamedTuple):
    """An entry of an account, with its journal."""

    n: int
    """With the journal it is the cursor of a page."""
    amount: int
    doc: str
    journal: LedgerJournal


class AccountRows(Protocol):
    """Accounts. Their names lead to ids that never change."""

    async def open(self, names: Collection[AccountName]) -> Mapping[AccountName, AccountId]:
        """Return the accounts of these names; those that there are not yet are made, without anything in them."""

    async def find(self, names: Collection[AccountName]) -> Mapping[AccountName, Account]:
        """Return those that there are."""

    async def of_ids(self, ids: Collection[AccountId]) -> Mapping[AccountId, Account]: ...
    async def holdings(self, names: Collection[AccountName]) -> Mapping[AccountName, HeldBalance]:
        """Return them with what waits for each, as both were at one moment."""

    async def names(self, ids: Collection[AccountId]) -> Mapping[AccountId, AccountName]:
        """Return whose accounts these are."""

    async def lock(self, ids: Collection[AccountId]) -> Mapping[AccountId, Account]:
        """Return accounts and keep others from changing them, in the order of their ids: so no two wait in a ring."""

    async def put(self, accounts: Collection[Account]) -> None:
        """Write locked accounts as they are given: balances are absolute."""

    async def closing(self, now: datetime, limit: int) -> Sequence[AccountId]:
        """Return accounts of deleted users whose time is over, some at a time."""

    async def freeze(self, ids: Collection[AccountId], *, frozen: bool) -> None: ...


class JournalRows(Protocol):
    """Journals and their entries, which are only ever added."""

    async def of_key(self, tenant: TenantName, key: str) -> LedgerJournal | None: ...
    async def get(self, id: JournalId) -> LedgerJournal | None: ...
    async def reversal_of(self, tenant: TenantName, reverses: str) -> LedgerJournal | None: ...
    async def add(self, journal: LedgerJournal, entries: Sequence[LedgerEntry]) -> bool:
        """Write a journal; return False, and write nothing, where its key was used or it was reversed already."""

    async def put(self, journal: LedgerJournal, entries: Sequence[LedgerEntry]) -> None:
        """Write a journal whose key is its own new id, so that nobody can have used it."""

    async def entries(self, journal: JournalId) -> Sequence[tuple[AccountName, int]]:
        """Return what a journal moved."""

    async def statement(
        self, account: AccountId, before: tuple[JournalId, int] | None, limit: int
    ) -> Sequence[StatementLine]:
        """Return entries of an account, the newest first; ``before``: those behind that line."""

    async def moved_between(
        self, accounts: Collection[AccountId], since: JournalId, until: JournalId
    ) -> Mapping[MoveKind, int]:
        """Return the sums of what moved in accounts from one journal on and before another, by why."""

    async def between(
        self, account: AccountId, kind: MoveKind, since: JournalId, until: JournalId, limit: int
    ) -> Sequence[LedgerJournal]:
        """Return journals of a kind that moved something in an account, the newest first, in the same span."""

    async def earned_since(self, account: AccountId, since: JournalId) -> int:
        """Return the sum of what an account got (not of what it gave) by that journal and later ones."""


class DueRows(Protocol):
    """What waits to be added to balances."""

    async def add(self, dues: Sequence[LedgerEntry]) -> None: ...
    async def first(self, limit: int) -> Sequence[Due]: ...
    async def of(self, account: AccountId) -> Sequence[Due]:
        """Return all that waits for one account."""

    async def drop(self, dues: Sequence[int]) -> int:
        """Drop these; return how many of them there were."""

    async def oldest(self) -> JournalId | None:
        """Return the journal of the oldest that waits."""


class ApprovalRows(Protocol):
    """What operators do with money, and want to do."""

    async def put(self, approval: Approval) -> None: ...
    async def of_key(self, tenant: TenantName, key: str) -> Approval | None: ...
    async def lock(self, id: str) -> Approval | None: ...
    async def page(self, tenant: TenantName, state: ApprovalState, before: str, limit: int) -> Sequence[Approval]:
        """Return those of a state, the newest first."""

    async def done_by(self, tenant: TenantName, actor: str, kinds: Sequence[MoveKind], since: datetime) -> int:
        """Return how much an operator has done alone since then."""

    async def done_for(self, tenant: TenantName, target: str, kinds: Sequence[MoveKind], since: datetime) -> int:
        """Return how much was done for a user since then, by one person each."""


class PayoutRows(Protocol):
    """Payouts; whoever changes one has locked its account."""

    async def add(self, payout: Payout) -> bool:
        """Write a new one; return False, and write nothing, where its key was used."""

    async def put(self, payout: Payout) -> None: ...
    async def of_key(self, tenant: TenantName, key: str) -> Payout | None: ...
    async def page(self, tenant: TenantName, state: PayoutState, before: str, limit: int) -> Sequence[Payout]:
        """Return those of a state, the newest first."""

    async def of_account(self, account: AccountId, before: str, limit: int) -> Sequence[Payout]:
        """Return those of an account that were not refused, the newest first."""

    async def held_before(self, before: datetime, limit: int) -> Sequence[Payout]:
        """Return payouts that have been held since before that time."""

    async def returned_since(self, account: AccountId, since: JournalId) -> int:
        """Return how many points came back to an account by payouts that were cancelled by that journal or later."""


class MinorRefundRows(Protocol):
    """Periods of minors that are taken back."""

    async def add(self, refund: MinorRefund) -> bool:
        """Write a new one; return False, and write nothing, where its key was used."""

    async def put(self, refund: MinorRefund) -> None: ...
    async def of_key(self, tenant: TenantName, key: str) -> MinorRefund | None: ...
    async def lock(self, id: str) -> MinorRefund | None: ...
    async def open(self, limit: int) -> Sequence[MinorRefund]:
        """Return those that are not done yet, the oldest first."""


class LotRows(Protocol):
    """Lots of granted coins; whoever changes one has locked its account."""

    async def add(self, lots: Sequence[Lot]) -> None: ...
    async def get(self, journal: JournalId) -> Lot | None: ...
    async def of(self, accounts: Collection[AccountId]) -> Sequence[Lot]:
        """Return the lots of accounts of which something is left."""

    async def put(self, lots: Sequence[Lot]) -> None:
        """Write how much is left of each."""

    async def expired(self, now: datetime, limit: int) -> Sequence[Lot]:
        """Return lots that are over and of which something is left."""
