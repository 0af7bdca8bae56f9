"""What vendors said of rooms waits while it cannot be written, and is bounded."""

from datetime import timedelta

import pytest

from liveroom.domain.ids import DEFAULT_TENANT, RoomId
from liveroom.domain.presence.outside import MediaEnded, OutsideReport, OutsideSource
from liveroom.usecases.presence import callback_notes
from tests.usecases.conftest import World

TENANTS = frozenset([DEFAULT_TENANT])


def ended(world: World, room: RoomId, ago: int) -> OutsideReport:
    at = world.service.clock.now() - timedelta(seconds=ago)
    return OutsideReport(None, media=MediaEnded(room, OutsideSource.TRTC, at))


async def test_what_cannot_be_written_waits_in_its_order(world: World) -> None:
    room = await world.go_live(await world.make_actor())
    notes = world.core.jobs.callback_notes
    for ago in (3, 2, 1):
        notes.add(ended(world, room, ago), TENANTS)
    world.sql.down = True
    with pytest.raises(Exception, match="down"):
        await notes.flush(all=True)
    world.sql.down = False
    notes.add(ended(world, room, 0), TENANTS)
    assert await notes.flush(all=True) == 4
    assert await notes.flush(all=True) == 0


async def test_only_so_much_waits_and_the_oldest_is_let_go(world: World) -> None:
    room = await world.go_live(await world.make_actor())
    notes = world.core.jobs.callback_notes
    for _ in range(callback_notes.MOST + 5):
        notes.add(ended(world, room, 0), TENANTS)
    assert await notes.flush(all=True) == callback_notes.MOST
