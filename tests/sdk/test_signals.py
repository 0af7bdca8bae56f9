"""Clients of the official SDKs pass signals to each other: by RPC, heard on the user's own channel, in their order."""

from typing import Any

import pytest

from tests.sdk.conftest import Sdk
from tests.sdk.programs import Client
from tests.sdk.stages import Stage
from tests.service import Device

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def connected(sdk: Sdk, stage: Stage, device: Device) -> Client:
    client = await sdk.open(stage.endpoint, data={"token": device.token})
    await client.until("subscribed", server=True)
    return client


def heard(client: Client, user: str) -> list[dict[str, Any]]:
    return [seen["data"] for seen in client.seen("publication", channel=f"user:{user}")]


async def test_an_offer_and_its_answer_find_their_way(sdk: Sdk, stage: Stage) -> None:
    host, guest = await stage.people.sign_up(), await stage.people.sign_up()
    room = await host.go_live()
    await guest.enter(room, "audience")
    publisher, viewer = await connected(sdk, stage, host), await connected(sdk, stage, guest)
    for number in range(10):
        payload = {"kind": "candidate", "number": number}
        sent = await publisher.call("rtc/signal", roomId=room, to=guest.user, payload=payload)
        assert sent["errorCode"] == 0
    await viewer.until_that(lambda: len(heard(viewer, guest.user)) == 10)
    assert [event["payload"]["number"] for event in heard(viewer, guest.user)] == list(range(10))
    assert {(event["type"], event["fromUserId"]) for event in heard(viewer, guest.user)} == {("rtc.signal", host.user)}
    await viewer.call("rtc/signal", roomId=room, to=host.user, payload="answer")
    await publisher.until_that(lambda: heard(publisher, host.user))
    assert heard(publisher, host.user)[0]["payload"] == "answer"
