"""The outbox: order, what is due, and what is done; on both databases."""

import asyncio

import pytest

from liveroom.domain.accounts.sessions import SessionEnd
from liveroom.domain.errors import RoomFull
from liveroom.domain.events.outbox import (
    Arrival,
    OutboxMessage,
    RoomChanged,
    RoomImported,
    RoomsChanged,
    SessionsEnded,
    UserProfileChanged,
)
from liveroom.domain.ids import RoomId, SessionId, UserId
from liveroom.domain.rooms.model import CloseReason
from liveroom.ports import Tx
from liveroom.store.sql.database import SqlDatabase
from tests.store.sql.looking import rows_of
from tests.store.sql.samples import ACME, HOME, NOW, SECOND, room

MESSAGES: list[OutboxMessage] = [
    RoomChanged(RoomId("700")),
    RoomChanged(RoomId("700"), CloseReason.OWNER_GONE),
    UserProfileChanged(UserId("1")),
    SessionsEnded(UserId("2"), (SessionId("s1"), SessionId("s2")), NOW, everything=True, why=SessionEnd.BANNED),
    RoomImported(RoomId("700"), arrivals=(Arrival(UserId("1"), "anchor", NOW), Arrival(UserId("2"), "", NOW + SECOND))),
    RoomsChanged(RoomId("700"), CloseReason.DESTROYED, (RoomId("701"), RoomId("702"))),
]


async def test_what_was_told_comes_back_in_order_with_its_subject(database: SqlDatabase) -> None:
    added = [await database.outbox.add(ACME, message, NOW) for message in MESSAGES]
    assert await database.outbox.due(NOW + SECOND, 10) == added
    assert [row.subject for row in added] == ["700", "700", "1", "2", "700", "700"]
    assert [row.message for row in added] == MESSAGES


async def test_due_is_what_was_made_before_and_is_not_done_within_the_limit(database: SqlDatabase) -> None:
    rows = [await database.outbox.add(HOME, MESSAGES[0], NOW) for _ in range(4)]
    await database.outbox.add(HOME, MESSAGES[0], NOW + SECOND)
    await database.outbox.done([rows[1].id])
    assert await database.outbox.due(NOW + SECOND, 2) == [rows[0], rows[2]]
    assert await database.outbox.due(NOW, 2) == []


async def test_any_number_of_rows_is_done_at_once(database: SqlDatabase) -> None:
    async def work(tx: Tx) -> list[int]:
        return [(await tx.outbox.add(HOME, MESSAGES[0], NOW)).id for _ in range(600)]

    rows = await database.transact(work)
    await database.outbox.done(rows[:-1])
    await database.outbox.done([])
    assert [row.id for row in await database.outbox.due(NOW + SECOND, 10)] == rows[-1:]


async def test_purge_drops_the_oldest_done_rows_and_no_number_comes_twice(database: SqlDatabase) -> None:
    rows = [await database.outbox.add(HOME, MESSAGES[0], NOW) for _ in range(4)]
    await database.outbox.done([row.id for row in rows[1:]])
    assert await database.outbox.purge(NOW + SECOND, 2) == 2
    assert await rows_of(database, "SELECT id FROM lr_outbox ORDER BY id") == [(rows[0].id,), (rows[3].id,)]
    assert await database.outbox.purge(NOW + SECOND, 2) == 1
    assert (await database.outbox.add(HOME, MESSAGES[0], NOW)).id > rows[3].id


async def test_what_a_failed_transaction_told_is_never_due(database: SqlDatabase) -> None:
    async def work(tx: Tx) -> None:
        await tx.outbox.add(HOME, MESSAGES[0], NOW)
        raise RoomFull

    with pytest.raises(RoomFull):
        await database.transact(work)
    assert await database.outbox.due(NOW + SECOND, 10) == []


async def test_rows_of_one_room_have_the_order_of_its_changes(database: SqlDatabase) -> None:
    await database.rooms.add(room(rev=0))

    async def change(_: int) -> tuple[int, int]:
        return await database.transact(_change)

    changes = await asyncio.gather(*map(change, range(20)))
    assert [rev for _, rev in sorted(changes)] == list(range(1, 21))


async def _change(tx: Tx) -> tuple[int, int]:
    found = await tx.rooms.lock(RoomId("700"))
    assert found is not None
    await tx.rooms.put(room(rev=found.rev + 1))
    row = await tx.outbox.add(HOME, MESSAGES[0], NOW)
    return row.id, found.rev + 1
