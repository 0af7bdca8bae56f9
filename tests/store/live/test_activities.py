"""Activities in the live store: a room shows what runs, is told what is counted, and has both after a loss."""

from dataclasses import replace
from itertools import pairwise

from liveroom.domain.activities.model import Running, RunningActivity
from liveroom.domain.events.model import PACE, EventKind
from liveroom.domain.ids import DEFAULT_TENANT, TenantName, UserId
from liveroom.domain.rooms.options import DEFAULTS
from tests.store.live.listener import R1, listen
from tests.store.live.world import World

POLL = RunningActivity("p1", "poll", 1, UserId("ann"), 1_764_395_123_456, 0, '{"question":"小明 😀 \\"p2\\""}', True)
OTHER = POLL._replace(id="p2", type="prediction")


async def put(world: World, activities: Running, rev: int) -> None:
    row, policy, card = world.recovery.rooms[R1]
    options = replace(DEFAULTS, activities=activities)
    assert await world.put(replace(row, rev=rev, options=options), policy, card) is not None


async def tell(world: World, activity: str, votes: int, *, tenant: TenantName = DEFAULT_TENANT) -> None:
    await world.live.activities.tell(R1, tenant, activity, votes, b'{"votes":%d}' % votes)


async def told(world: World) -> dict[str, bytes]:
    return dict((await world.live.channels.snapshot(R1, DEFAULT_TENANT)).tallies)


async def test_what_runs_shows_in_every_picture_and_after_the_store_was_lost(world: World) -> None:
    await world.go_live()
    listener = await listen(world)
    await listener.new_events()
    await put(world, (POLL, OTHER), 2)
    snapshot = await world.live.channels.snapshot(R1, DEFAULT_TENANT)
    assert (await world.room()).options.activities == snapshot.room.options.activities == (POLL, OTHER)
    assert await listener.new_events() == [], "its own events say it"
    await world.lose()
    assert (await world.room()).options.activities == (POLL, OTHER)


async def test_what_is_counted_is_told_and_kept_and_less_changes_nothing(world: World) -> None:
    await world.go_live()
    listener = await listen(world)
    await tell(world, "p1", 1)
    await put(world, (POLL,), 2)
    for votes in (2, 1, 2, 3):
        await tell(world, "p1", votes)
    await tell(world, "p2", 9)
    await tell(world, "p1", 9, tenant=TenantName("t"))
    await listener.new_events()
    events = [event for event in listener.events() if event.kind == EventKind.ACTIVITY_TALLY]
    assert [event.data for event in events] == [b'{"votes":2}', b'{"votes":3}']
    assert {event.cause.value for event in events} == {"call"}
    assert await told(world) == {"p1": b'{"votes":3}'}


async def test_what_was_counted_in_an_activity_goes_with_it(world: World) -> None:
    await world.go_live()
    await put(world, (POLL, OTHER), 2)
    await tell(world, "p1", 1)
    await tell(world, "p2", 2)
    assert await told(world) == {"p1": b'{"votes":1}', "p2": b'{"votes":2}'}
    await put(world, (OTHER,), 3)
    await tell(world, "p2", 3)
    await tell(world, "p1", 4)
    assert await told(world) == {"p2": b'{"votes":3}'}


async def test_votes_leave_as_at_most_five_publications_a_second(world: World) -> None:
    await world.go_live()
    listener = await listen(world)
    await put(world, (POLL,), 2)
    for votes in range(1, 51):
        await tell(world, "p1", votes)
        world.clock.advance(0.02)
        await world.live.channels.gathered()
    await listener.new_events()
    times = [one.at for one in listener.publications()]
    assert len(times) > 2
    assert all(later - earlier >= PACE for earlier, later in pairwise(times))
