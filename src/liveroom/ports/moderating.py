"""The SQL seams of what operators moderate with: evidence, statements, reasons, words, notices, labels."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from liveroom.domain.ids import RoomId, TenantName, UserId
from liveroom.domain.messages.words import ListedWord
from liveroom.domain.moderation.evidence import Evidence
from liveroom.domain.moderation.labels import Label
from liveroom.domain.moderation.notices import SentNotice
from liveroom.domain.moderation.reasons import Reason
from liveroom.domain.moderation.statements import AppealState, StatementOfReasons


class EvidenceRows(Protocol):
    """One row of a report."""

    async def add(self, report: str, tenant: TenantName, evidence: Evidence) -> None: ...
    async def get(self, report: str) -> Evidence | None: ...
    async def keep_until(self, report: str, until: datetime | None) -> None:
        """Say until when it is kept; None: as long as the report."""

    async def drop(self, reports: Sequence[str]) -> None: ...
    async def purge(self, now: datetime, limit: int) -> int:
        """Drop what is kept no longer; return how many."""


class StatementRows(Protocol):
    async def add(self, statement: StatementOfReasons) -> None: ...
    async def get(self, id: str) -> StatementOfReasons | None: ...
    async def lock(self, id: str) -> StatementOfReasons | None:
        """Return it and keep others from changing it until the transaction ends."""

    async def put(self, statement: StatementOfReasons) -> None:
        """Write what came of it."""

    async def of_user(self, user: UserId, before: str, limit: int) -> Sequence[StatementOfReasons]:
        """Return a user's, the newest first: those made before one (an id; "": all)."""

    async def of_report(self, report: str) -> StatementOfReasons | None: ...
    async def in_state(
        self, tenant: TenantName, state: AppealState, before: str, limit: int
    ) -> Sequence[StatementOfReasons]:
        """Return a tenant's of a state, the newest first: those made before one (an id; "": all)."""

    async def count(self, tenant: TenantName, state: AppealState, limit: int) -> int:
        """Return how many of a tenant are in a state; more than ``limit`` are not counted."""

    async def warned(self, users: Collection[UserId]) -> Mapping[UserId, int]:
        """Return how often each was warned, without warnings that were taken back; left out: never."""

    async def purge(self, before: datetime, limit: int) -> int:
        """Drop statements made before that time; return how many."""


class ReasonRows(Protocol):
    async def list(self, tenant: TenantName) -> Sequence[Reason]: ...
    async def put(self, tenant: TenantName, reason: Reason) -> None:
        """Add the reason, or replace the one that there is."""

    async def remove(self, tenant: TenantName, id: str) -> None: ...


class WordRows(Protocol):
    async def all(self) -> Sequence[tuple[TenantName, ListedWord]]:
        """Return the words of all tenants."""

    async def page(self, tenant: TenantName, after: str, limit: int) -> Sequence[ListedWord]:
        """Return words in the order of their letters, those behind ``after``."""

    async def count(self, tenant: TenantName) -> int: ...
    async def put(self, tenant: TenantName, words: Sequence[ListedWord]) -> None:
        """Add words, or replace those that there are."""

    async def remove(self, tenant: TenantName, letters: Collection[str]) -> int:
        """Drop words; return how many there were."""


class NoticeRows(Protocol):
    async def add(self, notice: SentNotice) -> None: ...
    async def get(self, id: str) -> SentNotice | None: ...
    async def page(self, tenant: TenantName, before: str, limit: int) -> Sequence[SentNotice]:
        """Return a tenant's notices, the newest first: those made before one (an id; "": all)."""

    async def unfinished(self, limit: int) -> Sequence[SentNotice]:
        """Return those that some rooms still have to be told, the oldest first."""

    async def progress(self, notice: SentNotice) -> None:
        """Write how far it has come."""

    async def purge(self, before: datetime, limit: int) -> int:
        """Drop notices made before that time; return how many."""


class LabelQuery(NamedTuple):
    """Which labels are asked for: the newest first, those before ``before`` (an id; "": all)."""

    tenant: TenantName
    room: RoomId = RoomId("")
    user: UserId = UserId("")
    before: str = ""
    limit: int = 100
    after: str = ""
    """Only those behind this one (an id; "": all)."""


class LabelRows(Protocol):
    async def add(self, labels: Sequence[Label]) -> None:
        """Add labels; those that there are stay as they are."""

    async def page(self, query: LabelQuery) -> Sequence[Label]: ...
    async def purge(self, before: datetime, limit: int) -> int:
        """Drop labels of before that time; return how many."""
