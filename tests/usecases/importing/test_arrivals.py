"""People who were in a room of the original when it was taken over: who of them is seated here."""

from datetime import timedelta

from liveroom.domain.events.outbox import Arrival
from liveroom.domain.ids import DEFAULT_TENANT
from tests.usecases.conftest import World


async def test_nobody_is_seated_who_is_banned_or_deleted_or_whose_time_is_over(world: World) -> None:
    host, now = await world.make_actor(), world.core.clock.now()
    later = now + timedelta(hours=1)
    id = await world.go_live(host)
    room = await world.core.db.rooms.get(id)
    assert room is not None
    fine, late = await world.make_user(), await world.make_user()
    banned, deleted = await world.make_user(banned_until=later), await world.make_user(deleted=now)
    arrivals = [Arrival(user.id, "audience", later) for user in (banned, deleted, fine)]
    await world.core.jobs.relay.arrivals.seat(room, [*arrivals, Arrival(late.id, "audience", now)])
    members = await world.core.live.members(DEFAULT_TENANT, id, after=0, offset=0, limit=10)
    assert [member.user for member in members] == [host.user, fine.id]
