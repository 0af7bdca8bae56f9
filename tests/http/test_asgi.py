"""The way of a request through the application: encodings, paths, ids, addresses, CORS."""

import re
from ipaddress import ip_network
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from liveroom.domain.errors import BadRequest
from liveroom.http.asgi import Front, LiveroomAsgi
from liveroom.http.metrics import Meter
from liveroom.http.site import make_site
from tests.http.echoes import ECHO, Echoes, client_of, make_app, make_registry

VALUES = {"text": "你好 live", "number": "12"}
FORMS: list[dict[str, Any]] = [
    {"method": "GET", "params": VALUES},
    {"method": "POST", "params": VALUES},
    {"method": "POST", "data": VALUES},
    {"method": "POST", "json": VALUES},
    {"method": "POST", "json": {"text": "你好 live", "number": 12}},
    {"method": "POST", "params": {"text": "你好 live"}, "json": {"text": "other", "number": 12}},
    {"method": "GET", "params": VALUES, "json": VALUES},
    {"method": "POST", "content": b'{"text":"\xe4\xbd\xa0\xe5\xa5\xbd live","number":12}'},
    {"method": "POST", "content": b"text=%E4%BD%A0%E5%A5%BD+live&number=12"},
]


@pytest.mark.parametrize("form", FORMS, ids="+".join)
async def test_every_encoding_says_the_same(form: dict[str, Any]) -> None:
    async with client_of(make_app()) as client:
        answer = await client.request(url=ECHO, **form)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["data"] == {"text": "你好 live", "number": 12, "ids": [], "kept": None}


async def test_a_post_without_body_and_type_is_a_call() -> None:
    calls = Echoes()
    async with client_of(make_app(calls)) as client:
        assert (await client.post(ECHO)).json()["errorCode"] == 2002
    assert calls.raw == {}


@pytest.mark.parametrize(
    ("sent", "ids"),
    [
        ({"params": "text=a&ids=1&ids=2"}, ["1", "2"]),
        ({"params": "text=a&ids[]=1"}, ["1"]),
        ({"json": {"text": "a", "ids": [1, "2"]}}, ["1", "2"]),
        ({"json": {"text": "a", "ids": "3"}}, ["3"]),
        ({"data": {"text": "a", "ids": '["4","5"]'}}, ["4", "5"]),
    ],
)
async def test_a_list_comes_in_any_form(sent: dict[str, Any], ids: list[str]) -> None:
    async with client_of(make_app()) as client:
        assert (await client.post(ECHO, **sent)).json()["data"]["ids"] == ids


@pytest.mark.parametrize(
    "sent",
    [
        {"json": {"text": {"text": 1}}},
        {"json": {"text": ["a"]}},
        {"params": "text=a&text=b"},
        {"params": "text[]=a"},
        {"content": b"{"},
        {"content": b"text=%ff"},
        {"content": b"x" * 70_000},
        {"json": {"text": "a" * 40_001}},
        {"files": {"text": b"a"}},
        {"json": {"text": "a"}, "headers": {"content-encoding": "gzip"}},
    ],
    ids=str,
)
async def test_what_cannot_be_understood_is_the_methods_own_code(sent: dict[str, Any]) -> None:
    async with client_of(make_app()) as client:
        answer = await client.post(ECHO, **sent)
    assert (answer.status_code, answer.json()["errorCode"], answer.json()["data"]) == (200, 2002, {})


@pytest.mark.parametrize("verb", ["PUT", "DELETE", "PATCH"])
async def test_another_http_method_is_the_methods_own_code(verb: str) -> None:
    calls = Echoes()
    async with client_of(make_app(calls)) as client:
        answer = await client.request(verb, ECHO, params=VALUES)
    assert (answer.status_code, answer.json()["errorCode"]) == (200, 2002)
    assert isinstance(calls.asked[0][1], BadRequest)


@pytest.mark.parametrize(
    "path",
    [
        "{}",
        "/prod{}",
        "/dev{}",
        "/local{}",
        "//prod{}",
        "{}/",
        "/prod/{}//",
        "/live{}",
        "/live/prod{}",
        "/live//dev/{}/",
    ],
)
@pytest.mark.parametrize("method", [ECHO, "/getEcho"])
async def test_a_method_is_found_under_every_prefix(path: str, method: str) -> None:
    async with client_of(make_app(base_path="/live", stages=("", "prod", "dev", "local"))) as client:
        answer = await client.get(httpx.URL("http://h" + path.format(method)), params=VALUES)
    assert answer.json()["errorCode"] == 0


async def test_percent_signs_in_a_path_are_taken_for_what_they_mean() -> None:
    async with client_of(make_app()) as client:
        assert (await client.get("/base/v1/tests/%65cho", params=VALUES)).json()["errorCode"] == 0


@pytest.mark.parametrize(
    "path", ["/base/v1/tests/none", "/prod/prod" + ECHO, "/nothing", "/live" + ECHO, "/base", "/%ff"]
)
async def test_a_path_that_no_client_knows_is_404_with_the_envelope(path: str) -> None:
    async with client_of(make_app()) as client:
        answer = await client.post(path, headers={"x-request-id": "r1", "accept-language": "en"})
    assert answer.status_code == 404
    body = answer.json()
    assert (body["errorCode"], body["codeStr"], body["data"], body["requestId"]) == (99, "SystemError", {}, "r1")
    assert "no such method" in body["errorMessage"]


async def test_a_request_id_is_echoed() -> None:
    calls = Echoes()
    async with client_of(make_app(calls)) as client:
        answer = await client.get(ECHO, params=VALUES, headers={"X-Request-ID": "phone 7/a"})
    assert answer.headers["x-request-id"] == calls.context.request_id == answer.json()["requestId"] == "phone 7/a"


@pytest.mark.parametrize("given", [None, b"", b"x" * 129, "é".encode(), b"a\tb"])
async def test_a_request_without_a_usable_id_gets_one(given: bytes | None) -> None:
    calls = Echoes()
    async with client_of(make_app(calls)) as client:
        for _ in range(2):
            answer = await client.get(
                ECHO, params=VALUES, headers=[(b"X-Request-ID", given)] if given is not None else []
            )
            assert re.fullmatch("[0-9a-f]{16}", answer.headers["x-request-id"])
    first, second = (context.request_id for _, _, context in calls.asked)
    assert first != second


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("Bearer abc", "abc"),
        ("bearer  abc ", "abc"),
        ('hmac id="x", algorithm=y', ""),
        ("Basic abc", ""),
        ("Bearer", ""),
    ],
)
async def test_only_a_bearer_is_a_token(header: str, token: str) -> None:
    calls = Echoes()
    async with client_of(make_app(calls)) as client:
        await client.get(ECHO, params=VALUES, headers={"Authorization": header})
    assert calls.context.bearer == token


async def test_host_and_languages_reach_the_call() -> None:
    calls = Echoes()
    async with client_of(make_app(calls)) as client:
        await client.get(ECHO, headers={"Host": "Live.Example.com:8443", "Accept-Language": "en-GB,zh;q=0.5"})
    assert (calls.context.host, calls.context.languages) == ("live.example.com", "en-GB,zh;q=0.5")


PROXIES = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("192.0.2.7", "198.51.100.1", "192.0.2.7"),
        ("10.1.1.1", "198.51.100.1", "198.51.100.1"),
        ("10.1.1.1", "203.0.113.9, 198.51.100.1", "198.51.100.1"),
        ("10.1.1.1", "198.51.100.1, 10.2.2.2", "198.51.100.1"),
        ("10.1.1.1", "198.51.100.1:5555", "198.51.100.1"),
        ("10.1.1.1", "[2001:db8::1]:80", "2001:db8::1"),
        ("fd00::1", "2001:db8::1", "2001:db8::1"),
        ("::ffff:10.1.1.1", "::ffff:198.51.100.1", "198.51.100.1"),
        ("10.1.1.1", "198.51.100.1, rubbish", "10.1.1.1"),
        ("10.1.1.1", "10.3.3.3, 10.2.2.2", "10.3.3.3"),
        ("10.1.1.1", None, "10.1.1.1"),
        ("10.1.1.1", "", "10.1.1.1"),
    ],
)
async def test_the_address_is_what_a_trusted_proxy_saw(peer: str, forwarded: str | None, address: str) -> None:
    calls = Echoes()
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    async with client_of(make_app(calls, trusted_proxies=PROXIES), peer) as client:
        await client.get(ECHO, headers=headers)
    assert calls.context.address == address


async def test_without_trusted_proxies_nobody_is_believed() -> None:
    calls = Echoes()
    async with client_of(make_app(calls), "::ffff:192.0.2.7") as client:
        await client.get(ECHO, headers={"X-Forwarded-For": "198.51.100.1"})
    assert calls.context.address == "192.0.2.7"


@pytest.mark.parametrize("path", [ECHO, "/", "/nothing"])
async def test_any_page_may_call_by_default(path: str) -> None:
    async with client_of(make_app()) as client:
        answer = await client.get(path, headers={"Origin": "https://app.example.com"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-expose-headers"] == "X-Request-ID"


@pytest.mark.parametrize("path", [ECHO, "/", "/nothing"])
@pytest.mark.parametrize(
    ("origin", "allowed"), [("https://app.example.com", "https://app.example.com"), ("https://evil.example", None)]
)
async def test_only_configured_origins_may_call(path: str, origin: str, allowed: str | None) -> None:
    async with client_of(make_app(origins=("https://app.example.com/", "https://b.example"))) as client:
        answer = await client.get(path, headers={"Origin": origin})
        preflight = await client.options(path, headers={"Origin": origin})
    for one in (answer, preflight):
        assert one.headers.get("access-control-allow-origin") == allowed
        assert "Origin" in one.headers["vary"]
    assert ("access-control-allow-methods" in preflight.headers) is (allowed is not None)


async def test_a_preflight_is_204_and_calls_nothing() -> None:
    calls = Echoes()
    asked = {"Origin": "https://a", "Access-Control-Request-Headers": "authorization,x-request-id"}
    async with client_of(make_app(calls)) as client:
        answer = await client.options(ECHO, headers=asked)
    assert (answer.status_code, answer.content, calls.asked) == (204, b"", [])
    assert answer.headers["access-control-allow-headers"] == "authorization,x-request-id"
    assert "POST" in answer.headers["access-control-allow-methods"]


@pytest.mark.parametrize("asked", ["x-a: b", "x-a;q=1", 'x-a"', "x" * 1025])
async def test_a_preflight_repeats_nothing_but_names_of_headers(asked: str) -> None:
    async with client_of(make_app()) as client:
        answer = await client.options(ECHO, headers={"Origin": "https://a", "Access-Control-Request-Headers": asked})
    allowed = answer.headers["access-control-allow-headers"]
    assert asked not in allowed
    assert "Authorization" in allowed


@pytest.mark.parametrize(
    ("seconds", "logs_calls", "written"),
    [(1.5, False, ["call.slow"]), (1.5, True, ["call.slow"]), (0.5, True, ["call"]), (0.5, False, [])],
)
async def test_slow_calls_are_logged_and_others_when_asked_for(
    seconds: float, logs_calls: bool, written: list[str]
) -> None:
    registry, times = make_registry(), iter((10.0, 10.0 + seconds))
    app = LiveroomAsgi(
        Echoes(),
        registry,
        front=Front(logs_calls=logs_calls),
        meter=Meter(),
        site=make_site(registry),
        monotonic=lambda: next(times),
    )
    with capture_logs() as lines:
        async with client_of(app) as client:
            await client.get(ECHO, params=VALUES)
    assert [line["event"] for line in lines] == written
    assert all("你好" not in str(line) for line in lines)


async def test_every_call_is_counted() -> None:
    meter = Meter(make_registry().methods)
    async with client_of(make_app(meter=meter)) as client:
        await client.get(ECHO, params=VALUES)
        await client.get(ECHO)
        await client.get(ECHO)
    assert sorted(meter.calls()) == [("base/v1/tests/echo", 0, 1), ("base/v1/tests/echo", 2002, 2)]


async def test_a_proxy_that_is_not_trusted_is_named_in_the_log_once() -> None:
    """Behind a proxy that nobody had named all users counted as one address, and nothing said so."""
    with capture_logs() as lines:
        async with client_of(make_app(), "192.0.2.7") as client:
            for _ in range(3):
                await client.get(ECHO, headers={"x-forwarded-for": "203.0.113.9"})
        async with client_of(make_app(trusted_proxies=PROXIES), "10.0.0.1") as client:
            await client.get(ECHO, headers={"x-forwarded-for": "203.0.113.9"})
        async with client_of(make_app(), "192.0.2.7") as client:
            await client.get(ECHO)
    found = [line for line in lines if line["event"] == "proxy.untrusted"]
    assert [(line["log_level"], line["peer"]) for line in found] == [("warning", "192.0.2.7")]


async def test_a_trusted_proxy_is_not_accused_when_its_own_machine_calls_through_it() -> None:
    """A curl on the machine of Caddy wrote proxy.untrusted, though LIVEROOM_TRUSTED_PROXIES named it."""
    app = make_app(trusted_proxies=PROXIES)
    with capture_logs() as lines:
        for peer in ("10.0.0.1", "::ffff:10.0.0.1"):
            async with client_of(app, peer) as client:
                await client.get(ECHO, headers={"x-forwarded-for": "10.0.0.1"})
    assert (app.untrusted_proxy, lines) == ("", [])


async def test_a_proxy_that_is_not_trusted_is_kept_for_the_doctor() -> None:
    app = make_app(trusted_proxies=PROXIES)
    async with client_of(app, "10.0.0.1") as client:
        await client.get(ECHO, headers={"x-forwarded-for": "203.0.113.9"})
    assert app.untrusted_proxy == ""
    async with client_of(app, "192.0.2.7") as client:
        await client.get(ECHO, headers={"x-forwarded-for": "203.0.113.9"})
    assert app.untrusted_proxy == "192.0.2.7"
