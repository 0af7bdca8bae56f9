"""How many people are in rooms, by bucket: on each store."""

from liveroom.domain.ids import DEFAULT_TENANT, ROOM_BUCKETS, RoomId, room_bucket
from liveroom.ports import RoomSize
from tests.store.live.world import World


async def test_members_are_counted_room_by_room(world: World) -> None:
    sun, moon = await world.open_room("sun"), await world.open_room("moon")
    await world.enter("ann", sun.id)
    await world.enter("bob", sun.id)
    found = await world.live.sizes.of(range(ROOM_BUCKETS))
    assert set(found) == {RoomSize(sun.id, DEFAULT_TENANT, 2), RoomSize(moon.id, DEFAULT_TENANT, 0)}
    assert await world.live.sizes.of([room_bucket(RoomId("moon"))]) == [RoomSize(moon.id, DEFAULT_TENANT, 0)]
