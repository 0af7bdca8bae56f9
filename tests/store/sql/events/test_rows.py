"""Events: numbers without gaps in each stream, partitions for those who want to be told, and what may be dropped."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import text

from liveroom.domain.events.records import NewEvent, Target
from liveroom.ports import StreamEvents, Tx
from liveroom.store.sql.database import SqlDatabase
from liveroom.store.sql.dialect import statement
from tests.payloads import saying
from tests.store.sql.looking import rows_of
from tests.store.sql.samples import ACME, HOME, NOW, SECOND

EVERYTHING = Target("wh_all", frozenset(), frozenset())
ROOMS = Target("wh_rooms", frozenset({"room.*"}), frozenset())
KTV = Target("wh_ktv", frozenset(), frozenset({"ktv"}))


def event(kind: str = "room.opened", category: str = "ktv", **data: Any) -> NewEvent:
    return NewEvent(kind, category, NOW, saying(title="Karaoke 🎶", **data))


async def _partitions(database: SqlDatabase) -> list[tuple[Any, ...]]:
    return list(
        await rows_of(database, "SELECT target, stream, sent, last FROM lr_event_partitions ORDER BY target, stream")
    )


async def _numbers(database: SqlDatabase, stream: str = "room:1") -> list[int]:
    asked = f"SELECT seq FROM lr_events WHERE stream = '{stream}' ORDER BY seq"  # noqa: S608 - our own stream
    return [row[0] for row in await rows_of(database, asked)]


async def test_every_field_of_an_event_is_written(database: SqlDatabase) -> None:
    several = NewEvent("room.opened", "ktv", NOW - SECOND, saying(roomId="1", capacity=3, leftAt=None))
    await database.transact(lambda tx: tx.events.append(ACME, "room:1", [several], [EVERYTHING], NOW))
    fields = "stream, seq, tenant, kind, category, at, created, body, id"
    (row,) = await rows_of(database, f"SELECT {fields} FROM lr_events")  # noqa: S608 - our own columns
    assert row[:5] == ("room:1", 1, "acme", "room.opened", "ktv")
    assert row[6] - row[5] == 1000
    assert msgspec.json.decode(row[7]) == {"roomId": "1", "capacity": 3, "leftAt": None}
    assert len(row[8]) == 16


async def test_numbers_of_a_stream_go_on_without_gaps_and_ids_differ(database: SqlDatabase) -> None:
    for count in (1, 3, 2):
        await _tell(database, *[event(number=number) for number in range(count)])
    assert await _numbers(database) == [1, 2, 3, 4, 5, 6]
    assert len({row[0] for row in await rows_of(database, "SELECT id FROM lr_events")}) == 6


async def test_many_streams_are_written_at_once(database: SqlDatabase) -> None:
    names = [f"room:{number}" for number in range(700)]
    batch = [StreamEvents(HOME, name, [event(), event("room.updated")], [EVERYTHING]) for name in reversed(names)]
    await database.transact(lambda tx: tx.events.append_all(batch, NOW))
    await database.transact(lambda tx: tx.events.append_all(batch[:2], NOW))
    assert await _numbers(database, names[-1]) == [1, 2, 3, 4]
    assert await _numbers(database, names[0]) == [1, 2]
    partitions = {partition[1]: partition[2:] for partition in await _partitions(database)}
    assert partitions == dict.fromkeys(names, (0, 2)) | {names[-1]: (0, 4), names[-2]: (0, 4)}


async def test_only_who_wants_one_of_the_tellings_gets_a_partition(database: SqlDatabase) -> None:
    targets = [EVERYTHING, ROOMS, KTV]
    await database.transact(lambda tx: tx.events.append(HOME, "room:1", [event("member.left", "show")], targets, NOW))
    assert await _partitions(database) == [("wh_all", "room:1", 0, 1)]
    several = [event("room.updated", "show"), event("member.left", "show")]
    await database.transact(lambda tx: tx.events.append(HOME, "room:1", several, targets, NOW))
    assert await _partitions(database) == [("wh_all", "room:1", 0, 3), ("wh_rooms", "room:1", 1, 3)]


async def test_a_partition_that_waits_keeps_what_is_known_of_its_tries(database: SqlDatabase) -> None:
    await _tell(database, event())
    await _change(database, "UPDATE lr_event_partitions SET sent = 1, due = 77, tries = 3, holder = 'h', reason = 'r'")
    await _tell(database, event())
    asked = "SELECT sent, last, due, tries, holder, reason, tenant FROM lr_event_partitions WHERE target = 'wh_all'"
    assert await rows_of(database, asked) == [(1, 2, 77, 3, "h", "r", "")]


async def test_a_transaction_that_fails_tells_nothing_and_takes_no_number(database: SqlDatabase) -> None:
    async def fail(tx: Tx) -> None:
        await tx.events.append(HOME, "room:1", [event()], [EVERYTHING], NOW)
        raise LookupError

    with pytest.raises(LookupError):
        await database.transact(fail)
    assert await _partitions(database) == []
    await _tell(database, event())
    assert await _numbers(database) == [1]


async def test_who_holds_a_stream_keeps_others_from_it(database: SqlDatabase) -> None:
    others: list[asyncio.Task[None]] = []

    async def work(tx: Tx) -> None:
        await tx.events.hold({"room:1"})
        others.append(asyncio.create_task(_tell(database, event(by="other"))))
        done, _ = await asyncio.wait(others, timeout=0.05)
        assert not done
        await tx.events.append(HOME, "room:1", [event(by="holder")], [EVERYTHING], NOW)

    await database.transact(work)
    await others[0]
    rows = await rows_of(database, "SELECT body FROM lr_events WHERE stream = 'room:1' ORDER BY seq")
    assert [msgspec.json.decode(row[0])["by"] for row in rows] == ["holder", "other"]


async def test_writers_of_the_same_streams_in_any_order_all_get_through(database: SqlDatabase) -> None:
    names = [f"room:{number}" for number in range(8)]

    async def write(turn: int) -> None:
        mine = names[turn % 8 :] + names[: turn % 8]
        await database.transact(
            lambda tx: tx.events.append_all([StreamEvents(HOME, name, [event()], [EVERYTHING]) for name in mine], NOW)
        )

    await asyncio.gather(*(write(turn) for turn in range(24)))
    for name in names:
        assert await _numbers(database, name) == list(range(1, 25))


async def test_old_events_are_dropped_and_the_numbers_go_on(database: SqlDatabase) -> None:
    await _tell(database, event(), event())
    await _tell(database, event(), at=NOW + 2 * SECOND)
    await _change(database, "DELETE FROM lr_event_partitions")
    assert await database.events.purge(NOW, 10) == (0, None)
    assert await database.events.purge(NOW + SECOND, 10) == (2, None)
    assert await _numbers(database) == [3]
    await _tell(database, event())
    assert await _numbers(database) == [3, 4]


async def test_what_somebody_waits_for_is_kept_and_all_that_follows_it(database: SqlDatabase) -> None:
    await _tell(database, *[event()] * 4, stream="room:1")
    await _tell(database, *[event()] * 2, stream="room:2")
    await _tell(database, event(), stream="room:3")
    await _change(database, "DELETE FROM lr_event_partitions WHERE stream = 'room:3'")
    await _change(database, "UPDATE lr_event_partitions SET sent = 3 WHERE stream = 'room:1' AND target = 'wh_all'")
    await _change(database, "UPDATE lr_event_partitions SET sent = 2 WHERE stream = 'room:1' AND target = 'wh_rooms'")
    assert await database.events.purge(NOW + timedelta(days=9), 100) == (3, None)
    kept = [await _numbers(database, f"room:{number}") for number in (1, 2, 3)]
    assert kept == [[3, 4], [1, 2], []]


async def test_a_purge_takes_the_oldest_first(database: SqlDatabase) -> None:
    for number in (2, 0, 1):
        await _tell(database, event(), stream=f"room:{number}", at=NOW + number * SECOND)
    await _change(database, "DELETE FROM lr_event_partitions")
    dropped, place = await database.events.purge(NOW + timedelta(days=1), 2)
    assert (dropped, place is None) == (2, False)
    assert await _numbers(database, "room:2") == [1]


async def test_what_somebody_waits_for_keeps_nothing_behind_it(database: SqlDatabase) -> None:
    for number in range(5):
        await _tell(database, event(), event(), stream=f"room:{number}")
    await _tell(database, event(), stream="room:5", at=NOW + SECOND)
    await _tell(database, event(), stream="room:6", at=NOW + 2 * SECOND)
    await _change(database, "DELETE FROM lr_event_partitions WHERE stream IN ('room:3', 'room:5', 'room:6')")
    dropped, place = await database.events.purge(NOW + timedelta(days=9), 3)
    assert dropped == 0
    while place is not None:
        part, place = await database.events.purge(NOW + timedelta(days=9), 3, place)
        dropped += part
    assert dropped == 4
    kept = [len(await _numbers(database, f"room:{number}")) for number in range(7)]
    assert kept == [2, 2, 2, 0, 2, 0, 0]


async def _tell(database: SqlDatabase, *events: NewEvent, stream: str = "room:1", at: datetime = NOW) -> None:
    """Write down what goes on in a stream, of which two want to be told."""
    await database.transact(lambda tx: tx.events.append(HOME, stream, events, [EVERYTHING, ROOMS], at))


async def _change(database: SqlDatabase, sql: str) -> None:
    await database.engine.run(statement(text(sql)))
