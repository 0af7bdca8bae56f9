"""RPC: every declared method, answered as HTTP answers; and the limits on what one connection may ask."""

from typing import Any

import pytest

from liveroom.api.methods import METHODS
from tests.realtime.conftest import Staging
from tests.realtime.peers import Stage


def without_id(envelope: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in envelope.items() if name != "requestId"}


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("rooms/query_room", {}),
        ("rooms/room_detail", {"roomId": "12345"}),
        ("rooms/room_detail", {}),
        ("rooms/list_users", {"roomId": "1", "limit": "many"}),
        ("rooms/enter_room", {"roomId": ["1"]}),
        ("auth_users/user_query", {"searchUserId": "1"}),
        ("gslb", {}),
        ("rooms/query_room", {"room_ids": "1", "userId": "39999999"}),
        ("rooms/query_room", {"room_ids": "1"}),
        ("seats/take", {"roomId": "1"}),
    ],
)
async def test_the_answer_is_that_of_http(stage: Stage, method: str, params: dict[str, Any]) -> None:
    ann, peer = await stage.member()
    by_http = (await ann.call(method, {**params})).body
    assert without_id(await peer.rpc(method, **params)) == without_id(by_http)


async def test_a_method_has_its_path_with_or_without_its_beginning(stage: Stage) -> None:
    _, peer = await stage.member()
    for method in ("auth_users/user_keepalive", "base/v1/auth_users/user_keepalive", "/auth_users/user_keepalive/"):
        assert (await peer.rpc(method))["errorCode"] == 0
    assert (await peer.rpc("getUserInfo"))["data"]["userId"]


async def test_no_method_is_answered_by_a_protocol_error(stage: Stage) -> None:
    _, peer = await stage.member()
    for path in METHODS.methods:
        if "delete" not in path and "logout" not in path:
            assert "errorCode" in await peer.rpc(path)
    assert peer.closed is None


@pytest.mark.parametrize("data", ["text", 7, [1], True])
async def test_parameters_that_are_no_object_are_a_bad_request(stage: Stage, data: object) -> None:
    _, peer = await stage.member()
    reply = await peer.ask(rpc={"method": "rooms/enter_room", "data": data})
    assert reply["rpc"]["data"]["errorCode"] == 2000


@pytest.mark.parametrize("params", [{"userId": "40000099"}, {"apaasUserId": "40000099"}, {"token": "rubbish"}])
async def test_nobody_calls_as_somebody_else(stage: Stage, params: dict[str, Any]) -> None:
    _, peer = await stage.member()
    assert (await peer.rpc("rooms/query_room", **params))["errorCode"] == 204


async def test_the_language_is_that_of_the_handshake(stage: Stage) -> None:
    ann = await stage.service.sign_up()
    peer = stage.visit(opening=stage.visit().client.opening._replace(languages="zh-CN"))
    await peer.ask(connect={"data": {"token": ann.token}})
    assert "房间" in (await peer.rpc("rooms/room_detail", roomId="1"))["errorMessage"]


async def test_a_slow_call_keeps_no_ping_waiting(stage: Stage) -> None:
    _, peer = await stage.member()
    _, gate = stage.hold_lists()
    peer.say({"id": 1, "rpc": {"method": "rooms/query_room"}}, {"id": 2, "rpc": {"method": "gslb"}})
    assert (await peer.ask(ping={}))["ping"] == {}
    assert not {1, 2} & set(peer.replies)
    gate.set()
    await peer.until(lambda: 2 in peer.replies)
    assert list(peer.replies)[-2:] == [1, 2]


async def test_a_connection_has_so_many_channels_and_no_more(start: Staging) -> None:
    async with start(socket_channels_max=2) as stage:
        rooms = [(await stage.host())[1] for _ in range(3)]
        account = await stage.service.register()
        peers = []
        for room in rooms:
            device = await account.sign_in()
            assert (await device.enter(room)).code == 0
            peers.append(await stage.connect(device))
        for room in rooms[:2]:
            await peers[0].subscribe(room)
        assert await peers[0].error(subscribe={"channel": f"room:{rooms[2]}"}) == 106
        await peers[0].ask(unsubscribe={"channel": f"room:{rooms[0]}"})
        await peers[0].subscribe(rooms[2])


async def test_whoever_asks_too_fast_is_told_so_and_whoever_goes_on_is_ended(start: Staging) -> None:
    async with start(socket_rate=1) as stage:
        _, peer = await stage.member()
        for _ in range(9):
            assert "ping" in await peer.ask(ping={})
        reply = await peer.ask(ping={})
        assert reply["error"] == {"code": 111, "message": "too many requests", "temporary": True}
        stage.watch.seconds += 3
        assert "ping" in await peer.ask(ping={})
        peer.say(*({"id": 100 + number, "ping": {}} for number in range(40)))
        assert await peer.until_closed() == 3013


async def test_replies_of_one_turn_leave_as_one_message(stage: Stage) -> None:
    _, peer = await stage.member()
    before = len(peer.frames)
    peer.say(*({"id": 100 + number, "ping": {}} for number in range(20)))
    await peer.until(lambda: 119 in peer.replies)
    assert len(peer.frames) == before + 1


async def test_pongs_that_nobody_asked_for_count_as_commands(start: Staging) -> None:
    async with start(socket_rate=1) as stage:
        _, peer = await stage.member()
        peer.say(*[{}] * 100)
        assert await peer.until_closed() == 3013


async def test_a_flood_of_calls_is_refused_beyond_what_may_wait(stage: Stage) -> None:
    _, peer = await stage.member()
    waiting = stage.hub.limits.waiting
    for start in range(1000, 1000 + waiting + 50, 50):
        peer.say(*({"id": start + number, "rpc": {"method": "gslb"}} for number in range(50)))
    ids = range(1000, 1000 + waiting + 50)
    await peer.until(lambda: all(id in peer.replies for id in ids))
    refused = [id for id in ids if "error" in peer.replies[id]]
    assert 0 < len(refused) <= 50
    assert {peer.replies[id]["error"]["code"] for id in refused} == {111}


async def test_what_waits_is_bounded_in_bytes_too(stage: Stage) -> None:
    """25 connections with 300 calls of 64 KB each, behind one that was slow, took 415 MB."""
    _, peer = await stage.member()
    _, gate = stage.hold_lists()
    peer.say({"id": 1, "rpc": {"method": "rooms/query_room"}})
    large = "x" * 60_000
    for id in range(2, 102):
        peer.say({"id": id, "rpc": {"method": "gslb", "data": {"x": large}}})
    peer.say({"id": 102, "rpc": {"method": "gslb"}}, {"send": {"data": large}})
    await peer.until(lambda: 102 in peer.replies)
    assert {reply["error"]["code"] for id, reply in peer.replies.items() if id > 1 and "error" in reply} == {111}
    gate.set()
    await stage.idle()
    answered = [id for id, reply in peer.replies.items() if "rpc" in reply]
    assert answered == [1, 2, 3, 4, 5]
    assert (await peer.rpc("gslb"))["errorCode"] == 0


async def test_one_connection_too_many_ends_the_oldest_of_the_user(start: Staging) -> None:
    async with start(socket_user_max=2) as stage:
        ann, bob = await stage.service.sign_up(), await stage.service.sign_up()
        first, other, second = await stage.connect(ann), await stage.connect(bob), await stage.connect(ann)
        assert first.closed is None
        third = await stage.connect(ann)
        assert await first.until_closed() == 3504
        assert [peer.closed for peer in (other, second, third)] == [None] * 3
        second.close(1000, "")
        await stage.idle()
        await stage.connect(ann)
        assert third.closed is None
