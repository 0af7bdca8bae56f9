"""Reads what was told, and rebuilds rooms, members and users from it alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import text

from liveroom.domain.events.catalog import EVENT_PAYLOADS
from liveroom.domain.events.moderation import ModerationEventPayload
from liveroom.domain.events.records import Target
from liveroom.domain.ids import TenantName
from liveroom.store.sql.database import SqlDatabase
from liveroom.store.sql.dialect import statement

VERDICTS: Final = frozenset(kind for kind, said in EVENT_PAYLOADS.items() if issubclass(said, ModerationEventPayload))
EVERYTHING: Final = Target("test", frozenset(), frozenset())
TABLES: Final = ("streams", "events", "event_partitions", "stays")
_EVENTS: Final = statement(
    text("SELECT stream, seq, id, tenant, kind, category, body FROM lr_events ORDER BY stream, seq")
)


class Event(NamedTuple):
    """An event as it was written down."""

    stream: str
    seq: int
    id: str
    tenant: str
    kind: str
    category: str
    data: dict[str, Any]


def everybody(_: TenantName) -> Sequence[Target]:
    """Return one who wants to be told of everything, of every tenant."""
    return (EVERYTHING,)


async def read_events(database: SqlDatabase) -> Sequence[Event]:
    """Return all events, stream by stream."""
    rows = await database.engine.rows(_EVENTS)
    return [Event(row[0], row[1], row[2], row[3], row[4], row[5], msgspec.json.decode(row[6])) for row in rows]


async def empty(database: SqlDatabase) -> None:
    """Take away stays and everything that was told."""
    for table in TABLES:
        await database.engine.run(statement(text(f"DELETE FROM lr_{table}")))  # noqa: S608 - our tables


def assert_numbered(events: Iterable[Event]) -> None:
    """Check that each stream counts from 1 without gaps, and that no id is there twice."""
    streams: dict[str, list[int]] = {}
    ids = []
    for event in events:
        streams.setdefault(event.stream, []).append(event.seq)
        ids.append(event.id)
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in streams.values()), streams
    assert len(set(ids)) == len(ids)


@dataclass
class Rebuilt:
    """The state that whoever reads the events has."""

    rooms: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The newest that was said of each room."""
    stays: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Stays that have not ended."""
    users: dict[str, dict[str, Any]] = field(default_factory=dict)

    def read(self, events: Iterable[Event]) -> "Rebuilt":
        """Take events in, in order."""
        for event in events:
            family, _, what = event.kind.partition(".")
            data = event.data
            if family == "room":
                self.rooms[data["roomId"]] = data
            elif family == "report" or event.kind in VERDICTS:
                assert data["roomId"] in self.rooms
            elif family == "member":
                self._member(what, data)
            elif what == "deleted":
                del self.users[data["userId"]]
            else:
                self.users[data["userId"]] = {**self.users.get(data["userId"], {}), **data}
        return self

    def _member(self, what: str, data: dict[str, Any]) -> None:
        """Enter, change or leave: each says the same as what is known already, or the reader would have to guess."""
        assert (data["stayId"] in self.stays) is (what != "entered"), (what, data)
        if what == "left":
            del self.stays[data["stayId"]]
        else:
            self.stays[data["stayId"]] = data

    def members(self, room: str) -> dict[str, tuple[str, str, str]]:
        """Return who is in a room's newest broadcast: name, avatar and role of each."""
        broadcast = self.rooms[room]["broadcastId"]
        return {
            stay["userId"]: (stay["name"], stay["avatar"], stay["role"])
            for stay in self.stays.values()
            if stay["roomId"] == room and stay["broadcastId"] == broadcast
        }
