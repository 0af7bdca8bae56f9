"""Coming back: what was missed is given exactly, or the room anew."""

import asyncio

import pytest

from liveroom.domain.events.model import RECOVERED, Position
from liveroom.domain.ids import RoomId
from tests.realtime.peers import Peer, Stage
from tests.service import Device


async def change(device: Device, room: str, *titles: str) -> None:
    for title in titles:
        assert (await device.call("rooms/update_room", {"roomId": room, "title": title})).code == 0


def titles(publications: list[dict[str, object]]) -> list[str]:
    """Return the titles that publications tell."""
    events = [event for pub in publications for event in pub["data"]["events"]]  # type: ignore[index]
    return [event["room"]["title"] for event in events if "room" in event]


def recovery(position: dict[str, object], offset: int | None = None) -> dict[str, object]:
    """Return what a client asks that was at a position."""
    at = position["offset"] if offset is None else offset
    return {"recover": True, "epoch": position["epoch"], "offset": at}


async def again(stage: Stage, device: Device, peer: Peer) -> Peer:
    """Lose the connection, and make another."""
    peer.client.lost()
    return await stage.connect(device)


@pytest.mark.parametrize("others_listen", [True, False])
async def test_whoever_comes_back_is_given_what_they_missed(stage: Stage, others_listen: bool) -> None:
    ann, room, peer = await stage.host()
    before = await peer.subscribe(room)
    if others_listen:
        _, other = await stage.member(room)
        await stage.pace()
        await other.subscribe(room)
    peer.client.lost()
    await change(ann, room, "one", "two", "three")
    peer = await stage.connect(ann)
    result = await peer.subscribe(room, **recovery(before))
    assert result["recovered"] is True
    assert result["was_recovering"] is True
    assert "data" not in result
    assert titles(result["publications"])[-3:] == ["one", "two", "three"]
    await change(ann, room, "four")
    await peer.event(room, "room.updated")
    offsets = [pub["offset"] for pub in result["publications"]] + peer.offsets(room)
    assert offsets == list(range(before["offset"] + 1, before["offset"] + 1 + len(offsets)))


async def test_whoever_missed_nothing_is_given_nothing(stage: Stage) -> None:
    ann, room, peer = await stage.host()
    before = await peer.subscribe(room)
    peer = await again(stage, ann, peer)
    result = await peer.subscribe(room, **recovery(before))
    assert result["recovered"] is True
    assert "publications" not in result
    assert result["offset"] == before["offset"]


@pytest.mark.parametrize("what", ["epoch", "future"])
async def test_a_position_that_is_not_known_gets_the_room_anew(stage: Stage, what: str) -> None:
    ann, room, peer = await stage.host()
    before = await peer.subscribe(room)
    asked = recovery(before, 9999 if what == "future" else None) | ({"epoch": "other"} if what == "epoch" else {})
    peer = await again(stage, ann, peer)
    result = await peer.subscribe(room, **asked)
    assert "recovered" not in result
    assert result["was_recovering"] is True
    assert result["data"]["room"]["roomId"] == room
    assert (result["offset"], result["epoch"]) == (before["offset"], before["epoch"])


async def test_whoever_missed_too_much_gets_the_room_anew(stage: Stage) -> None:
    ann, room, peer = await stage.host()
    before = await peer.subscribe(room)
    peer.client.lost()
    await change(ann, room, *(f"t{number}" for number in range(RECOVERED + 1)))
    peer = await stage.connect(ann)
    result = await peer.subscribe(room, **recovery(before))
    assert "recovered" not in result
    assert result["data"]["room"]["title"] == f"t{RECOVERED}"
    assert result["offset"] == before["offset"] + RECOVERED + 1


async def test_what_would_be_too_large_is_given_as_the_room_anew(stage: Stage) -> None:
    ann, room, peer = await stage.host()
    before = await peer.subscribe(room)
    peer.client.lost()
    for number in range(70):
        text = f"{number:03d}" + "x" * 509
        assert (await ann.call("rooms/update_room", {"roomId": room, "description": text, "cover": text})).code == 0
    peer = await stage.connect(ann)
    assert "data" in await peer.subscribe(room, **recovery(before))


async def test_whoever_asked_to_refuse_it_is_told_instead(stage: Stage) -> None:
    ann, room, peer = await stage.host()
    before = await peer.subscribe(room)
    peer = await again(stage, ann, peer)
    asked = {**recovery(before), "epoch": "other", "flag": 3}
    assert await peer.error(subscribe={"channel": f"room:{room}", **asked}) == 112
    state = (await peer.rpc("rooms/state", roomId=room))["data"]
    result = await peer.subscribe(room, **recovery(state), flag=3)
    assert result["recovered"] is True


async def test_the_state_by_rpc_is_what_a_subscription_begins_with(stage: Stage) -> None:
    _, room, peer = await stage.host()
    found = (await peer.rpc("rooms/state", roomId=room))["data"]
    subscribed = (await peer.subscribe(room))["data"]
    assert found["state"]["time"] <= subscribed["time"]
    assert found["state"] == {**subscribed, "time": found["state"]["time"]}
    assert (found["offset"], found["epoch"]) == (found["state"]["offset"], found["state"]["epoch"])
    _, stranger = await stage.member()
    assert (await stranger.rpc("rooms/state", roomId=room))["errorCode"] == 3007
    assert (await stranger.rpc("rooms/state", roomId="12345"))["errorCode"] == 2004


async def test_a_new_epoch_makes_subscribers_come_again_to_the_room_anew(stage: Stage) -> None:
    ann, room, peer = await stage.host()
    before = await peer.subscribe(room)
    await stage.hub.channels.renew_epoch(RoomId(room), before["epoch"])
    assert await peer.unsubscribed(room) == 2502
    result = await peer.subscribe(room, **recovery(before))
    assert result["epoch"] != before["epoch"]
    assert "recovered" not in result
    await change(ann, room, "after")
    assert (await peer.event(room, "room.updated"))["epoch"] == result["epoch"]


async def test_publications_that_did_not_arrive_are_found_within_ten_seconds(stage: Stage) -> None:
    ann, room, peer = await stage.host()
    await peer.subscribe(room)
    channel = stage.hub.rooms.open[RoomId(room)]
    received, lost = channel.published, []
    channel.published = lambda epoch, publication: lost.append(publication)  # type: ignore[method-assign]
    await change(ann, room, "one", "two")
    async with asyncio.timeout(5):
        while len(lost) < 2:
            position = await stage.hub.channels.positions([RoomId(room)])
            assert isinstance(position[RoomId(room)], Position)
    assert peer.events(room) == []
    channel.published = received  # type: ignore[method-assign]
    stage.turn(20)
    await stage.idle()
    await peer.until(lambda: titles(peer.news(room)) == ["one", "two"])
