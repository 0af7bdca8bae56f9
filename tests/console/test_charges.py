"""Charges of the operator's own wallet on their page: real ones, that it took, refused, or never said anything of."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from liveroom.simulate.endpoint import Mood
from tests.console.desk import Office
from tests.console.evening import Evening, id_of, until
from tests.operator_wallet import OperatorWalletServer, operator_wallet
from tests.page.browser import Person
from tests.service import process

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def wallet() -> AsyncIterator[OperatorWalletServer]:
    """Yield the wallet that keeps all coins."""
    async with operator_wallet() as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(
    tmp_path_factory: pytest.TempPathFactory, browser: Browser, wallet: OperatorWalletServer
) -> AsyncIterator[Office]:
    """Yield a service whose coins are there."""
    folder = tmp_path_factory.mktemp("service")
    async with process(folder, guest_limit=0, language="en", envelopes="off", **wallet.settings()) as running:
        yield Office(browser, str(running.http.base_url), folder)


async def tap(viewer: Person, gift: str) -> None:
    """Send a gift, and wait until the page says what became of it."""
    await viewer.at("gift-open").click()
    await viewer.at("gift").filter(has_text=gift).click()
    await expect(viewer.at("gift-said")).not_to_be_empty()
    await viewer.page.keyboard.press("Escape")


async def lists(evening: Evening, state: str, text: str) -> None:
    """Wait until the page lists a charge of a state."""
    await evening.open(f"/charges?state={state}")

    async def is_there() -> bool:
        await evening.page.get_by_role("button", name="Refresh").click()
        return await evening.row(text).count() == 1

    await until(is_there)


async def test_what_the_wallet_says_of_each_gift_stands_on_the_page_of_charges(
    evening: Evening, wallet: OperatorWalletServer
) -> None:
    bob = await evening.guest("Bob")
    user = await id_of(bob)
    wallet.balances[user] = 100
    await tap(bob, "Coffee")
    await lists(evening, "charged", "coffee × 1")
    (charge,) = wallet.charged
    for text in ("10", user, evening.room, f"r-{charge}"):
        await expect(evening.row("coffee × 1")).to_contain_text(text)
    wallet.message = "the account is closed"
    await tap(bob, "Heart")
    await lists(evening, "refused", "heart × 1")
    await expect(evening.row("heart × 1")).to_contain_text("the account is closed")
    wallet.message = ""
    wallet.endpoint.mood = Mood.LOST
    await tap(bob, "Rose")
    await lists(evening, "unknown", "rose × 1")
    assert wallet.balances[user] == 89, "it has taken the coin, and has not said so"
    wallet.endpoint.mood = Mood.WELL
    await lists(evening, "reversed", "rose × 1")
    assert wallet.balances[user] == 90
    assert evening.desk.complaints == []
