"""One run of the import, from the first user to the last room; or a rehearsal, of which nothing stays."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Protocol, TypeVar

from liveroom import faults
from liveroom.ports import Original, Tx
from liveroom.usecases.importing.logins import LoginImporter
from liveroom.usecases.importing.report import ImportReport, Tally
from liveroom.usecases.importing.rooms import RoomImporter
from liveroom.usecases.importing.users import UserImporter

BATCH: Final = 500
"""Rows of one transaction: about a tenth of a second for which a running service waits on SQLite."""

Row = TypeVar("Row")
Key = TypeVar("Key", str, int)
Progress = Callable[[str, int], None]
"""Told which kind of rows and how many more of them were looked at."""
T = TypeVar("T")


class Transactions(Protocol):
    """What an import needs of a database."""

    async def transact(self, work: Callable[[Tx], Awaitable[T]]) -> T: ...


@dataclass(frozen=True, slots=True)
class ImportRun:
    """Imports the original's database."""

    original: Original
    db: Transactions
    users: UserImporter
    logins: LoginImporter
    rooms: RoomImporter
    on_progress: Progress = lambda kind, count: None
    batch: int = BATCH

    async def run(self) -> ImportReport:
        """Import everything that is new or has changed; a second run finds nothing to do."""
        report, original = ImportReport(), self.original
        await self._walk("users", original.users, "", lambda row: row.id, self.users.import_batch, report.users)
        await self._walk("logins", original.salts, 0, lambda row: row.id, self.logins.import_batch, report.logins)
        read, import_batch = partial(self.rooms.read, original), self.rooms.import_batch
        await self._walk("rooms", read, 0, lambda show: show.row.number, import_batch, report.rooms)
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


@dataclass(frozen=True, slots=True)
class _Within:
    """Runs what would be transactions of their own within one."""

    tx: Tx

    async def transact(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        return await work(self.tx)


class _Undone(Exception):
    """Makes the database forget."""


async def rehearse(db: Transactions, do: Callable[[Transactions], Awaitable[T]]) -> T:
    """Do something within one transaction, undo it, and return what came of it."""
    outcome: list[T] = []

    async def work(tx: Tx) -> None:
        outcome[:] = [await do(_Within(tx))]
        raise _Undone

    with suppress(_Undone):
        await db.transact(work)
    return outcome[0]
