"""What rooms and hosts are told of connections, on the sockets that they have."""

from functools import partial
from typing import Any

from tests.realtime.peers import Peer, Stage
from tests.service import Device


def told(peer: Peer, user: str, kind: str) -> list[dict[str, Any]]:
    """Return what a user's own channel has said of a kind."""
    received = [push["pub"]["data"] for push in peer.pushes if push["channel"] == f"user:{user}" and "pub" in push]
    return [event for event in received if event["type"] == kind]


def has_ended(peer: Peer, user: str, way: str) -> bool:
    """Say whether a request has ended in that way last."""
    return [event["data"]["result"] for event in told(peer, user, "connection.answered")][-1:] == [way]


async def test_both_hosts_are_told_of_a_request_and_of_its_answer(stage: Stage) -> None:
    await stage.hub.listen()
    ann, room, of_ann = await stage.host()
    bob, other, of_bob = await stage.host()
    await ann.call("auth_users/user_update", {"name": "小明", "avatar": "https://example.com/a.png"})
    (asked,) = (await of_ann.rpc("connections/request", roomId=room, roomIds=[other]))["data"]
    for peer, user in ((of_ann, ann.user), (of_bob, bob.user)):
        await peer.until(partial(told, peer, user, "connection.requested"))
        (event,) = told(peer, user, "connection.requested")
        left = event["data"].pop("expireIn")
        assert 25_000 < left <= 30_000
        assert (event["by"], event["data"]) == (
            ann.user,
            {
                "requestId": asked["requestId"],
                "roomId": room,
                "askedRoomId": other,
                "userId": ann.user,
                "name": "小明",
                "avatar": "https://example.com/a.png",
                "expireUtc": asked["expireUtc"],
            },
        )
    await of_bob.rpc("connections/refuse", roomId=other, requestId=asked["requestId"])
    for peer, user in ((of_ann, ann.user), (of_bob, bob.user)):
        await peer.until(partial(told, peer, user, "connection.answered"))
        (event,) = told(peer, user, "connection.answered")
        closed = {"requestId": asked["requestId"], "roomId": room, "askedRoomId": other, "result": "refused"}
        assert (event["by"], event["data"]) == (bob.user, closed)


async def test_hosts_are_told_when_a_request_was_withdrawn_or_nobody_answered_it(stage: Stage) -> None:
    await stage.hub.listen()
    ann, room, of_ann = await stage.host()
    bob, other, of_bob = await stage.host()
    for way in ("cancelled", "expired"):
        await ann.call("connections/request", {"roomId": room, "roomIds": other})
        if way == "expired":
            stage.service.clock.advance(31)
            await stage.service.tick()
        else:
            await ann.call("connections/cancel", {"roomId": room})
        for peer, user in ((of_ann, ann.user), (of_bob, bob.user)):
            await peer.until(partial(has_ended, peer, user, way))


async def connect(stage: Stage, number: int = 2) -> list[tuple[Device, str, Peer]]:
    """Return hosts whose rooms are connected."""
    first, *others = [await stage.host() for _ in range(number)]
    asked = {"roomId": first[1], "roomIds": ",".join(room for _, room, _ in others)}
    for (host, room, _), one in zip(others, (await first[0].call("connections/request", asked)).data, strict=True):
        accepted = {"roomId": room, "requestId": one["requestId"]}
        assert (await host.call("connections/accept", accepted)).code == 0
    return [first, *others]


async def test_signals_pass_between_a_publisher_and_guests_while_the_connection_stands(stage: Stage) -> None:
    await stage.hub.listen()
    (ann, room, _), (bob, other, of_bob) = await connect(stage)
    guest, of_guest = await stage.member(room)
    viewer, _ = await stage.member(other)
    hello = {"roomId": other, "to": bob.user, "payload": "hello"}
    offer = {"roomId": other, "to": guest.user, "payload": "offer"}
    assert [(await one.call("rtc/signal", hello)).code for one in (guest, ann)] == [0, 0]
    assert (await bob.call("rtc/signal", offer)).code == 0
    await of_bob.until(lambda: len(told(of_bob, bob.user, "rtc.signal")) == 2)
    assert [(event["roomId"], event["by"]) for event in told(of_bob, bob.user, "rtc.signal")] == [
        (other, guest.user),
        (other, ann.user),
    ]
    await of_guest.until(partial(told, of_guest, guest.user, "rtc.signal"))
    assert (await guest.call("rtc/signal", {**hello, "to": viewer.user})).code == 3000, (
        "neither of them publishes there"
    )
    assert (await viewer.call("rtc/signal", offer)).code == 3000
    stranger = await stage.service.sign_up()
    assert (await stranger.call("rtc/signal", hello)).code == 3007
    assert (await bob.call("rtc/signal", {**offer, "to": stranger.user})).code == 206
    assert (await guest.call("rtc/signal", {**hello, "to": stranger.user})).code == 3007, "of no room's media both"
    await ann.call("connections/leave", {"roomId": room})
    assert ((await guest.call("rtc/signal", hello)).code, (await bob.call("rtc/signal", offer)).code) == (3007, 206)


async def test_everybody_in_all_the_rooms_is_told_one_state_in_order_with_everything_else(stage: Stage) -> None:
    ann, room, _ = await stage.host()
    bob, other, _ = await stage.host()
    viewers = []
    for one in (room, other):
        _, viewer = await stage.member(one)
        assert (await viewer.subscribe(one))["data"]["connection"] is None
        viewers.append(viewer)
    (asked,) = (await ann.call("connections/request", {"roomId": room, "roomIds": other})).data
    accepted = await bob.call("connections/accept", {"roomId": other, "requestId": asked["requestId"]})
    for viewer, one in zip(viewers, (room, other), strict=True):
        event = await viewer.event(one, "connection.changed")
        assert (event["cause"], event["data"]) == ("room", {"connection": accepted.data})
        assert [event["type"] for event in viewer.events(one)] == ["connection.changed"], "and of nothing else"
    _, late = await stage.member(room)
    assert (await late.rpc("rooms/state", roomId=room))["data"]["state"]["connection"] == accepted.data
    await ann.call("messages/send", {"roomId": room, "text": "before"})
    await bob.call("rooms/destroy_room", {"roomId": other})
    await ann.call("messages/send", {"roomId": room, "text": "after"})
    viewer = viewers[0]
    await viewer.until(lambda: sum(event["type"] == "message.sent" for event in viewer.events(room)) == 2)
    events = viewer.events(room)
    kinds = [event["type"] for event in events if event["type"] in ("message.sent", "connection.changed")]
    assert kinds == ["connection.changed", "message.sent", "connection.changed", "message.sent"]
    assert events[-2]["data"] == {"connection": None}
    assert [event["seq"] for event in events] == sorted(event["seq"] for event in events)
