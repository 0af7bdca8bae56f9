"""One run of the import, from the first user to the last room."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar

from liveroom import faults
from liveroom.domain.ids import TenantName
from liveroom.domain.presence.signs import PresenceTimeouts
from liveroom.ports import Clock, Original, Tx, Vault
from liveroom.usecases.importing.logins import LoginImporter
from liveroom.usecases.importing.rehearsal import Transactions
from liveroom.usecases.importing.report import ImportReport, Tally
from liveroom.usecases.importing.rooms import RoomImporter
from liveroom.usecases.importing.users import UserImporter

BATCH: Final = 500
"""Rows of one transaction: about a tenth of a second for which a running service waits on SQLite."""

Row = TypeVar("Row")
Key = TypeVar("Key", str, int)
Progress = Callable[[str, int], None]
"""Called with the kind of rows, and how many more of them were looked at."""


@dataclass(frozen=True, slots=True)
class ImportRun:
    """Imports the original's database."""

    original: Original
    db: Transactions
    clock: Clock
    vault: Vault
    tenant: TenantName
    timeouts: PresenceTimeouts
    on_progress: Progress = lambda kind, count: None
    batch: int = BATCH

    async def run(self) -> ImportReport:
        """Import everything that is new or has changed; a second run finds nothing to do."""
        report, original = ImportReport(), self.original
        users, logins = UserImporter(self.clock, self.tenant), LoginImporter(self.clock, self.vault, self.tenant)
        rooms = RoomImporter(self.clock, self.tenant, self.timeouts)
        await self._walk("users", original.users, "", lambda row: row.id, users.import_batch, report.users)
        await self._walk("logins", original.salts, 0, lambda row: row.id, logins.import_batch, report.logins)
        await self._walk(
            "rooms", partial(rooms.read, original), 0, lambda show: show.row.number, rooms.import_batch, report.rooms
        )
        return report

    async def _walk(
        self,
        kind: str,
        read: Callable[[Key, int], Awaitable[Sequence[Row]]],
        after: Key,
        key: Callable[[Row], Key],
        import_batch: Callable[[Tx, Sequence[Row]], Awaitable[Tally]],
        total: Tally,
    ) -> None:
        """Import the rows of one kind, batch by batch in the order of their keys.

        It ends with a batch that is not full: what the original writes meanwhile is the next run's.
        """
        while rows := await read(after, self.batch):
            total.add(await self._commit(import_batch, rows))
            faults.point("import.taken")
            self.on_progress(kind, len(rows))
            after = key(rows[-1])
            if len(rows) < self.batch:
                break

    async def _commit(
        self, import_batch: Callable[[Tx, Sequence[Any]], Awaitable[Tally]], rows: Sequence[Any]
    ) -> Tally:
        return await self.db.transact(lambda tx: import_batch(tx, rows))
