"""An evening in which the operator's own wallet pays for gifts."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from liveroom import faults
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import DatabaseUnavailable, LiveUnavailable
from liveroom.domain.gifts.charges import Charge, ChargeState
from liveroom.domain.gifts.model import GiftId
from liveroom.domain.ids import RoomId, UserId
from liveroom.domain.rooms.model import RoomChanges
from liveroom.usecases.charges.wallet import WalletCalls
from liveroom.usecases.gifts.sending import GiftOutcome, WantedGift
from tests.operator_wallet import OperatorWalletServer, operator_wallet
from tests.outages import Switch
from tests.service import serving
from tests.usecases.conftest import World
from tests.usecases.ledger.money import assert_sums, wallet

COINS = 100
TIMEOUT = timedelta(seconds=60)
"""A full machine is not a silent wallet."""


class ChargedEvening:
    """A host who is live, and a guest with a hundred coins in the operator's wallet."""

    def __init__(self, world: World, server: OperatorWalletServer, host: Actor, guest: Actor, room: RoomId) -> None:
        self.world, self.server, self.host, self.guest, self.room = world, server, host, guest, room
        server.balances[guest.user] = COINS

    @property
    def calls(self) -> WalletCalls:
        calls = self.world.core.services.money.charges.calls
        assert calls is not None
        return calls

    async def send(self, key: str, gift: str = "rose", count: int = 1, to: tuple[UserId, ...] = ()) -> GiftOutcome:
        return await self.world.core.services.money.gifts.sending.send(self.guest, self.wanted(key, gift, count, to))

    def wanted(self, key: str, gift: str = "rose", count: int = 1, to: tuple[UserId, ...] = ()) -> WantedGift:
        return WantedGift(self.room, GiftId(gift), key, count, to)

    async def charges(self, state: ChargeState) -> list[Charge]:
        return list(await self.world.core.db.charges.page(self.guest.tenant.name, state, "", 100))

    async def reverse(self, seconds: float = 60) -> int:
        """Let time pass and do what is due."""
        self.world.pass_by(seconds)
        return await self.world.core.jobs.charge_reversals.run()

    async def points(self) -> int:
        return (await wallet(self.world.core, self.host.user)).points


@asynccontextmanager
async def charged_evening(folder: Path, **given: Any) -> AsyncIterator[ChargedEvening]:
    """Yield an evening on these settings."""
    sql, live = Switch(DatabaseUnavailable), Switch(LiveUnavailable)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(operator_wallet())
        service = await stack.enter_async_context(serving(folder, through=sql.over, **server.settings(), **given))
        world = World(service, sql, live)
        host, guest = await world.make_actor(), await world.make_actor()
        room = await world.go_live(host)
        await world.core.services.entering.enter(guest, room, role="audience", changes=RoomChanges())
        evening = ChargedEvening(world, server, host, guest, room)
        evening.calls.ask_timeout = evening.calls.reverse_timeout = TIMEOUT
        yield evening


@pytest.fixture(autouse=True)
def _alive() -> Iterator[None]:
    yield
    faults.disarm()


@pytest.fixture
async def evening(tmp_path: Path) -> AsyncIterator[ChargedEvening]:
    """Yield one; afterwards everything adds up, and the operator has taken what was sent."""
    async with charged_evening(tmp_path) as evening:
        yield evening
        faults.disarm()
        await assert_settled(evening)


async def assert_settled(evening: ChargedEvening) -> None:
    """Fail unless, after everything was reversed, both sides say the same."""
    evening.server.endpoint.let_go()
    for _ in range(5):
        await evening.reverse(3600)
    core = evening.world.core
    await assert_sums(core)
    for state in (ChargeState.ASKED, ChargeState.UNKNOWN, ChargeState.RETURNING):
        assert await evening.charges(state) == []
    charged = sum(charge.coins for charge in await evening.charges(ChargeState.CHARGED))
    returned = sum(charge.coins for charge in await evening.charges(ChargeState.RETURNED))
    assert evening.server.taken() == charged - returned
    assert evening.server.balances[evening.guest.user] == COINS - charged + returned
    theirs = evening.server.books()
    begin, end = core.clock.now() - timedelta(days=2), core.clock.now() + timedelta(days=1)
    admin = core.services.money.charges.admin
    assert [one async for one in admin.compare(evening.guest.tenant.name, theirs, begin, end)] == []
