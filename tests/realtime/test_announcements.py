"""Announcements through the hub: rooms and users are told, whatever process holds their sockets, also Centrifugo's."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from liveroom.domain.errors import BadRequest, RoomNotFound, UserNotFound
from liveroom.domain.events.model import ANNOUNCED_MAX, NOTICES
from liveroom.domain.ids import DEFAULT_TENANT, RoomId, TenantName, UserId
from liveroom.realtime.user_messages import BrokerUserMessages
from liveroom.usecases.events.announcing import Announcements
from tests.realtime.conftest import staging
from tests.realtime.peers import Peer, Stage
from tests.realtime.shelves import Shelf
from tests.realtime.test_relays import relaying
from tests.servers import Redis
from tests.store.live.world import eventually

NOTICE = {"text": "维护 soon", "data": {"minutes": [5, None, 2.5]}}


def announcements(stage: Stage, *kinds: str) -> Announcements:
    """Return what announces here, with more kinds."""
    core = stage.service.core
    return Announcements(core.db, core.live, core.clock, core.services.media.rtc.user_messages, NOTICES | set(kinds))


def notices(peer: Peer, user: str) -> list[dict[str, Any]]:
    """Return the notices that a user's connection was told."""
    received = [push["pub"]["data"] for push in peer.pushes if push["channel"] == f"user:{user}"]
    return [event for event in received if event["type"] == "user.notice"]


async def test_everybody_who_listens_to_the_room_is_told(stage: Stage) -> None:
    host, room, publisher = await stage.host()
    _, viewer = await stage.member(room)
    for peer in (publisher, viewer):
        await peer.subscribe(room)
    said = announcements(stage, "polls.opened")
    await said.to_room(DEFAULT_TENANT, RoomId(room), "room.notice", NOTICE)
    await said.to_room(DEFAULT_TENANT, RoomId(room), "polls.opened", [1], by=UserId(host.user))
    for peer in (publisher, viewer):
        opened, notice = await peer.event(room, "polls.opened"), await peer.event(room, "room.notice")
        assert (notice["data"], notice["cause"], "by" in notice) == (NOTICE, "service", False)
        assert (opened["data"], opened["cause"], opened["by"]) == ([1], "call", host.user)
        assert opened["seq"] == notice["seq"] + 1
        assert peer.news(room)[-1]["data"]["seq"] == opened["seq"]


async def test_who_was_away_gets_it_with_what_was_missed(stage: Stage) -> None:
    _, room, publisher = await stage.host()
    device, viewer = await stage.member(room)
    begun = await viewer.subscribe(room, recoverable=True)
    await stage.pace()
    await publisher.subscribe(room)
    viewer.client.lost()
    await announcements(stage).to_room(DEFAULT_TENANT, RoomId(room), "room.notice", NOTICE)
    again = await (await stage.connect(device)).subscribe(
        room, recover=True, epoch=begun["epoch"], offset=begun["offset"]
    )
    assert again["recovered"]
    missed = [event for pub in again["publications"] for event in pub["data"]["events"]]
    assert [event["data"] for event in missed if event["type"] == "room.notice"] == [NOTICE]


async def test_every_connection_of_the_user_is_told_once_and_nobody_elses(stage: Stage) -> None:
    await stage.hub.listen()
    _, room, publisher = await stage.host()
    device, viewer = await stage.member(room)
    second = await stage.connect(device)
    await announcements(stage).to_user(DEFAULT_TENANT, UserId(device.user), "user.notice", NOTICE)
    for peer in (viewer, second):
        await peer.until(partial(notices, peer, device.user))
        (event,) = notices(peer, device.user)
        assert (event["data"], event["cause"], event["epoch"]) == (NOTICE, "service", stage.hub.node)
    assert not [push for push in publisher.pushes if push["channel"] == f"user:{device.user}"]


@pytest.mark.services
async def test_it_reaches_the_sockets_of_other_processes(tmp_path: Path, redis_server: Redis) -> None:
    redis_server.flushall()
    async with (
        staging(tmp_path, redis_url=redis_server.url) as one,
        staging(tmp_path, redis_url=redis_server.url) as two,
    ):
        await asyncio.gather(one.hub.listen(), two.hub.listen())
        _, room, _ = await one.host()
        device, viewer = await two.member(room)
        await viewer.subscribe(room)
        await announcements(one).to_user(DEFAULT_TENANT, UserId(device.user), "user.notice", NOTICE)
        await announcements(one).to_room(DEFAULT_TENANT, RoomId(room), "room.notice", NOTICE)
        assert (await viewer.event(room, "room.notice"))["data"] == NOTICE
        await viewer.until(lambda: notices(viewer, device.user))
        assert [event["data"] for event in notices(viewer, device.user)] == [NOTICE]


async def test_a_room_or_user_of_another_tenant_is_not_found(stage: Stage) -> None:
    host, room, _ = await stage.host()
    said, other = announcements(stage), TenantName("other")
    with pytest.raises(RoomNotFound):
        await said.to_room(other, RoomId(room), "room.notice", NOTICE)
    with pytest.raises(UserNotFound):
        await said.to_user(other, UserId(host.user), "user.notice", NOTICE)
    with pytest.raises(UserNotFound):
        await said.to_user(DEFAULT_TENANT, UserId("1"), "user.notice", NOTICE)


async def test_eight_kilobytes_pass_and_no_more(stage: Stage) -> None:
    _, room, peer = await stage.host()
    await peer.subscribe(room)
    longest = "x" * (ANNOUNCED_MAX - 2)
    await announcements(stage).to_room(DEFAULT_TENANT, RoomId(room), "room.notice", longest)
    assert (await peer.event(room, "room.notice"))["data"] == longest
    with pytest.raises(BadRequest):
        await announcements(stage).to_room(DEFAULT_TENANT, RoomId(room), "room.notice", longest + "x")


@pytest.mark.parametrize(
    "kind", ["polls.opened", "room.closed", "user.signed_out", "rtc.signal", "", "Polls.x", "a.b.c"]
)
async def test_only_what_is_declared_is_announced(stage: Stage, kind: str) -> None:
    """A module cannot close a room in the eyes of its clients, or sign a user out."""
    host, room, _ = await stage.host()
    for said in (announcements(stage), announcements(stage, *({kind} - {"polls.opened"}))):
        with pytest.raises(ValueError, match="declared nowhere"):
            await said.to_room(DEFAULT_TENANT, RoomId(room), kind, NOTICE)
        with pytest.raises(ValueError, match="declared nowhere"):
            await said.to_user(DEFAULT_TENANT, UserId(host.user), kind, NOTICE)


async def test_a_centrifugo_in_front_gets_both(stage: Stage) -> None:
    shelf, service = Shelf(), stage.service
    host = await service.sign_up()
    async with relaying(service, shelf) as relay:
        room = await host.go_live()
        await relay.look()
        said = Announcements(service.core.db, service.core.live, service.clock, BrokerUserMessages(shelf))
        await said.to_room(DEFAULT_TENANT, RoomId(room), "room.notice", NOTICE)
        await eventually(lambda: "room.notice" in [event["type"] for event in shelf.events(f"room:{room}")])
        await said.to_user(DEFAULT_TENANT, UserId(host.user), "user.notice", NOTICE)
    received = [event for event in shelf.events(f"room:{room}") if event["type"] == "room.notice"]
    assert [event["data"] for event in received] == [NOTICE]
    assert len(shelf.taken[f"user:{host.user}"]) == 1
