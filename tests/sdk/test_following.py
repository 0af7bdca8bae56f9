"""Clients of the official SDKs follow a room: its state, every event in order, through cuts short and long."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

import pytest

from tests.sdk.conftest import Sdk
from tests.sdk.cuts import Wire, wire
from tests.sdk.programs import Client, Event, Refused
from tests.sdk.stages import Stage, endpoint
from tests.sdk.watching import check_whole, kinds, publications, received, until_received
from tests.service import Device

pytestmark = pytest.mark.asyncio(loop_scope="module")
CUT: Final = 5.0
MORE_THAN_IS_RECOVERED: Final = 150
JOIN_LEAVE: Final = {"joinLeave": True}
"""Says it to Centrifugo's backend, which is not told the option."""


async def connected(sdk: Sdk, stage: Stage, device: Device, *, through: Wire | None = None) -> Client:
    """Return a client of the device, perhaps through a wire."""
    where = stage.endpoint if through is None else endpoint(through.port)
    client = await sdk.open(where, datas=[{"token": device.token}])
    await client.until("connected")
    return client


async def subscribed(client: Client, room: str, **options: Any) -> Event:
    """Subscribe to a room, and return what the client is told about it."""
    await client.ask("subscribe", channel=f"room:{room}", **options)
    return await client.until("subscribed", channel=f"room:{room}")


async def host_and_guest(stage: Stage) -> tuple[Device, Device, str]:
    """Return an anchor who is live, somebody who has entered, and the room."""
    host, guest = await stage.people.sign_up(), await stage.people.sign_up()
    room = await host.go_live(title="Evening")
    assert (await guest.enter(room)).code == 0
    return host, guest, room


async def retitle(host: Device, room: str, titles: Sequence[str]) -> None:
    for title in titles:
        assert (await host.call("rooms/update_room", {"roomId": room, "title": title})).code == 0


async def test_subscribing_is_answered_with_the_room_as_it_is(sdk: Sdk, stage: Stage) -> None:
    host, guest, room = await host_and_guest(stage)
    client = await connected(sdk, stage, guest)
    state = (await subscribed(client, room))["data"]
    assert state["room"]["roomId"] == room
    assert state["room"]["title"] == "Evening"
    assert [member["userId"] for member in state["members"]] == [host.user, guest.user]
    assert state["membersTotal"] == 2


async def test_who_is_no_member_may_not_subscribe(sdk: Sdk, stage: Stage) -> None:
    _, _, room = await host_and_guest(stage)
    client = await connected(sdk, stage, await stage.people.sign_up())
    await client.ask("subscribe", channel=f"room:{room}")
    assert (await client.until("unsubscribed", channel=f"room:{room}"))["code"] == 103


async def test_a_channel_that_does_not_exist_is_refused_for_good(sdk: Sdk, stage: Stage) -> None:
    client = await connected(sdk, stage, await stage.people.sign_up())
    await client.ask("subscribe", channel="weather:today")
    assert (await client.until("unsubscribed", channel="weather:today"))["code"] == 102


async def test_nobody_publishes_directly(sdk: Sdk, stage: Stage) -> None:
    _, guest, room = await host_and_guest(stage)
    client = await connected(sdk, stage, guest)
    await subscribed(client, room)
    with pytest.raises(Refused) as refused:
        await client.ask("publish", channel=f"room:{room}", data={"text": "hello"})
    assert refused.value.code == 103


async def test_everything_that_happens_is_told_in_order(sdk: Sdk, stage: Stage) -> None:
    host, guest, room = await host_and_guest(stage)
    channel = f"room:{room}"
    client = await connected(sdk, stage, guest)
    state = await subscribed(client, room)
    other = await stage.people.sign_up()
    await other.enter(room)
    await retitle(host, room, ["One", "Two"])
    await other.leave(room)
    await retitle(host, room, ["Three"])
    await until_received(client, channel, "member.left", userId=other.user)
    await until_received(client, channel, "room.updated", room__title="Three")
    assert kinds(client, channel, since=state["data"]["seq"]) == [
        *("member.entered", "room.updated", "room.updated", "member.left", "room.updated"),
    ]
    check_whole(client, channel, state)


async def test_what_was_told_is_there_to_be_asked_for(sdk: Sdk, stage: Stage) -> None:
    _, guest, room = await host_and_guest(stage)
    client = await connected(sdk, stage, guest)
    await subscribed(client, room)
    for _ in range(5):
        other = await stage.people.sign_up()
        await other.enter(room)
        await until_received(client, f"room:{room}", "member.entered", userId=other.user)
        assert other.user in await guest.members(room)


async def test_after_a_cut_of_five_seconds_nothing_is_missing_and_nothing_comes_twice(sdk: Sdk, stage: Stage) -> None:
    host, guest, room = await host_and_guest(stage)
    channel = f"room:{room}"
    async with wire(stage.port) as line:
        client = await connected(sdk, stage, guest, through=line)
        state = await subscribed(client, room)
        await retitle(host, room, ["Before"])
        await until_received(client, channel, "room.updated", room__title="Before")
        line.cut(CUT)
        await client.until("connecting", code=1)
        await retitle(host, room, ["During"])
        other = await stage.people.sign_up()
        await other.enter(room)
        await retitle(host, room, [f"Now {n}" for n in range(20)])
        again = await client.until("subscribed", channel=channel, wasRecovering=True)
        await retitle(host, room, ["After"])
        await until_received(client, channel, "room.updated", room__title="After")
    assert again["recovered"] is True
    assert kinds(client, channel, since=state["data"]["seq"]) == [
        *("room.updated", "room.updated", "member.entered"),
        *["room.updated"] * 21,
    ]
    check_whole(client, channel, state)


async def test_after_a_cut_longer_than_what_is_kept_the_room_is_told_anew(sdk: Sdk, stage: Stage) -> None:
    host, guest, room = await host_and_guest(stage)
    channel = f"room:{room}"
    async with wire(stage.port) as line:
        client = await connected(sdk, stage, guest, through=line)
        watcher = await connected(sdk, stage, host)
        await subscribed(client, room)
        await subscribed(watcher, room)
        line.cut()
        await client.until("connecting", code=1)
        await retitle(host, room, [f"Now {n}" for n in range(MORE_THAN_IS_RECOVERED)])
        await until_received(watcher, channel, "room.updated", room__title=f"Now {MORE_THAN_IS_RECOVERED - 1}")
        line.mend()
        again = await client.until("subscribed", channel=channel, wasRecovering=True)
        await retitle(host, room, ["After"])
        await until_received(client, channel, "room.updated", room__title="After")
    assert again["recovered"] is False
    assert again["data"]["room"]["title"] == f"Now {MORE_THAN_IS_RECOVERED - 1}"
    check_whole(client, channel, again)


async def test_get_state_and_the_events_after_it_leave_no_gap(sdk: Sdk, stage: Stage) -> None:
    host, guest, room = await host_and_guest(stage)
    channel = f"room:{room}"
    client = await connected(sdk, stage, guest)
    busy = asyncio.create_task(retitle(host, room, [f"Now {n}" for n in range(30)]))
    await subscribed(client, room, state={"method": "rooms/state", "params": {"roomId": room}})
    await busy
    await until_received(client, channel, "room.updated", room__title="Now 29")
    (state,) = client.seen("state", channel=channel)
    seen = [event["seq"] for event in received(client, channel) if event["seq"] > state["data"]["seq"]]
    assert seen == list(range(state["data"]["seq"] + 1, state["data"]["seq"] + 1 + len(seen)))
    assert received(client, channel)[-1]["seq"] == max(state["data"]["seq"], *seen)


async def test_get_state_is_asked_again_only_when_recovery_is_not_enough(sdk: Sdk, stage: Stage) -> None:
    host, guest, room = await host_and_guest(stage)
    channel = f"room:{room}"
    async with wire(stage.port) as line:
        client = await connected(sdk, stage, guest, through=line)
        watcher = await connected(sdk, stage, host)
        await subscribed(watcher, room)
        await subscribed(client, room, state={"method": "rooms/state", "params": {"roomId": room}})
        line.cut()
        await client.until("connecting", code=1)
        await retitle(host, room, ["Short"])
        line.mend()
        await until_received(client, channel, "room.updated", room__title="Short")
        assert len(client.seen("state")) == 1
        line.cut()
        await client.until_that(lambda: len(client.seen("connecting", code=1)) == 2)
        await retitle(host, room, [f"Now {n}" for n in range(MORE_THAN_IS_RECOVERED)])
        await until_received(watcher, channel, "room.updated", room__title=f"Now {MORE_THAN_IS_RECOVERED - 1}")
        line.mend()
        await client.until_that(lambda: len(client.seen("state")) == 2)
    assert client.seen("state")[1]["data"]["room"]["title"] == f"Now {MORE_THAN_IS_RECOVERED - 1}"


async def test_presence_and_join_and_leave_are_sockets(sdk: Sdk, stage: Stage) -> None:
    host, guest, room = await host_and_guest(stage)
    channel = f"room:{room}"
    first = await connected(sdk, stage, host)
    await subscribed(first, room, joinLeave=True, data=JOIN_LEAVE)
    second = await connected(sdk, stage, guest)
    await subscribed(second, room)
    await first.until("join", channel=channel, user=guest.user)
    ids = {client.seen("connected")[0]["id"]: user for client, user in ((first, host.user), (second, guest.user))}
    assert await first.ask("presence", channel=channel) == ids
    assert await first.ask("presence_stats", channel=channel) == {"clients": 2, "users": 2}
    await second.ask("unsubscribe", channel=channel)
    await first.until("leave", channel=channel, user=guest.user)
    assert sorted(await host.members(room)) == sorted([host.user, guest.user])
    assert second.seen("join") == []


async def test_history_holds_what_was_published(sdk: Sdk, stage: Stage) -> None:
    host, guest, room = await host_and_guest(stage)
    channel = f"room:{room}"
    client = await connected(sdk, stage, guest)
    state = await subscribed(client, room)
    await retitle(host, room, ["One", "Two", "Three"])
    await until_received(client, channel, "room.updated", room__title="Three")
    answer = await client.ask("history", channel=channel, limit=10, since=state["position"])
    assert answer["publications"] == [
        {"offset": one["offset"], "data": one["data"]} for one in publications(client, channel)
    ]
    newest = await client.ask("history", channel=channel, limit=1, reverse=True)
    assert newest["publications"][0]["offset"] == newest["offset"] == answer["offset"]


async def test_who_leaves_the_room_is_taken_off_its_channel(sdk: Sdk, stage: Stage) -> None:
    _, guest, room = await host_and_guest(stage)
    client = await connected(sdk, stage, guest)
    await subscribed(client, room)
    await guest.leave(room)
    assert (await client.until("unsubscribed", channel=f"room:{room}"))["code"] == 2000


async def test_a_room_that_closes_says_so_and_ends_its_channel(sdk: Sdk, stage: Stage) -> None:
    host, guest, room = await host_and_guest(stage)
    client = await connected(sdk, stage, guest)
    await subscribed(client, room)
    await host.call("rooms/destroy_room", {"roomId": room})
    assert (await client.until("unsubscribed", channel=f"room:{room}"))["code"] == (2000 if stage.front else 2001)
    assert (await until_received(client, f"room:{room}", "room.closed"))["reason"] == "destroyed"
