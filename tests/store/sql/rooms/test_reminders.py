"""Reminders and occasions of which people are told, on both databases."""

from datetime import timedelta

from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.rooms.alerts import AlertKind, cancelled_alert, opening_alert, scheduled_alert
from liveroom.domain.rooms.paging import NOBODY, UserMark
from liveroom.store.sql.database import SqlDatabase
from tests.store.sql.samples import NOW, room

ANN, BOB, CAT = (UserId(name) for name in ("40000001", "40000002", "40000003"))
ROOM, OTHER = RoomId("700"), RoomId("701")


async def test_of_those_who_have_seen_the_same_alert_one_goes_on_with_it(database: SqlDatabase) -> None:
    alert = opening_alert(room("700"), AlertKind.FOLLOW)
    for _ in range(2):
        await database.room_alerts.add(alert)
    assert await database.room_alerts.due(NOW - timedelta(seconds=1), 9) == []
    assert await database.room_alerts.due(NOW, 9) == [alert]
    taken = alert._replace(due=NOW + timedelta(seconds=9))
    assert sorted([await database.room_alerts.put(alert, taken) for _ in range(2)]) == [False, True]
    further = taken._replace(told=UserMark(NOW, BOB))
    assert await database.room_alerts.put(taken, further)
    assert not await database.room_alerts.put(taken, further)
    assert await database.room_alerts.due(NOW + timedelta(seconds=9), 9) == [further]
    await database.room_alerts.end(alert)
    assert await database.room_alerts.due(NOW + timedelta(seconds=9), 9) == []


async def test_a_room_has_one_reminder_at_a_time_and_who_saw_the_former_cannot_go_on(database: SqlDatabase) -> None:
    starts = NOW + timedelta(hours=1)
    soon = scheduled_alert(room("700"), starts, timedelta(minutes=10))
    await database.room_alerts.add(soon)
    cancelled = cancelled_alert(room("700"), starts, NOW)
    await database.room_alerts.add(cancelled)
    await database.room_alerts.add(opening_alert(room("700"), AlertKind.FOLLOW))
    assert {one.kind for one in await database.room_alerts.due(starts, 9)} == {AlertKind.CANCELLED, AlertKind.FOLLOW}
    assert not await database.room_alerts.put(soon, soon._replace(due=NOW))
    assert await database.room_alerts.put(cancelled, cancelled._replace(due=starts))


async def test_who_is_reminded_is_read_in_the_order_of_asking_and_spent_up_to_a_place(database: SqlDatabase) -> None:
    rows = database.reminders
    for user, seconds in ((CAT, 1), (ANN, 1), (BOB, 2), (ANN, 3)):
        await rows.add(ROOM, user, NOW + timedelta(seconds=seconds))
    await rows.add(OTHER, ANN, NOW)
    first = await rows.page(ROOM, NOBODY, None, 2)
    assert [one.user for one in first] == [ANN, CAT], "asking again changes nothing"
    assert [one.user for one in await rows.page(ROOM, first[-1], None, 9)] == [BOB]
    assert [one.user for one in await rows.page(ROOM, NOBODY, NOW + timedelta(seconds=1), 9)] == [ANN, CAT]
    assert (await rows.count(ROOM, 9), await rows.count(ROOM, 2), await rows.count(RoomId("none"), 9)) == (3, 2, 0)
    await rows.spend(ROOM, first[0])
    assert [one.user for one in await rows.page(ROOM, NOBODY, None, 9)] == [CAT, BOB]
    await rows.spend(ROOM, None)
    assert (await rows.count(ROOM, 9), await rows.count(OTHER, 9)) == (0, 1)


async def test_reminders_of_a_user_are_read_the_newest_first(database: SqlDatabase) -> None:
    rows = database.reminders
    for number in range(4):
        await rows.add(RoomId(f"80{number}"), ANN, NOW + timedelta(seconds=number // 2))
    first = await rows.of(ANN, None, 3)
    assert [one.room for one in first] == ["803", "802", "801"]
    assert [one.room for one in await rows.of(ANN, (first[-1].at, first[-1].room), 3)] == ["800"]
    assert (await rows.count_of(ANN), await rows.count_of(BOB)) == (4, 0)
    await rows.remove(RoomId("803"), ANN)
    assert (await rows.has(RoomId("803"), ANN), await rows.has(RoomId("802"), ANN)) == (False, True)
