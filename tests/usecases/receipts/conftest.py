"""A world in which coins are sold in both stores of phones."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from liveroom import faults
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import DatabaseUnavailable, LiveUnavailable
from liveroom.domain.receipts.model import account_token
from liveroom.usecases.receipts.redeeming import Redeemed
from tests.app_store import app_store_settings, apple
from tests.google_play import GooglePlayServer
from tests.outages import Switch
from tests.service import serving
from tests.usecases.conftest import World
from tests.usecases.ledger.money import assert_sums, wallet


class Shop:
    """Somebody who buys coins, and the stores that sell them."""

    def __init__(self, world: World, google: GooglePlayServer, buyer: Actor) -> None:
        self.world, self.google, self.buyer = world, google, buyer
        self.token = account_token(buyer.tenant.name, buyer.user)

    @property
    def now(self) -> datetime:
        return self.world.core.clock.now()

    def said(self, **changes: Any) -> dict[str, Any]:
        """Return what a purchase of the buyer's says at Apple's."""
        return apple().said(self.token, self.now, **changes)

    async def redeem(self, said: dict[str, Any]) -> Redeemed:
        """Redeem what Apple has signed."""
        redeeming = self.world.core.services.money.receipts.redeeming
        return await redeeming.app_store(self.buyer.tenant.name, self.buyer.user, apple().sign(said))

    async def redeem_at_google(self, token: str, product: str = "coins_60") -> Redeemed:
        """Redeem what Google has sold."""
        redeeming = self.world.core.services.money.receipts.redeeming
        return await redeeming.google_play(self.buyer.tenant.name, self.buyer.user, product, token)

    async def tell(self, signed: str) -> bool:
        """Have Apple's notification come; return whether coins were moved."""
        receipts = self.world.core.services.money.receipts
        store = receipts.redeeming.stores.app_store
        assert store is not None
        notice = await store.read_notification(signed)
        return notice is not None and await receipts.store_refunds.note(notice)

    async def coins(self) -> int:
        return (await wallet(self.world.core, self.buyer.user)).coins


@asynccontextmanager
async def open_shop(folder: Path, **given: Any) -> AsyncIterator[Shop]:
    """Yield one on these settings; afterwards all sums are right."""
    async with AsyncExitStack() as stack:
        google = await stack.enter_async_context(GooglePlayServer().listening())
        settings = {**app_store_settings(), **google.settings(), **given}
        service = await stack.enter_async_context(serving(folder, **settings))
        world = World(service, Switch(DatabaseUnavailable), Switch(LiveUnavailable))
        google.clock = service.clock
        yield Shop(world, google, await world.make_actor())
        faults.disarm()
        await assert_sums(world.core)


@pytest.fixture(autouse=True)
def _alive() -> Iterator[None]:
    yield
    faults.disarm()


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    """Yield a shop on SQLite and memory."""
    async with open_shop(tmp_path) as shop:
        yield shop
