"""Goals: counted from what there is, told at their pace, and reached once, whoever looks and whatever dies."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from liveroom import faults
from liveroom.domain.activities.failures import ActivityOver, ActivityRefuses, TooManyActivities
from liveroom.domain.activities.goals import GOALS_MAX, GoalMeasure, GoalParams
from liveroom.domain.activities.model import ActivityEnd
from liveroom.domain.errors import LiveUnavailable, PermissionDenied
from liveroom.domain.gifts.failures import GiftNotOffered
from liveroom.domain.gifts.model import GiftId
from liveroom.domain.rooms.model import RoomChanges
from liveroom.domain.rooms.options import OptionChanges
from liveroom.usecases.gifts.sending import WantedGift
from tests.service import serving
from tests.usecases.activities.evening import Evening, begin_evening
from tests.usecases.conftest import World
from tests.usecases.ledger.money import credit


@pytest.fixture(autouse=True)
def _alive() -> Iterator[None]:
    yield
    faults.disarm()


@pytest.fixture
async def evening(world: World) -> Evening:
    return await begin_evening(world, 3)


async def like(evening: Evening, likes: int, fan: int = 0) -> None:
    for _ in range(likes // 100):
        await evening.core.services.likes.add(evening.fans[fan], evening.room, 100)
    if likes % 100:
        await evening.core.services.likes.add(evening.fans[fan], evening.room, likes % 100)


async def give(evening: Evening, key: str, gift: str = "rose", count: int = 1) -> None:
    wanted = WantedGift(evening.room, GiftId(gift), key, count, ())
    await evening.core.services.money.gifts.sending.send(evening.fans[0], wanted)


async def set_goal(evening: Evening, measure: str = "likes", *targets: int, **given: Any) -> str:
    params = GoalParams(measure=GoalMeasure(measure), targets=targets, **given)
    return (await evening.services.goals.start(evening.host, evening.room, params)).activity.id


async def count(world: World, evening: Evening) -> int:
    """Let the job look, a moment later."""
    world.pass_by(1)
    return await evening.services.goal_counting.run()


async def heard(world: World, evening: Evening, kind: str) -> Sequence[dict[str, Any]]:
    """Return what the room was told of one kind, with what waited to be told."""
    world.pass_by(2)
    await world.core.jobs.relay.run()
    await world.core.live.channels.gathered()
    recent = await world.core.live.channels.recent(evening.room, after=0, limit=500)
    events = [event for one in recent.publications for event in one.events if event.kind == kind]
    return [msgspec.json.decode(event.data or b"{}") for event in events]


async def tally(evening: Evening, id: str) -> int:
    """Return how far the room shows a goal to be, to whoever comes now."""
    snapshot = await evening.core.live.channels.snapshot(evening.room, evening.host.tenant.name)
    return int(msgspec.json.decode(snapshot.tallies[id])["votes"]) if id in snapshot.tallies else 0


async def test_likes_bring_a_goal_to_its_steps_and_its_end(world: World, evening: Evening) -> None:
    await like(evening, 30)
    id = await set_goal(evening, "likes", 50, 100, title="Sing!")
    assert await count(world, evening) == 0
    await like(evening, 49)
    assert await count(world, evening) == 0
    assert ((await evening.row(id)).votes, await tally(evening, id)) == (49, 49)
    await like(evening, 1)
    assert await count(world, evening) == 1
    assert await count(world, evening) == 0, "it is reached once"
    (shown,) = await evening.shown()
    assert msgspec.json.decode(shown.shown) == {
        "title": "Sing!", "measure": "likes", "giftId": "", "targets": [50, 100], "reached": 1,
    }  # fmt: skip
    await like(evening, 60)
    assert await count(world, evening) == 1
    assert await evening.shown() == ()
    row = await evening.row(id)
    assert (row.end, row.votes) == (ActivityEnd.FINISHED, 110)
    result = await evening.result(id)
    assert (result["reached"], result["count"]) == (2, 110)
    reached = await heard(world, evening, "goal.reached")
    assert [(one["activityId"], one["target"], one["step"], one["steps"]) for one in reached] == [
        (id, 50, 1, 2),
        (id, 100, 2, 2),
    ]
    assert [one["action"] for one in await heard(world, evening, "activity.changed")] == ["reached"]


async def test_one_gift_may_reach_several_targets_each_of_which_is_told(world: World, evening: Evening) -> None:
    await credit(world.core, evening.fans[0].user, 1000, "order")
    await give(evening, "before", count=5)
    coins = await set_goal(evening, "coins", 3, 5, 100)
    roses = await set_goal(evening, "gift", 12, gift_id="rose", whole=True)
    await give(evening, "a", "heart", 2)
    await give(evening, "b", "rose", 6)
    assert await count(world, evening) == 2
    assert ((await evening.row(coins)).votes, (await evening.row(roses)).votes) == (16, 11)
    await give(evening, "c", "rose", 1)
    assert await count(world, evening) == 1
    assert (await evening.row(roses)).end is ActivityEnd.FINISHED
    told = [(one["activityId"], one["target"]) for one in await heard(world, evening, "goal.reached")]
    assert told == [(coins, 3), (coins, 5), (roses, 12)]


async def test_followers_are_all_or_those_of_this_broadcast_and_none_is_taken_back(
    world: World, evening: Evening
) -> None:
    follows, owner = world.core.services.following.follows, evening.host.user
    early = await world.make_actor()
    await follows.add(early, owner)
    world.pass_by(5)
    for fan in evening.fans[:1]:
        await follows.add(fan, owner)
    everyone = await set_goal(evening, "followers", 10)
    new = await set_goal(evening, "newFollowers", 10)
    assert [(await evening.row(id)).votes for id in (everyone, new)] == [2, 0]
    world.pass_by(1)
    await follows.add(evening.fans[1], owner)
    await count(world, evening)
    assert [(await evening.row(id)).votes for id in (everyone, new)] == [3, 1]
    await follows.remove(evening.fans[1], owner)
    await count(world, evening)
    assert [(await evening.row(id)).votes for id in (everyone, new)] == [3, 1]


async def test_viewers_are_the_most_that_were_there_at_once(world: World, evening: Evening) -> None:
    id = await set_goal(evening, "viewers", 5)
    assert (await evening.row(id)).votes == 4
    await world.core.services.departures.leave(evening.fans[0], evening.room)
    await count(world, evening)
    assert (await evening.row(id)).votes == 4
    for person in (evening.fans[0], await world.make_actor()):
        await world.core.services.entering.enter(person, evening.room, role="audience", changes=RoomChanges())
    assert await count(world, evening) == 1


async def test_two_processes_reach_a_target_once(world: World, evening: Evening) -> None:
    id = await set_goal(evening, "likes", 10, 20)
    await like(evening, 15)
    async with world.neighbour() as other:
        counting = other.services.connecting.activities.goal_counting
        row = await evening.row(id)
        found = await asyncio.gather(
            *(one.reach(row, 15) for one in (evening.services.goal_counting, counting, counting))
        )
    assert sorted(found) == [0, 0, 1]
    assert len(await heard(world, evening, "goal.reached")) == 1
    assert (await evening.row(id)).version == 2


async def test_another_process_counts_once_the_one_that_did_is_gone(world: World, evening: Evening) -> None:
    id = await set_goal(evening, "likes", 10)
    await like(evening, 5)
    await count(world, evening)
    async with world.neighbour() as other:
        counting = other.services.connecting.activities.goal_counting
        counting.figures.live = world.core.live
        await like(evening, 2)
        await counting.run()
        assert (await evening.row(id)).votes == 5, "it is left to who counts"
        world.pass_by(5)
        await counting.run()
        assert (await evening.row(id)).votes == 7


class _Killed(BaseException):
    """The process dies."""


def _die() -> None:
    raise _Killed


async def test_a_process_that_dies_after_the_commit_leaves_what_is_told_to_others(
    world: World, evening: Evening
) -> None:
    id = await set_goal(evening, "likes", 10)
    await like(evening, 12)
    faults.arm("activity.committed", _die)
    with pytest.raises(_Killed):
        await count(world, evening)
    faults.disarm()
    assert (await evening.row(id)).end is ActivityEnd.FINISHED
    assert await heard(world, evening, "goal.reached") != []
    assert await count(world, evening) == 0
    assert len(await heard(world, evening, "goal.reached")) == 1


async def test_what_is_counted_and_not_told_is_told_by_the_job(world: World, evening: Evening) -> None:
    id = await set_goal(evening, "likes", 100)
    await like(evening, 12)
    faults.arm("goal.counted", _die)
    with pytest.raises(_Killed):
        await count(world, evening)
    faults.disarm()
    assert (await evening.row(id)).votes == 12
    assert await tally(evening, id) == 0
    await world.core.jobs.tally_news.tell_all()
    assert await tally(evening, id) == 12


async def test_nothing_is_counted_while_the_live_store_is_down_and_all_of_it_afterwards(
    world: World, evening: Evening
) -> None:
    id = await set_goal(evening, "likes", 10)
    await like(evening, 12)
    world.live.down = True
    with pytest.raises(LiveUnavailable):
        await count(world, evening)
    world.live.down = False
    assert await count(world, evening) == 1
    assert (await evening.row(id)).is_over


async def test_a_goal_ends_with_its_time_its_host_or_its_broadcast_and_keeps_how_far_it_came(
    world: World, evening: Evening
) -> None:
    timed = await set_goal(evening, "likes", 100, lasts=60)
    ended = await set_goal(evening, "likes", 100)
    closed = await set_goal(evening, "likes", 100, 200)
    await like(evening, 7)
    await count(world, evening)
    await evening.services.activities.end(evening.host, ended)
    world.pass_by(60)
    await evening.services.due.run()
    await world.core.services.rooms.destroy(evening.host, evening.room)
    world.pass_by(1)
    await evening.services.due.run()
    found = [((await evening.row(id)).end, (await evening.result(id))["count"]) for id in (timed, ended, closed)]
    assert found == [(ActivityEnd.TIME_OVER, 7), (ActivityEnd.ENDED, 7), (ActivityEnd.CLOSED, 7)]
    assert await count(world, evening) == 0


async def test_who_may_set_which_goals(world: World, evening: Evening) -> None:
    params = GoalParams(measure=GoalMeasure.LIKES, targets=(10,))
    with pytest.raises(PermissionDenied):
        await evening.services.goals.start(evening.fans[0], evening.room, params)
    await like(evening, 10)
    with pytest.raises(ActivityRefuses):
        await set_goal(evening, "likes", 10, 20, whole=True)
    with pytest.raises(GiftNotOffered):
        await set_goal(evening, "gift", 10, gift_id="unicorn")
    ids = [await set_goal(evening, "likes", 10) for _ in range(GOALS_MAX)]
    with pytest.raises(TooManyActivities):
        await set_goal(evening, "viewers", 10)
    with pytest.raises(ActivityRefuses):
        await evening.vote(0, ids[0], 1)
    await evening.services.activities.end(evening.host, ids[0])
    with pytest.raises(ActivityOver):
        await evening.services.activities.end(evening.host, ids[0])


async def test_gifts_are_no_goal_where_a_room_takes_none(world: World, evening: Evening) -> None:
    options = world.core.services.room_settings.options
    await options.set(evening.host, evening.room, OptionChanges(gifts=False))
    for measure, given in (("coins", {}), ("gift", {"gift_id": "rose"})):
        with pytest.raises(GiftNotOffered):
            await set_goal(evening, measure, 10, **given)


async def test_a_goal_costs_nobody_who_likes_or_gives_anything(world: World, evening: Evening) -> None:
    await credit(world.core, evening.fans[0].user, 1000, "order")
    await set_goal(evening, "coins", 500)
    await set_goal(evening, "gift", 500, gift_id="rose")
    id = await set_goal(evening, "likes", 10_000)
    for number in range(5):
        await give(evening, f"g{number}")
        await like(evening, 100)
    assert (await evening.row(id)).votes == 0, "it is counted by the job alone"
    await count(world, evening)
    assert (await evening.row(id)).votes == 500
    assert len(await heard(world, evening, "activity.tally")) <= 3, "one for each goal, however much was counted"


async def test_operators_servers_are_told_once_of_each_target(tmp_path: Path) -> None:
    log = tmp_path / "events.jsonl"
    async with serving(tmp_path / "data", event_log=f"file://{log}") as service:
        host, fan = await service.sign_up(), await service.sign_up()
        room = await host.go_live()
        await fan.enter(room)
        goal = {"roomId": room, "measure": "likes", "targets": "5,6,50", "title": "Encore"}
        id = (await host.call("activities/start_goal", goal)).data["activityId"]
        await fan.call("rooms/like", {"roomId": room, "count": "7"})
        service.clock.advance(1)
        assert await service.core.jobs.goal_counting.run() == 2
        await host.call("activities/end", {"activityId": id})
        await service.tick()
        await service.tick()
    told = [msgspec.json.decode(line) for line in log.read_bytes().splitlines()]
    found = [(one["type"], one["data"].get("target")) for one in told if one["data"].get("activityId") == id]
    assert found == [("activity.started", None), ("goal.reached", 5), ("goal.reached", 6), ("activity.ended", None)]
