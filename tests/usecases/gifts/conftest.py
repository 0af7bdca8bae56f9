"""An evening for gifts: a host who is live, and a guest with coins."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.events.model import EventKind
from liveroom.domain.gifts.model import GiftId
from liveroom.domain.ids import RoomId
from liveroom.domain.rooms.model import RoomChanges
from liveroom.usecases.gifts.sending import GiftOutcome, WantedGift
from tests.usecases.conftest import World
from tests.usecases.ledger.money import assert_sums, credit, wallet


class Evening:
    """A host who is live, and a guest with a hundred coins."""

    def __init__(self, world: World, host: Actor, guest: Actor, room: RoomId) -> None:
        self.world, self.host, self.guest, self.room = world, host, guest, room

    async def send(self, key: str, gift: str = "rose", count: int = 1) -> GiftOutcome:
        wanted = WantedGift(self.room, GiftId(gift), key, count, ())
        return await self.world.core.services.money.gifts.sending.send(self.guest, wanted)

    async def told_now(self) -> list[str]:
        """Return what the room has heard by now, without what is gathered."""
        recent = await self.world.core.live.channels.recent(self.room, after=0, limit=100)
        events = [event for one in recent.publications for event in one.events if event.kind == EventKind.GIFT_SENT]
        return [msgspec.json.decode(event.data or b"")["sentId"] for event in events]

    async def told(self) -> list[str]:
        """Return the keys' gifts of which the room has heard, after everything that was left behind was told."""
        self.world.pass_by(2)
        await self.world.core.jobs.relay.run()
        self.world.pass_by(1)
        await self.world.core.live.channels.gathered()
        return await self.told_now()

    async def coins(self) -> int:
        return (await wallet(self.world.core, self.guest.user)).coins


@pytest.fixture
async def evening(world: World) -> AsyncIterator[Evening]:
    """Yield it; afterwards everything adds up."""
    host, guest = await world.make_actor(), await world.make_actor()
    room = await world.go_live(host)
    await world.core.services.entering.enter(guest, room, role="audience", changes=RoomChanges())
    await credit(world.core, guest.user, 100, "order")
    await world.core.live.channels.snapshot(room, guest.tenant.name)
    yield Evening(world, host, guest, room)
    await assert_sums(world.core)
