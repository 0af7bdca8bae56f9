"""What liveroom has told, in a SQLite file of our own: every event once, and the state of the rooms that follows.

A message is taken in one transaction, which is committed before it is answered. If this process dies before that,
nothing of the message is kept and liveroom sends it again; if it dies after that, liveroom sends it again, too, and
``id`` says that it is known.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS events (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, stream TEXT NOT NULL, seq INTEGER NOT NULL, body TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS streams (stream TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rooms (room TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS members (stay TEXT PRIMARY KEY, room TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS members_room ON members (room);
CREATE TABLE IF NOT EXISTS unwelcome (user TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS faults (number INTEGER PRIMARY KEY, what TEXT NOT NULL);
"""
_ENDS: Final = "member.left"
Event = Mapping[str, Any]


class Ledger:
    """The file. Each method is one short transaction."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.executescript(_TABLES)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def take(self, events: Iterable[Event]) -> None:
        """Keep what is new of a message, in its order."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            for event in events:
                self._take(event)
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _take(self, event: Event) -> None:
        if event["type"] == "webhook.test":
            return
        body = json.dumps(event, ensure_ascii=False, sort_keys=True)
        known = self._value("SELECT body FROM events WHERE id = ?", event["id"])
        if known is not None:
            if known != body:
                self._fault(f"{event['id']} came again with another content")
            return
        last = self._value("SELECT seq FROM streams WHERE stream = ?", event["stream"])
        self._db.execute(
            "INSERT INTO events (id, stream, seq, body) VALUES (?, ?, ?, ?)",
            (event["id"], event["stream"], event["seq"], body),
        )
        if last is not None and event["seq"] <= last:
            # A dead letter that was replayed: what came since then knows better.
            self._fault(f"{event['stream']}: {event['seq']} came after {last}")
            return
        if last is not None and event["seq"] > last + 1:
            self._fault(f"{event['stream']}: {event['seq']} came after {last}; what is between is missing")
        self._db.execute("INSERT OR REPLACE INTO streams VALUES (?, ?)", (event["stream"], event["seq"]))
        self._apply(event["type"], event["data"])

    def _apply(self, kind: str, data: Mapping[str, Any]) -> None:
        """Bring the state up to date. Kinds that are not known here are passed over: later releases tell more."""
        body = json.dumps(data, ensure_ascii=False)
        family = kind.partition(".")[0]
        if family == "room":
            self._db.execute("INSERT OR REPLACE INTO rooms VALUES (?, ?)", (data["roomId"], body))
        elif kind == _ENDS:
            self._db.execute("DELETE FROM members WHERE stay = ?", (data["stayId"],))
        elif family == "member":
            self._db.execute("INSERT OR REPLACE INTO members VALUES (?, ?, ?)", (data["stayId"], data["roomId"], body))

    def rooms(self) -> list[dict[str, Any]]:
        """Return all rooms as they were told, each with its ``members``."""
        rooms = {room: json.loads(body) | {"members": []} for room, body in self._db.execute("SELECT * FROM rooms")}
        for room, body in self._db.execute("SELECT room, body FROM members ORDER BY stay"):
            rooms.setdefault(room, {"roomId": room, "members": []})["members"].append(json.loads(body))
        return list(rooms.values())

    def faults(self) -> list[str]:
        """Return what was not as it should be: look at these rooms with ``admin/get_room``, and find out why."""
        return [str(what) for (what,) in self._db.execute("SELECT what FROM faults ORDER BY number")]

    def unwelcome(self) -> set[str]:
        """Return the users whom we do not want in any room."""
        return {str(user) for (user,) in self._db.execute("SELECT user FROM unwelcome")}

    def shun(self, user: str) -> None:
        """Let a user in no more."""
        self._db.execute("INSERT OR IGNORE INTO unwelcome VALUES (?)", (user,))

    def _fault(self, what: str) -> None:
        self._db.execute("INSERT INTO faults (what) VALUES (?)", (what,))

    def _value(self, sql: str, *given: Any) -> Any:
        row = self._db.execute(sql, given).fetchone()
        return None if row is None else row[0]
