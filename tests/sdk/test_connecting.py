"""Clients of the official SDKs connect, stay connected as long as their tokens are good, and are refused for good."""

from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial
from typing import Final

import pytest

from tests.sdk.conftest import PROGRAMS, Sdk
from tests.sdk.programs import Client
from tests.sdk.stages import Stage, token_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
SOON: Final = timedelta(seconds=3)
PAST: Final = timedelta(minutes=-1)
SOON_ENOUGH: Final = timedelta(seconds=15)
"""Time for all to connect, on a busy machine."""
EXPIRED_WITHIN: Final = 90.0


async def test_a_login_token_in_the_data_connects(sdk: Sdk, stage: Stage) -> None:
    device = await stage.people.sign_up()
    client = await sdk.open(stage.endpoint, data={"token": device.token})
    assert (await client.until("connected"))["id"]
    own = await client.until("subscribed", server=True, channel=f"user:{device.user}")
    assert own["data"] == {"userId": device.user, "rooms": []}


async def test_a_client_is_told_the_rooms_it_is_in(sdk: Sdk, stage: Stage) -> None:
    device = await stage.people.sign_up()
    room = await device.go_live()
    client = await sdk.open(stage.endpoint, data={"token": device.token})
    own = await client.until("subscribed", server=True)
    assert own["data"]["rooms"] == [{"roomId": room}]


async def test_a_bad_token_in_the_data_is_refused_for_good(sdk: Sdk, stage: Stage) -> None:
    client = await sdk.open(stage.endpoint, data={"token": "not.a.token"})
    await client.until("disconnected")
    assert len(client.seen("connecting")) == 1


async def test_no_token_at_all_is_refused_for_good(sdk: Sdk, stage: Stage) -> None:
    client = await sdk.open(stage.endpoint)
    await client.until("disconnected")
    assert len(client.seen("connecting")) == 1


async def test_an_expired_token_in_the_data_is_refused_for_good(sdk: Sdk, stage: Stage) -> None:
    device = await stage.people.sign_up()
    client = await sdk.open(stage.endpoint, data={"token": token_of(device, lasts=PAST)})
    await client.until("disconnected")
    assert client.seen("connected") == []


async def test_a_token_of_an_ended_session_is_refused_for_good(sdk: Sdk, stage: Stage) -> None:
    device = await stage.people.sign_up()
    assert (await device.call("auth_users/user_logout")).code == 0
    client = await sdk.open(stage.endpoint, data={"token": device.token})
    await client.until("disconnected")
    assert len(client.seen("connecting")) == 1


@pytest.mark.slow
async def test_when_the_token_in_the_data_expires_clients_come_back_with_their_next(stage: Stage) -> None:
    """All SDKs at once: a connection of our own outlives its token by up to 50 s."""
    device = await stage.people.sign_up()
    expiring, good = {"token": token_of(device, lasts=SOON_ENOUGH)}, {"token": device.token}
    async with AsyncExitStack() as stack:
        programs = [await stack.enter_async_context(start()) for start in PROGRAMS.values()]
        clients = [
            await program.open(stage.endpoint, encoding, datas=[expiring, good])
            for program in programs
            for encoding in ("json", "protobuf")
        ]
        for client in clients:
            await client.until("connected")
            await client.ask("give", datas=[good])
        for client in clients:
            await client.until_that(partial(_is_back, client), within=EXPIRED_WITHIN)
            assert client.seen("connecting")[1]["code"] == 3005
            assert client.seen("disconnected") == []
            await client.ask("disconnect")


def _is_back(client: Client) -> bool:
    return len(client.seen("connected")) == 2


class TestTokensOfTheConnection:
    """Only the service itself takes its tokens so: Centrifugo would ask nobody about them."""

    async def test_a_login_token_connects(self, sdk: Sdk, own: Stage) -> None:
        device = await own.people.sign_up()
        client = await sdk.open(own.endpoint, token=device.token)
        await client.until("connected")
        await client.until("subscribed", server=True, channel=f"user:{device.user}")

    async def test_a_bad_one_is_refused_for_good(self, sdk: Sdk, own: Stage) -> None:
        client = await sdk.open(own.endpoint, token="not.a.token")
        await client.until("disconnected")
        assert len(client.seen("connecting")) == 1

    async def test_an_expired_one_is_refused_for_good_when_there_is_no_other(self, sdk: Sdk, own: Stage) -> None:
        device = await own.people.sign_up()
        client = await sdk.open(own.endpoint, token=token_of(device, lasts=PAST))
        await client.until("disconnected")

    async def test_an_expired_one_is_replaced_by_the_next(self, sdk: Sdk, own: Stage) -> None:
        device = await own.people.sign_up()
        client = await sdk.open(own.endpoint, token=token_of(device, lasts=PAST), tokens=[device.token])
        await client.until("connected")
        assert len(client.seen("tokenAsked")) == 1

    async def test_one_that_will_expire_is_refreshed_without_a_break(self, sdk: Sdk, own: Stage) -> None:
        device = await own.people.sign_up()
        client = await sdk.open(own.endpoint, tokens=[token_of(device, lasts=SOON), device.token])
        await client.until("connected")
        await client.until_that(lambda: len(client.seen("tokenAsked")) == 2)
        assert (await client.call("auth_users/user_keepalive"))["errorCode"] == 0
        assert len(client.seen("connected")) == 1
        assert client.seen("error") == []

    async def test_one_that_is_not_refreshed_ends_the_connection(self, sdk: Sdk, own: Stage) -> None:
        device = await own.people.sign_up()
        client = await sdk.open(own.endpoint, tokens=[token_of(device, lasts=SOON)])
        await client.until("connected")
        await client.ask("give", tokens=[])
        await client.until("disconnected")
