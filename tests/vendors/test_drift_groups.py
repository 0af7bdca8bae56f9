"""Groups at Tencent IM against rooms: made again, dissolved or left alone, and who is online in them."""

from datetime import timedelta

import pytest

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.drift.model import DriftCase, DriftOutcome, DriftRound, DriftSource
from liveroom.domain.ids import RoomId
from liveroom.domain.rooms.model import RoomChanges
from liveroom.ports import Rest
from liveroom.providers.tencent.im_listing import TencentImLists
from liveroom.simulate.endpoint import Mood
from tests.vendors.stage import Stage

IM = DriftSource.IM


async def look(stage: Stage, times: int = 1) -> set[tuple[DriftCase, str]]:
    """Look so many times, do what follows, and return what is known then: cases and whom they are about."""
    for _ in range(times):
        stage.world.pass_by(11)
        await stage.core.services.console.drift.reconciliation.look(IM)
        await stage.drain()
    known = await stage.core.db.drift.of_source(IM)
    return {(one.drift.case, one.drift.user or one.drift.room or one.drift.subject) for one in known}


async def round_of(stage: Stage) -> DriftRound:
    (round,) = [one for one in await stage.core.db.drift.rounds() if one.source is IM]
    return round


async def live(stage: Stage) -> tuple[Actor, RoomId]:
    """Return a room with its group, and its host."""
    host = await stage.world.make_actor()
    room = await stage.go_live(host)
    await stage.drain()
    assert room in stage.im.groups
    return host, room


async def sees(stage: Stage, viewer: Actor) -> bool:
    return any(one.source == "im_group" and one.alive for one in await stage.core.live.sources(viewer.user))


async def viewer_of(stage: Stage, room: RoomId) -> Actor:
    viewer = await stage.world.make_actor()
    await stage.core.services.entering.enter(viewer, room, role="audience", changes=RoomChanges())
    stage.im.accounts[viewer.user] = ("", "")
    return viewer


async def test_rooms_with_their_groups_differ_in_nothing(stage: Stage) -> None:
    await live(stage)
    assert await look(stage, 2) == set()
    assert ((await round_of(stage)).outcome, (await round_of(stage)).items) == (DriftOutcome.DONE, 1)


async def test_a_group_that_is_gone_is_made_again(stage: Stage) -> None:
    _, room = await live(stage)
    del stage.im.groups[room]
    assert await look(stage) == {(DriftCase.GROUP_MISSING, room)}
    assert room not in stage.im.groups, "once is not enough"
    await look(stage)
    assert room in stage.im.groups
    assert await look(stage) == set()


async def test_a_group_of_a_closed_room_is_dissolved_and_one_of_others_is_left(stage: Stage) -> None:
    host, room = await live(stage)
    await stage.close(host)
    await stage.later(7)
    await stage.later(7)
    assert room not in stage.im.groups
    stage.im.make(room, "left behind", host.user)
    stage.im.make("of-another-program", "theirs", host.user)
    unknown = (DriftCase.GROUP_UNKNOWN, "of-another-program")
    assert await look(stage) == {(DriftCase.GROUP_LEFT, room), unknown}
    await look(stage)
    assert set(stage.im.groups) == {"of-another-program"}
    await stage.later(7)
    assert await look(stage) == {unknown}


async def test_a_group_that_is_about_to_be_made_is_no_difference(stage: Stage) -> None:
    host = await stage.world.make_actor()
    room = await stage.go_live(host)
    stage.world.pass_by(11)
    await stage.core.services.console.drift.reconciliation.look(IM)
    assert room not in stage.im.groups
    assert await stage.core.db.drift.of_source(IM) == []


async def test_whoever_is_online_in_the_group_is_noted_and_missed_without_a_callback(stage: Stage) -> None:
    _, room = await live(stage)
    viewer = await viewer_of(stage, room)
    stage.im.join(room, viewer.user)
    stage.im.members[room].append("somebody-else")
    await look(stage)
    assert await sees(stage, viewer)
    stage.im.members[room].remove(viewer.user)
    assert await look(stage) == {(DriftCase.GROUP_MEMBER_GONE, viewer.user)}
    await look(stage)
    stage.world.pass_by(21)
    await stage.core.tick()
    assert not await sees(stage, viewer)
    assert await stage.core.live.member(room, viewer.user) is not None, "a group alone ends nobody's stay"


async def test_of_a_group_that_lists_as_many_as_it_may_nobody_counts_as_gone(stage: Stage) -> None:
    _, room = await live(stage)
    viewer = await viewer_of(stage, room)
    stage.im.join(room, viewer.user)
    await look(stage)
    stage.im.members[room][:] = [f"crowd-{number}" for number in range(30)]
    assert await look(stage, 2) == set()
    assert await sees(stage, viewer)


@pytest.mark.parametrize("mood", [Mood.BROKEN, Mood.NONSENSE, Mood.ODD, Mood.DOWN])
async def test_a_list_that_fails_concludes_nothing(stage: Stage, mood: Mood) -> None:
    _, room = await live(stage)
    del stage.im.groups[room]
    stage.im.endpoint.mood = mood
    assert await look(stage, 3) == set()
    assert (await round_of(stage)).outcome is DriftOutcome.FAILED


async def test_groups_are_listed_page_by_page_one_a_second(stage: Stage) -> None:
    for number in range(4500):
        stage.im.make(f"g{number}", "group", "ann")
    rests: list[float] = []

    async def rest(seconds: float) -> None:
        rests.append(seconds)

    assert stage.core.vendors.im is not None
    resting: Rest = rest
    found = await TencentImLists(stage.core.vendors.im).groups(stage.core.services.tenants.default, resting)
    assert found == set(stage.im.groups)
    assert len(rests) == 2
    assert min(rests) > timedelta(seconds=1).total_seconds()
