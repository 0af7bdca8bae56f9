"""Maintenance jobs: each does what is due, a dependency that is down stops only its own, and what is kept."""

import json
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from liveroom.domain.accounts.sessions import Actor, Session
from liveroom.domain.accounts.signatures import LoginSignature
from liveroom.domain.errors import DatabaseUnavailable, LiveUnavailable, TokenInvalid
from liveroom.domain.ids import DEFAULT_TENANT, RoomId, SessionId
from liveroom.domain.rooms.model import RoomChanges
from liveroom.domain.rooms.paging import RoomQuery
from liveroom.usecases.presence.recovery import REMEMBERED
from liveroom.usecases.rooms.leaving import TICK_GAP
from tests.usecases.conftest import World

JOBS = (
    *("relayed", "swept", "gathered", "deserted", "settled", "ended", "called_off", "audited", "journaled", "purged"),
    *("erased", "at_vendors", "told_outside", "counted", "unplaced", "files_removed"),
    *("folded", "ranked", "reversed", "expired_coins", "settled_periods", "alerted", "unanswered", "envelopes"),
    "activities",
    *("battles", "matched", "minor_lines", "store_refunds", "drift_repaired", "streams", "live_covers"),
    "recordings",
)
NOTHING = dict.fromkeys(JOBS, 0)


async def audience(world: World, room: RoomId) -> Actor:
    """Let somebody watch who says that they are alive, once."""
    viewer = await world.make_actor()
    await world.core.services.entering.enter(viewer, room, role="audience", changes=RoomChanges())
    now = world.service.clock.now()
    token, _ = world.core.services.login_tokens.tokens.issue(viewer.user, viewer.session, viewer.tenant.name, now)
    await world.core.services.sessions.check(world.core.services.sessions.read(token), keepalive=True)
    return viewer


async def members(world: World, room: RoomId) -> list[str]:
    tenant = world.core.services.tenants.default.name
    return [member.user for member in await world.core.live.members(tenant, room, after=0, offset=0, limit=10)]


async def test_with_nothing_to_do_nothing_is_done(world: World) -> None:
    assert await world.core.tick() == NOTHING


async def test_one_tick_does_everything_that_is_due_and_says_how_much(world: World) -> None:
    room = await world.go_live(await world.make_actor())
    viewer = await audience(world, room)
    await world.core.tick()
    async with world.neighbour() as other:
        await other.moderation.name_admin(viewer.user, admin=True)
        left_behind = await other.moderation.ban(viewer.user, world.service.clock.now() + timedelta(days=1), "")
    assert left_behind.banned_until is not None
    world.pass_by(100)
    assert await world.core.tick() == {**NOTHING, "relayed": 1, "swept": 1, "journaled": 1, "counted": 2}
    assert await members(world, room) == [room]


async def test_the_list_shows_at_once_whose_place_expired(world: World) -> None:
    async def shown() -> int:
        page = await world.core.services.listings.rooms(RoomQuery(DEFAULT_TENANT))
        count: int = json.loads(page.cards)["nnUsers"]
        return count

    room = await world.go_live(await world.make_actor())
    await audience(world, room)
    await world.core.tick()
    assert await shown() == 2
    world.pass_by(100)
    assert await world.core.jobs.expiry.end_expired(TICK_GAP) == 1
    assert await shown() == 1


async def test_sql_that_is_down_stops_its_own_jobs_and_is_logged_once_for_each(world: World) -> None:
    room = await world.go_live(await world.make_actor())
    await audience(world, room)
    await world.core.tick()
    world.pass_by(100)
    world.sql.down = True
    with capture_logs() as logs:
        assert await world.core.tick() == {**NOTHING, "swept": 1}
    assert [line["job"] for line in logs if line["event"] == "tick.unavailable"] == [
        *("tenants", "configuration", "relay", "placements", "schedules", "connections"),
        *("battles", "opponents", "battle scores", "envelopes", "streams", "live covers", "recordings"),
        *("activities", "tallies", "departed people", "goals", "notices", "drift", "flush", "purge"),
        *("erasures", "unused files", "room alerts", "user index", "vendors", "webhooks", "replays"),
        *(
            "ledger",
            "gift ranks",
            "ledger audit",
            "seals",
            "minor refunds",
            "expired coins",
            "settlement",
            "statistics",
        ),
    ]


async def test_a_live_store_that_is_down_stops_its_own_jobs_alone(world: World) -> None:
    host = await world.make_actor()
    await world.go_live(host)
    world.live.down = True
    with capture_logs() as logs:
        assert await world.core.tick() == {**NOTHING, "counted": 1}
    assert [line["job"] for line in logs] == [
        *("expiry", "gather", "deserted", "orphans", "ends", "audit", "drift", "flush", "lists"),
    ]


async def test_on_the_scheduler_a_job_says_what_is_down(world: World) -> None:
    jobs = world.core.jobs
    world.live.down = world.sql.down = True
    for job in (jobs.relay.run, jobs.purge.run, jobs.tenants.refresh):
        with pytest.raises(DatabaseUnavailable):
            await job()
    for job in (
        jobs.backlog.write_all,
        jobs.expiry.end_expired,
        jobs.backlog.publish,
        jobs.expiry.end_deserted,
        jobs.orphaned_rooms.resolve,
        jobs.comparison.go_on,
    ):
        with pytest.raises(LiveUnavailable):
            await job()


async def test_what_a_token_may_still_refer_to_is_kept_for_a_day_longer_than_tokens_live(world: World) -> None:
    assert REMEMBERED - world.core.settings.token_ttl == timedelta(days=1)
    actor = await world.make_actor()
    services, clock = world.core.services, world.service.clock
    token, _ = services.login_tokens.tokens.issue(actor.user, actor.session, actor.tenant.name, clock.now())
    await services.logouts.sign_out(token, "")
    await world.core.jobs.relay.run()
    clock.advance(timedelta(days=30, hours=23))
    assert await world.core.jobs.purge.run() == 1, "the outbox row"
    found = await world.core.db.users.with_session(actor.user, actor.session)
    assert found is not None
    assert found[1] is not None
    assert found[1].ended is not None
    with pytest.raises(TokenInvalid):
        await services.login_tokens.renew(actor)
    clock.advance(timedelta(hours=2))
    assert await world.core.jobs.purge.run() == 1
    found = await world.core.db.users.with_session(actor.user, actor.session)
    assert found is not None
    assert found[1] is None


async def test_a_used_signature_is_kept_as_long_as_its_time_could_count(world: World) -> None:
    user = await world.make_user()
    clock, db = world.service.clock, world.core.db
    digest = LoginSignature("alice", "ab" * 16, ts="1").digest("")
    session = SessionId("first")
    await db.sessions.add(Session(session, user.id, user.tenant, clock.now()))
    await db.sessions.use_signature(digest, session, clock.now())
    clock.advance(timedelta(days=2, hours=1))
    assert await world.core.jobs.purge.run() == 0
    assert (await db.sessions.use_signature(digest, SessionId("second"), clock.now()))[0] == session
    clock.advance(timedelta(days=29))
    assert await world.core.jobs.purge.run() == 1
    assert (await db.sessions.use_signature(digest, SessionId("third"), clock.now()))[0] == "third"


async def test_an_open_session_is_never_dropped_by_age(world: World) -> None:
    actor = await world.make_actor()
    world.service.clock.advance(timedelta(days=400))
    assert await world.core.jobs.purge.run() == 0
    found = await world.core.db.users.with_session(actor.user, actor.session)
    assert found is not None
    assert found[1] is not None


async def test_rows_that_nobody_applied_yet_are_never_dropped_by_age(world: World) -> None:
    host = await world.make_actor()
    room = await world.go_live(host)
    await world.core.jobs.relay.run()
    await world.core.broadcasts.change(host, room, RoomChanges(title="x"))
    world.pass_by(3 * 24 * 3600)
    assert await world.core.jobs.purge.run() == 1
    assert await world.core.jobs.relay.run() == 1


async def test_live_rooms_are_counted_over_all_tenants(world: World) -> None:
    game = await world.service.make_tenant("game")
    await world.go_live(await world.make_actor())
    await world.go_live(await world.make_actor(game))
    await world.core.services.rooms.reserve(await world.make_actor(), RoomChanges())
    assert await world.core.live_rooms() == 2


async def test_a_room_whose_owner_is_gone_is_handed_on_or_closed_once_the_grace_is_over(world: World) -> None:
    owner, lonely, heir = await world.make_actor(), await world.make_actor(), await world.make_actor(admin=True)
    services = world.core.services
    inherited, closed = await world.go_live(owner), await world.go_live(lonely)
    await services.entering.enter(heir, inherited, role="anchor", changes=RoomChanges())
    await services.departures.leave(owner, inherited)
    await services.departures.leave(lonely, closed)
    world.pass_by(59)
    assert (await world.core.tick())["settled"] == 0
    world.pass_by(2)
    assert (await world.core.tick())["settled"] == 2
    live = await world.core.live.room(inherited)
    assert live is not None
    assert (live.owner, live.holder, live.hidden) == (heir.user, owner.user, False)
    assert await world.core.live.room(closed) is None
