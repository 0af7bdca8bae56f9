"""Rooms and broadcasts, on both databases."""

from dataclasses import replace

import pytest

from liveroom.domain.ids import BroadcastId, RoomId, UserId, room_bucket
from liveroom.domain.rooms.model import CloseReason, RoomStatus
from liveroom.store.sql.database import SqlDatabase
from liveroom.store.sql.instants import millis
from tests.store.sql.looking import rows_of
from tests.store.sql.samples import ACME, HOME, NOW, SECOND, room


async def test_every_field_of_a_room_comes_back(database: SqlDatabase) -> None:
    kept = replace(
        room(),
        holder=UserId("h"),
        created_by=UserId("c"),
        updated_by=UserId("u"),
        updated=NOW + SECOND,
        cover="https://a/c.png",
        subject="😀",
        description="d",
        capacity=8,
        kind="TIMER_ROOM",
        star=2**40,
        rev=2**40,
    )
    await database.rooms.add(kept)
    assert await database.rooms.get(kept.id) == kept


async def test_put_writes_every_field(database: SqlDatabase) -> None:
    await database.rooms.add(room())
    changed = replace(room(), holder=UserId("h"), owner=UserId("o"), state=RoomStatus.CLOSED, title="", rev=2, star=1)
    await database.rooms.put(changed)
    assert await database.rooms.get(changed.id) == changed


@pytest.mark.parametrize("other", ["70", "700 ", "7000", ""])
async def test_only_the_very_id_finds_a_room(database: SqlDatabase, other: str) -> None:
    await database.rooms.add(room())
    assert await database.rooms.get(RoomId(other)) is None
    assert await database.rooms.lock(RoomId(other)) is None


async def test_live_rooms_are_paged_in_the_order_of_their_ids(database: SqlDatabase) -> None:
    for id in ("1", "3", "2"):
        await database.rooms.add(room(id))
    await database.rooms.add(room("4", state=RoomStatus.CLOSED))
    await database.rooms.add(room("5", state=RoomStatus.RESERVED))
    await database.rooms.add(room("acme-1", ACME))
    assert [one.id for one in await database.rooms.live(HOME, RoomId(""), 2)] == ["1", "2"]
    assert [one.id for one in await database.rooms.live(HOME, RoomId("2"), 2)] == ["3"]
    assert [one.id for one in await database.rooms.live(None, RoomId(""), 9)] == ["1", "2", "3", "acme-1"]
    assert await database.rooms.count_live(HOME) == 3


async def test_live_rooms_are_found_by_owner_and_by_bucket(database: SqlDatabase) -> None:
    await database.rooms.add(room("1", owner=UserId("a")))
    await database.rooms.add(room("2", owner=UserId("b")))
    await database.rooms.add(room("3", owner=UserId("a"), state=RoomStatus.CLOSED))
    assert await database.rooms.owned_live(UserId("a")) == ["1"]
    found = await database.rooms.live_in_bucket(room_bucket(RoomId("1")))
    assert room("1", owner=UserId("a")) in found
    assert await database.rooms.live_in_bucket(room_bucket(RoomId("3"))) in ([], found)


async def test_of_two_ends_of_a_broadcast_the_first_is_kept(database: SqlDatabase) -> None:
    await database.rooms.open_broadcast(room())
    broadcast = BroadcastId("b-700")
    await database.rooms.close_broadcast(broadcast, NOW + SECOND, CloseReason.DESTROYED)
    await database.rooms.close_broadcast(broadcast, NOW + 2 * SECOND, CloseReason.OWNER_GONE)
    await database.rooms.open_broadcast(room("701"))
    found = await rows_of(database, "SELECT id, closed, reason FROM lr_broadcasts ORDER BY id")
    assert found == [("b-700", millis(NOW + SECOND), "destroyed"), ("b-701", None, None)]


async def test_likes_of_a_broadcast_never_become_fewer(database: SqlDatabase) -> None:
    rooms = database.rooms
    for number in ("700", "701", "702"):
        await rooms.open_broadcast(room(number))
    await rooms.close_broadcast(BroadcastId("b-701"), NOW, CloseReason.DESTROYED)
    await rooms.put_likes({BroadcastId("b-700"): 2**40, BroadcastId("b-701"): 5, BroadcastId("b-9"): 1})
    await rooms.put_likes({BroadcastId("b-700"): 3, BroadcastId("b-701"): 6})
    await rooms.put_likes({})
    found = await rooms.likes([BroadcastId(f"b-{number}") for number in (700, 701, 702, 9)])
    assert found == {"b-700": 2**40, "b-701": 6}
