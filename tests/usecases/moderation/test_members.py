"""Standings between SQL and the live store: processes that die, stores that are down, bounds, and new owners."""

from datetime import timedelta
from typing import Final

import pytest
from sqlalchemy import text

from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.errors import LiveUnavailable, PermissionDenied, QuotaExceeded, RateLimited, RoomBanned
from liveroom.domain.ids import DEFAULT_TENANT, RoomId
from liveroom.domain.moderation.audit import AuditId
from liveroom.domain.moderation.room_access import FOREVER, ROOM_ACCESS_MAX, RoomAccess
from liveroom.domain.presence.members import Role
from liveroom.domain.presence.signs import Heartbeat
from liveroom.domain.rooms.model import RoomChanges
from liveroom.domain.rooms.options import OptionChanges
from liveroom.domain.rooms.permissions import Right
from liveroom.store.sql.dialect import Value, statement
from liveroom.usecases.moderation.room_access import CHANGES, ModerationAction
from tests.usecases.conftest import World

# Of whom nothing holds any more, but for one in a hundred.
_FILL: Final = statement(
    text(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :most) "
        "INSERT INTO lr_access_records (room, user_id, tenant, role, banned_until, ban_reason, muted_until,"
        " mute_reason, invited, updated_by, updated, rev)"
        " SELECT :room, 'x' || i, '', '', CASE WHEN i % 100 THEN :over ELSE :holds"
        " END, '', NULL, '', 0, '', 0, 1 FROM n"
    )
)


async def show(world: World) -> tuple[Actor, Actor, RoomId]:
    """Return a host, a member of the audience, and their room."""
    host, guest = await world.make_actor(), await world.make_actor()
    room = await world.go_live(host)
    await enter(world, guest, room)
    return host, guest, room


async def enter(world: World, who: Actor, room: RoomId) -> None:
    await world.core.services.entering.enter(who, room, role="audience", changes=RoomChanges())


async def ban(world: World, by: Actor, whom: Actor, room: RoomId) -> None:
    await world.core.services.room_moderation.ban(by, room, whom.user, lasts=None, reason="spam")


async def access(world: World, room: RoomId, whom: Actor) -> RoomAccess:
    found = await world.core.db.room_access.get(room, whom.user)
    assert found is not None
    return found


async def is_in(world: World, room: RoomId, whom: Actor) -> bool:
    return await world.core.live.member(room, whom.user) is not None


async def test_who_changes_standings_and_options_as_fast_as_they_can_has_to_wait(world: World) -> None:
    host, guest, room = await show(world)
    services = world.core.services
    for _ in range(CHANGES - 1):
        await services.room_moderation.unmute(host, room, guest.user)
    await services.room_settings.options.set(host, room, OptionChanges(muted=True))
    for late in (
        services.room_moderation.mute(host, room, guest.user, lasts=None, reason=""),
        services.room_moderation.kick(host, room, guest.user, ""),
        services.roles.give(host, room, guest.user, Role.MODERATOR),
        services.transfers.transfer(host, room, guest.user),
        services.room_settings.options.set(host, room, OptionChanges(muted=False)),
    ):
        with pytest.raises(RateLimited):
            await late
    assert await is_in(world, room, guest)
    world.service.clock.advance(11)
    await ban(world, host, guest, room)


async def test_what_a_process_that_died_had_committed_puts_the_banned_out(world: World) -> None:
    host, guest, room = await show(world)
    async with world.neighbour() as other:
        moderation = other.services.room_moderation
        await moderation.ban(host, room, guest.user, lasts=None, reason="spam")
    assert await is_in(world, room, guest)
    world.pass_by()
    await world.core.jobs.relay.run()
    assert not await is_in(world, room, guest)
    with pytest.raises(RoomBanned):
        await enter(world, guest, room)
    assert await world.core.live.entries(guest.user) == []


async def test_a_ban_while_the_live_store_is_down_is_kept_and_done_when_it_is_back(world: World) -> None:
    host, guest, room = await show(world)
    world.live.down = True
    await ban(world, host, guest, room)
    world.live.down = False
    assert (await access(world, room, guest)).is_banned(world.service.clock.now())
    world.pass_by()
    await world.core.jobs.relay.run()
    assert not await is_in(world, room, guest)


async def test_a_late_row_of_a_ban_that_was_lifted_puts_nobody_out(world: World) -> None:
    host, guest, room = await show(world)
    async with world.neighbour() as other:
        moderation = other.services.room_moderation
        await moderation.ban(host, room, guest.user, lasts=None, reason="")
        await moderation.unban(host, room, guest.user)
    world.pass_by()
    await world.core.jobs.relay.run()
    assert await is_in(world, room, guest)


async def test_a_kick_that_cannot_reach_the_live_store_says_so(world: World) -> None:
    host, guest, room = await show(world)
    world.live.down = True
    with pytest.raises(LiveUnavailable):
        await world.core.services.room_moderation.kick(host, room, guest.user, "")
    world.live.down = False
    assert await is_in(world, room, guest)


async def test_a_refusal_writes_nothing_and_a_deed_its_row_with_it(world: World) -> None:
    host, guest, room = await show(world)
    audit = world.core.db.audit
    with pytest.raises(PermissionDenied):
        await ban(world, guest, host, room)
    assert await world.core.db.room_access.of_room(room) == []
    assert await audit.page(DEFAULT_TENANT, room=room, before=AuditId(""), limit=9) == []
    await ban(world, host, guest, room)
    (entry,) = await audit.page(DEFAULT_TENANT, room=room, before=AuditId(""), limit=9)
    assert (entry.actor, entry.action, entry.reason) == (f"user:{host.user}", "base/v1/moderation/ban", "spam")
    assert (entry.subject, entry.room, entry.code) == (f"user:{guest.user} room:{room}", room, 0)


async def test_the_same_once_more_changes_nothing_and_its_revision_grows_with_every_change(world: World) -> None:
    host, guest, room = await show(world)
    await ban(world, host, guest, room)
    first = await access(world, room, guest)
    await ban(world, host, guest, room)
    assert await access(world, room, guest) == first
    await world.core.services.room_moderation.unban(host, room, guest.user)
    freed = await access(world, room, guest)
    assert freed.rev > first.rev
    assert (freed.role, freed.invited, freed.banned_until, freed.muted_until) == (None, False, None, None)


async def test_those_whose_time_is_over_make_way_where_a_room_is_full_of_them(world: World) -> None:
    host, guest, room = await show(world)
    db, now = world.core.db, int(world.service.clock.now().timestamp() * 1000)
    fill: dict[str, Value] = {"most": ROOM_ACCESS_MAX, "room": room, "over": now - 1, "holds": now + 60_000}
    await db.engine.run(_FILL, **fill)
    await ban(world, host, guest, room)
    assert await db.room_access.count(room) <= ROOM_ACCESS_MAX
    assert (await access(world, room, guest)).is_banned(world.service.clock.now())
    await db.engine.run(statement(text("DELETE FROM lr_access_records")))
    await db.engine.run(_FILL, **{**fill, "over": now + 60_000})
    with pytest.raises(QuotaExceeded):
        await ban(world, host, await world.make_actor(), room)


async def test_a_standing_that_was_dropped_and_made_anew_is_newer_than_the_live_one(world: World) -> None:
    host, guest, room = await show(world)
    for _ in range(2):
        await ban(world, host, guest, room)
        await world.core.services.room_moderation.unban(host, room, guest.user)
    await world.core.db.room_access.remove(room, guest.user)
    world.pass_by(0.01)
    await ban(world, host, guest, room)
    with pytest.raises(RoomBanned):
        await enter(world, guest, room)


async def test_a_reserved_room_takes_standings_for_the_broadcast_that_opens_it(world: World) -> None:
    host, guest = await world.make_actor(), await world.make_actor()
    services = world.core.services
    room = (await services.rooms.reserve(host, RoomChanges())).id
    changes = services.room_moderation.changes
    await changes.make(
        ModerationAction(host, "moderation/ban", room, guest.user, Right.BAN),
        lambda known: known.banned(FOREVER, "early"),
    )
    await services.entering.enter(host, room, role="anchor", changes=RoomChanges())
    with pytest.raises(RoomBanned):
        await enter(world, guest, room)


async def test_who_opens_or_inherits_a_room_is_not_muted_in_it(world: World) -> None:
    host, guest, room = await show(world)
    services = world.core.services
    await services.transfers.transfer(host, room, guest.user)
    await services.room_moderation.mute(guest, room, host.user, lasts=None, reason="")
    await services.rooms.destroy(guest, room)
    await world.go_live(host)
    now = world.service.clock.now()
    assert not (await access(world, room, host)).is_muted(now)
    await enter(world, guest, room)
    await services.roles.give(host, room, guest.user, Role.MODERATOR)
    await services.room_moderation.mute(host, room, guest.user, lasts=timedelta(hours=9), reason="")
    await services.departures.leave(host, room)
    for _ in range(8):
        world.pass_by(10)
        await world.core.live.touch(Heartbeat(guest.user, guest.session, world.service.clock.now(), keepalive=True))
        await world.core.tick()
    live = await world.core.live.room(room)
    assert live is not None
    assert live.owner == guest.user
    assert not (await access(world, room, guest)).is_muted(world.service.clock.now())
