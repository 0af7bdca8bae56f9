"""Looking for something in the audit.

An actor, a room and a time are found by indexes; everything else is looked for among what these leave, and one call
reads a bounded number of rows. A page may then have few entries, or none, before the end: its cursor says where the
next one goes on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NamedTuple

from liveroom.domain.ids import RoomId, TenantName, first_id
from liveroom.domain.moderation.audit import AuditEntry, AuditId
from liveroom.ports import Database

UNANSWERED: Final = -1
"""Instead of a code: it has not ended, or its process died."""
_EPOCH: Final = datetime.fromtimestamp(0, UTC)
"""No id is older."""


class AuditQuery(NamedTuple):
    """What is looked for; "" and None: whatever it is."""

    tenant: TenantName
    actor: str = ""
    room: RoomId | None = None
    action: str = ""
    """The path of a method or its last part, or the first words of a command."""
    subject: str = ""
    """``user:<id>`` or ``room:<id>``."""
    code: int | None = None
    """The ``errorCode`` with which it ended, or ``UNANSWERED``."""
    since: datetime | None = None
    until: datetime | None = None
    """Excluded."""
    text: str = ""
    """Somewhere in the entry, in capitals or not."""
    without: frozenset[str] = frozenset()
    """Actions that are left out."""

    def matches(self, entry: AuditEntry) -> bool:
        """Say whether an entry is one of those; ``since`` and ``until`` are not looked at."""
        return (
            entry.tenant == self.tenant
            and self.actor in ("", entry.actor)
            and self.room in (None, entry.room)
            and entry.action not in self.without
            and (not self.action or _is_action(entry.action, self.action))
            and (not self.subject or self.subject in entry.subject.split())
            and (self.code is None or (UNANSWERED if entry.code is None else entry.code) == self.code)
            and (not self.text or self.text.casefold() in _words(entry))
        )


@dataclass(frozen=True, slots=True)
class AuditSearch:
    """Looks for entries, the newest first."""

    db: Database
    read: int = 500
    """Rows read at once."""
    reads: int = 10
    """Of one page."""

    async def page(self, query: AuditQuery, cursor: str, limit: int) -> tuple[Sequence[AuditEntry], str]:
        """Return entries, and the cursor of the next page ("" at the end)."""
        before = AuditId(cursor or ("" if query.until is None else first_id(max(query.until, _EPOCH))))
        found: list[AuditEntry] = []
        for _ in range(self.reads):
            entries = await self._read(query, before)
            for entry in entries:
                if query.since is not None and entry.at < query.since:
                    return found, ""
                before = entry.id
                if query.matches(entry):
                    found.append(entry)
                if len(found) == limit:
                    return found, before
            if len(entries) < self.read:
                return found, ""
        return found, before

    async def _read(self, query: AuditQuery, before: AuditId) -> Sequence[AuditEntry]:
        if query.room is None and query.actor:
            return await self.db.audit.page_of(query.actor, before=before, limit=self.read)
        return await self.db.audit.page(query.tenant, room=query.room, before=before, limit=self.read)


def _is_action(action: str, asked: str) -> bool:
    return action == asked or action.endswith(f"/{asked}") or action.startswith(f"{asked} ")


def _words(entry: AuditEntry) -> str:
    """Return all that is said in an entry."""
    named = (entry.actor, entry.action, entry.subject, entry.address, entry.request, entry.room)
    return "\n".join((*named, entry.reason, entry.before, entry.after)).casefold()
