"""What lists of a server put right, and what they may not; processes that die, restart, and meet."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from liveroom import faults
from liveroom.domain.drift.model import DriftCase, DriftOutcome, DriftSource
from liveroom.domain.streams.lifecycle import StreamState
from liveroom.domain.streams.model import PushSession
from liveroom.usecases.streams.owning import fresh_name
from tests.dying import Died, die
from tests.recorded_events.rebuilding import everybody, read_events
from tests.service import Service, serving
from tests.usecases.streams.servers import reconciliation
from tests.usecases.streams.test_machine import LISTED_EVERY, Story


@pytest.fixture(autouse=True)
def _alive() -> Iterator[None]:
    yield
    faults.disarm()


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with serving(tmp_path, others=everybody, account_limit=0) as running:
        yield running


@pytest.fixture
async def story(service: Service) -> Story:
    story = Story(service)
    await story.begin()
    return story


async def test_a_list_that_is_not_whole_says_nothing(story: Story) -> None:
    await story.act("push", 0)
    story.server.publishing.clear()
    story.server.is_whole = False
    for _ in range(5):
        await story.compare()
    assert (await story.stream()).state is StreamState.LIVE
    story.server.is_whole, story.server.is_down = True, True
    for _ in range(5):
        await story.compare()
    assert (await story.stream()).state is StreamState.LIVE


async def test_what_is_missing_from_one_list_is_gone_after_the_second(story: Story) -> None:
    await story.act("push", 0)
    session = story.server.publishing.pop(story.made.stream.name)
    await story.compare()
    assert (await story.stream()).state is StreamState.LIVE
    story.server.publishing[story.made.stream.name] = session
    await story.compare()
    story.server.publishing.clear()
    await story.compare()
    assert (await story.stream()).state is StreamState.LIVE, "it was there in between"
    await story.compare()
    assert (await story.stream()).state is StreamState.INTERRUPTED
    await story.act("wait", 3)
    assert (await story.stream()).state is StreamState.ENDED


async def test_figures_say_what_becomes_of_streams_and_how_many_are_live(story: Story) -> None:
    services = story.service.core.services
    counts = services.media.streams.reports.changes.outcomes
    assert counts == {("started",): 0, ("interrupted",): 0, ("resumed",): 0, ("ended",): 0}
    await story.act("push", 0)
    await story.compare()
    assert (await services.console.drift.reports.compared())["streams",] == 1
    story.server.publishing.clear()
    await story.compare()
    await story.compare()
    await story.act("wait", 3)
    assert counts == {("started",): 1, ("interrupted",): 1, ("resumed",): 0, ("ended",): 1}


async def test_names_of_ours_that_nobody_knows_are_cut_and_others_left_alone(story: Story) -> None:
    forgotten, foreign = fresh_name(), type(fresh_name())("camera1")
    story.server.publishing |= {forgotten: PushSession("x"), foreign: PushSession("y")}
    await story.compare()
    assert {*story.server.publishing} == {forgotten, foreign}, "it may be about to be made"
    await story.compare()
    assert {*story.server.publishing} == {foreign}


async def test_a_stream_of_which_nobody_has_said_that_it_began_is_taken_up(story: Story) -> None:
    story.server.publishing[story.made.stream.name] = PushSession("unreported")
    await story.compare()
    stream = await story.stream()
    assert (stream.state, stream.session) == (StreamState.LIVE, "unreported")
    await story.check()


async def test_what_the_server_did_not_do_is_tried_again_until_it_has(story: Story) -> None:
    await story.act("push", 0)
    story.server.is_down = True
    await story.act("stop", 0)
    assert story.server.publishing
    await story.act("wait", 1)
    story.server.is_down = False
    await story.act("wait", 5)
    assert (story.server.publishing, (await story.stream()).task) == ({}, None)
    assert not await story.server.push(story.made.stream.name, story.streams.reports)
    await story.act("start", 0)
    assert await story.server.push(story.made.stream.name, story.streams.reports)


async def test_two_reports_at_once_leave_one_connection_that_counts(story: Story) -> None:
    name, reports = story.made.stream.name, story.streams.reports
    assert all(await asyncio.gather(*(story.server.push(name, reports) for _ in range(5))))
    stream = await story.stream()
    assert (stream.state, len(stream.others)) == (StreamState.LIVE, 4)
    await story.check()


async def test_of_two_processes_that_compare_at_once_one_asks_the_server(story: Story) -> None:
    await story.act("push", 0)
    story.server.publishing.clear()
    for _ in range(2):
        story.service.clock.advance(LISTED_EVERY + 1)
        both = [reconciliation(story.service, story.streams) for _ in range(2)]
        assert sum(await asyncio.gather(*(one.at_once() for one in both))) <= 1
    assert (await story.stream()).state is StreamState.INTERRUPTED


async def test_what_differs_is_shown_with_its_room_and_host_until_it_is_right(story: Story) -> None:
    await story.act("push", 0)
    story.server.publishing.clear()
    await story.compare()
    rows = story.service.core.db.drift
    (known,) = await rows.of_room(story.room)
    assert (known.drift.case, known.drift.user) == (DriftCase.STREAM_GONE, story.host.user)
    assert await rows.counts() == {("streams", "stream"): 1}
    await story.check()
    assert await rows.of_room(story.room) == []


async def test_where_many_streams_are_gone_at_once_the_operator_is_waited_for(story: Story) -> None:
    """A server that has lost its memory, or another one in its place, ends no show."""
    hosts = [story, *[Story(story.service) for _ in range(50)]]
    for one in hosts[1:]:
        one.server, one.streams = story.server, story.streams
        await one.begin()
    for one in hosts:
        await one.act("push", 0)
    story.server.publishing.clear()
    for _ in range(3):
        await story.compare()
    assert {(await one.stream()).state for one in hosts} == {StreamState.LIVE}
    (round,) = await story.service.core.db.drift.rounds()
    assert (round.outcome, round.found) == (DriftOutcome.HELD, 51)
    await story.service.services.console.drift.reports.allow(DriftSource.STREAMS, "operator:ann")
    await story.compare()
    assert {(await one.stream()).state for one in hosts} == {StreamState.INTERRUPTED}


async def test_a_stopped_stream_that_is_pushed_all_the_same_is_cut_off(story: Story) -> None:
    await story.act("stop", 0)
    story.server.publishing[story.made.stream.name] = PushSession("unasked")
    await story.compare()
    assert story.server.publishing == {}


async def test_a_process_that_dies_after_the_commit_leaves_nothing_undone(story: Story) -> None:
    faults.arm("stream.committed", die)
    with pytest.raises(Died):
        await story.server.push(story.made.stream.name, story.streams.reports)
    faults.disarm()
    story.server.publishing[story.made.stream.name] = (await story.stream()).session
    story.service.clock.advance(2)
    await story.check()
    assert (await story.stream()).sighted is not None


async def test_a_service_that_starts_again_knows_what_is_live_and_ends_what_is_not(tmp_path: Path) -> None:
    async with serving(tmp_path, account_limit=0) as service:
        before = Story(service)
        await before.begin()
        await before.act("push", 0)
    async with serving(tmp_path, account_limit=0, clock=service.clock) as again:
        after = Story(again)
        after.host, after.room, after.made = before.host, before.room, before.made
        after.server.publishing |= before.server.publishing
        await after.check()
        assert (await after.stream()).state is StreamState.LIVE
        after.server.publishing.clear()
        await after.check()
        assert (await after.stream()).state is StreamState.ENDED


async def test_what_happens_to_a_stream_is_recorded_in_the_order_of_its_room(story: Story) -> None:
    await story.act("push", 0)
    story.server.die(story.made.stream.name)
    await story.act("tell", 0)
    await story.act("push", 0)
    await story.streams.streams.rotate_key(story.host, story.made.stream.id)
    await story.act("stop", 0)
    told = [event for event in await read_events(story.service.core.db) if event.kind.startswith("stream.")]
    assert [event.kind.removeprefix("stream.") for event in told] == [
        *("started", "interrupted", "resumed", "key_rotated", "ended"),
    ]
    assert {event.stream for event in told} == {f"room:{story.room}"}
    assert told[-1].data["stopped"] is True


async def test_a_ban_of_which_the_server_cannot_be_told_is_carried_out_when_it_answers(story: Story) -> None:
    await story.act("push", 0)
    name, service = story.made.stream.name, story.service
    story.server.is_down = True
    await service.services.moderation.ban(story.host.user, service.clock.now() + timedelta(minutes=5), "x")
    await story.streams.due_streams.run()
    assert ((await story.stream()).state, name in story.server.publishing) == (StreamState.ENDED, True)
    story.server.is_down = False
    service.clock.advance(LISTED_EVERY)
    await story.streams.due_streams.run()
    assert (name in story.server.publishing, name in story.server.forbidden) == (False, True)
    assert not await story.server.push(name, story.streams.reports)
    story.server.publishing[name] = PushSession("unreported")
    await story.compare()
    assert name not in story.server.publishing, "a list has who came in all the same"
