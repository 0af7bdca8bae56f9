"""What others try with the real page in a real browser: to guess, to frame it, to send for it, to use its cookie."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page, expect

from liveroom.clock import SystemClock
from liveroom.simulate.endpoint import VendorEndpoint, VendorResponse
from liveroom.simulate.serving import serving
from tests.console.desk import PASSWORD, Desk, Office
from tests.console.house import House, house_of
from tests.consoles import Browser
from tests.service import Caller

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]
_FRAME: Final = "<!doctype html><title>prizes</title><iframe src='{url}/rooms' width=900 height=600></iframe>"
_SENT: Final = """async ([url, body]) => {
  const calls = ['include', 'same-origin'].flatMap((credentials) => [
    fetch(url, {method: 'POST', credentials, mode: 'no-cors', body}),
    fetch(url, {method: 'POST', credentials, body, headers: {'content-type': 'application/json'}}),
    fetch(url, {method: 'POST', credentials, body, headers: {'x-liveroom-console': '1'}}),
    fetch(`${url}?${new URLSearchParams(JSON.parse(body))}`, {credentials, mode: 'no-cors'}),
  ]);
  const ends = await Promise.allSettled(calls);
  const codeOf = async (answer) => JSON.parse(await answer.text()).errorCode;
  return Promise.all(ends.map(({value}) => (value && value.type !== 'opaque' ? codeOf(value) : -1)));
}"""


@pytest_asyncio.fixture(loop_scope="module")
async def house(office: Office, request: pytest.FixtureRequest) -> AsyncIterator[House]:
    """Yield a house with a live room."""
    async with house_of(office, request.node.name.removeprefix("test_")[:30]) as made:
        yield made


async def seated(office: Office, name: str) -> Desk:
    """Return an administrator at the console."""
    desk = await office.desk()
    await desk.accept(await office.invite(name))
    return desk


@asynccontextmanager
async def trap(context: BrowserContext, html: str) -> AsyncIterator[Page]:
    """Yield a page of another origin that gets the operator's cookie along: cookies know hosts, and no ports."""
    shown = VendorResponse(html.encode(), more="Content-Type: text/html\r\n")
    endpoint = VendorEndpoint(lambda _: shown)
    async with serving(endpoint):
        page = await context.new_page()
        await page.goto(f"{endpoint.url}/")
        yield page
        await page.close()


async def test_no_other_origin_can_frame_the_console(office: Office) -> None:
    desk = await seated(office, "framed")
    refused: list[str] = []
    async with trap(desk.page.context, "<!doctype html><title>prizes</title>") as page:
        page.on("console", lambda said: refused.append(said.text))
        await page.set_content(_FRAME.format(url=desk.url))
        await expect(page.locator("iframe")).to_be_visible()
        await page.wait_for_load_state("networkidle")
        (frame,) = page.frames[1:]
        assert not frame.url.startswith(office.url), frame.url
        assert await frame.locator("[data-testid=account]").count() == 0
    assert any("frame-ancestors 'none'" in text for text in refused), refused


async def test_what_another_origin_sends_with_the_operators_cookie_is_refused(office: Office, house: House) -> None:
    desk = await seated(office, "tricked")
    url = f"{office.url}/base/v1/admin/close_room"
    fields = f"<input name=roomId value={house.room}><input name=why value=tricked>"
    form = f"<form method=post action='{url}'>{fields}<button>prizes</button></form>"
    async with trap(desk.page.context, form) as page:
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.url))
        codes = await page.evaluate(_SENT, [url, f'{{"roomId": "{house.room}", "why": "tricked"}}'])
        assert url in sent
        assert set(codes) <= {-1, 204, 3000}, codes
        await page.get_by_role("button").click()
        await page.wait_for_url(url)
        said = re.search(r'"errorCode":\s*(\d+)', await page.content())
    assert said is not None
    assert said[1] == "3000", "the cookie came along, and the page that sent it is not ours"
    assert await house.host.code("rooms/room_detail", roomId=house.room) == 0
    audited = (await house.chief.call("admin/audit", {"action": "close_room", "code": 0})).data
    assert [one for one in audited if one["reason"] == "tricked"] == []


async def test_a_stolen_cookie_is_worth_nothing_once_its_owner_signs_out_everywhere(office: Office) -> None:
    desk = await seated(office, "robbed")
    (cookie,) = await desk.page.context.cookies()
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Strict"
    assert await desk.page.evaluate("document.cookie") == ""
    async with httpx.AsyncClient(base_url=office.url, trust_env=False) as http:
        thief = Browser(Caller(http, SystemClock()), f"{cookie['name']}={cookie['value']}")
        assert (await thief.call("operators/me")).code == 0
        other = await office.desk()
        await other.page.goto(other.url)
        await other.sign_in("robbed")
        await expect(other.at("account")).to_be_visible()
        await other.page.goto(f"{other.url}/account")
        await expect(other.page.locator("main").get_by_role("row")).to_have_count(3)
        await other.page.get_by_role("button", name="Sign out everywhere").click()
        await expect(other.at("sign-in")).to_be_visible()
        assert (await thief.call("operators/me")).code == 204
        assert (await thief.call("admin/list_rooms")).code == 204
    await desk.page.goto(f"{desk.url}/rooms")
    await expect(desk.at("sign-in")).to_be_visible()


async def test_who_guesses_has_to_wait_and_is_told_so_and_so_has_the_right_password(office: Office) -> None:
    await seated(office, "guessed")
    desk = await office.desk()
    await desk.page.goto(desk.url)
    for number in range(10):
        await desk.sign_in("guessed", f"another password {number}")
        await expect(desk.at("problem")).to_be_visible()
        await expect(desk.at("sign-in").locator("button[type=submit]")).to_be_enabled()
    for password in ("one more", PASSWORD):
        await desk.sign_in("guessed", password)
        await expect(desk.at("problem")).to_contain_text("try again in")
    await expect(desk.at("account")).to_have_count(0)
