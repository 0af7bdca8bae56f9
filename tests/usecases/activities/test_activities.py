"""Activities from start to end, while stores are away, processes die, hosts leave and rooms close."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from liveroom import faults
from liveroom.domain.activities.failures import (
    ActivityNotFound,
    ActivityOver,
    ActivityRefuses,
    TooManyActivities,
)
from liveroom.domain.activities.model import ActivityEnd
from liveroom.domain.activities.polls import Poll, PollParams
from liveroom.domain.activities.predictions import LOCK, RESOLVE, Prediction
from liveroom.domain.errors import ContentRefused, DatabaseUnavailable, NotInRoom, PermissionDenied, RoomNotFound
from liveroom.domain.ids import UserId
from liveroom.domain.rooms.model import CloseReason
from liveroom.usecases.activities.ending import DueActivities
from liveroom.usecases.activities.types import ActivityTypes
from liveroom.usecases.activities.voting import Votes
from tests.contract.show_codes import BLOCKED_WORDS
from tests.dying import Died, die
from tests.usecases.activities.evening import Evening, begin_evening
from tests.usecases.conftest import World

FANS = 4


@pytest.fixture(autouse=True)
def _alive() -> Iterator[None]:
    yield
    faults.disarm()


@pytest.fixture
async def evening(world: World) -> Evening:
    return await begin_evening(world, FANS)


async def told(world: World, evening: Evening) -> list[tuple[str, Any]]:
    """Return what the room has heard of activities, after everything that was left behind was told."""
    world.pass_by(1)
    await world.core.jobs.relay.run()
    world.pass_by(1)
    await world.core.live.channels.gathered()
    recent = await world.core.live.channels.recent(evening.room, after=0, limit=100)
    events = [event for one in recent.publications for event in one.events]
    return [
        (str(event.kind).removeprefix("activity."), msgspec.json.decode(event.data or b""))
        for event in events
        if str(event.kind).startswith("activity.")
    ]


async def test_a_poll_is_started_voted_on_and_ended_and_the_room_hears_all_of_it(
    world: World, evening: Evening
) -> None:
    id = await evening.poll(most=2)
    assert [one.id for one in await evening.shown()] == [id]
    await evening.vote(0, id, 1)
    await evening.vote(1, id, 1, 2)
    ended = await evening.services.activities.end(evening.host, id)
    assert (ended.activity.end, ended.activity.votes) == (ActivityEnd.ENDED, 2)
    assert await evening.shown() == ()
    kinds = [(kind, data) for kind, data in await told(world, evening) if kind != "tally"]
    (_, started), (_, over) = kinds
    assert [kind for kind, _ in kinds] == ["started", "ended"]
    assert started["state"]["options"] == ["One", "Two", "Three"]
    assert (over["reason"], over["result"]["counts"], over["votes"]) == ("ended", [0, 2, 1], 2)
    with pytest.raises(ActivityOver):
        await evening.vote(2, id, 0)
    with pytest.raises(ActivityOver):
        await evening.services.activities.end(evening.host, id)


async def test_of_each_user_the_first_ballot_counts_however_often_and_at_once_they_vote(evening: Evening) -> None:
    id = await evening.poll()
    votes = [evening.vote(fan, id, (fan + turn) % 3) for turn in range(5) for fan in range(FANS)]
    voted = await asyncio.gather(*votes)
    assert sum(not one.is_repeated for one in voted) == FANS
    row = await evening.row(id)
    assert (row.votes, sum(row.tally.values())) == (FANS, FANS)
    for fan in range(FANS):
        assert len({one.ballot for one in voted[fan::FANS]}) == 1
        assert (await evening.vote(fan, id, 0)).ballot == voted[fan].ballot


async def test_only_members_vote_and_only_hosts_begin_and_end(world: World, evening: Evening) -> None:
    id = await evening.poll()
    stranger = await world.make_actor()
    with pytest.raises(NotInRoom):
        await evening.services.votes.vote(stranger, id, ["0"])
    for actor in (stranger, evening.fans[0]):
        with pytest.raises(PermissionDenied):
            await evening.services.activities.end(actor, id)
    with pytest.raises(NotInRoom):
        await evening.services.activities.act(stranger, await evening.predict(), Prediction.type, LOCK, {})
    with pytest.raises(ActivityNotFound):
        await evening.services.activities.act(evening.host, id, Prediction.type, LOCK, {})
    with pytest.raises(TooManyActivities):
        await evening.poll()


async def test_one_bad_vote_of_many_at_once_spoils_no_other(evening: Evening) -> None:
    id = await evening.poll()
    found = await asyncio.gather(
        evening.vote(0, id, 0), evening.vote(1, id, 9), evening.vote(2, "none", 0), evening.vote(3, id, 2),
        return_exceptions=True,
    )  # fmt: skip
    assert [type(one).__name__ for one in found] == ["Voted", "ActivityRefuses", "ActivityNotFound", "Voted"]
    assert dict((await evening.row(id)).tally) == {"0": 1, "2": 1}


async def test_time_ends_a_poll_once_on_any_process_and_a_vote_in_between_is_refused(
    world: World, evening: Evening
) -> None:
    id = await evening.poll(lasts=30)
    await evening.vote(0, id, 0)
    world.pass_by(30)
    with pytest.raises(ActivityOver):
        await evening.vote(1, id, 1)
    async with world.neighbour() as other:
        await asyncio.gather(world.core.jobs.due_activities.run(), other.jobs.due_activities.run())
    row = await evening.row(id)
    assert (row.end, row.version, row.votes) == (ActivityEnd.TIME_OVER, 2, 1)
    assert [data["reason"] for kind, data in await told(world, evening) if kind == "ended"] == ["timeOver"]


async def test_a_prediction_is_locked_and_resolved_and_who_was_right_has_points(world: World, evening: Evening) -> None:
    for outcome in (0, 1):
        id = await evening.predict(points=10)
        for fan in range(3):
            await evening.vote(fan, id, min(fan, 1))
        activities = evening.services.activities
        await activities.act(evening.host, id, Prediction.type, LOCK, {})
        with pytest.raises(ActivityOver):
            await evening.vote(3, id, 0)
        with pytest.raises(PermissionDenied):
            await activities.act(evening.fans[0], id, Prediction.type, RESOLVE, {"outcome": outcome})
        await activities.act(evening.host, id, Prediction.type, RESOLVE, {"outcome": outcome})
        assert (await evening.result(id))["outcome"] == outcome
    off = await evening.predict()
    await evening.vote(0, off, 0)
    await evening.services.activities.end(evening.host, off)
    points = await evening.services.reading.points(evening.fans[0], evening.room)
    expected = sorted([(evening.fans[0].user, 10, 1), (evening.fans[1].user, 10, 1), (evening.fans[2].user, 10, 1)])
    assert [one.points for one in points] == expected
    changes = [data["action"] for kind, data in await told(world, evening) if kind == "changed"]
    assert changes == [LOCK, LOCK]


async def test_it_goes_on_when_its_host_leaves_and_ends_with_the_broadcast(world: World, evening: Evening) -> None:
    id = await evening.poll()
    await evening.vote(0, id, 0)
    await world.core.services.departures.leave(evening.host, evening.room)
    await evening.vote(1, id, 0)
    closed = await world.core.broadcasts.close(evening.room, CloseReason.OWNER_GONE, broadcast=None)
    assert closed is not None
    assert closed.row is not None
    await world.core.jobs.relay.deliver(closed.row)
    with pytest.raises(ActivityOver):
        await evening.vote(2, id, 0)
    await world.core.jobs.due_activities.run()
    row = await evening.row(id)
    assert (row.end, row.votes) == (ActivityEnd.CLOSED, 2)
    assert (await evening.result(id))["counts"] == [2, 0, 0]
    with pytest.raises(RoomNotFound):
        await evening.poll()
    room = await world.go_live(evening.host)
    assert (await world.core.live.room(room)).options.activities == ()  # type: ignore[union-attr]


async def test_ballots_of_an_anonymous_poll_are_read_by_nobody_and_forgotten_at_its_end(
    world: World, evening: Evening
) -> None:
    known = await evening.poll(anonymous=False)
    await evening.vote(0, known, 0)
    reading = evening.services.reading
    found, _ = await reading.ballots(evening.host, known, cursor="", limit=10)
    assert [(one.user, one.ballot.choices) for one in found] == [(evening.fans[0].user, ("0",))]
    with pytest.raises(PermissionDenied):
        await reading.ballots(evening.fans[0], known, cursor="", limit=10)
    await evening.services.activities.end(evening.host, known)
    secret = await evening.poll(anonymous=True)
    await evening.vote(1, secret, 2)
    with pytest.raises(ActivityRefuses):
        await reading.ballots(evening.host, secret, cursor="", limit=10)
    await evening.services.activities.end(evening.host, secret)
    assert await world.core.jobs.due_activities.run() == 1
    assert await world.core.jobs.due_activities.run() == 0
    assert await world.core.db.ballots.page(secret, UserId(""), 10) == []
    assert len(await world.core.db.ballots.page(known, UserId(""), 10)) == 1
    assert ((await evening.row(secret)).votes, (await evening.row(secret)).tally) == (1, {"2": 1})


async def test_counts_that_are_for_the_end_are_told_then_only(world: World, evening: Evening) -> None:
    id = await evening.poll(live=False)
    await evening.vote(0, id, 1)
    await evening.services.tallies.tell_all()
    (own,) = await evening.services.reading.current(evening.fans[0], evening.room)
    assert (own.view.running is not None and own.view.running.tallied, own.ballots[0].choices) == (False, ("1",))
    tallies = [data for kind, data in await told(world, evening) if kind == "tally"]
    assert tallies == [{"activityId": id, "votes": 1}]


@pytest.mark.parametrize("point", ["activity.committed", "activity.counted"])
async def test_a_process_that_dies_leaves_nothing_half_done(world: World, evening: Evening, point: str) -> None:
    if point == "activity.committed":
        faults.arm(point, die)
        with pytest.raises(Died):
            await evening.poll()
        faults.disarm()
        kinds = [kind for kind, _ in await told(world, evening)]
        assert kinds == ["started"], "the relay has told it"
        return
    id = await evening.poll()
    faults.arm(point, die)
    with pytest.raises(DatabaseUnavailable):
        await evening.vote(0, id, 1)
    faults.disarm()
    assert (await evening.row(id)).votes == 0
    assert not (await evening.vote(0, id, 2)).is_repeated
    assert dict((await evening.row(id)).tally) == {"2": 1}


async def test_votes_count_while_the_live_store_is_filled_again(world: World, evening: Evening) -> None:
    id = await evening.poll()
    await evening.vote(0, id, 1)
    world.live.down = True
    world.live.down = False
    await evening.vote(1, id, 1)
    await evening.services.tallies.tell_all()
    snapshot = await world.core.live.channels.snapshot(evening.room, evening.host.tenant.name)
    assert msgspec.json.decode(snapshot.tallies[id])["counts"] == {"1": 2}


async def test_a_type_that_is_not_offered_any_more_ends_without_its_rules(world: World, evening: Evening) -> None:
    evening.services.types.add("old", Poll())
    params = PollParams(question="Which?", options=("One", "Two"), lasts=5)
    view = await evening.services.activities.start(evening.host, evening.room, "old", params)
    world.pass_by(5)
    await DueActivities(replace(evening.services.due.changes, types=ActivityTypes())).run()
    row = await evening.row(view.activity.id)
    assert (row.end, row.result) == (ActivityEnd.WITHDRAWN, "{}")
    assert await evening.shown() == ()


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"blocked_words": BLOCKED_WORDS}


async def test_a_question_with_words_that_are_not_allowed_is_refused(evening: Evening) -> None:
    with pytest.raises(ContentRefused):
        await evening.poll(options=("fine", "badword"))


class EndingSeatMaps:
    """Seat maps that end a poll when somebody has looked who is in the room."""

    def __init__(self, evening: Evening, id: str) -> None:
        self.evening, self.id = evening, id

    async def read(self, room: Any, users: Any) -> Any:
        view = await self.evening.core.live.seat_maps.read(room, users)
        await self.evening.services.activities.end(self.evening.host, self.id)
        return view


async def test_a_vote_that_waits_for_the_end_does_not_count(evening: Evening) -> None:
    id = await evening.poll()
    live: Any = SimpleNamespace(seat_maps=EndingSeatMaps(evening, id))
    votes = Votes(evening.services.votes.changes, live, evening.services.tallies)
    with pytest.raises(ActivityOver):
        await votes.vote(evening.fans[0], id, ["0"])
    assert (await evening.row(id)).votes == 0
