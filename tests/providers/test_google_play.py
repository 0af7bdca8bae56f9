"""Google's store is asked as Google wants to be, and whatever it answers is no purchase unless it says so."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from liveroom.domain.errors import ProviderNonsense, ProviderUnavailable
from liveroom.providers.google_play import GooglePlayStore, read_service_account
from liveroom.simulate.endpoint import Mood
from tests.google_play import PACKAGE, GooglePlayServer
from tests.worlds import WoundClock


@asynccontextmanager
async def asked(**server: object) -> AsyncIterator[tuple[GooglePlayServer, GooglePlayStore, WoundClock]]:
    clock = WoundClock()
    async with GooglePlayServer(clock).listening() as google:
        account = read_service_account(google.key_file().read_bytes())
        store = GooglePlayStore(account, PACKAGE, google.endpoint.url, clock, takes_tests=False)
        try:
            yield google, store, clock
        finally:
            await store.close()


async def test_a_token_is_asked_for_once_an_hour() -> None:
    async with asked() as (google, store, clock):
        bought = google.sell("somebody")
        for _ in range(3):
            await store.purchase("coins_60", bought)
        assert len(google.tokens) == 1
        clock.advance(timedelta(minutes=56))
        assert (await store.purchase("coins_60", bought)).account_token == "somebody"
        assert len(google.tokens) == 2


async def test_an_account_that_may_not_ask_is_said_so() -> None:
    async with asked() as (google, store, _):
        google.may_see_orders = False
        with pytest.raises(ProviderUnavailable, match="insufficient permissions"):
            await store.purchase("coins_60", google.sell("somebody"))
        with pytest.raises(ProviderUnavailable, match="insufficient permissions"):
            await store.refunds(google.clock.now() - timedelta(days=29) if google.clock else WoundClock().now())


async def test_a_clock_that_is_wrong_gets_no_token() -> None:
    async with asked() as (google, store, _):
        google.clock = WoundClock()
        google.clock.advance(timedelta(days=1))
        with pytest.raises(ProviderUnavailable, match="invalid_grant"):
            await store.purchase("coins_60", google.sell("somebody"))


@pytest.mark.parametrize("mood", [Mood.DOWN, Mood.NONSENSE, Mood.BROKEN, Mood.LOST])
async def test_what_google_does_not_say_is_no_purchase(mood: Mood) -> None:
    async with asked() as (google, store, _):
        bought = google.sell("somebody")
        await store.purchase("coins_60", bought)
        google.endpoint.mood = mood
        with pytest.raises(ProviderUnavailable):
            await store.purchase("coins_60", bought)


async def test_json_of_something_else_is_a_purchase_for_nobody() -> None:
    async with asked() as (google, store, _):
        google.sold["coins_60", "t"] = {"kind": "androidpublisher#somethingElse", "quantity": "x", "orderId": 7}
        found = await store.purchase("coins_60", "t")
        assert (found.account_token, found.quantity) == ("", 1)
        google.endpoint.mood = Mood.NONSENSE
        with pytest.raises(ProviderNonsense):
            await store.purchase("coins_60", "t")


def test_a_file_that_is_no_key_is_refused(tmp_path: Path) -> None:
    good = json.loads(GooglePlayServer().key_file().read_text())
    for wrong in (b"", b"[]", b"{}", json.dumps({**good, "private_key": "none"}).encode(), b"\xff"):
        with pytest.raises(ValueError, match=r".*"):
            read_service_account(wrong)
