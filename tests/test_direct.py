"""What is called directly is called with the bytes that httpx sends."""

from typing import Any

import httpx
import pytest

from liveroom.http.asgi import Receive, Scope, Send
from tests.direct import DirectCaller, is_plain

HOST = "live.example.com"
OWN = {b"user-agent", b"accept-encoding"}
"""What httpx says of itself."""


class Recorder:
    """An application that keeps what it is asked, and answers with a text."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body, is_more = b"", True
        while is_more:
            message = await receive()
            body += message.get("body", b"")
            is_more = message["more_body"]
        headers = {name: value for name, value in scope["headers"] if name not in OWN}
        named = ("method", "scheme", "path", "raw_path", "query_string", "server", "client")
        self.asked.append((*[scope[name] for name in named], headers, body))
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": "好".encode()})
        assert (await receive())["type"] == "http.disconnect"


GIVEN: dict[str, Any] = {
    "text": "小明 & 100 %+/",
    "list": ["a", "b c"],
    "none": None,
    "on": True,
    "number": 5,
    "empty": "",
}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "given",
    [
        {},
        {"query": GIVEN},
        {"query": {}, "form": {}},
        {"form": GIVEN},
        {"body": GIVEN},
        {"body": {}},
        {"content": b"{}"},
        {"query": GIVEN, "body": GIVEN},
        {"headers": {"Host": "shop.example.com", "Authorization": "Bearer x"}},
    ],
    ids=str,
)
async def test_both_are_asked_the_same(method: str, given: dict[str, Any]) -> None:
    app = Recorder()
    wanted: dict[str, Any] = {"query": None, "form": None, "body": None, "content": None, "headers": {}, **given}
    answer = await DirectCaller(app, HOST).call(method, "/base/v1/gslb", **wanted)
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 40_000))
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}", trust_env=False) as http:
        found = await http.request(
            method,
            "/base/v1/gslb",
            params=wanted["query"],
            data=wanted["form"],
            json=wanted["body"],
            content=wanted["content"],
            headers=wanted["headers"],
        )
    assert answer == (found.status_code, found.headers, found.text)
    assert app.asked[0] == app.asked[1]


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("OPTIONS", "/base", {}),
        ("POST", "//prod//base", {}),
        ("POST", "/base?a=b", {}),
        ("POST", "/ba%20se", {}),
        ("POST", "/base", {"content-type": ""}),
    ],
)
def test_what_is_odd_is_left_to_httpx(method: str, path: str, headers: dict[str, str]) -> None:
    assert not is_plain(method, path, headers)
