"""Last signs of life, on both databases."""

from liveroom.domain.ids import SessionId, UserId
from liveroom.domain.presence.signs import BucketSigns, SignOfLife
from liveroom.store.sql.database import SqlDatabase

BOB = SignOfLife(UserId("bob"), SessionId("phone"), since=1_700_000_000_000, seen=1_700_000_090_123, keepalive=True)
EVE = SignOfLife(UserId("eve 🌹"), SessionId("~old"), since=1, seen=2, keepalive=False)


async def test_every_field_of_a_buckets_signs_comes_back(database: SqlDatabase) -> None:
    written = [BucketSigns(0, 5, 6, [BOB, EVE]), BucketSigns(127, 1_700_000_000_000, 0, [])]
    await database.signs.put(written)
    assert [await database.signs.of_bucket(0), await database.signs.of_bucket(127)] == written
    assert await database.signs.of_bucket(1) is None
    assert sorted(await database.signs.buckets()) == [0, 127]


async def test_signs_take_the_place_of_what_was_known_of_their_bucket(database: SqlDatabase) -> None:
    await database.signs.put([BucketSigns(3, 5, 6, [BOB, EVE])])
    await database.signs.put([BucketSigns(3, 7, 0, [EVE])])
    await database.signs.put([])
    assert await database.signs.of_bucket(3) == BucketSigns(3, 7, 0, [EVE])


async def test_a_bucket_of_a_great_crowd_is_kept_whole(database: SqlDatabase) -> None:
    crowd = [BOB._replace(user=UserId(f"user{number}"), session=SessionId("s" * 64)) for number in range(20_000)]
    await database.signs.put([BucketSigns(bucket, 1, 0, crowd) for bucket in range(3)])
    assert await database.signs.of_bucket(2) == BucketSigns(2, 1, 0, crowd)
