"""The channel of a room list: who may listen, and that what is told adds up to what the list says."""

from dataclasses import dataclass
from typing import Any

import pytest

from liveroom.api.rooms.feeds import LIST_WIRE
from liveroom.realtime.list_channel import EACH_MAX, TENANT_MAX, ListChannels
from liveroom.usecases.rooms.feeds import ListFeeds
from tests.lists import reduce
from tests.realtime.peers import Peer, Stage

CATEGORY = "mlvb-show-live"
CHANNEL = f"rooms:{CATEGORY}"


@dataclass
class Lists:
    """A stage whose hub offers lists."""

    stage: Stage
    feeds: ListFeeds
    channels: ListChannels

    async def pass_by(self, seconds: float = 1) -> None:
        """Let time pass, and do what the job does."""
        self.stage.service.clock.advance(seconds)
        await self.stage.service.core.jobs.backlog.write_all()
        await self.feeds.poll()


@pytest.fixture
def lists(stage: Stage) -> Lists:
    """Return a stage with lists."""
    core = stage.service.core
    feeds = ListFeeds(core.live, core.clock, core.services.listings, LIST_WIRE)
    channels = ListChannels(feeds, stage.hub.writer, stage.hub.spawn)
    feeds.attach(channels)
    stage.hub.kinds["rooms"] = channels
    return Lists(stage, feeds, channels)


async def viewer(stage: Stage, app: str = "") -> Peer:
    return await stage.connect(await stage.service.sign_up(app=app))


async def subscribe(peer: Peer, **request: Any) -> dict[str, Any]:
    result = (await peer.ask(subscribe={"channel": CHANNEL, **request}))["subscribe"]
    assert isinstance(result, dict)
    return result


def received(peer: Peer) -> list[dict[str, Any]]:
    return [push["pub"] for push in peer.pushes if push["channel"] == CHANNEL and "pub" in push]


async def knows(peer: Peer, begun: dict[str, Any], rooms: list[dict[str, Any]]) -> None:
    """Wait until the client, who began like this, knows exactly these rooms; a snapshot may be a moment old."""

    def known() -> list[dict[str, Any]]:
        found = {card["roomId"]: card for card in begun["data"]["rooms"]}
        for publication in received(peer):
            assert publication["offset"] > begun.get("offset", 0)
            reduce(found, publication["data"])
        return list(found.values())

    await peer.until(lambda: known() == rooms)


async def test_whoever_is_signed_in_gets_the_list_and_what_changes(lists: Lists) -> None:
    host = await lists.stage.service.sign_up()
    peer = await viewer(lists.stage)
    begun = await subscribe(peer)
    assert (begun["data"]["rooms"], begun["recoverable"], begun.get("offset", 0)) == ([], True, 0)
    room = await host.go_live()
    await lists.pass_by()
    await peer.until(lambda: received(peer))
    (publication,) = received(peer)
    listed = await host.query(category=CATEGORY)
    assert publication["offset"] == 1
    assert publication["data"]["set"] == listed
    late = await viewer(lists.stage)
    await knows(late, await subscribe(late), listed)
    await host.call("rooms/destroy_room", {"roomId": room})
    await lists.pass_by()
    await peer.until(lambda: len(received(peer)) == 2)
    assert received(peer)[1]["data"] | {"rev": 0} == {"rev": 0, "set": [], "nn": {}, "del": [room]}
    await knows(peer, begun, [])


async def test_counts_of_a_room_come_after_three_seconds(lists: Lists) -> None:
    host = await lists.stage.service.sign_up()
    room = await host.go_live()
    peer = await viewer(lists.stage)
    await subscribe(peer)
    assert (await (await lists.stage.service.sign_up()).enter(room)).code == 0
    await lists.pass_by(1)
    assert received(peer) == []
    await lists.pass_by(2)
    await peer.until(lambda: received(peer))
    assert received(peer)[0]["data"]["nn"] == {room: [2, 2]}


async def test_a_list_of_another_tenant_is_nobodys_and_other_names_are_no_lists(lists: Lists) -> None:
    await lists.stage.service.make_tenant("game")
    ours, theirs = await viewer(lists.stage), await viewer(lists.stage, "game")
    assert (await theirs.ask(subscribe={"channel": "rooms:game:_all"}))["subscribe"]["data"]["rooms"] == []
    assert (await ours.ask(subscribe={"channel": "rooms:_all"}))["subscribe"]["data"]["rooms"] == []
    for peer, name in ((ours, "rooms:game:_all"), (theirs, CHANNEL), (theirs, "rooms:_all")):
        assert await peer.error(subscribe={"channel": name}) == 103
    for name in ("rooms:_x", "rooms:a:b:c", "rooms:语聊"):
        assert await ours.error(subscribe={"channel": name}) == 102


async def test_whoever_comes_back_gets_what_they_missed(lists: Lists) -> None:
    host = await lists.stage.service.sign_up()
    await subscribe(await viewer(lists.stage))
    peer = await viewer(lists.stage)
    begun = await subscribe(peer)
    peer.client.lost()
    await host.go_live()
    await lists.pass_by()
    again = await subscribe(await viewer(lists.stage), recover=True, epoch=begun["epoch"])
    assert (again["recovered"], [one["offset"] for one in again["publications"]]) == (True, [1])
    stranger = await viewer(lists.stage)
    anew = await subscribe(stranger, recover=True, epoch="other")
    assert "recovered" not in anew
    await knows(stranger, anew, await host.query(category=CATEGORY))
    assert (
        await (await viewer(lists.stage)).error(
            subscribe={"channel": CHANNEL, "recover": True, "epoch": "other", "flag": 2}
        )
        == 112
    )


async def test_a_channel_is_subscribed_to_as_long_as_somebody_listens(lists: Lists) -> None:
    first, second = await viewer(lists.stage), await viewer(lists.stage)
    await subscribe(first)
    await subscribe(second)
    await first.ask(unsubscribe={"channel": CHANNEL})
    assert len(lists.channels.open) == 1
    second.client.lost()
    assert len(lists.channels.open) == 0
    await (await lists.stage.service.sign_up()).go_live()
    await lists.pass_by()
    assert received(first) + received(second) == []


async def test_a_channel_that_begins_anew_is_subscribed_to_again(lists: Lists) -> None:
    peer = await viewer(lists.stage)
    begun = await subscribe(peer)
    (feed,) = lists.channels.open
    lists.channels.begun_anew(feed)
    await peer.until(lambda: any("unsubscribe" in push for push in peer.pushes))
    assert peer.pushes[-1]["unsubscribe"]["code"] == 2502
    assert (await subscribe(peer, recover=True, epoch=begun["epoch"]))["recovered"]


async def test_nobody_is_told_who_else_listens(lists: Lists) -> None:
    peer = await viewer(lists.stage)
    await subscribe(peer)
    assert await peer.error(presence={"channel": CHANNEL}) == 108
    assert await peer.error(presence_stats={"channel": CHANNEL}) == 108


async def test_history_shows_what_was_told(lists: Lists) -> None:
    peer = await viewer(lists.stage)
    await subscribe(peer)
    await (await lists.stage.service.sign_up()).go_live()
    await lists.pass_by()
    history = (await peer.ask(history={"channel": CHANNEL, "limit": 10, "reverse": True}))["history"]
    assert (history["offset"], history["publications"]) == (1, received(peer))


async def test_a_connection_listens_to_sixteen_lists_and_a_process_to_so_many_of_a_tenant(lists: Lists) -> None:
    async def take(peer: Peer, first: int) -> None:
        for number in range(first, first + EACH_MAX):
            assert "subscribe" in await peer.ask(subscribe={"channel": f"rooms:c{number}"})

    peer = await viewer(lists.stage)
    await take(peer, 0)
    assert await peer.error(subscribe={"channel": CHANNEL}) == 106
    for first in range(EACH_MAX, TENANT_MAX, EACH_MAX):
        await take(await viewer(lists.stage), first)
    late = await viewer(lists.stage)
    assert await late.error(subscribe={"channel": CHANNEL}) == 106
    assert "subscribe" in await late.ask(subscribe={"channel": "rooms:c7"})
    await peer.ask(unsubscribe={"channel": "rooms:c0"})
    assert "subscribe" in await late.ask(subscribe={"channel": CHANNEL})


async def test_a_barred_room_goes_from_the_list_and_comes_back_when_the_bar_is_lifted(lists: Lists) -> None:
    host = await lists.stage.service.sign_up()
    room = await host.go_live()
    backend = await lists.stage.service.make_key()
    peer = await viewer(lists.stage)
    await subscribe(peer)
    assert (await backend.call("admin/bar_room", {"roomId": room})).code == 0
    await lists.pass_by()
    await peer.until(lambda: len(received(peer)) == 1)
    assert received(peer)[0]["data"] | {"rev": 0} == {"rev": 0, "set": [], "nn": {}, "del": [room]}
    await host.call("rooms/update_room", {"roomId": room, "title": "new"})
    await lists.pass_by()
    assert (await backend.call("admin/unbar_room", {"roomId": room})).code == 0
    await lists.pass_by()
    await peer.until(lambda: len(received(peer)) == 2)
    assert received(peer)[1]["data"]["set"] == await host.query(category=CATEGORY)
