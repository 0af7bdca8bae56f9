"""Partitions in SQL: claimed by one at a time, acked when all is sent, never past what is recorded meanwhile."""

import asyncio
import re
from collections.abc import Callable
from datetime import datetime, timedelta

from liveroom.domain.events.records import NewEvent, Target
from liveroom.domain.webhooks.deliveries import Backlog, Nack, Partition, Span
from liveroom.store.sql.database import SqlDatabase
from liveroom.store.sql.dialect import SqliteDialect
from liveroom.store.sql.webhooks.partitions import _EVENTS
from tests.payloads import saying
from tests.store.sql.looking import rows_of
from tests.store.sql.samples import HOME, NOW, SECOND

ALL = Target("wh_1", frozenset(), frozenset())
OTHER = Target("wh_2", frozenset(), frozenset())
LATER = NOW + timedelta(minutes=1)
DIALECT = SqliteDialect()
"""Any: this statement is text."""


async def tell(database: SqlDatabase, stream: str, count: int = 1, *targets: Target, at: datetime = NOW) -> None:
    events = [NewEvent("room.updated", "ktv", at, saying(n=number)) for number in range(count)]
    await database.transact(lambda tx: tx.events.append(HOME, stream, events, targets or (ALL,), at))


async def claim(
    database: SqlDatabase, holder: str = "h1", now: datetime = NOW, *, partitions: int = 100
) -> list[Partition]:
    until = now + 60 * SECOND
    claimed = await database.event_partitions.claim(ALL.id, holder, now, until, partitions=partitions, events=1000)
    return sorted(claimed)


async def test_what_is_told_is_claimed_once_until_the_lease_is_over(database: SqlDatabase) -> None:
    await tell(database, "room:1", 3)
    assert await claim(database) == [Partition("room:1", 0, 3)]
    assert await claim(database, "h2", NOW + 59 * SECOND) == []
    assert await claim(database, "h2", LATER) == [Partition("room:1", 0, 3)]


async def test_of_many_who_claim_at_once_one_gets_each_partition(database: SqlDatabase) -> None:
    for number in range(20):
        await tell(database, f"room:{number}")
    claimed = await asyncio.gather(*(claim(database, f"h{number}", partitions=8) for number in range(4)))
    got = [partition.stream for partitions in claimed for partition in partitions]
    assert len(got) == len(set(got)) >= 8


async def test_a_partition_is_gone_when_all_of_it_is_sent(database: SqlDatabase) -> None:
    await tell(database, "room:1")
    await tell(database, "room:2")
    await claim(database)
    await database.event_partitions.ack(ALL.id, "h1", ["room:1", "room:2"], NOW)
    assert await database.event_partitions.waiting() == []
    assert await database.event_partitions.next_target("") is None


async def test_what_is_told_meanwhile_waits_and_what_was_claimed_counts_as_sent(database: SqlDatabase) -> None:
    await tell(database, "room:1", 2)
    await tell(database, "room:2", 2)
    await claim(database)
    await tell(database, "room:1", 3)
    await database.event_partitions.ack(ALL.id, "h1", ["room:1", "room:2"], NOW)
    assert await claim(database, "h2") == [Partition("room:1", 2, 5)]


async def test_whoever_lost_its_claim_changes_nothing(database: SqlDatabase) -> None:
    await tell(database, "room:1", 2)
    await claim(database)
    await claim(database, "h2", LATER)
    await database.event_partitions.ack(ALL.id, "h1", ["room:1"], LATER)
    await database.event_partitions.nack(ALL.id, "h1", [Nack("room:1", 2, 0, NOW, "")])
    await database.event_partitions.advance(ALL.id, "h1", "room:1", 2)
    assert await claim(database, "h3", LATER + 60 * SECOND) == [Partition("room:1", 0, 2)]


async def test_a_holder_releases_what_it_never_learned_of(database: SqlDatabase) -> None:
    await tell(database, "room:1")
    await claim(database)
    await database.event_partitions.release(ALL.id, "h2")
    assert await claim(database, "h3") == []
    await database.event_partitions.release(ALL.id, "h1")
    assert await claim(database, "h3") == [Partition("room:1", 0, 1)]


async def test_a_partition_that_failed_is_due_again_at_its_time_also_with_new_events(database: SqlDatabase) -> None:
    await tell(database, "room:1", 2)
    await claim(database)
    await database.event_partitions.nack(ALL.id, "h1", [Nack("room:1", 1, 1, LATER, "HTTP 500")])
    await tell(database, "room:1")
    assert await claim(database, "h2", LATER - SECOND) == []
    assert await claim(database, "h2", LATER) == [Partition("room:1", 1, 3, 1, "HTTP 500")]


async def test_a_claim_holds_about_as_many_events_as_were_asked_for(database: SqlDatabase) -> None:
    for number in range(10):
        await tell(database, f"room:{number}", 10)
    claimed = await database.event_partitions.claim(ALL.id, "h1", NOW, LATER, partitions=100, events=25)
    assert len(claimed) == 3


async def test_events_are_read_by_spans_in_the_order_of_their_streams(database: SqlDatabase) -> None:
    for stream in ("room:1", "room:2", "room:3"):
        await tell(database, stream, 4)
    spans = [Span("room:3", 3, 4), Span("room:1", 1, 3), Span("room:2", 4, 4)]
    found = await database.event_partitions.events(spans)
    assert [(event.stream, event.seq, event.body) for event in found] == [
        ("room:1", 2, '{"n":1}'),
        ("room:1", 3, '{"n":2}'),
        ("room:3", 4, '{"n":3}'),
    ]
    assert {(event.kind, event.category, event.tenant, event.at) for event in found} == {
        ("room.updated", "ktv", HOME, NOW)
    }


async def test_as_many_spans_as_a_round_has_partitions_are_read_at_once(database: SqlDatabase) -> None:
    for number in range(256):
        await tell(database, f"room:{number:03}")
    found = await database.event_partitions.events([Span(f"room:{number:03}", 0, 1) for number in range(256)])
    assert len(found) == 256


async def test_what_waits_is_counted_for_each_target(database: SqlDatabase) -> None:
    await tell(database, "room:1", 2, ALL, OTHER)
    await tell(database, "room:2", 3, at=LATER)
    await claim(database, partitions=1)
    await database.event_partitions.nack(ALL.id, "h1", [Nack("room:1", 1, 1, LATER, "no")])
    assert await database.event_partitions.waiting() == [
        Backlog(ALL.id, 2, 4, LATER, 1, "no"),
        Backlog(OTHER.id, 1, 2, NOW, 0, ""),
    ]


async def test_partitions_of_a_target_that_is_over_are_dropped_by_the_batch(database: SqlDatabase) -> None:
    for number in range(5):
        await tell(database, f"room:{number}", 1, ALL, OTHER)
    assert await database.event_partitions.drop(ALL.id, 3) == 3
    assert await database.event_partitions.drop(ALL.id, 3) == 2
    assert [waiting.target for waiting in await database.event_partitions.waiting()] == [OTHER.id]


async def test_what_is_kept_of_a_stream_is_not_looked_at_for_what_waits(database: SqlDatabase, backend: str) -> None:
    for number in range(20):
        await tell(database, f"room:{number}", 500)
    say: dict[str, Callable[[int], str]] = {
        "stream": lambda number: f"'room:{number}'",
        "after": lambda _: "498",
        "to": lambda _: "500",
    }
    asked = re.sub(r":(stream|after|to)(\d+)", lambda name: say[name[1]](int(name[2])), str(_EVENTS[16].say(DIALECT)))
    if backend == "sqlite":
        plan = [row[3] for row in await rows_of(database, f"EXPLAIN QUERY PLAN {asked}")]
        assert len([step for step in plan if step.endswith("(stream=? AND seq>? AND seq<?)")]) == 16
    else:
        ((*_, kind, _, key, _, _, rows, _),) = await rows_of(database, f"EXPLAIN {asked}")
        assert (kind, key) == ("range", "PRIMARY")
        assert int(rows) < 200, "32 are meant"
