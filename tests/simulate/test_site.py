"""The simulator's page and control API: only its own page may ask, and the page runs nothing but its own text."""

import asyncio
import re
from base64 import b64encode
from hashlib import sha256

import pytest

from tests.simulate.conftest import Controlled


async def test_the_page_runs_its_own_script_and_style_only(sim: Controlled) -> None:
    answer = await sim.http.get("/")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    for tag in ("script", "style"):
        (text,) = re.findall(rf"<{tag}>(.*?)</{tag}>", answer.text, re.DOTALL)
        assert f"{tag}-src 'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"\son\w+=|\sstyle=|innerHTML", answer.text)
    assert not re.search(r"(?:src|href)=.https?:", answer.text)


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "rebound.example.com"},
        {"host": "rebound.example.com:9009"},
        {"origin": "https://evil.example.com"},
        {"origin": "null"},
    ],
)
async def test_other_sites_may_not_ask(sim: Controlled, headers: dict[str, str]) -> None:
    for answer in (
        await sim.http.get("/control", headers=headers),
        await sim.http.post("/control", json={"do": "im.login", "user": "1"}, headers=headers),
    ):
        assert answer.status_code == 403
    assert sim.simulator.im.online == {}


async def test_a_form_of_another_site_takes_no_step(sim: Controlled) -> None:
    answer = await sim.http.post("/control", content=b'{"do": "clear"}', headers={"content-type": "text/plain"})
    assert answer.status_code == 415


@pytest.mark.parametrize("content", [b"{", b"[]", b"{}", b'{"do": "dance"}', b'{"do": "im.login", "user": ""}'])
async def test_what_is_no_step_is_refused_with_a_reason(sim: Controlled, content: bytes) -> None:
    answer = await sim.http.post("/control", content=content, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 409)
    assert answer.json()["error"]
    assert sim.simulator.journal.number == 0


@pytest.mark.parametrize(("method", "path"), [("GET", "/nothing"), ("PUT", "/control"), ("POST", "/")])
async def test_what_is_not_there_is_not_found(sim: Controlled, method: str, path: str) -> None:
    assert (await sim.http.request(method, path)).status_code == 404


async def test_whoever_waits_hears_of_the_next_thing_and_of_no_older(sim: Controlled) -> None:
    await sim.step("im.login", user="1")
    known = (await sim.state())["number"]
    waiting = asyncio.ensure_future(sim.state(since=known, wait=20))
    await sim.step("im.login", user="2")
    entries = (await waiting)["journal"]
    assert {entry["about"] for entry in entries} == {"2"}
    assert all(entry["number"] > known for entry in entries)


async def test_the_journal_keeps_the_last_of_what_happened(sim: Controlled) -> None:
    journal = sim.simulator.journal
    for number in range(600):
        journal.add("act", "im", f"n{number}", asked="x" * 9000)
    entries = list(journal.since(0))
    assert [entry.number for entry in entries] == list(range(101, 601))
    assert len(entries[0].asked) == 2000


async def test_no_ticket_is_shown(sim: Controlled) -> None:
    await sim.refused("im.login", user="1", userSig="secret-ticket")
    assert "secret-ticket" not in str(await sim.state())


async def test_a_captcha_is_solved_for_the_app_that_asks(sim: Controlled) -> None:
    told = await sim.step("captcha.solve")
    assert sim.simulator.captcha.tickets == {told["ticket"]: told["randstr"]}
    assert told["appId"] in sim.simulator.captcha.apps
    assert (await sim.state())["captcha"] == {"solved": 1}
