"""Clients of the official SDKs call the service's methods by RPC: the same envelope as over HTTP, whatever happens."""

import pytest

from tests.sdk.conftest import Sdk
from tests.sdk.stages import Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_call_needs_no_identity_but_the_connections(sdk: Sdk, stage: Stage) -> None:
    device = await stage.people.sign_up()
    client = await sdk.open(stage.endpoint, data={"token": device.token})
    entered = await client.call("rooms/enter_room", roomId=device.user, role="anchor", category="mlvb-show-live")
    assert entered["errorCode"] == 0
    assert entered["data"]["role"] == "anchor"
    assert await device.members(device.user) == [device.user]


async def test_a_method_is_also_called_by_its_whole_path(sdk: Sdk, stage: Stage) -> None:
    device = await stage.people.sign_up()
    client = await sdk.open(stage.endpoint, data={"token": device.token})
    answer = await client.call("base/v1/auth_users/user_keepalive")
    assert answer["errorCode"] == 0


async def test_a_failure_is_an_envelope_as_over_http(sdk: Sdk, stage: Stage) -> None:
    device = await stage.people.sign_up()
    client = await sdk.open(stage.endpoint, data={"token": device.token})
    for method, params in (
        ("rooms/room_detail", {"roomId": "nobody-lives-here"}),
        ("rooms/enter_room", {"roomId": ["not", "an", "id"]}),
        ("rooms/no_such_method", {}),
    ):
        by_rpc = await client.call(method, **params)
        over_http = (await device.call(method, params)).body
        assert by_rpc["errorCode"] == over_http["errorCode"] != 0, method
        assert client.seen("error") == []


async def test_another_users_identity_in_a_call_changes_nothing(sdk: Sdk, stage: Stage) -> None:
    device, other = await stage.people.sign_up(), await stage.people.sign_up()
    client = await sdk.open(stage.endpoint, data={"token": device.token})
    room = await other.go_live()
    await client.call("rooms/enter_room", roomId=room, userId=other.user)
    assert device.user in await other.members(room) or (await other.members(room)) == [other.user]
    assert (await other.members(room)).count(other.user) == 1
