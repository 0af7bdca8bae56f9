"""Room lists behind a Centrifugo: relayed while somebody listens, by whoever is there, without a gap."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from liveroom.app.fronting import Fronting, make_fronting
from liveroom.domain.rooms.feeds import Feed, read_channel
from liveroom.ports import UserConnections
from tests.realtime.shelves import Shelf
from tests.servers import Redis
from tests.service import Device, Service, serving
from tests.store.live.world import eventually

CHANNEL = "rooms:mlvb-show-live"


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.services)])
async def service(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Service]:
    settings: dict[str, Any] = {}
    if request.param == "redis":
        server: Redis = request.getfixturevalue("redis_server")
        server.flushall()
        settings["redis_url"] = server.url
    async with serving(tmp_path, **settings) as running:
        yield running


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


async def started(service: Service, shelf: Shelf) -> Fronting:
    """Return a process behind the shelf; its lists hear when they are asked to."""
    front = make_fronting(service.core, shelf)
    front.relay.start()
    await front.relay.look()
    return front


def feed() -> Feed:
    found = read_channel(CHANNEL)
    assert found is not None
    return found


async def poll(service: Service, *fronts: Fronting) -> None:
    """Let a second pass, and each process ask what is new."""
    service.clock.advance(1.1)
    await service.tick()
    for front in fronts:
        await front.feeds.poll()


async def go_live(service: Service, title: str) -> Device:
    host = await service.sign_up()
    await host.go_live(title=title)
    return host


def shows(shelf: Shelf, *expected: str) -> Callable[[], bool]:
    return lambda: (
        [card["title"] for received in _received(shelf) for card in received.get("set", [])] == list(expected)
    )


def _received(shelf: Shelf) -> list[dict[str, Any]]:
    return [msgspec.json.decode(news.data) for news in shelf.taken[CHANNEL]]


async def test_a_list_is_relayed_from_its_first_listener_on(service: Service, shelf: Shelf) -> None:
    await go_live(service, "First")
    front = await started(service, shelf)
    state = msgspec.json.decode(await front.lists.state(feed()))
    assert [card["title"] for card in state["rooms"]] == ["First"]
    await go_live(service, "Second")
    await poll(service, front)
    await eventually(shows(shelf, "Second"))
    await front.relay.stop()


async def test_what_two_processes_relay_is_taken_once(service: Service, shelf: Shelf) -> None:
    one, two = await started(service, shelf), await started(service, shelf)
    for front in (one, two):
        await front.lists.state(feed())
    await go_live(service, "First")
    await poll(service, one, two)
    await go_live(service, "Second")
    await poll(service, two, one)
    await poll(service, one, two)
    await eventually(shows(shelf, "First", "Second"))
    assert shelf.offsets(CHANNEL) == [1, 2]
    for front in (one, two):
        await front.relay.stop()


async def test_a_list_whose_process_is_gone_is_gone_on_with(service: Service, shelf: Shelf) -> None:
    shelf.sit(CHANNEL, "c1", "u1")
    first = await started(service, shelf)
    await first.lists.state(feed())
    await go_live(service, "First")
    await poll(service, first)
    await eventually(shows(shelf, "First"))
    await first.relay.stop()
    second = await started(service, shelf)
    await second.lists.look()
    await go_live(service, "Second")
    service.clock.advance(3)
    await poll(service, second)
    await eventually(shows(shelf, "First", "Second"))
    await second.relay.stop()


async def test_a_list_that_nobody_listens_to_any_more_is_left(service: Service, shelf: Shelf) -> None:
    front = await started(service, shelf)
    await front.lists.state(feed())
    await front.lists.look()
    await go_live(service, "First")
    await poll(service, front)
    await front.relay.stop()
    assert _received(shelf) == []


async def test_a_list_that_counts_anew_has_everybody_begin_again(service: Service, shelf: Shelf) -> None:
    shelf.sit(CHANNEL, "c1", "u1")
    front = await started(service, shelf)
    await front.lists.state(feed())
    await go_live(service, "First")
    await poll(service, front)
    await eventually(shows(shelf, "First"))
    front.lists.begun_anew(feed())
    await front.relay.stop()
    assert shelf.disconnected == []
    shelf.taken[CHANNEL][-1] = shelf.taken[CHANNEL][-1]._replace(at=shelf.taken[CHANNEL][-1].at._replace(epoch="old"))
    again = await started(service, shelf)
    await again.lists.look()
    await eventually(lambda: shelf.disconnected == [(UserConnections("u1"), 3014)])
    await again.relay.stop()
