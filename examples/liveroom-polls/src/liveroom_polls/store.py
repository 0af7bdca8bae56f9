"""Where polls are kept: a SQLite file of the module's own, shared by all processes of one machine.

For several machines this is the class to write anew, on a database that all of them reach.
"""

import json
import secrets
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from liveroom.modules import BroadcastId, RoomId, RoomNow, TenantName, UserId

_TABLES = """
CREATE TABLE IF NOT EXISTS polls (
    id TEXT PRIMARY KEY, tenant TEXT NOT NULL, room TEXT NOT NULL, broadcast TEXT NOT NULL, author TEXT NOT NULL,
    question TEXT NOT NULL, options TEXT NOT NULL, shut INTEGER NOT NULL, opened TEXT NOT NULL, closed TEXT
);
CREATE INDEX IF NOT EXISTS polls_running ON polls (room, closed);
CREATE TABLE IF NOT EXISTS votes (
    poll TEXT NOT NULL, user TEXT NOT NULL, choice INTEGER NOT NULL, PRIMARY KEY (poll, user)
) WITHOUT ROWID;
"""
_FIELDS = "id, room, broadcast, author, question, options, shut, closed"


class Stored(NamedTuple):
    """A poll without its votes."""

    id: str
    room: RoomId
    broadcast: BroadcastId
    """It ends with the broadcast in which it was opened."""
    author: UserId
    question: str
    options: Sequence[str]
    shut: bool
    """While it runs nobody else enters the room."""
    closed: bool


class Store:
    """All polls. Each method is one short transaction."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None, timeout=1.0)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.executescript(_TABLES)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def add(
        self,
        tenant: TenantName,
        room: RoomNow,
        author: UserId,
        question: str,
        options: Sequence[str],
        at: datetime,
        *,
        shut: bool,
    ) -> Stored:
        """Open a poll and return it."""
        poll = Stored(secrets.token_hex(8), room.id, room.broadcast, author, question, options, shut, closed=False)
        written = (*poll[:1], tenant, *poll[1:5], json.dumps(options), shut, at.isoformat())
        self._db.execute("INSERT INTO polls VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)", written)
        return poll

    def get(self, tenant: TenantName, id: str) -> Stored | None:
        """Return a poll of the tenant."""
        asked = f"SELECT {_FIELDS} FROM polls WHERE id = ? AND tenant = ?"  # noqa: S608 - our own columns
        row = self._db.execute(asked, (id, tenant)).fetchone()
        return None if row is None else _poll(row)

    def running(self, tenant: TenantName, room: RoomId) -> Sequence[Stored]:
        """Return the polls of a room that nobody has closed, also those of former broadcasts."""
        asked = f"SELECT {_FIELDS} FROM polls WHERE room = ? AND closed IS NULL AND tenant = ?"  # noqa: S608
        return [_poll(row) for row in self._db.execute(asked, (room, tenant))]

    def vote(self, poll: str, user: UserId, choice: int) -> bool:
        """Take a vote, in place of the user's former one; say whether the poll was still open."""
        taken = self._db.execute(
            "INSERT OR REPLACE INTO votes SELECT id, ?, ? FROM polls WHERE id = ? AND closed IS NULL",
            (user, choice, poll),
        )
        return taken.rowcount > 0

    def close_poll(self, poll: str, at: datetime) -> bool:
        """Close a poll; say whether it was open."""
        done = self._db.execute("UPDATE polls SET closed = ? WHERE id = ? AND closed IS NULL", (at.isoformat(), poll))
        return done.rowcount > 0

    def votes(self, poll: Stored) -> list[int]:
        """Return how many chose each option."""
        asked = "SELECT choice, COUNT(*) FROM votes WHERE poll = ? GROUP BY choice"
        found = dict(self._db.execute(asked, (poll.id,)).fetchall())
        return [found.get(choice, 0) for choice in range(len(poll.options))]


def _poll(row: tuple[str, str, str, str, str, str, int, str | None]) -> Stored:
    id, room, broadcast, author, question, options, shut, closed = row
    return Stored(
        id, RoomId(room), BroadcastId(broadcast), UserId(author), question, json.loads(options),
        shut == 1, closed is not None,
    )  # fmt: skip
