"""Streams against a server on paper whose reports come late, twice, in any order, or never: lists put it right."""

import asyncio
from collections.abc import Iterator
from typing import Final

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from liveroom.app.streams import StreamServices
from liveroom.domain.drift.model import DriftSource
from liveroom.domain.ids import RoomId
from liveroom.domain.streams.lifecycle import PushedStream, StreamState
from liveroom.usecases.streams.owning import KeyedStream
from tests.service import Service, serving
from tests.usecases.conftest import World
from tests.usecases.streams.servers import NAME, PaperServer, reconciliation, with_server

LISTED_EVERY: Final = 30
_TIMES: Final = {"tell": 1, "tell twice": 2, "lose": 0}
ACTS: Final = st.lists(
    st.tuples(
        st.sampled_from(["push", "push", "die", "tell", "tell twice", "lose", "list", "wait", "stop", "start"]),
        st.integers(0, 5),
    ),
    max_size=25,
)


class Shared:
    """A service that all examples share, and its event loop: each makes a host, a room and a server of its own.

    A failing example shows its arguments, so that this one has a short text.
    """

    def __init__(self, runner: asyncio.Runner, service: Service) -> None:
        self.runner = runner
        self.service = service


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    with asyncio.Runner() as runner:
        begun = serving(tmp_path_factory.mktemp("streams"), account_limit=0)
        yield Shared(runner, runner.run(begun.__aenter__()))
        runner.run(begun.__aexit__(None, None, None))


class Story:
    """A host, their room, one stream, and its server."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.server = PaperServer(service.clock)
        self.streams: StreamServices = with_server(service.services.media.streams, self.server)

    async def begin(self) -> None:
        world = World(self.service, None, None)  # type: ignore[arg-type]  # no store fails here
        self.host = await world.make_actor()
        self.room = await world.go_live(self.host)
        self.made: KeyedStream = await self.streams.streams.create(self.host, self.room)

    async def act(self, what: str, which: int) -> None:
        name, id = self.made.stream.name, self.made.stream.id
        match what:
            case "push":
                await self.server.push(name, self.streams.reports)
            case "die":
                self.server.die(name)
            case "list":
                await self.compare()
            case "wait":
                self.service.clock.advance(which * 7)
                await self.streams.due_streams.run()
            case "stop":
                await self.streams.streams.stop(self.host, id)
            case "start":
                await self.streams.streams.start(self.host, id)
            case _:
                await self.tell(which, times=_TIMES[what])

    async def tell(self, which: int, *, times: int) -> None:
        """Deliver one of the reports that wait, so many times, if there is one."""
        if said := self.server.said:
            report = said.pop(which % len(said))
            for _ in range(times):
                await self.streams.reports.receive(report, NAME)

    async def compare(self) -> None:
        self.service.clock.advance(LISTED_EVERY)
        await reconciliation(self.service, self.streams).look(DriftSource.STREAMS)
        await self.streams.due_streams.run()

    async def stream(self) -> PushedStream:
        found = await self.service.core.db.push_streams.get(self.made.stream.id)
        assert found is not None
        return found

    async def check(self) -> None:
        """See that SQL, the live store and the server agree once lists were compared, and no task is left."""
        for _ in range(4):
            await self.compare()
        stream, session = await self.stream(), self.server.publishing.get(self.made.stream.name)
        assert (stream.state is StreamState.LIVE) == (session is not None), (stream, session)
        assert not stream.stopped or session is None
        assert (stream.task, stream.is_open) == (None, session is not None)
        await self.service.core.jobs.relay.run()
        shown = await self.service.core.live.room(RoomId(self.room))
        row = await self.service.core.db.rooms.get(self.room)
        assert shown is not None
        assert row is not None
        assert [one.id for one in shown.options.streams] == ([stream.id] if stream.is_open else [])
        assert shown.options.streams == row.options.streams


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(acts=[("push", 0), ("die", 0), ("push", 0), ("stop", 0)])
@given(acts=ACTS)
def test_whatever_reports_are_lost_lists_lead_to_what_the_server_has(
    shared: Shared, acts: list[tuple[str, int]]
) -> None:
    async def tell() -> None:
        story = Story(shared.service)
        await story.begin()
        for what, which in acts:
            await story.act(what, which)
        await story.check()

    shared.runner.run(tell())
