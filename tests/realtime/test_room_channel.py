"""A room's channel: who may listen, what a subscription begins with, and that events come in order, once."""

import asyncio
import gc
import weakref
from functools import partial

import pytest

from liveroom.domain.errors import LiveUnavailable
from liveroom.domain.ids import RoomId
from liveroom.usecases.privacy.visibility import UNKNOWN_OF_USER
from tests.realtime.peers import Peer, Stage


def has_received(peer: Peer, room: str, user: str) -> bool:
    return any(event.get("userId") == user for event in peer.events(room))


def has_received_title(peer: Peer, room: str, title: str) -> bool:
    return any(event.get("room", {}).get("title") == title for event in peer.events(room))


async def test_a_subscription_begins_with_the_room_as_it_is(stage: Stage) -> None:
    ann, room, peer = await stage.host()
    result = await peer.subscribe(room)
    assert result["recoverable"] is True
    assert result["positioned"] is True
    state = result["data"]
    assert (state["offset"], state["epoch"]) == (result["offset"], result["epoch"])
    assert state["room"]["ownBy"] == ann.user
    assert state["members"] == (await ann.call("rooms/list_users", {"roomId": room})).data
    assert state["membersTotal"] == 1


async def test_only_members_may_subscribe_and_subscribing_is_not_entering(stage: Stage) -> None:
    ann, room, _ = await stage.host()
    _, peer = await stage.member()
    assert await peer.error(subscribe={"channel": f"room:{room}"}) == 103
    assert await ann.members(room) == [ann.user]
    assert await peer.error(history={"channel": f"room:{room}", "limit": 1}) == 103
    assert await peer.error(presence={"channel": f"room:{room}"}) == 103


async def test_a_room_that_is_not_live_is_an_unknown_channel(stage: Stage) -> None:
    _, peer = await stage.member()
    for channel in ("room:12345", "room:", "nothing:1", "room", "", "x" * 300):
        assert await peer.error(subscribe={"channel": channel}) == 102


@pytest.mark.parametrize("access", ["private", "invited"])
async def test_a_closed_room_is_an_unknown_channel_to_who_is_not_in_it(stage: Stage, access: str) -> None:
    ann, room, _ = await stage.host()
    _, inside = await stage.member(room)
    _, outside = await stage.member()
    assert (await ann.call("rooms/set_options", {"roomId": room, "access": access})).code == 0
    await inside.subscribe(room)
    for ask in ("subscribe", "history", "presence"):
        assert await outside.error(**{ask: {"channel": f"room:{room}"}}) == await outside.error(
            **{ask: {"channel": "room:12345"}}
        )


async def test_listening_to_ids_that_never_were_is_limited_like_asking_for_them(stage: Stage) -> None:
    ann, room, _ = await stage.host()
    device, peer = await stage.member()
    assert (await ann.call("rooms/set_options", {"roomId": room, "access": "private"})).code == 0
    answers = [await peer.error(subscribe={"channel": f"room:{number}"}) for number in range(UNKNOWN_OF_USER - 1)]
    assert set(answers) == {102}
    assert await peer.error(subscribe={"channel": f"room:{room}"}) == 102
    assert await peer.error(subscribe={"channel": f"room:{room}"}) == 111
    assert (await device.detail("12345")).code == 3004
    assert (await ann.call("rooms/destroy_room", {"roomId": room})).code == 0
    assert await peer.error(subscribe={"channel": f"room:{room}"}) == 102, "a room that is over does not count"


async def test_the_rooms_of_another_tenant_are_unknown(stage: Stage) -> None:
    await stage.service.make_tenant("acme")
    stranger = await stage.connect(await stage.service.sign_up("eve", app="acme"))
    _, room, peer = await stage.host()
    await peer.subscribe(room)
    assert await stranger.error(subscribe={"channel": f"room:{room}"}) == 102


async def test_nobody_publishes_directly_or_listens_to_another_user(stage: Stage) -> None:
    ann, room, peer = await stage.host()
    other, _ = await stage.member()
    await peer.subscribe(room)
    assert await peer.error(publish={"channel": f"room:{room}", "data": {}}) == 103
    assert await peer.error(subscribe={"channel": f"user:{ann.user}"}) == 105
    assert await peer.error(subscribe={"channel": f"user:{other.user}"}) == 103
    assert await peer.error(subscribe={"channel": f"room:{room}"}) == 105


async def test_events_come_in_order_after_calls_by_http(stage: Stage) -> None:
    ann, room, peer = await stage.host()
    start = (await peer.subscribe(room))["offset"]
    bob = await stage.service.sign_up()
    await bob.enter(room)
    await stage.pace()
    await ann.call("rooms/update_room", {"roomId": room, "title": "news"})
    await bob.leave(room)
    await stage.pace()
    left = await peer.event(room, "member.left")
    assert (left["userId"], left["reason"], left["cause"]) == (bob.user, "left", "call")
    assert (await peer.event(room, "room.updated"))["room"]["title"] == "news"
    kinds = [event["type"] for event in peer.events(room) if event["type"] != "room.counts"]
    assert kinds == ["member.entered", "room.updated", "member.left"]
    seqs = [event["seq"] for event in peer.events(room)]
    assert seqs == sorted(set(seqs))
    assert peer.offsets(room) == list(range(start + 1, start + 1 + len(peer.offsets(room))))


async def test_whoever_has_heard_of_a_change_then_reads_at_least_that(stage: Stage) -> None:
    ann, room, peer = await stage.host()
    await peer.subscribe(room)
    for number in range(5):
        bob = await stage.service.sign_up()
        await bob.enter(room)
        await stage.pace()
        await peer.until(partial(has_received, peer, room, bob.user))
        assert bob.user in await ann.members(room)
        assert (await ann.detail(room)).data["nnUsers"] == number + 2


async def test_a_subscription_receives_nothing_twice_and_misses_nothing_while_the_room_changes(stage: Stage) -> None:
    ann, room, _ = await stage.host()

    is_over = asyncio.Event()

    async def change() -> None:
        while not is_over.is_set():
            await ann.call("rooms/update_room", {"roomId": room, "title": stage.hub.clock.now().isoformat()})
        await ann.call("rooms/update_room", {"roomId": room, "title": "last"})

    changing = asyncio.create_task(change())
    peers = []
    for _ in range(6):
        _, peer = await stage.member(room)
        peers.append((peer, await peer.subscribe(room)))
    is_over.set()
    await changing
    await stage.pace()
    for peer, result in peers:
        await peer.until(partial(has_received_title, peer, room, "last"))
        offsets = peer.offsets(room)
        assert offsets == list(range(result["offset"] + 1, result["offset"] + 1 + len(offsets)))


async def test_all_who_ask_at_once_share_one_snapshot(stage: Stage) -> None:
    _, room, _ = await stage.host()
    peers = [(await stage.member(room))[1] for _ in range(8)]
    asked = 0
    snapshot = stage.hub.channels.snapshot

    async def counted(*given: object) -> object:
        nonlocal asked
        asked += 1
        return await snapshot(*given)  # type: ignore[arg-type]

    stage.hub.channels.snapshot = counted  # type: ignore[method-assign, assignment]
    results = await asyncio.gather(*(peer.subscribe(room) for peer in peers))
    assert asked <= 2
    assert {result["data"]["membersTotal"] for result in results} == {9}


async def test_whoever_leaves_is_taken_off_the_channel_after_being_told(stage: Stage) -> None:
    _, room, host = await stage.host()
    bob, peer = await stage.member(room)
    await host.subscribe(room)
    await peer.subscribe(room)
    await stage.pace()
    await bob.leave(room)
    await stage.pace()
    assert await peer.unsubscribed(room) == 2000
    assert (await peer.event(room, "member.left"))["userId"] == bob.user
    assert await peer.error(subscribe={"channel": f"room:{room}"}) == 103
    before = len(peer.pushes)
    await stage.service.sign_up()
    assert (await host.rpc("rooms/update_room", roomId=room, title="x"))["errorCode"] == 0
    await host.event(room, "room.updated")
    assert len(peer.pushes) == before


async def test_whoever_has_entered_again_meanwhile_stays_on_the_channel(stage: Stage) -> None:
    _, room, host = await stage.host()
    bob, peer = await stage.member(room)
    await host.subscribe(room)
    await peer.subscribe(room)
    await stage.member(room)
    await bob.leave(room)
    await bob.enter(room)
    await stage.pace()
    await host.rpc("rooms/update_room", roomId=room, title="x")
    await peer.event(room, "room.updated")
    await stage.idle()
    assert not [push for push in peer.pushes if "unsubscribe" in push]


async def test_a_closed_room_ends_its_subscriptions_for_good(stage: Stage) -> None:
    ann, room, host = await stage.host()
    _, peer = await stage.member(room)
    await host.subscribe(room)
    await peer.subscribe(room)
    await ann.call("rooms/destroy_room", {"roomId": room})
    for one in (host, peer):
        assert await one.unsubscribed(room) == 2001
        assert (await one.event(room, "room.closed"))["reason"] == "destroyed"
    assert stage.hub.rooms.open == {}
    assert await ann.go_live(room) == room
    assert (await host.subscribe(room))["data"]["membersTotal"] == 1


async def test_whoever_unsubscribes_receives_no_more_and_may_come_back(stage: Stage) -> None:
    ann, room, peer = await stage.host()
    await peer.subscribe(room)
    assert (await peer.ask(unsubscribe={"channel": f"room:{room}"}))["unsubscribe"] == {}
    assert (await peer.ask(unsubscribe={"channel": "room:no"}))["unsubscribe"] == {}
    await ann.call("rooms/update_room", {"roomId": room, "title": "x"})
    assert (await peer.subscribe(room))["data"]["room"]["title"] == "x"
    assert peer.events(room) == []


async def test_presence_names_sockets_and_join_and_leave_come_to_those_who_asked(stage: Stage) -> None:
    _, room, host = await stage.host()
    await host.subscribe(room, join_leave=True)
    bob, peer = await stage.member(room)
    await peer.subscribe(room)
    info = {"user": bob.user, "client": peer.client.id}
    await host.until(lambda: [push for push in host.pushes if push.get("join") == {"info": info}])
    found = (await host.ask(presence={"channel": f"room:{room}"}))["presence"]["presence"]
    assert found[peer.client.id] == info
    stats = (await host.ask(presence_stats={"channel": f"room:{room}"}))["presence_stats"]
    assert stats == {"num_clients": 2, "num_users": 2}
    await peer.ask(unsubscribe={"channel": f"room:{room}"})
    await host.until(lambda: [push for push in host.pushes if push.get("leave") == {"info": info}])
    assert not [push for push in peer.pushes if "join" in push or "leave" in push]


async def test_history_is_given_in_either_direction_from_a_position(stage: Stage) -> None:
    ann, room, peer = await stage.host()
    result = await peer.subscribe(room)
    for number in range(4):
        await ann.call("rooms/update_room", {"roomId": room, "title": f"t{number}"})
    top = result["offset"] + 4
    await peer.until(lambda: peer.offsets(room)[-1:] == [top])

    async def history(**request: object) -> list[int]:
        found = (await peer.ask(history={"channel": f"room:{room}", **request}))["history"]
        assert (found["offset"], found["epoch"]) == (top, result["epoch"])
        return [pub["offset"] for pub in found.get("publications", [])]

    assert await history() == []
    assert await history(limit=2, since={"offset": top - 3, "epoch": result["epoch"]}) == [top - 2, top - 1]
    assert await history(limit=2, reverse=True) == [top, top - 1]
    assert await history(limit=-1) == list(range(1, top + 1))
    since = {"offset": 1, "epoch": "another"}
    assert await peer.error(history={"channel": f"room:{room}", "limit": 1, "since": since}) == 112


async def test_while_the_live_store_is_down_subscribing_is_a_temporary_error(stage: Stage) -> None:
    _, room, peer = await stage.host()

    async def down(*_: object) -> object:
        raise LiveUnavailable

    stage.hub.channels.join = down  # type: ignore[method-assign, assignment]
    reply = await peer.ask(subscribe={"channel": f"room:{room}"})
    assert reply["error"] == {"code": 100, "message": "internal server error", "temporary": True}
    assert RoomId(room) not in stage.hub.rooms.open
    assert peer.closed is None


async def test_whoever_enters_again_by_http_after_their_socket_is_gone_stays_as_long_as_their_keepalives(
    stage: Stage,
) -> None:
    ann, room, _ = await stage.host()
    bob, peer = await stage.member(room)
    await peer.subscribe(room)
    peer.client.lost()
    await stage.idle()
    stage.service.clock.advance(5)
    assert (await bob.enter(room)).code == 0
    for _ in range(20):
        stage.service.clock.advance(3)
        for device in (ann, bob):
            assert (await device.call("auth_users/user_keepalive")).code == 0
        await stage.service.core.jobs.backlog.write_all()
        await stage.service.core.jobs.expiry.end_expired()
        await stage.service.core.jobs.expiry.end_deserted()
        assert bob.user in await ann.members(room)
    assert (await bob.call("messages/send", {"roomId": room, "text": "here"})).code == 0


async def test_nothing_is_left_of_a_channel_that_nobody_listens_to_any_more(stage: Stage) -> None:
    """Each left 4 KB that only a full collection found: 8 MB of a process in three quarters of an hour."""
    _, room, peer = await stage.host()
    await peer.subscribe(room)
    channel = stage.hub.rooms.open[RoomId(room)]
    parts = [weakref.ref(part) for part in (channel, channel.stream, channel.stream.sequencer)]
    del channel
    gc.disable()
    try:
        await peer.ask(unsubscribe={"channel": f"room:{room}"})
        await peer.until(lambda: not any(part() for part in parts))
    finally:
        gc.enable()
    assert RoomId(room) not in stage.hub.rooms.open
    await peer.subscribe(room)
