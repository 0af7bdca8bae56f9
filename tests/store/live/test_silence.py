"""Where nobody listens nothing is told or kept, and whoever comes back is never told that nothing was missed."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from liveroom.domain.errors import RoomNotFound
from liveroom.domain.events.model import LISTENED_FOR, Position
from liveroom.domain.ids import DEFAULT_TENANT, RoomId, room_bucket
from liveroom.domain.presence.signs import SOCKET
from tests.store.live.listener import R1, RecordingListener, listen, say, socket_of
from tests.store.live.world import World

NEIGHBOUR = next(room for number in count() if room_bucket(room := RoomId(f"n{number}")) == room_bucket(R1))


async def position(world: World) -> Position:
    return (await world.live.channels.positions([R1]))[R1]


async def kept(world: World, after: int = 0) -> list[str]:
    """Return what is remembered of the room, counts apart."""
    found = await world.live.channels.recent(R1, after=after, limit=1000)
    events = [event for publication in found.publications for event in publication.events]
    return [say(event) for event in events if event.counts is None]


async def hang_up(listener: RecordingListener) -> None:
    """Hear the room no more; return when the store knows that: it has heard of a room of the same bucket since."""
    channels = listener.world.live.channels
    channels.unsubscribe(R1)
    await channels.subscribe(NEIGHBOUR)


async def test_a_room_to_which_nobody_listens_keeps_nothing(world: World) -> None:
    await world.go_live()
    await world.enter("bob")
    await world.leave("bob")
    assert await kept(world) == []
    assert (await position(world)).offset == 0
    assert await world.live.channels.gathered() == 0


async def test_the_first_who_listens_receives_everything_from_then_on(world: World) -> None:
    await world.go_live()
    await world.enter("bob")
    listener = await listen(world)
    await world.enter("cid")
    assert await listener.new_events() == ["member.entered cid"]
    assert (await position(world)).offset == 1


async def test_a_position_seen_before_something_went_untold_is_outdated(world: World) -> None:
    await world.go_live()
    seen = await position(world)
    assert await position(world) == seen
    await world.enter("bob")
    newer = await position(world)
    assert newer.epoch != seen.epoch
    await world.enter("cid")
    assert (await position(world)).epoch != newer.epoch


@pytest.mark.parametrize("way", ["recent", "positions"])
async def test_every_way_to_see_a_position_is_one(world: World, way: str) -> None:
    await world.go_live()
    channels = world.live.channels
    if way == "recent":
        seen = (await channels.recent(R1, after=0, limit=1)).position
    else:
        seen = (await channels.positions([R1]))[R1]
    await world.enter("bob")
    assert (await position(world)).epoch != seen.epoch


async def test_whoever_asks_for_the_state_may_take_two_minutes_to_listen(world: World) -> None:
    await world.go_live()
    seen = (await world.live.channels.snapshot(R1, DEFAULT_TENANT)).position
    world.clock.advance(LISTENED_FOR - timedelta(seconds=1))
    await world.enter("bob")
    assert (await position(world)).epoch == seen.epoch
    assert await kept(world, seen.offset) == ["member.entered bob"]
    world.clock.advance(timedelta(seconds=2))
    await world.enter("cid")
    assert (await position(world)).epoch != seen.epoch


async def test_epochs_that_nobody_has_seen_stay(world: World) -> None:
    await world.go_live()
    await position(world)
    await world.enter("bob")
    newer = await position(world)
    listener = await listen(world)
    for name in ("cid", "dan"):
        await world.enter(name)
    assert await listener.new_events() == ["member.entered cid", "member.entered dan"]
    assert (await position(world)).epoch == newer.epoch


async def test_the_only_listener_misses_nothing_while_away_for_a_moment(world: World) -> None:
    await world.go_live()
    await world.enter("bob")
    listener = await listen(world)
    before = await world.live.channels.join(R1, DEFAULT_TENANT, socket_of("bob"))
    await world.live.channels.part(R1, socket_of("bob"))
    await hang_up(listener)
    world.clock.advance(LISTENED_FOR - timedelta(seconds=1))
    await world.enter("cid")
    assert await kept(world, before.offset) == ["member.entered cid"]
    assert (await position(world)).epoch == before.epoch


async def test_whoever_stays_away_longer_begins_anew(world: World) -> None:
    await world.go_live()
    await world.enter("bob")
    listener = await listen(world)
    before = await world.live.channels.join(R1, DEFAULT_TENANT, socket_of("bob"))
    await hang_up(listener)
    world.clock.advance(LISTENED_FOR + timedelta(seconds=1))
    await world.enter("cid")
    assert await kept(world) == []
    assert (await position(world)).epoch != before.epoch


async def test_a_subscription_that_is_renewed_goes_on_being_listening(world: World) -> None:
    await world.go_live()
    await world.enter("bob")
    listener = await listen(world)
    before = await world.live.channels.join(R1, DEFAULT_TENANT, socket_of("bob"))
    await hang_up(listener)
    for _ in range(4):
        world.clock.advance(SOCKET / 2)
        await world.live.channels.renew({R1: [socket_of("bob")]})
    world.clock.advance(LISTENED_FOR - timedelta(seconds=1))
    await world.enter("cid")
    assert (await position(world)).epoch == before.epoch
    assert await kept(world, before.offset) == ["member.entered cid"]


async def test_a_renewal_of_a_room_that_is_gone_leaves_nothing_behind(world: World) -> None:
    row = await world.go_live()
    await world.enter("bob")
    await world.live.channels.join(R1, DEFAULT_TENANT, socket_of("bob"))
    await world.close_room(replace(row, rev=2))
    await world.live.channels.renew({R1: [socket_of("bob")]})
    with pytest.raises(RoomNotFound):
        await world.live.channels.recent(R1, after=0, limit=1)
