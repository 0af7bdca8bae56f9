"""Clients of the official SDKs stop for good when their session is over, and come back when only the service was."""

import asyncio

import pytest

from tests.sdk.conftest import Sdk
from tests.sdk.programs import Client, Event
from tests.sdk.stages import Stage
from tests.sdk.watching import until_received
from tests.service import Device

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def connected(sdk: Sdk, stage: Stage, device: Device) -> Client:
    client = await sdk.open(stage.endpoint, datas=[{"token": device.token}])
    await client.until("subscribed", server=True)
    return client


async def test_a_logout_ends_the_connection_within_a_second(sdk: Sdk, stage: Stage) -> None:
    device = await stage.people.sign_up()
    client = await connected(sdk, stage, device)
    assert (await device.call("auth_users/user_logout")).code == 0
    assert (await client.until("disconnected", within=1.0))["code"] == 4500
    (event,) = client.seen("publication", channel=f"user:{device.user}")
    assert event["data"]["type"] == "user.signed_out"
    assert event["data"]["reason"] == "logout"
    assert len(client.seen("connecting")) == 1


async def test_a_logout_ends_only_its_own_session(sdk: Sdk, stage: Stage) -> None:
    account = await stage.people.register()
    one, two = await account.sign_in(), await account.sign_in()
    first, second = await connected(sdk, stage, one), await connected(sdk, stage, two)
    await one.call("auth_users/user_logout")
    await first.until("disconnected")
    assert (await second.call("auth_users/user_keepalive"))["errorCode"] == 0
    assert second.seen("disconnected") == []


async def test_a_ban_ends_the_connection_within_a_second(sdk: Sdk, stage: Stage) -> None:
    device = await stage.people.sign_up()
    client = await connected(sdk, stage, device)
    await stage.ban(device)
    assert (await client.until("disconnected", within=1.0))["code"] == 4501
    (event,) = client.seen("publication", channel=f"user:{device.user}")
    assert event["data"]["reason"] == "banned"
    assert len(client.seen("connecting")) == 1


async def test_clients_come_back_after_the_service_was_stopped_and_started(sdk: Sdk, stage: Stage) -> None:
    host, guest, client, channel = await listening(sdk, stage)
    await stage.stop()
    await stage.start()
    again = await subscribed_again(client, channel)
    assert again["recovered"] is False
    assert [member["userId"] for member in again["data"]["members"]] == [host.user, guest.user]
    await still_follows(host, client, channel)
    assert [one["code"] for one in client.seen("connecting")][1] == (3014 if stage.front else 3001)
    assert client.seen("disconnected") == []


async def test_clients_come_back_after_the_service_was_killed(sdk: Sdk, stage: Stage) -> None:
    host, _, client, channel = await listening(sdk, stage)
    server = stage.front or stage.liveroom
    await asyncio.to_thread(server.kill)
    await client.until("connecting", code=1)
    await asyncio.to_thread(server.start)
    again = await subscribed_again(client, channel)
    assert again["recovered"] is False
    await still_follows(host, client, channel)
    assert client.seen("disconnected") == []


async def listening(sdk: Sdk, stage: Stage) -> tuple[Device, Device, Client, str]:
    """Return a host, a guest, the guest's client that listens to the host's room, and the channel."""
    host, guest = await stage.people.sign_up(), await stage.people.sign_up()
    room = await host.go_live()
    await guest.enter(room)
    channel = f"room:{room}"
    client = await connected(sdk, stage, guest)
    await client.ask("subscribe", channel=channel)
    await client.until("subscribed", channel=channel)
    return host, guest, client, channel


async def subscribed_again(client: Client, channel: str) -> Event:
    await client.until_that(lambda: len(client.seen("subscribed", channel=channel)) == 2, within=30)
    return client.seen("subscribed", channel=channel)[1]


async def still_follows(host: Device, client: Client, channel: str) -> None:
    """Check that what happens now is told, and calls are answered."""
    answer = await host.call("rooms/update_room", {"roomId": channel.partition(":")[2], "title": "Back"})
    assert answer.code == 0, answer.text
    await until_received(client, channel, "room.updated", room__title="Back")
    assert (await client.call("auth_users/user_keepalive"))["errorCode"] == 0
