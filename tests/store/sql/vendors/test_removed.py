"""Users who were removed from media rooms: by user, by live rooms in their order, and gone when their time is over."""

from datetime import datetime, timedelta

from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.media.model import RemovedParticipant
from liveroom.domain.rooms.model import RoomStatus
from liveroom.store.sql.database import SqlDatabase
from tests.store.sql.samples import ACME, NOW, room

LATER = NOW + timedelta(hours=6)
BEGIN = RoomId(""), UserId("")


def removed(of: str, user: str, until: datetime = LATER) -> RemovedParticipant:
    return RemovedParticipant(RoomId(of), UserId(user), ACME, until)


async def test_a_removal_is_found_until_its_time_is_over_and_then_dropped(database: SqlDatabase) -> None:
    rows = database.removed_participants
    await rows.put([removed("700", "2", NOW), removed("701", "2"), removed("700", "3")])
    assert await rows.of_user(UserId("2"), NOW) == [removed("701", "2")]
    await rows.put([removed("700", "2")])
    assert set(await rows.of_user(UserId("2"), NOW)) == {removed("700", "2"), removed("701", "2")}
    await rows.put([])
    assert await rows.purge(NOW, 10) == 0
    assert [await rows.purge(LATER, 2), await rows.purge(LATER, 2)] == [2, 1]


async def test_those_of_live_rooms_come_in_order_some_at_a_time(database: SqlDatabase) -> None:
    rows = database.removed_participants
    for id, state in (("700", RoomStatus.LIVE), ("701", RoomStatus.CLOSED), ("702", RoomStatus.LIVE)):
        await database.rooms.add(room(id, state=state))
    ours = [removed("700", "2"), removed("700", "3"), removed("702", "1")]
    await rows.put([*reversed(ours), removed("701", "2"), removed("702", "9", NOW), removed("799", "2")])
    first = await rows.in_live_rooms(NOW, BEGIN, 2)
    assert first == ours[:2]
    assert await rows.in_live_rooms(NOW, (first[-1].room, first[-1].user), 2) == ours[2:]
    assert await rows.in_live_rooms(LATER, BEGIN, 9) == []
