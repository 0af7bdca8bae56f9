"""What a connection's time brings: pings, leases, the end of its session, and the stop of the process."""

import asyncio
from datetime import timedelta

import pytest

from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.presence.signs import Source
from tests.realtime.peers import Stage


async def socket_of(stage: Stage, user: str) -> Source:
    """Return what the user's socket says of them."""
    (source,) = [one for one in await stage.service.core.live.sources(UserId(user)) if one.source == "socket"]
    return source


async def test_a_client_is_pinged_every_25_seconds_and_has_8_to_answer(stage: Stage) -> None:
    _, silent = await stage.member()
    _, lively = await stage.member()
    stage.turn(49)
    assert silent.pings == 0
    stage.turn()
    await silent.until(lambda: silent.pings == 1)
    lively.say({})
    stage.turn(15)
    assert silent.closed is None
    stage.turn()
    assert await silent.until_closed() == 3012
    assert lively.closed is None


async def test_an_open_socket_keeps_its_user_online_and_in_the_room(stage: Stage) -> None:
    ann, room, peer = await stage.host()
    await peer.subscribe(room)
    for _ in range(8):
        stage.service.clock.advance(24)
        stage.turn(50)
        peer.say({})
        await stage.idle()
        await stage.service.tick()
    assert (await socket_of(stage, ann.user)).alive
    assert (await peer.ask(presence_stats={"channel": f"room:{room}"}))["presence_stats"]["num_clients"] == 1
    assert await ann.members(room) == [ann.user]


async def test_calls_through_the_socket_are_no_signs_of_life_of_their_own(stage: Stage) -> None:
    ann, room, peer = await stage.host()
    live = stage.service.core.live
    await live.flush()
    before = [one.expires for one in await live.sources(UserId(ann.user)) if one.source != "socket"]
    stage.service.clock.advance(30)
    assert (await peer.rpc("rooms/room_detail", roomId=room))["errorCode"] == 0
    await live.flush()
    assert [one.expires for one in await live.sources(UserId(ann.user)) if one.source != "socket"] == before


async def test_a_lost_socket_vouches_for_20_seconds_more(stage: Stage) -> None:
    ann, room, host = await stage.host()
    await host.subscribe(room)
    bob, peer = await stage.member(room)
    await peer.subscribe(room)
    peer.client.lost()
    await stage.idle()
    stage.service.clock.advance(18)
    await stage.service.tick()
    assert bob.user in await ann.members(room)
    stage.service.clock.advance(4)
    await stage.service.tick()
    await stage.pace()
    assert bob.user not in await ann.members(room)
    left = await host.event(room, "member.left")
    assert (left["userId"], left["reason"], left["cause"]) == (bob.user, "lost", "presence")


async def test_two_sockets_of_a_user_are_one_member(stage: Stage) -> None:
    ann, room, _ = await stage.host()
    bob, first = await stage.member(room)
    second = await stage.connect(bob)
    await first.subscribe(room)
    await second.subscribe(room)
    first.client.lost()
    await stage.idle()
    stage.service.clock.advance(25)
    stage.turn(50)
    await stage.idle()
    await stage.service.tick()
    assert await ann.members(room) == [ann.user, bob.user]


async def test_a_logout_ends_the_connections_of_its_session_alone(stage: Stage) -> None:
    account = await stage.service.register()
    phone, pad = await account.sign_in(), await account.sign_in()
    ended, stays = await stage.connect(phone), await stage.connect(pad)
    await phone.call("auth_users/user_logout")
    assert await ended.until_closed() == 4500
    event = ended.pushes[-1]["pub"]["data"]
    assert (event["type"], event["reason"]) == ("user.signed_out", "logout")
    assert ended.pushes[-1]["channel"] == f"user:{phone.user}"
    assert stays.closed is None


async def test_a_ban_ends_every_connection_of_the_user(stage: Stage) -> None:
    ann, peer = await stage.member()
    until = stage.service.clock.now() + timedelta(days=1)
    await stage.service.core.moderation.ban(UserId(ann.user), until, "spam")
    stage.service.clock.advance(1)
    await stage.service.tick()
    assert await peer.until_closed() == 4501
    assert peer.pushes[-1]["pub"]["data"]["reason"] == "banned"


async def test_a_deletion_by_rpc_ends_the_connection(stage: Stage) -> None:
    _, peer = await stage.member()
    peer.say({"id": 1, "rpc": {"method": "auth_users/user_delete"}})
    assert await peer.until_closed() == 4500
    assert peer.pushes[-1]["pub"]["data"]["reason"] == "deleted"


async def test_a_session_that_was_found_ended_when_its_lease_is_renewed_is_told(stage: Stage) -> None:
    ann, peer = await stage.member()
    hear, stage.hub.sessions_over = stage.hub.sessions_over, lambda ended: None  # type: ignore[method-assign]
    await ann.call("auth_users/user_logout")
    stage.hub.sessions_over = hear  # type: ignore[method-assign]
    stage.turn(50)
    assert await peer.until_closed() == 4500


@pytest.mark.parametrize("count", [1, 40])
async def test_a_stop_lets_go_all_and_ends_no_lease(stage: Stage, count: int) -> None:
    ann, room, peer = await stage.host()
    await peer.subscribe(room)
    peers = [peer, *[await stage.connect(ann) for _ in range(count - 1)]]
    before = (await stage.service.core.live.sources(UserId(ann.user)))[-1].expires
    await stage.hub.drain()
    assert {one.closed for one in peers} == {(3001, "shutdown")}
    assert stage.hub.accept(peer, peer.client.framing, peer.client.opening) is None
    await stage.idle()
    assert (await stage.service.core.live.sources(UserId(ann.user)))[-1].expires == before
    assert await stage.hub.channels.count(RoomId(room)) == (1, 1)


async def test_a_call_that_is_under_way_is_answered_before_the_stop(stage: Stage) -> None:
    _, peer = await stage.member()
    under_way, gate = stage.hold_lists()
    peer.say({"id": 1, "rpc": {"method": "rooms/query_room"}})
    await under_way.wait()
    draining = asyncio.create_task(stage.hub.drain())
    await asyncio.wait({draining}, timeout=0.06)
    assert peer.closed is None
    gate.set()
    assert await peer.until_closed() == 3001
    assert peer.replies[1]["rpc"]["data"]["errorCode"] == 0
    await draining


async def test_a_stop_does_not_let_all_go_at_once(stage: Stage) -> None:
    ann, _ = await stage.member()
    peers = [await stage.connect(ann) for _ in range(30)]
    draining = asyncio.create_task(stage.hub.drain())
    waiting = [asyncio.create_task(peer.until_closed()) for peer in peers]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    assert 0 < len([peer for peer in peers if peer.closed]) < 30
    await draining
    assert set(await asyncio.gather(*waiting)) == {3001}
