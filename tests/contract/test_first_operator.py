"""The link of a laptop signs the first operator in: once, within ten minutes, on this machine, while there is none."""

import asyncio
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import pytest_asyncio
from rich.console import Console

from liveroom.api.codes import Code
from liveroom.cli import serve
from liveroom.cli.banner import print_first_link
from liveroom.settings import Settings, load_settings
from tests.consoles import PASSWORD, Browser, invite, operators
from tests.contract.conftest import Serving
from tests.service import Service

_HERE: Final = "127.0.0.1:9000"


@pytest_asyncio.fixture(loop_scope="module")
async def laptop(embedded: Serving) -> AsyncIterator[Service]:
    """Yield a service without operators."""
    async with embedded() as service:
        yield service


async def use(service: Service, token: str, host: str = _HERE, **headers: str) -> tuple[Browser, int]:
    """Open the link; return the browser, and the code of the answer."""
    browser = Browser(service, host=host)
    return browser, (await browser.call("operators/first", {"token": token}, headers)).code


async def test_the_link_signs_the_first_operator_in_and_lets_them_set_a_password(laptop: Service) -> None:
    browser, token = Browser(laptop, host=_HERE), await operators(laptop).first.offer()
    answer = await browser.call("operators/first", {"token": token})
    assert browser.cookies.startswith("liveroom=")
    assert (await browser.call("operators/me")).data == answer.data["me"]
    assert (await browser.call("admin/list_operators")).code == 0
    given = {"token": answer.data["token"], "password": PASSWORD}
    assert (await browser.call("operators/accept_invitation", given)).code == 0
    assert (await Browser(laptop).sign_in("admin")).code == 0


async def test_who_came_by_the_link_sets_a_password_in_the_console_too(laptop: Service) -> None:
    browser, _ = await use(laptop, await operators(laptop).first.offer())
    assert (await browser.call("operators/change_password", {"password": "short"})).code == Code.SystemVerifyError
    assert (await browser.call("operators/change_password", {"password": PASSWORD})).code == 0
    assert (await Browser(laptop).sign_in("admin")).code == 0
    assert (await browser.call("operators/confirm", {"password": PASSWORD})).code == 0


async def test_it_works_once_also_if_it_is_opened_twice_at_once(laptop: Service) -> None:
    token = await operators(laptop).first.offer()
    codes = [code for _, code in await asyncio.gather(*(use(laptop, token) for _ in range(2)))]
    assert sorted(codes) == [0, Code.UserCodeExpired]
    assert len(await operators(laptop).accounts.list()) == 1
    assert (await use(laptop, token))[1] == Code.UserCodeExpired


async def test_it_is_good_for_ten_minutes(laptop: Service) -> None:
    token = await operators(laptop).first.offer()
    laptop.clock.advance(timedelta(minutes=10))
    assert (await use(laptop, token))[1] == Code.UserCodeExpired


async def test_there_is_none_where_there_is_an_operator_and_none_works_once_there_is_one(laptop: Service) -> None:
    token = await operators(laptop).first.offer()
    await invite(laptop)
    assert (await use(laptop, token))[1] == Code.UserCodeExpired
    assert await operators(laptop).first.offer() == ""


@pytest.mark.parametrize("token", ["", "x", "A" * 43])
async def test_without_an_offer_no_token_is_good(token: str, laptop: Service) -> None:
    assert (await use(laptop, token or "-"))[1] == Code.UserCodeExpired


@pytest.mark.parametrize(
    "headers",
    [
        {"x-forwarded-for": "192.0.2.1"},
        {"forwarded": "for=192.0.2.1"},
        {"x-real-ip": "192.0.2.1"},
        {"via": "1.1 proxy"},
        {"host": "live.example.com"},
        {"host": "127.0.0.1.example.com"},
        {"host": "192.168.1.10:9000"},
        {"sec-fetch-site": "cross-site"},
        {"x-liveroom-console": ""},
    ],
)
async def test_it_is_refused_through_a_proxy_and_at_another_host_and_stays_good(
    headers: dict[str, str], laptop: Service
) -> None:
    token = await operators(laptop).first.offer()
    assert (await use(laptop, token, **headers))[1] == Code.PermissionDenied
    assert (await use(laptop, token, "localhost:9000"))[1] == 0


def test_a_terminal_shows_it_in_one_piece_and_a_log_does_not() -> None:
    link = f"http://127.0.0.1:9000/console/#first={'A' * 43}"
    for is_terminal in (True, False):
        out = io.StringIO()
        print_first_link(link, Console(file=out, force_terminal=is_terminal, width=40))
        assert (link in out.getvalue()) is is_terminal


@pytest.mark.parametrize(
    ("settings", "offers"),
    [
        ({}, True),
        ({"host": "localhost"}, True),
        ({"host": "::1"}, True),
        ({"host": "::"}, False),
        ({"host": "192.168.1.10"}, False),
        ({"console": False}, False),
        ({"console_port": 9099}, True),
        ({"console_host": "192.168.1.10", "console_port": 9099}, False),
        ({"https": True}, False),
        ({"https": True, "host": "127.0.0.1"}, False),
        ({"database_url": "mysql://a:b@localhost/c", "secret": "s" * 20 + "0123456789abcdef"}, False),
    ],
)
def test_it_is_offered_where_nobody_else_is(settings: dict[str, Any], offers: bool, tmp_path: Path) -> None:
    read: Settings = load_settings({"data_dir": tmp_path, **settings}, environ={}, dotenv=None)
    assert serve.offers_first(read, is_terminal=True) is offers
    assert not serve.offers_first(read, is_terminal=False)
