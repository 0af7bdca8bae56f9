"""The client programs do what they are told and tell what they see: proven on a Centrifugo of the official kind."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
import jwt
import pytest

from tests.sdk.centrifugo import API_KEY, MISSING, PROGRAM, Centrifugo
from tests.sdk.conftest import Sdk
from tests.sdk.cuts import wire
from tests.sdk.programs import Refused
from tests.servers import LOOPBACK, running

SECRET: Final = "centrifugo-secret-0123456789-abcdefghijklm"
CONFIG: Final = {
    "client": {"token": {"hmac_secret_key": SECRET}, "allowed_origins": ["*"]},
    "rpc": {"ping": {"enabled": True}},
    "channel": {
        "namespaces": [
            {
                "name": "room",
                "history_size": 20,
                "history_ttl": "300s",
                "force_recovery": True,
                "presence": True,
                "join_leave": True,
                "allow_subscribe_for_client": True,
                "allow_presence_for_subscriber": True,
                "allow_history_for_subscriber": True,
            }
        ]
    },
}
_numbers = itertools.count(1)
pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not PROGRAM.exists(), reason=MISSING),
]


@pytest.fixture(scope="module")
def centrifugo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centrifugo]:
    """Yield a Centrifugo with one namespace."""
    with running(Centrifugo(tmp_path_factory.mktemp("centrifugo"), CONFIG)) as server:
        yield server


def token(user: str, **claims: Any) -> str:
    return jwt.encode({"sub": user, **claims}, SECRET, "HS256")


async def publish(server: Centrifugo, channel: str, *values: Any) -> None:
    async with httpx.AsyncClient(base_url=server.url, headers={"X-API-Key": API_KEY}) as api:
        for value in values:
            answer = await api.post("/api/publish", json={"channel": channel, "data": {"n": value}})
            assert "error" not in answer.json(), answer.text


def fresh_channel() -> str:
    return f"room:{next(_numbers)}"


async def test_a_client_connects_and_calls(sdk: Sdk, centrifugo: Centrifugo) -> None:
    client = await sdk.open(centrifugo.endpoint, token=token("ann"))
    await client.until("connected")
    with pytest.raises(Refused) as refused:
        await client.ask("rpc", method="nothing")
    assert refused.value.code in {104, 108}


async def test_a_client_with_a_bad_token_stays_away(sdk: Sdk, centrifugo: Centrifugo) -> None:
    client = await sdk.open(centrifugo.endpoint, token="x.y.z")
    assert (await client.until("disconnected"))["code"] == 3500


async def test_a_client_asks_for_a_token_in_place_of_an_expired_one(sdk: Sdk, centrifugo: Centrifugo) -> None:
    past = datetime.now(UTC) - timedelta(minutes=1)
    client = await sdk.open(centrifugo.endpoint, token=token("ann", exp=past), tokens=[token("ann")])
    await client.until("tokenAsked")
    await client.until("connected")


async def test_a_client_refreshes_its_token(sdk: Sdk, centrifugo: Centrifugo) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=2)
    client = await sdk.open(centrifugo.endpoint, tokens=[token("ann", exp=soon), token("ann")])
    await client.until("connected")
    await client.until_that(lambda: len(client.seen("tokenAsked")) == 2)
    assert len(client.seen("connected")) == 1


async def test_a_client_tells_publications_in_order(sdk: Sdk, centrifugo: Centrifugo) -> None:
    channel = fresh_channel()
    client = await sdk.open(centrifugo.endpoint, token=token("ann"))
    await client.ask("subscribe", channel=channel)
    subscribed = await client.until("subscribed", channel=channel, server=False)
    assert subscribed["recoverable"] is True
    await publish(centrifugo, channel, *range(10))
    await client.until("publication", channel=channel, offset=10)
    received = [(event["offset"], event["data"]["n"]) for event in client.seen("publication")]
    assert received == [(n + 1, n) for n in range(10)]
    history = await client.ask("history", channel=channel, limit=2, reverse=True)
    assert [one["data"]["n"] for one in history["publications"]] == [9, 8]
    assert history["epoch"] == subscribed["position"]["epoch"]


async def test_a_client_recovers_after_a_cut(sdk: Sdk, centrifugo: Centrifugo) -> None:
    channel = fresh_channel()
    async with wire(centrifugo.port) as line:
        client = await sdk.open(f"ws://{LOOPBACK}:{line.port}/connection/websocket", token=token("ann"))
        await client.ask("subscribe", channel=channel)
        await client.until("subscribed")
        await publish(centrifugo, channel, 0)
        await client.until("publication", offset=1)
        line.cut(1)
        await client.until("connecting", code=1)
        await publish(centrifugo, channel, 1, 2)
        again = await client.until("subscribed", wasRecovering=True)
        assert again["recovered"] is True
        await client.until("publication", offset=3)
        assert [event["offset"] for event in client.seen("publication")] == [1, 2, 3]


async def test_a_client_tells_who_is_there(sdk: Sdk, centrifugo: Centrifugo) -> None:
    channel = fresh_channel()
    first = await sdk.open(centrifugo.endpoint, token=token("ann"))
    await first.ask("subscribe", channel=channel, joinLeave=True)
    await first.until("subscribed")
    second = await sdk.open(centrifugo.endpoint, token=token("bob"))
    await second.ask("subscribe", channel=channel)
    id_ = (await second.until("connected"))["id"]
    await first.until("join", channel=channel, id=id_, user="bob")
    assert sorted((await first.ask("presence", channel=channel)).values()) == ["ann", "bob"]
    assert await first.ask("presence_stats", channel=channel) == {"clients": 2, "users": 2}
    await second.ask("unsubscribe", channel=channel)
    await first.until("leave", channel=channel, user="bob")


async def test_a_server_ends_a_client(sdk: Sdk, centrifugo: Centrifugo) -> None:
    client = await sdk.open(centrifugo.endpoint, token=token("eve"))
    await client.until("connected")
    async with httpx.AsyncClient(base_url=centrifugo.url, headers={"X-API-Key": API_KEY}) as api:
        await api.post("/api/disconnect", json={"user": "eve", "disconnect": {"code": 4501, "reason": "banned"}})
    assert (await client.until("disconnected"))["code"] == 4501
