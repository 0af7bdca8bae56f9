"""Two processes on one MariaDB and one Redis that are told of the same stream at the same moment."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from liveroom.domain.drift.model import DriftSource
from liveroom.domain.rooms.model import RoomStatus
from liveroom.domain.streams.lifecycle import StreamState
from liveroom.domain.streams.model import PushSession, StreamReport, StreamReportKind
from tests import migrated
from tests.servers import Mariadb, Redis
from tests.service import Service, serving
from tests.usecases.streams.servers import NAME, reconciliation, with_server
from tests.usecases.streams.test_machine import Story

pytestmark = [pytest.mark.services, pytest.mark.long]
EACH = 8


@pytest.fixture
async def both(mariadb: Mariadb, redis_server: Redis, tmp_path: Path) -> AsyncIterator[tuple[Service, Service]]:
    redis_server.flushall()
    backend: dict[str, Any] = {
        "database_url": migrated.mariadb_url(mariadb),
        "redis_url": redis_server.url,
        "account_limit": 0,
    }
    async with serving(tmp_path / "one", **backend) as one, serving(tmp_path / "two", **backend) as two:
        yield one, two


async def test_pushes_ends_and_lists_at_once_leave_what_the_server_has(both: tuple[Service, Service]) -> None:
    one, two = both
    story = Story(one)
    await story.begin()
    name, others = story.made.stream.name, with_server(two.services.media.streams, story.server)
    doors = [story.streams.reports, others.reports]
    assert all(await asyncio.gather(*(story.server.push(name, door) for door in doors for _ in range(EACH))))
    stream = await story.stream()
    assert (stream.state, len({stream.session, *stream.others})) == (StreamState.LIVE, 2 * EACH)
    ends = [(door, report) for report in list(story.server.said) for door in doors]
    story.server.said.clear()
    await asyncio.gather(
        *(door.receive(report, NAME) for door, report in ends),
        reconciliation(one, story.streams).look(DriftSource.STREAMS),
        reconciliation(two, others).look(DriftSource.STREAMS),
    )
    stream = await story.stream()
    assert (stream.session, stream.others) == (story.server.publishing[name], ())
    await story.check()


async def test_a_start_an_end_and_the_rooms_end_at_once_leave_no_stream_in_a_closed_room(
    both: tuple[Service, Service],
) -> None:
    one, two = both
    story = Story(one)
    await story.begin()
    name, others = story.made.stream.name, with_server(two.services.media.streams, story.server)
    await story.server.push(name, story.streams.reports)
    end = StreamReport(StreamReportKind.ENDED, name, PushSession("nobody's"), "", one.clock.now())
    await asyncio.gather(
        one.core.services.rooms.destroy(story.host, story.room),
        *(others.reports.receive(end, NAME) for _ in range(EACH)),
        *(story.server.push(name, others.reports) for _ in range(EACH)),
    )
    row = await one.core.db.rooms.get(story.room)
    stream = await story.stream()
    assert row is not None
    assert (row.state, row.options.streams) == (RoomStatus.CLOSED, ())
    assert (stream.state, stream.stopped) == (StreamState.ENDED, True)
