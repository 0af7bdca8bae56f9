"""The SQL seams of the ledger's audit: sums over what was moved, how far it has come, and what it has found."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple, Protocol

from liveroom.domain.ids import TenantName
from liveroom.domain.ledger.accounts import Account, AccountId, AccountKind, Currency
from liveroom.domain.ledger.differences import LedgerDifference, OpenDifference
from liveroom.domain.ledger.journals import JournalId, LedgerJournal
from liveroom.domain.ledger.seals import Seal, SealedEntry
from liveroom.ports.ledger import Due


class EntrySum(NamedTuple):
    """What some entries of an account add up to, and how many they are."""

    amount: int
    number: int


class JournalSum(NamedTuple):
    """What the entries of a journal add up to in a currency."""

    journal: JournalId
    tenant: TenantName
    currency: Currency
    amount: int


class Checkpoint(NamedTuple):
    """What an account's entries of all journals before one add up to. A journal that comes late is not in it."""

    account: AccountId
    until: JournalId
    amount: int


class LedgerAuditRows(Protocol):
    """Reads that compare. ``begin`` is in a span of journals, ``end`` is not."""

    async def next_journal(self, begin: JournalId) -> JournalId | None:
        """Return the first journal with entries from that one on."""

    async def nth_journal(self, begin: JournalId, number: int) -> JournalId | None:
        """Return the journal of the entry so many behind that."""

    async def unbalanced(self, begin: JournalId, end: JournalId) -> Sequence[JournalSum]:
        """Return journals that do not add up to nothing."""

    async def touched(self, begin: JournalId, end: JournalId) -> Sequence[AccountId]:
        """Return accounts in which these journals have moved something."""

    async def sums(self, accounts: Collection[AccountId], begin: JournalId) -> Mapping[AccountId, EntrySum]:
        """Return the sums of accounts' entries of a journal and later ones."""

    async def waiting(self, accounts: Collection[AccountId]) -> Mapping[AccountId, int]:
        """Return what waits to be added to accounts."""

    async def left(self, accounts: Collection[AccountId]) -> Mapping[AccountId, int]:
        """Return what is left of the grants of accounts."""

    async def total(self, tenant: TenantName, kind: AccountKind) -> int:
        """Return the sum of all balances of a kind."""

    async def dues(self, after: int, limit: int) -> Sequence[Due]:
        """Return what waits to be added, in the order of its numbers."""

    async def accounts(self, after: str, limit: int) -> Sequence[Account]:
        """Return accounts in the order of their ids."""

    async def journals(self, begin: JournalId, end: JournalId, limit: int) -> Sequence[LedgerJournal]:
        """Return journals in the order of their ids."""

    async def entries(self, begin: JournalId, last: JournalId) -> Sequence[SealedEntry]:
        """Return the entries of journals, the last one included."""


class SoldGifts(NamedTuple):
    """What gifts of a tenant have cost, and what they have earned."""

    coins: int
    points: int
    of_agencies: Mapping[AccountId, int] = MappingProxyType({})
    """How many of the points went to which agency."""


class GiftAuditRows(Protocol):
    """Reads that compare gifts with what was moved for them."""

    async def sent(self, begin: JournalId, end: JournalId) -> Mapping[TenantName, SoldGifts]:
        """Return the sums of gifts that were sent in a span, by what is stored with them."""

    async def moved(self, begin: JournalId, end: JournalId) -> Mapping[TenantName, SoldGifts]:
        """Return the same by the entries of their journals."""


class CheckpointRows(Protocol):
    """How far the audit has come."""

    async def progress(self) -> JournalId:
        """Return before which journal everything was looked at; "": nothing yet."""

    async def put_progress(self, until: JournalId) -> None: ...
    async def of(self, accounts: Collection[AccountId]) -> Mapping[AccountId, Checkpoint]: ...
    async def put(self, checkpoints: Sequence[Checkpoint]) -> None: ...


class DifferenceRows(Protocol):
    """What the audit has found."""

    async def add(self, difference: LedgerDifference, now: datetime) -> bool:
        """Note one; return False where it is known already."""

    async def open(self, limit: int) -> Sequence[OpenDifference]: ...
    async def drop(self, id: str) -> None: ...
    async def count(self) -> int: ...


class SealRows(Protocol):
    """Seals; they are added, and never changed."""

    async def add(self, seal: Seal) -> bool: ...
    async def last(self) -> Seal | None: ...
    async def get(self, number: int) -> Seal | None: ...
    async def least_checked(self) -> int | None:
        """Return the number of the seal that was computed anew longest ago, or never."""

    async def last_checked(self) -> datetime | None:
        """Return when any was computed anew last."""

    async def checked(self, number: int, now: datetime) -> None: ...
