"""The door on which a Centrifugo asks: nothing without the secret, and a status that it understands."""

from collections.abc import Mapping

import pytest
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from liveroom.domain.errors import LiveUnavailable
from liveroom.http.centrifugo import LONGEST, Answer, Facts, centrifugo_routes
from tests.http.echoes import client_of

KEY = "a-secret-of-both-sides"
HEADER = "X-Liveroom-Key"


async def tell(body: bytes, facts: Facts) -> bytes:
    if body == b"unreadable":
        raise ValueError("unreadable")
    if body == b"deep":
        raise RecursionError
    if body == b"down":
        raise LiveUnavailable("down")
    return b'{"said":"%s"}' % facts["address"].encode()


class App:
    """The routes as the service has them: with a request id."""

    def __init__(self, key: str = KEY, tell: Answer = tell) -> None:
        routes = centrifugo_routes({"connect": tell}, header=HEADER, key=key, address_of=lambda peer, _: peer)
        self._site = Starlette(routes=routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._site({**scope, "state": {"request_id": "r1"}}, receive, send)


@pytest.mark.parametrize("headers", [{}, {HEADER: ""}, {HEADER: "wrong"}, {"Authorization": KEY}])
async def test_nobody_is_answered_without_the_secret(headers: Mapping[str, str]) -> None:
    async with client_of(App()) as client:
        assert (await client.post("/centrifugo/connect", content=b"{}", headers=headers)).status_code == 403


async def test_without_a_configured_secret_nobody_has_it() -> None:
    async with client_of(App(key="")) as client:
        assert (await client.post("/centrifugo/connect", content=b"{}", headers={HEADER: ""})).status_code == 403


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{}", 200), (b"unreadable", 400), (b"deep", 400), (b"down", 503), (b"x" * (LONGEST + 1), 413)],
)
async def test_the_status_says_how_it_went(body: bytes, status: int) -> None:
    async with client_of(App()) as client:
        assert (await client.post("/centrifugo/connect", content=body, headers={HEADER: KEY})).status_code == status


async def test_the_host_that_centrifugo_asks_is_nobodys_tenant() -> None:
    asked: list[Facts] = []

    async def keep(body: bytes, facts: Facts) -> bytes:
        asked.append(facts)
        return b"{}"

    async with client_of(App(tell=keep)) as client:
        headers = {HEADER: KEY, "Host": "tenant.example.com", "Accept-Language": "en", "Origin": "https://app.example"}
        await client.post("/centrifugo/connect", content=b"{}", headers=headers)
    (facts,) = asked
    assert (facts["host"], facts["languages"], facts["origin"]) == ("", "en", "https://app.example")
