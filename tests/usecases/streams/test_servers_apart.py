"""Two servers of streams at once: each is asked, told and compared for its own streams alone."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest

from liveroom.domain.drift.model import DriftOutcome
from liveroom.domain.streams.lifecycle import StreamState
from liveroom.domain.streams.model import PushSession, StreamServerName
from tests.service import Service, serving
from tests.usecases.streams.servers import PaperServer, with_server
from tests.usecases.streams.test_machine import Story

SECOND: Final = StreamServerName("second")


def _order(default: PaperServer, *servers: PaperServer) -> list[PaperServer]:
    """Return servers with the one of new streams first."""
    return sorted(servers, key=lambda one: one is not default)


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with serving(tmp_path, account_limit=0) as running:
        yield running


@pytest.fixture
async def two(service: Service) -> tuple[Story, Story]:
    """Return two hosts, each live on a server of its own; what is compared is compared at both."""
    first, second = Story(service), Story(service)
    second.server = PaperServer(service.clock, name=SECOND)
    for one in (first, second):
        one.streams = with_server(service.services.media.streams, *_order(one.server, first.server, second.server))
        await one.begin()
        await one.act("push", 0)
    return first, second


async def test_what_a_stream_needs_done_is_done_at_its_own_server(two: tuple[Story, Story]) -> None:
    first, second = two
    await second.act("stop", 0)
    name = second.made.stream.name
    assert (second.server.forbidden, second.server.publishing, first.server.forbidden) == ({name}, {}, set())
    assert await first.server.push(first.made.stream.name, first.streams.reports)


async def test_a_server_that_cannot_be_listed_keeps_nobody_from_comparing_the_other(two: tuple[Story, Story]) -> None:
    first, second = two
    first.server.is_down = True
    for one in two:
        one.server.publishing.clear()
    for _ in range(3):
        await first.compare()
    assert [(await one.stream()).state for one in two] == [StreamState.LIVE, StreamState.ENDED]
    (round,) = await first.service.core.db.drift.rounds()
    assert (round.outcome, round.reason) == (DriftOutcome.DONE, "nginx_rtmp: the server is down")
    second.server.is_down = True
    await first.compare()
    (round,) = await first.service.core.db.drift.rounds()
    assert round.outcome is DriftOutcome.FAILED


async def test_a_stream_at_a_server_that_is_not_its_own_is_cut_off_there_and_goes_on_at_its_own(
    two: tuple[Story, Story],
) -> None:
    first, second = two
    name, session = first.made.stream.name, (await first.stream()).session
    second.server.publishing[name] = PushSession("stranger")
    for _ in range(3):
        await first.compare()
    assert (name in second.server.publishing, first.server.publishing) == (False, {name: session})
    assert ((await first.stream()).session, (await second.stream()).state) == (session, StreamState.LIVE)


@pytest.mark.long
async def test_a_server_that_misses_too_much_is_waited_for_however_many_streams_others_have(
    two: tuple[Story, Story],
) -> None:
    """Of all streams together 50 may be few; of the server that has lost its memory they are all."""
    first, second = two
    shows = [first]
    for server in [first.server] * 49 + [second.server] * 210:
        one = Story(first.service)
        one.server, one.streams = server, with_server(first.streams, *_order(server, first.server, second.server))
        await one.begin()
        await one.act("push", 0)
        shows += [one] if server is first.server else []
    first.server.publishing.clear()
    for _ in range(3):
        await first.compare()
    assert {(await one.stream()).state for one in shows} == {StreamState.LIVE}
    (round,) = await first.service.core.db.drift.rounds()
    assert (round.outcome, round.found, round.items) == (DriftOutcome.HELD, 50, 50)
