"""Clients of the official SDKs follow a room list: what is on it, and what changes."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.sdk.conftest import Sdk
from tests.sdk.programs import Client, Refused
from tests.sdk.stages import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")
CHANNEL = "rooms:mlvb-show-live"


def rooms(client: Client) -> Mapping[str, Any]:
    """Return the rooms by what was told of the list: the reducer of the docs."""
    listed: dict[str, Any] = {}
    for event in client.events:
        if event.get("channel") != CHANNEL or event["event"] not in {"subscribed", "publication"}:
            continue
        received = event["data"]
        if event["event"] == "subscribed":
            listed = {}
        listed |= {room["roomId"]: room for room in received.get("rooms", received.get("set", []))}
        for room, (members, joined) in received.get("nn", {}).items():
            listed[room] = {**listed[room], "nnUsers": members, "totalJoined": joined}
        for room in received.get("del", []):
            listed.pop(room, None)
    return listed


async def test_rooms_come_and_change_and_go(sdk: Sdk, stage: Stage) -> None:
    host, guest = await stage.people.sign_up(), await stage.people.sign_up()
    first = await host.go_live(title="First")
    client = await sdk.open(stage.endpoint, datas=[{"token": guest.token}])
    await client.ask("subscribe", channel=CHANNEL)
    await client.until("subscribed", channel=CHANNEL)
    await client.until_that(lambda: rooms(client).get(first, {}).get("title") == "First")
    second = await guest.go_live(title="Second")
    await client.until_that(lambda: rooms(client).get(second, {}).get("title") == "Second")
    await host.call("rooms/update_room", {"roomId": first, "title": "Changed"})
    await client.until_that(lambda: rooms(client)[first]["title"] == "Changed")
    other = await stage.people.sign_up()
    await other.enter(first)
    await client.until_that(lambda: rooms(client)[first]["nnUsers"] == 2)
    await host.call("rooms/destroy_room", {"roomId": first})
    await client.until_that(lambda: first not in rooms(client))
    assert second in rooms(client)


async def test_another_tenants_list_is_refused(sdk: Sdk, stage: Stage) -> None:
    device = await stage.people.sign_up()
    client = await sdk.open(stage.endpoint, datas=[{"token": device.token}])
    await client.ask("subscribe", channel="rooms:elsewhere:mlvb-show-live")
    assert (await client.until("unsubscribed", channel="rooms:elsewhere:mlvb-show-live"))["code"] == 103


async def test_nobody_is_told_who_else_listens(sdk: Sdk, stage: Stage) -> None:
    device = await stage.people.sign_up()
    client = await sdk.open(stage.endpoint, datas=[{"token": device.token}])
    await client.ask("subscribe", channel=CHANNEL)
    await client.until("subscribed", channel=CHANNEL)
    with pytest.raises(Refused) as refused:
        await client.ask("presence", channel=CHANNEL)
    assert refused.value.code == (103 if stage.front else 108)
