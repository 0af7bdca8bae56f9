"""What people have in activities goes when they leave, however they do, and stays as long as they are there."""

from typing import Any

import msgspec
import pytest

from liveroom.domain.activities.model import ActivityEnd
from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.rooms.model import RoomChanges
from liveroom.usecases.activities.departed import DepartedPeople
from tests.usecases.activities.cloakroom import Cloakroom, Hooks
from tests.usecases.activities.evening import Evening, begin_evening
from tests.usecases.conftest import World


@pytest.fixture
async def evening(world: World) -> Evening:
    made = await begin_evening(world, 3)
    made.services.types.add(Cloakroom.type, Cloakroom())
    return made


async def hang_hats(evening: Evening) -> str:
    """Begin a cloakroom, in which the host and all fans hang a hat; return its id."""
    activities = evening.services.activities
    id = (await activities.start(evening.host, evening.room, Cloakroom.type, Hooks())).activity.id
    for actor in (evening.host, *evening.fans):
        await activities.act(actor, id, Cloakroom.type, "hang", {})
    return id


async def hats(evening: Evening, id: str) -> list[str]:
    return list(msgspec.json.decode((await evening.row(id)).state)["hats"])


async def test_who_leaves_or_is_removed_takes_theirs_along_and_the_room_hears_it(
    world: World, evening: Evening
) -> None:
    id = await hang_hats(evening)
    assert await evening.services.departed.run() == 0
    gone, kicked, stays = evening.fans
    await world.core.services.departures.leave(gone, evening.room)
    await world.core.services.departures.kick(evening.room, kicked.user)
    before = (await evening.row(id)).version
    assert await evening.services.departed.run() == 1
    assert await hats(evening, id) == [evening.host.user, stays.user]
    assert (await evening.row(id)).version == before + 1
    (shown,) = await evening.shown()
    assert msgspec.json.decode(shown.shown)["hats"] == [evening.host.user, stays.user]
    world.pass_by(1)
    recent = await world.core.live.channels.recent(evening.room, after=0, limit=100)
    changes = [
        msgspec.json.decode(event.data or b"")
        for one in recent.publications
        for event in one.events
        if event.kind == "activity.changed"
    ]
    assert changes[-1]["action"] == "left"
    assert await evening.services.departed.run() == 0


async def test_it_can_be_over_when_the_last_one_has_left(world: World, evening: Evening) -> None:
    activities = evening.services.activities
    id = (await activities.start(evening.host, evening.room, Cloakroom.type, Hooks())).activity.id
    await activities.act(evening.fans[0], id, Cloakroom.type, "hang", {})
    await world.core.services.departures.leave(evening.fans[0], evening.room)
    await evening.services.departed.run()
    assert (await evening.row(id)).end is ActivityEnd.FINISHED
    assert await evening.shown() == ()


async def test_nobody_loses_anything_while_the_live_store_is_down(world: World, evening: Evening) -> None:
    id = await hang_hats(evening)
    world.live.down = True
    with pytest.raises(LiveUnavailable):
        await evening.services.departed.run()
    world.live.down = False
    assert await evening.services.departed.run() == 0
    assert len(await hats(evening, id)) == 4


class Returning:
    """Seat maps where somebody comes back, and hangs another hat, when somebody has looked who is in the room."""

    def __init__(self, world: World, evening: Evening, id: str) -> None:
        self.world, self.evening, self.id = world, evening, id

    async def read(self, room: Any, users: Any) -> Any:
        view, fan = await self.world.core.live.seat_maps.read(room, users), self.evening.fans[0]
        await self.world.core.services.entering.enter(fan, room, role="audience", changes=RoomChanges())
        await self.evening.services.activities.act(fan, self.id, Cloakroom.type, "hang", {})
        return view


class LookedAt:
    """A live store with such seat maps."""

    def __init__(self, seat_maps: Returning) -> None:
        self.seat_maps = seat_maps


async def test_who_is_back_before_it_is_taken_keeps_everything(world: World, evening: Evening) -> None:
    id = await hang_hats(evening)
    await world.core.services.departures.leave(evening.fans[0], evening.room)
    live: Any = LookedAt(Returning(world, evening, id))
    assert await DepartedPeople(evening.services.departed.changes, live).run() == 0
    assert (await hats(evening, id)).count(evening.fans[0].user) == 2
    assert await evening.services.departed.run() == 0
