"""The example's routes: who is let in, what is believed, and what is said when liveroom says no, or nothing."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from operator_server.configuration import Configuration
from operator_server.routes import make_app
from standardwebhooks import Webhook

from tests.backend.server import PASSWORD, STAFF, OperatorServer
from tests.servers import LOOPBACK, free_ports

OLD: Final = "whsec_b2xkIHNlY3JldCBvZiB0aGUgdGVzdHMgb25seQ=="
NEW: Final = "whsec_bmV3IHNlY3JldCBvZiB0aGUgdGVzdHMgb25seQ=="
EVENT: Final = {"id": "e1", "type": "room.opened", "stream": "room:r1", "seq": 1, "data": {"roomId": "r1"}}
AS_STAFF: Final = {"authorization": f"Bearer {STAFF}"}


@pytest.fixture
def server(tmp_path: Path) -> OperatorServer:
    """Return the server's file, with a liveroom that is not there."""
    (port,) = free_ports(1)
    server = OperatorServer(tmp_path)
    nobody = [f"http://{LOOPBACK}:{port}"]
    server.learn(liveroom=nobody, tag="player", login_secret="s" * 40, server_key="lrk_no", signing_secrets=[OLD])
    return server


@pytest.fixture
async def http(server: OperatorServer) -> AsyncIterator[httpx.AsyncClient]:
    """Yield a way to the example, in this process."""
    app = make_app(Configuration(server.folder / "operator.toml"))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://operator") as client,
    ):
        yield client


def signed(message: dict[str, Any], secret: str, *, ago: float = 0) -> dict[str, Any]:
    """Return a request as liveroom sends it."""
    body, at = json.dumps(message), datetime.now(UTC) - timedelta(seconds=ago)
    headers = {
        "webhook-id": "m1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign("m1", at, body),
    }
    return {"content": body, "headers": headers}


async def received(http: httpx.AsyncClient) -> list[str]:
    return [room["roomId"] for room in (await http.get("/staff/rooms", headers=AS_STAFF)).json()["rooms"]]


async def test_what_liveroom_has_signed_is_taken(http: httpx.AsyncClient) -> None:
    assert (await http.post("/webhooks", **signed(EVENT, OLD))).status_code == 204
    assert await received(http) == ["r1"]


async def test_a_batch_is_taken_whole(http: httpx.AsyncClient) -> None:
    other = {**EVENT, "id": "e2", "stream": "room:r2", "data": {"roomId": "r2"}}
    batch = {"type": "batch", "data": {"events": [EVENT, other]}}
    assert (await http.post("/webhooks", **signed(batch, OLD))).status_code == 204
    assert await received(http) == ["r1", "r2"]


@pytest.mark.parametrize(
    "sent",
    [
        {"content": json.dumps(EVENT)},
        signed(EVENT, NEW),
        signed(EVENT, OLD, ago=600),
        {**signed(EVENT, OLD), "content": json.dumps({**EVENT, "id": "e9"})},
        {"content": b"\xff", "headers": {"webhook-id": "m", "webhook-timestamp": "1", "webhook-signature": "x"}},
    ],
    ids=["unsigned", "by another", "old", "changed", "nonsense"],
)
@pytest.mark.parametrize("path", ["/webhooks", "/hooks"])
async def test_nothing_else_is_believed(http: httpx.AsyncClient, path: str, sent: dict[str, Any]) -> None:
    assert (await http.post(path, **sent)).status_code == 401
    assert await received(http) == []


async def test_a_secret_is_changed_without_a_stop(http: httpx.AsyncClient, server: OperatorServer) -> None:
    server.learn(signing_secrets=[OLD, NEW])
    for secret in (OLD, NEW):
        assert (await http.post("/webhooks", **signed(EVENT, secret))).status_code == 204
    server.learn(signing_secrets=[NEW])
    assert (await http.post("/webhooks", **signed(EVENT, OLD))).status_code == 401


async def test_it_decides_who_enters_and_tidies_titles(http: httpx.AsyncClient) -> None:
    async def ask(type: str, **data: str) -> Any:
        return (await http.post("/hooks", **signed({"type": type, "data": data}, OLD))).json()

    assert await ask("ask.enter", userId="7") == {"allow": True}
    assert (await http.put("/staff/unwelcome/7", headers=AS_STAFF)).status_code == 204
    assert await ask("ask.enter", userId="7") == {"allow": False, "message": "You are not welcome here."}
    assert await ask("ask.go_live", userId="7", title="  a \n b ") == {"allow": True, "set": {"title": "a b"}}
    assert await ask("ask.something_new", userId="8") == {"allow": True}


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("GET", "rooms"),
        ("PUT", "rooms/r1"),
        ("PATCH", "rooms/r1"),
        ("DELETE", "rooms/r1"),
        ("PUT", "rooms/r1/members/7"),
        ("DELETE", "rooms/r1/members/7"),
        ("PUT", "unwelcome/7"),
    ],
)
async def test_staff_only(http: httpx.AsyncClient, server: OperatorServer, verb: str, path: str) -> None:
    for shown in ("", "Bearer ", "Bearer wrong", STAFF):
        assert (await http.request(verb, f"/staff/{path}", headers={"authorization": shown})).status_code == 401
    server.learn(staff_key="")
    assert (await http.request(verb, f"/staff/{path}", headers={"authorization": "Bearer "})).status_code == 401


async def test_who_is_none_of_ours_gets_no_token(http: httpx.AsyncClient, server: OperatorServer) -> None:
    for given in ({"name": "ann", "password": "wrong"}, {"name": "", "password": PASSWORD}, {}):
        assert (await http.post("/login", json=given)).status_code == 401
    server.learn(password="")
    assert (await http.post("/login", json={"name": "ann", "password": ""})).status_code == 401


async def test_what_cannot_be_read_is_the_callers_fault(http: httpx.AsyncClient) -> None:
    for body in ("{", "[]"):
        assert (await http.post("/login", content=body)).status_code == 400


async def test_while_liveroom_is_away_callers_are_asked_to_come_again(http: httpx.AsyncClient) -> None:
    assert (await http.post("/login", json={"name": "ann", "password": PASSWORD})).status_code == 503
    assert (await http.delete("/staff/rooms/r1", headers=AS_STAFF)).status_code == 503
