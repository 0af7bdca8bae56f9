"""Scheduled rooms and metadata of rooms, on both databases."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from liveroom.domain.ids import BroadcastId, RoomId, UserId
from liveroom.domain.rooms.metadata import Metadata, MetadataRow
from liveroom.domain.rooms.model import Room, RoomStatus
from liveroom.domain.rooms.options import Access, RoomOptions
from liveroom.domain.rooms.schedules import Mark
from liveroom.store.sql.database import SqlDatabase
from tests.store.sql.samples import ACME, HOME, NOW, SECOND, room

HOUR = timedelta(hours=1)
FIRST = Mark(NOW, RoomId(""))


def scheduled(id: str, starts: timedelta, **fields: Any) -> Room:
    """Return a room that begins so long after now."""
    access = fields.pop("access", Access.PUBLIC)
    return room(id, **{"state": RoomStatus.RESERVED, "options": RoomOptions(access, starts=NOW + starts), **fields})


async def page(database: SqlDatabase, after: Mark = FIRST, limit: int = 9, category: str = "") -> list[str]:
    found = await database.schedules.page(HOME, category, after, NOW + 3 * HOUR, limit)
    return [one.id for one in found]


async def test_rooms_to_come_are_paged_by_their_start_and_their_id(database: SqlDatabase) -> None:
    for id, starts in (("4", 2), ("3", 1), ("1", 1), ("2", 1), ("5", 3), ("6", 4), ("7", -1)):
        await database.rooms.add(scheduled(id, starts * HOUR))
    assert await page(database) == ["1", "2", "3", "4", "5"]
    assert await page(database, Mark(NOW + HOUR, RoomId("2")), limit=2) == ["3", "4"]
    assert await page(database, Mark(NOW + 3 * HOUR, RoomId("5"))) == []


async def test_only_public_reserved_rooms_of_the_tenant_are_listed(database: SqlDatabase) -> None:
    await database.rooms.add(scheduled("1", HOUR, category="ktv"))
    await database.rooms.add(scheduled("2", HOUR, category="chorus"))
    await database.rooms.add(scheduled("3", HOUR, access=Access.PRIVATE))
    await database.rooms.add(scheduled("4", HOUR, access=Access.INVITED))
    await database.rooms.add(scheduled("5", HOUR, delisted=True))
    await database.rooms.add(scheduled("6", HOUR, state=RoomStatus.CLOSED))
    await database.rooms.add(replace(room("7"), state=RoomStatus.RESERVED))
    await database.rooms.add(replace(scheduled("8", HOUR), tenant=ACME))
    assert await page(database) == ["1", "2"]
    assert await page(database, category="chorus") == ["2"]
    found = await database.schedules.page(ACME, "", FIRST, NOW + HOUR, 9)
    assert found == [replace(scheduled("8", HOUR), tenant=ACME)]


async def test_those_of_a_user_and_those_that_are_overdue_are_found(database: SqlDatabase) -> None:
    for id, starts in (("1", -3), ("2", -2), ("3", 1)):
        await database.rooms.add(scheduled(id, starts * HOUR, category=id))
    await database.rooms.add(replace(scheduled("4", -HOUR), holder=UserId("other")))
    await database.rooms.add(scheduled("5", -HOUR, state=RoomStatus.LIVE))
    assert sorted(await database.schedules.of(UserId("40000001"))) == ["1", "2", "3"]
    assert await database.schedules.of(UserId("nobody")) == []
    assert await database.schedules.overdue(NOW, 9) == ["1", "2", "4"]
    assert await database.schedules.overdue(NOW, 1) == ["1"]
    assert await database.schedules.overdue(NOW - 3 * HOUR, 9) == []


async def test_metadata_are_kept_whole_and_replaced(database: SqlDatabase) -> None:
    value = ('{"text":"你好 😀 \\u0000","a":"' + "x" * 16_000 + '"}').encode()
    row = MetadataRow(RoomId("700"), BroadcastId("b"), Metadata(2**41, value), UserId("u"), NOW)
    assert await database.metadata.get(row.room) is None
    await database.metadata.put(row)
    assert await database.metadata.get(row.room) == row
    assert await database.metadata.get(RoomId("700 ")) is None
    changed = replace(
        row,
        broadcast=BroadcastId("c"),
        metadata=Metadata(2**41 + 1, b"{}"),
        updated=NOW + SECOND,
        updated_by=UserId("v"),
    )
    await database.metadata.put(changed)
    assert await database.metadata.get(row.room) == changed
