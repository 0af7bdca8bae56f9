"""``rtc/signal``: from one member's connection to another's, in order, over processes, and to nobody else."""

import asyncio
import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.media.model import Signal
from liveroom.realtime.emulation import Emulation
from liveroom.realtime.user_messages import NODE, BrokerUserMessages, node_topic
from tests.realtime.conftest import staging
from tests.realtime.peers import Peer, Stage
from tests.realtime.shelves import Shelf
from tests.servers import Redis
from tests.service import Device


def signals(peer: Peer, user: str) -> list[dict[str, Any]]:
    """Return the signals that a user's connection was told."""
    received = [push["pub"]["data"] for push in peer.pushes if push["channel"] == f"user:{user}"]
    return [event for event in received if event["type"] == "rtc.signal"]


async def couple(stage: Stage, other: Stage | None = None) -> tuple[Device, Peer, Device, Peer, str]:
    """Return a host and a guest in one room, each connected."""
    host, room, publisher = await stage.host()
    guest, viewer = await (other or stage).member(room)
    return host, publisher, guest, viewer, room


async def test_a_signal_reaches_the_other_as_it_was_sent(stage: Stage) -> None:
    await stage.hub.listen()
    host, publisher, guest, viewer, room = await couple(stage)
    offer = {"kind": "offer", "sdp": "v=0\r\no=- 😀", "lines": [1, None, True]}
    assert (await publisher.rpc("rtc/signal", roomId=room, to=guest.user, payload=offer))["errorCode"] == 0
    await viewer.until(lambda: signals(viewer, guest.user))
    (event,) = signals(viewer, guest.user)
    assert (event["roomId"], event["fromUserId"], event["by"], event["cause"]) == (room, host.user, host.user, "call")
    assert event["payload"] == offer
    assert event["epoch"] == stage.hub.node
    assert signals(publisher, host.user) == []


async def test_signals_come_in_the_order_in_which_they_were_sent(stage: Stage) -> None:
    await stage.hub.listen()
    _, publisher, guest, viewer, room = await couple(stage)
    params = {"roomId": room, "to": guest.user}
    publisher.say(
        *(
            {"id": number, "rpc": {"method": "rtc/signal", "data": {**params, "payload": f"candidate {number}"}}}
            for number in range(1, 51)
        )
    )
    await viewer.until(lambda: len(signals(viewer, guest.user)) == 50)
    received = signals(viewer, guest.user)
    assert [event["payload"] for event in received] == [f"candidate {number}" for number in range(1, 51)]
    assert [event["seq"] for event in received] == sorted({event["seq"] for event in received})


async def test_every_connection_of_the_user_is_told_once_and_nobody_elses(stage: Stage) -> None:
    await stage.hub.listen()
    host, publisher, guest, viewer, room = await couple(stage)
    second = await stage.connect(guest)
    _, bystander = await stage.member(room)
    await host.call("rtc/signal", {"roomId": room, "to": guest.user, "payload": "hello"})
    for peer in (viewer, second):
        await peer.until(partial(signals, peer, guest.user))
        assert [event["payload"] for event in signals(peer, guest.user)] == ["hello"]
    assert not signals(bystander, guest.user)
    assert not signals(publisher, guest.user)


async def test_a_connection_that_was_closed_is_told_nothing(stage: Stage) -> None:
    await stage.hub.listen()
    host, _, guest, viewer, room = await couple(stage)
    viewer.client.lost()
    await stage.idle()
    assert await stage.service.core.live.sockets.of(UserId(guest.user)) == []
    assert (await host.call("rtc/signal", {"roomId": room, "to": guest.user, "payload": "hello"})).code == 0
    assert not signals(viewer, guest.user)


async def test_sixteen_kilobytes_pass_and_no_more(stage: Stage) -> None:
    await stage.hub.listen()
    host, _, guest, viewer, room = await couple(stage)
    longest = "x" * (16 * 1024 - 2)
    params = {"roomId": room, "to": guest.user}
    assert (await host.call("rtc/signal", {**params, "payload": longest})).code == 0
    assert (await host.call("rtc/signal", {**params, "payload": longest + "x"})).code == 2002
    await viewer.until(lambda: signals(viewer, guest.user))
    assert signals(viewer, guest.user)[0]["payload"] == longest


@pytest.mark.services
async def test_a_signal_crosses_processes(tmp_path: Path, redis_server: Redis) -> None:
    redis_server.flushall()
    async with (
        staging(tmp_path, redis_url=redis_server.url) as one,
        staging(tmp_path, redis_url=redis_server.url) as two,
    ):
        await asyncio.gather(one.hub.listen(), two.hub.listen())
        host, publisher, guest, viewer, room = await couple(one, two)
        assert one.hub.node != two.hub.node
        for number in range(20):
            await publisher.rpc("rtc/signal", roomId=room, to=guest.user, payload={"candidate": number})
        await viewer.until(lambda: len(signals(viewer, guest.user)) == 20)
        assert [event["payload"]["candidate"] for event in signals(viewer, guest.user)] == list(range(20))
        await viewer.rpc("rtc/signal", roomId=room, to=host.user, payload="answer")
        await publisher.until(lambda: signals(publisher, host.user))
        assert signals(publisher, host.user)[0]["fromUserId"] == guest.user


async def test_nobody_can_post_to_the_topic_of_a_process(stage: Stage) -> None:
    """The emulation forwards to any node by name: were a process's topic a name, anybody could speak for anybody."""
    assert len(stage.hub.node) == NODE
    forwarding = stage.service.core.live.forwarding
    emulation = Emulation(stage.hub, forwarding, node=stage.hub.node, origins=("*",), message_max=65_536)
    await stage.hub.listen()
    body = json.dumps({"node": node_topic(stage.hub.node), "session": "40000001", "data": "{}"}).encode()
    assert await emulation.post(body, is_protobuf=False) == 404


async def test_a_centrifugo_is_given_the_event_for_the_users_channel(stage: Stage) -> None:
    shelf = Shelf()
    now = stage.service.clock.now()
    user_messages = BrokerUserMessages(shelf)
    for payload in (b'{"a":1}', b'"bye"', b'"bye"'):
        await user_messages.send_signal(UserId("7"), Signal(RoomId("9"), UserId("8"), now, payload))
    events = [json.loads(news.data) for news in shelf.taken["user:7"]]
    assert [event["payload"] for event in events] == [{"a": 1}, "bye", "bye"]
    assert {(event["type"], event["roomId"], event["fromUserId"]) for event in events} == {("rtc.signal", "9", "8")}
    assert len({event["epoch"] for event in events}) == 3


async def test_a_signal_is_no_deeper_than_a_message_may_be(stage: Stage) -> None:
    """It was passed on with a thousand levels, which clients' parsers do not survive."""
    await stage.hub.listen()
    _, publisher, guest, _, room = await couple(stage)

    async def send(levels: int) -> int:
        payload: dict[str, Any] = {}
        for _ in range(levels - 1):
            payload = {"a": payload}
        return int((await publisher.rpc("rtc/signal", roomId=room, to=guest.user, payload=payload))["errorCode"])

    assert await send(32) == 0
    assert await send(33) == 2002
