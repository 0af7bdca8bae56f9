"""Whether a session lasts, asked of whoever can answer: memory, the live store, SQL, and at last nobody."""

from datetime import UTC, datetime, timedelta

import pytest

from liveroom.domain.accounts.sessions import Actor, Claims, EndedSessions, Session, SessionEnd
from liveroom.domain.errors import DatabaseUnavailable, TokenExpired, TokenInvalid
from liveroom.domain.ids import SessionId, UserId
from liveroom.usecases.accounts.sessions import Authentication
from tests.usecases.conftest import World

BOTH = pytest.mark.parametrize("keepalive", [True, False])


@pytest.fixture
def sessions(world: World) -> Authentication:
    return world.core.services.sessions


def claims_of(actor: Actor, world: World, **changes: datetime) -> Claims:
    now = world.service.clock.now()
    claims = Claims(actor.user, actor.session, actor.tenant.name, now, now + timedelta(days=30))
    return claims._replace(**changes)  # type: ignore[arg-type]


async def end(world: World, actor: Actor) -> None:
    """End the session in SQL, as another process would."""
    now = world.service.clock.now()
    await world.core.db.sessions.end(Session(actor.session, actor.user, actor.tenant.name, now), now, SessionEnd.LOGOUT)


@BOTH
async def test_an_unknown_session_is_asked_for_once_and_then_known(
    keepalive: bool, world: World, sessions: Authentication
) -> None:
    claims = claims_of(await world.make_actor(), world)
    assert not sessions.renew(claims, keepalive=keepalive)
    await sessions.check(claims, keepalive=keepalive)
    assert sessions.renew(claims, keepalive=keepalive)


@BOTH
async def test_sql_gives_the_verdict_while_the_live_store_is_down(
    keepalive: bool, world: World, sessions: Authentication
) -> None:
    good, ended = await world.make_actor(), await world.make_actor()
    await end(world, ended)
    world.live.down = True
    await sessions.check(claims_of(good, world), keepalive=keepalive)
    with pytest.raises(TokenInvalid):
        await sessions.check(claims_of(ended, world), keepalive=keepalive)


@BOTH
async def test_a_user_who_is_gone_or_never_was_is_refused_by_sql_too(
    keepalive: bool, world: World, sessions: Authentication
) -> None:
    gone = await world.make_actor()
    await world.core.moderation.delete(gone.user)
    nobody = gone._replace(user=UserId("7"))
    world.live.down = True
    for actor in (gone, nobody):
        with pytest.raises(TokenInvalid):
            await sessions.check(claims_of(actor, world), keepalive=keepalive)


async def test_a_session_without_a_row_is_good_while_its_user_is(world: World, sessions: Authentication) -> None:
    actor = await world.make_actor()
    world.live.down = True
    await sessions.check(claims_of(actor._replace(session=SessionId("other")), world), keepalive=False)


async def test_with_both_down_a_keepalive_counts_on_its_signature_alone_and_other_calls_wait(
    world: World, sessions: Authentication
) -> None:
    claims = claims_of(await world.make_actor(), world)
    world.live.down = world.sql.down = True
    await sessions.check(claims, keepalive=True)
    with pytest.raises(DatabaseUnavailable):
        await sessions.check(claims, keepalive=False)


async def test_an_outage_is_over_when_it_is_over(world: World, sessions: Authentication) -> None:
    actor = await world.make_actor()
    world.live.down = True
    await sessions.check(claims_of(actor, world), keepalive=False)
    world.live.down = False
    await sessions.check(claims_of(actor, world), keepalive=False)
    assert sessions.renew(claims_of(actor, world), keepalive=False)


async def test_sessions_of_the_original_end_with_their_users_by_the_time_of_issue(
    world: World, sessions: Authentication
) -> None:
    now = world.service.clock.now()
    user = await world.make_user(ended=now)
    actor = Actor(user.id, SessionId("~hash-of-a-token"), world.core.services.tenants.default)
    world.live.down = True
    await sessions.check(claims_of(actor, world, issued=now + timedelta(seconds=1)), keepalive=False)
    with pytest.raises(TokenInvalid):
        await sessions.check(claims_of(actor, world, issued=now - timedelta(days=1)), keepalive=False)
    ours = actor._replace(session=SessionId("ours"))
    await sessions.check(claims_of(ours, world, issued=now - timedelta(days=1)), keepalive=False)


async def test_a_call_by_socket_is_checked_and_is_no_sign_of_life(world: World, sessions: Authentication) -> None:
    actor = await world.make_actor()
    claims = claims_of(actor, world)
    await sessions.check(claims, keepalive=False, by_socket=True)
    assert await world.core.live.sources(actor.user) == []
    await sessions.check(claims, keepalive=False)
    world.pass_by(60)
    assert sessions.renew(claims, keepalive=True, by_socket=True)
    (source,) = await world.core.live.sources(actor.user)
    assert source.source == "calls"
    await world.core.live.end_sessions(EndedSessions(actor.user, (actor.session,), world.service.clock.now()))
    assert not sessions.renew(claims, keepalive=True, by_socket=True)
    with pytest.raises(TokenInvalid):
        await sessions.check(claims, keepalive=True, by_socket=True)


async def test_a_token_is_read_at_the_time_of_the_clock(world: World, sessions: Authentication) -> None:
    actor = await world.make_actor()
    token, expires = sessions.tokens.issue(actor.user, actor.session, actor.tenant.name, world.service.clock.now())
    assert sessions.read(token).user == actor.user
    world.service.clock.advance(expires - datetime.now(UTC) + timedelta(seconds=1))
    with pytest.raises(TokenExpired):
        sessions.read(token)
    with pytest.raises(TokenInvalid):
        sessions.read("rubbish")
