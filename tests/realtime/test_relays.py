"""The relay: what rooms publish reaches a Centrifugo once and in order, and what is over ends there."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from liveroom.domain.accounts.sessions import SessionEnd
from liveroom.domain.ids import RoomId, UserId
from liveroom.ports import Ending, UserConnections
from liveroom.realtime.relays import BrokerRelay
from tests.realtime.shelves import Shelf
from tests.servers import Redis
from tests.service import Device, Service, serving, session_of
from tests.store.live.world import eventually


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.services)])
async def service(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Service]:
    """Yield a service whose sockets somebody else holds."""
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


@asynccontextmanager
async def relaying(service: Service, shelf: Shelf) -> AsyncIterator[BrokerRelay]:
    """Yield a relay that has looked once."""
    relay = BrokerRelay(service.core.live, service.services.sync, shelf, service.clock)
    relay.start()
    try:
        await relay.look()
        yield relay
    finally:
        await relay.stop()


async def retitle(host: Device, room: str, *titles: str) -> None:
    for title in titles:
        assert (await host.call("rooms/update_room", {"roomId": room, "title": title})).code == 0


def titles(shelf: Shelf, room: str) -> list[str]:
    return [event["room"]["title"] for event in shelf.events(f"room:{room}") if event["type"] == "room.updated"]


def shows(shelf: Shelf, room: str, *expected: str) -> Callable[[], bool]:
    return lambda: titles(shelf, room) == list(expected)


async def test_what_rooms_publish_is_relayed_once_and_in_order(service: Service, shelf: Shelf) -> None:
    host, other = await service.sign_up(), await service.sign_up()
    async with relaying(service, shelf) as relay:
        first, second = await host.go_live(), await other.go_live()
        await relay.look()
        await retitle(host, first, "One", "Two", "Three")
        await retitle(other, second, "Four")
        await eventually(shows(shelf, first, "One", "Two", "Three"))
        await eventually(shows(shelf, second, "Four"))
    offsets = shelf.offsets(f"room:{first}")
    assert offsets == list(range(len(offsets)))
    assert shelf.events(f"room:{first}")[0]["seq"] == 1


async def test_a_new_room_is_relayed_at_once_when_somebody_is_about_to_listen(service: Service, shelf: Shelf) -> None:
    host = await service.sign_up()
    async with relaying(service, shelf) as relay:
        room = await host.go_live()
        await relay.notice(RoomId(room))
        await retitle(host, room, "One")
        await eventually(shows(shelf, room, "One"))


async def test_the_next_relay_goes_on_after_what_is_there(service: Service, shelf: Shelf) -> None:
    host = await service.sign_up()
    room = await host.go_live()
    async with relaying(service, shelf):
        await retitle(host, room, "One")
        await eventually(shows(shelf, room, "One"))
    await retitle(host, room, "Two")
    async with relaying(service, shelf):
        await retitle(host, room, "Three")
        await eventually(shows(shelf, room, "One", "Two", "Three"))
    offsets = shelf.offsets(f"room:{room}")
    assert offsets == list(range(len(offsets)))
    assert shelf.disconnected == []


async def test_nothing_is_lost_while_centrifugo_is_down(service: Service, shelf: Shelf) -> None:
    host = await service.sign_up()
    room = await host.go_live()
    async with relaying(service, shelf):
        await retitle(host, room, "One")
        await eventually(shows(shelf, room, "One"))
        shelf.is_down = True
        await retitle(host, room, "Two", "Three")
        await eventually(lambda: shelf.refused > 0)
        shelf.is_down = False
        await eventually(shows(shelf, room, "One", "Two", "Three"))


async def test_a_room_that_counts_anew_has_everybody_begin_again(service: Service, shelf: Shelf) -> None:
    host = await service.sign_up()
    room = await host.go_live()
    channel = f"room:{room}"
    shelf.sit(channel, "c1", host.user)
    async with relaying(service, shelf):
        await retitle(host, room, "One")
        await eventually(shows(shelf, room, "One"))
        channels = service.core.live.channels
        before = (await channels.positions([RoomId(room)]))[RoomId(room)]
        await channels.renew_epoch(RoomId(room), before.epoch)
        await retitle(host, room, "Two")
        await eventually(shows(shelf, room, "One", "Two"))
        await eventually(lambda: shelf.disconnected == [(UserConnections(host.user), 3014)])
    assert len({news.at.epoch for news in shelf.taken[channel]}) == 2


async def test_who_leaves_is_taken_off_and_who_is_back_stays(service: Service, shelf: Shelf) -> None:
    host, guest, other = await service.sign_up(), await service.sign_up(), await service.sign_up()
    room = await host.go_live()
    channel = f"room:{room}"
    async with relaying(service, shelf):
        for device in (guest, other):
            await device.enter(room)
        await guest.leave(room)
        await other.leave(room)
        await guest.enter(room)
        await retitle(host, room, "Now")
        await eventually(shows(shelf, room, "Now"))
        await eventually(lambda: Ending(other.user, channel) in shelf.unsubscribed)
    assert Ending(guest.user, channel) not in shelf.unsubscribed


async def test_a_closed_room_is_emptied_and_forgotten(service: Service, shelf: Shelf) -> None:
    host, guest = await service.sign_up(), await service.sign_up()
    room = await host.go_live()
    channel = f"room:{room}"
    await guest.enter(room)
    for device in (host, guest):
        shelf.sit(channel, f"of {device.user}", device.user)
    async with relaying(service, shelf):
        await retitle(host, room, "Last")
        await eventually(shows(shelf, room, "Last"))
        await host.call("rooms/destroy_room", {"roomId": room})
        await eventually(lambda: shelf.forgotten == [channel])
    assert {ending.user for ending in shelf.unsubscribed} == {host.user, guest.user}


async def test_an_ended_session_ends_its_own_connections_only(service: Service, shelf: Shelf) -> None:
    account = await service.register()
    phone, tablet = await account.sign_in(), await account.sign_in()
    channel = f"user:{phone.user}"
    shelf.sit(channel, "c1", phone.user, {"session": session_of(phone.token), "issued": 0})
    shelf.sit(channel, "c2", phone.user, {"session": session_of(tablet.token), "issued": 0})
    async with relaying(service, shelf):
        assert (await phone.call("auth_users/user_logout")).code == 0
        await eventually(lambda: shelf.disconnected == [(UserConnections(phone.user, "c1"), 4500)])
    assert shelf.taken[channel] == []


async def test_a_user_whose_last_connection_ends_is_told_why(service: Service, shelf: Shelf) -> None:
    device = await service.sign_up()
    channel = f"user:{device.user}"
    shelf.sit(channel, "c1", device.user, {"session": session_of(device.token), "issued": 0})
    async with relaying(service, shelf):
        await service.core.moderation.ban(UserId(device.user), service.clock.now() + timedelta(days=1), "")
        service.clock.advance(2)
        await service.tick()
        await eventually(lambda: shelf.disconnected == [(UserConnections(device.user, "c1"), 4501)])
    (news,) = shelf.taken[channel]
    assert f'"reason":"{SessionEnd.BANNED}"'.encode() in news.data
