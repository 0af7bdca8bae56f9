"""The JavaScript SDK where WebSockets are blocked: streams from one process, what is posted to another one."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from liveroom.settings import Settings
from tests.chaos.processes import Liveroom
from tests.sdk import test_calling, test_connecting, test_ending, test_following
from tests.sdk.conftest import PROGRAMS, Sdk
from tests.sdk.programs import Client, Program
from tests.sdk.stages import Stage, builtin
from tests.sdk.test_ending import listening, still_follows, subscribed_again
from tests.servers import Redis, running
from tests.stories.world import SECRET

pytestmark = [pytest.mark.services, pytest.mark.asyncio(loop_scope="module")]

WAYS: Final = {
    "http_stream json": ("http_stream", "json"),
    "http_stream protobuf": ("http_stream", "protobuf"),
    "sse": ("sse", "json"),
}


@dataclass(frozen=True)
class Emulated(Sdk):
    """The SDK on a transport that is no WebSocket."""

    transport: str
    posts: str
    """Where it posts: always to the other process."""

    async def open(self, endpoint: str, **params: Any) -> Client:
        """Make a client that connects to where it would find the WebSocket."""
        where = f"http://{urlsplit(endpoint).netloc}/connection/{self.transport}"
        transports = [{"transport": self.transport, "endpoint": where}]
        return await self.program.open(transports, self.encoding, emulationEndpoint=self.posts, **params)


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["node", "chromium"])
async def program(request: pytest.FixtureRequest) -> AsyncIterator[Program]:
    """Yield a program on the JavaScript SDK."""
    async with PROGRAMS[request.param]() as started:
        yield started


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory, redis_server: Redis) -> AsyncIterator[Stage]:
    """Yield a service on Redis: the process that streams come from."""
    redis_server.flushall()
    async with builtin(tmp_path_factory.mktemp("stage"), LIVEROOM_REDIS_URL=redis_server.url) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def other(stage: Stage, redis_server: Redis) -> AsyncIterator[Liveroom]:
    """Yield a second process of the service."""
    settings = Settings(data_dir=stage.folder, secret=SECRET, redis_url=redis_server.url)
    with running(Liveroom(stage.folder.parent / "other", settings, LIVEROOM_ORIGINS="*")) as process:
        yield process


@pytest_asyncio.fixture(loop_scope="module", params=list(WAYS))
async def sdk(program: Program, other: Liveroom, request: pytest.FixtureRequest) -> AsyncIterator[Sdk]:
    """Yield the SDK on a transport; its clients are disconnected afterwards."""
    transport, encoding = WAYS[request.param]
    yield Emulated(program, encoding, transport, f"{other.url}/emulation")
    for client in program.clients.values():
        await client.ask("disconnect")
    program.clients.clear()


async def test_the_client_says_by_what_it_is_connected(sdk: Sdk, stage: Stage) -> None:
    assert isinstance(sdk, Emulated)
    device = await stage.people.sign_up()
    client = await sdk.open(stage.endpoint, data={"token": device.token})
    assert (await client.until("connected"))["transport"] == sdk.transport


async def test_clients_come_back_after_their_process_was_stopped(sdk: Sdk, stage: Stage) -> None:
    host, _, client, channel = await listening(sdk, stage)
    await stage.stop()
    await stage.start()
    assert (await subscribed_again(client, channel))["recovered"] is True
    assert client.seen("connecting")[1]["code"] == 3001
    await still_follows(host, client, channel)
    assert client.seen("disconnected") == []


async def test_clients_come_back_after_their_process_was_killed(sdk: Sdk, stage: Stage) -> None:
    host, _, client, channel = await listening(sdk, stage)
    await asyncio.to_thread(stage.liveroom.kill)
    await client.until("connecting", code=1)
    await stage.start()
    assert (await subscribed_again(client, channel))["recovered"] is True
    await still_follows(host, client, channel)
    assert client.seen("disconnected") == []


# Tests of WebSockets that are as true here.

test_a_login_token_in_the_data_connects = test_connecting.test_a_login_token_in_the_data_connects
test_a_bad_token_in_the_data_is_refused_for_good = test_connecting.test_a_bad_token_in_the_data_is_refused_for_good
test_an_expired_token_is_refused_for_good = test_connecting.test_an_expired_token_in_the_data_is_refused_for_good
test_a_failure_is_an_envelope_as_over_http = test_calling.test_a_failure_is_an_envelope_as_over_http
test_subscribing_is_answered_with_the_room = test_following.test_subscribing_is_answered_with_the_room_as_it_is
test_who_is_no_member_may_not_subscribe = test_following.test_who_is_no_member_may_not_subscribe
test_everything_that_happens_is_told_in_order = test_following.test_everything_that_happens_is_told_in_order
test_get_state_and_the_events_after_it_leave_no_gap = test_following.test_get_state_and_the_events_after_it_leave_no_gap
test_cuts_short_and_long_leave_no_gap = test_following.test_get_state_is_asked_again_only_when_recovery_is_not_enough
test_presence_and_join_and_leave_are_sockets = test_following.test_presence_and_join_and_leave_are_sockets
test_a_room_that_closes_ends_its_channel = test_following.test_a_room_that_closes_says_so_and_ends_its_channel
test_a_logout_ends_the_connection_within_a_second = test_ending.test_a_logout_ends_the_connection_within_a_second
