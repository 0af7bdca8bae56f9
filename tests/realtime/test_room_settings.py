"""What a room and its people are told of options, metadata and invitations, on the sockets that they have."""

from functools import partial
from typing import Any

from tests.realtime.peers import Peer, Stage


def invitations(peer: Peer, user: str) -> list[dict[str, Any]]:
    """Return the invitations of which a user's connection was told."""
    received = [push["pub"]["data"] for push in peer.pushes if push["channel"] == f"user:{user}"]
    return [event for event in received if event["type"] == "user.invited"]


async def test_everybody_in_the_room_is_told_its_options_as_they_are_answered(stage: Stage) -> None:
    host, room, publisher = await stage.host()
    _, viewer = await stage.member(room)
    begun = (await viewer.subscribe(room))["data"]
    assert begun["options"] == (await publisher.rpc("rooms/options", roomId=room))["data"]
    given = {"access": "private", "password": "four", "slowMode": 7, "minutes": 30}
    answer = await publisher.rpc("rooms/set_options", roomId=room, **given)
    event = await viewer.event(room, "room.options_changed")
    assert event["data"] == {name: value for name, value in answer["data"].items() if name != "linkKey"}
    assert (event["data"]["hasPassword"], event["data"]["slowMode"]) == (True, 7)
    await host.call("rooms/set_options", {"roomId": room, "slowMode": 7})
    await host.call("rooms/set_options", {"roomId": room, "password": ""})
    await viewer.until(lambda: len(_received(viewer, room, "room.options_changed")) == 2)
    assert _received(viewer, room, "room.updated") == [], "options are told as such"
    assert not any(b"four" in frame for frame in viewer.frames)


async def test_everybody_in_the_room_is_told_what_is_pinned_until_it_is_recalled(stage: Stage) -> None:
    host, room, publisher = await stage.host()
    guest, viewer = await stage.member(room)
    await viewer.subscribe(room)
    said = (await viewer.rpc("messages/send", roomId=room, text="规则 😀"))["data"]
    reply = (await publisher.rpc("messages/send", roomId=room, text="yes", replyTo=said["messageId"]))["data"]
    pinned = (await publisher.rpc("messages/pin", roomId=room, messageId=said["messageId"]))["data"]
    assert (await viewer.event(room, "room.options_changed"))["data"]["pinned"] == pinned
    await viewer.until(lambda: len(_received(viewer, room, "message.sent")) == 2)
    assert [event["data"] for event in _received(viewer, room, "message.sent")] == [said, reply]
    assert reply["replyTo"] == {
        "messageId": said["messageId"],
        "userId": guest.user,
        "name": said["name"],
        "text": "规则 😀",
    }
    await host.call("messages/recall", {"roomId": room, "messageId": said["messageId"]})
    await viewer.until(lambda: len(_received(viewer, room, "room.options_changed")) == 2)
    assert _received(viewer, room, "room.options_changed")[-1]["data"]["pinned"] is None


async def test_everybody_in_the_room_is_told_its_metadata_unless_they_are_large(stage: Stage) -> None:
    host, room, publisher = await stage.host()
    _, viewer = await stage.member(room)
    await viewer.subscribe(room)
    small = await publisher.rpc("rooms/set_metadata", roomId=room, metadata={"song": "老歌 😀"}, version=0)
    event = await viewer.event(room, "room.metadata_changed")
    assert (event["data"], event["by"]) == (small["data"], host.user)
    version = small["data"]["version"]
    large = await publisher.rpc("rooms/set_metadata", roomId=room, metadata={"a": "x" * 5000}, version=version)
    await viewer.until(lambda: len(_received(viewer, room, "room.metadata_changed")) == 2)
    assert _received(viewer, room, "room.metadata_changed")[-1]["data"] == {"version": large["data"]["version"]}
    stale = await publisher.rpc("rooms/set_metadata", roomId=room, metadata={}, version=version)
    assert (stale["errorCode"], stale["data"]) == (3009, large["data"]), "a socket is answered as HTTP is"


async def test_whoever_is_invited_is_told_on_every_connection(stage: Stage) -> None:
    await stage.hub.listen()
    host, room, publisher = await stage.host()
    guest = await stage.service.sign_up()
    peers = [await stage.connect(guest) for _ in range(2)]
    await host.call("rooms/update_room", {"roomId": room, "title": "周六夜"})
    assert (await publisher.rpc("rooms/invite", roomId=room, targetId=guest.user))["errorCode"] == 0
    for peer in peers:
        await peer.until(partial(invitations, peer, guest.user))
        (event,) = invitations(peer, guest.user)
        assert event["data"] == {"roomId": room, "kind": "room", "by": host.user, "title": "周六夜"}
        assert (event["cause"], event["by"]) == ("call", host.user)


def _received(peer: Peer, room: str, kind: str) -> list[dict[str, Any]]:
    return [event for event in peer.events(room) if event["type"] == kind]
