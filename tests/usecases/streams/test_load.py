"""Ten thousand streams, compared with what their server has."""

import time
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from liveroom.domain.ids import BroadcastId, RoomId, UserId, digest_of
from liveroom.domain.streams.lifecycle import PushedStream, StreamState
from liveroom.domain.streams.model import PushSession, StreamServerName
from liveroom.usecases.streams.owning import fresh_name
from tests.service import Service, serving
from tests.usecases.streams.servers import PaperServer, reconciliation, with_server

STREAMS: Final = 10_000
SHARE: Final = 0.03
"""Of one processor."""


async def _fill(service: Service, server: PaperServer) -> None:
    now = service.clock.now()
    for number in range(STREAMS):
        name, session = fresh_name(), PushSession(str(number))
        stream = PushedStream(
            f"s{number:05}", service.services.tenants.default.name, RoomId(f"r{number}"), UserId(f"u{number}"),
            StreamServerName("nginx_rtmp"), name, digest_of("key"), now + timedelta(days=1), now, StreamState.LIVE,
            BroadcastId("b"), session, since=now, sighted=now,
        )  # fmt: skip
        await service.core.db.push_streams.add(stream, stream.due(timedelta(seconds=15)))
        server.publishing[name] = session


@pytest.mark.long
async def test_ten_thousand_streams_take_under_three_percent_of_a_processor(tmp_path: Path) -> None:
    async with serving(tmp_path) as service:
        server = PaperServer(service.clock)
        await _fill(service, server)
        process = reconciliation(service, with_server(service.services.media.streams, server))
        spent = []
        for _ in range(5):
            service.clock.advance(60)
            began = time.process_time()
            assert await process.at_once() == 0
            spent.append(time.process_time() - began)
        (round,) = await service.core.db.drift.rounds()
        assert round.items == STREAMS
        every = (round.due - round.ended).total_seconds()
        assert every <= 60
        assert min(spent) / every < SHARE, f"{min(spent):.3f} s of a processor each time"
