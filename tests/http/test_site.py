"""What is answered beside the declared methods."""

import pytest

from liveroom.domain.tenants.model import Language
from liveroom.http.site import make_site
from tests.http.echoes import client_of, make_app, make_registry

BROWSER = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}
ROOTS = ["/", "/prod", "/prod/", "//dev//", "/local/"]


@pytest.mark.parametrize("path", [*ROOTS, "/base/v1/", "/base/v1", "/prod/base/v1/", "/helloworld", "/dev/helloworld"])
@pytest.mark.parametrize("verb", ["GET", "POST"])
async def test_the_root_says_that_all_is_well(path: str, verb: str) -> None:
    async with client_of(make_app()) as client:
        answer = await client.request(verb, f"http://h{path}", headers={"X-Request-ID": "r1"})
    assert answer.status_code == 200
    assert answer.headers["x-request-id"] == "r1"
    body = answer.json()
    assert (body["errorCode"], body["errorMessage"], body["requestId"]) == (0, "ok", "r1")


@pytest.mark.parametrize(("has_sockets", "said"), [(True, "socket"), (False, "polling")])
async def test_the_root_says_whether_clients_have_to_poll(has_sockets: bool, said: str) -> None:
    site = make_site(make_registry(), has_sockets=has_sockets)
    async with client_of(make_app(site=site)) as client:
        assert (await client.get("/")).json()["realtime"] == said


@pytest.mark.parametrize("path", [*ROOTS, "/docs", "/prod/docs/"])
async def test_a_browser_gets_the_reference(path: str) -> None:
    async with client_of(make_app()) as client:
        answer = await client.get(f"http://h{path}", headers=BROWSER)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "/base/v1/tests/echo" in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_a_browser_too_gets_json_where_apps_look() -> None:
    async with client_of(make_app()) as client:
        assert (await client.get("/base/v1/", headers=BROWSER)).json()["errorCode"] == 0


async def test_the_openapi_document_is_served() -> None:
    async with client_of(make_app()) as client:
        answer = await client.get("/openapi.json")
    assert answer.json()["openapi"] == "3.1.0"
    assert set(answer.json()["paths"]) == {"/base/v1/tests/echo", "/getEcho"}


async def test_another_http_method_on_a_page_is_405_with_the_envelope() -> None:
    async with client_of(make_app()) as client:
        answer = await client.put("/docs")
    assert (answer.status_code, answer.json()["errorCode"]) == (405, 99)
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize(("language", "said"), [(Language.ZH, "接口不存在"), (Language.EN, "no such method")])
async def test_an_unknown_path_is_told_in_the_installations_language(language: Language, said: str) -> None:
    async with client_of(make_app(site=make_site(make_registry(), language=language))) as client:
        assert said in (await client.get("/nothing")).json()["errorMessage"]
