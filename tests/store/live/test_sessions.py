"""Sessions and signs of life: who is online, how long silence is borne, and what has ended."""

from datetime import timedelta

import pytest

from liveroom.domain.accounts.sessions import EndedSessions
from liveroom.domain.accounts.users import Profile
from liveroom.domain.errors import TokenInvalid
from liveroom.domain.ids import EntryId, RoomId, SessionId, UserId
from liveroom.domain.presence.members import Role
from liveroom.domain.presence.signs import Presence
from liveroom.ports import Live, PresenceClaim
from tests.store.live.world import World, eventually

BOB = UserId("bob")
MINUTE = 60
HOUR = 3600


async def test_a_user_who_called_is_online_and_a_stranger_is_not(world: World) -> None:
    before = world.clock.now()
    await world.touch("bob")
    bob, stranger = await world.live.presence([BOB, UserId("nobody")])
    assert bob.online
    assert bob.since is not None
    assert abs(bob.since - before) < timedelta(seconds=5)
    assert (bob.room, bob.role) == (None, None)
    assert stranger == Presence(UserId("nobody"), online=False)


async def test_a_session_that_sends_keepalives_is_given_90_seconds(world: World) -> None:
    await world.calm()
    await world.touch("bob", keepalive=True)
    assert await world.expire_after(89) == []
    assert await world.is_online("bob")
    await world.expire_after(2)
    assert not await world.is_online("bob")


async def test_a_session_that_never_sent_a_keepalive_is_given_half_an_hour(world: World) -> None:
    await world.calm()
    await world.touch("bob")
    await world.expire_after(29 * MINUTE)
    assert await world.is_online("bob")
    await world.expire_after(2 * MINUTE)
    assert not await world.is_online("bob")


async def test_a_silent_host_is_given_four_hours(world: World) -> None:
    await world.calm()
    await world.take("ann", "r1", host=True)
    assert await world.expire_after(4 * HOUR - MINUTE) == []
    assert await world.is_online("ann")
    assert [entry.user for entry in await world.expire_after(2 * MINUTE)] == ["ann"]
    assert not await world.is_online("ann")


async def test_one_keepalive_judges_the_session_by_keepalives_for_good(world: World) -> None:
    await world.calm()
    await world.touch("bob", keepalive=True)
    world.clock.advance(MINUTE)
    await world.touch("bob")
    await world.expire_after(91)
    assert not await world.is_online("bob")


async def test_every_sign_of_life_renews_the_lease(world: World) -> None:
    await world.calm()
    for _ in range(4):
        await world.touch("bob", keepalive=True)
        assert await world.expire_after(60) == []
        assert await world.is_online("bob")


async def test_a_renewal_counts_with_the_next_batch(world: World) -> None:
    await world.calm()
    await world.touch("bob", keepalive=True)
    world.clock.advance(80)
    world.live.renew(world.heartbeat("bob", keepalive=True))
    await world.live.flush()
    await world.expire_after(80)
    assert await world.is_online("bob")


async def test_a_renewal_of_an_ended_session_is_without_effect(world: World) -> None:
    await world.live.end_sessions(EndedSessions(BOB, (SessionId("bob-1"),), world.clock.now()))
    world.live.renew(world.heartbeat("bob"))
    await world.live.flush()
    assert not await world.is_online("bob")


async def test_the_loss_of_one_session_leaves_the_other_online(world: World) -> None:
    await world.calm()
    await world.touch("bob", "phone", keepalive=True)
    await world.touch("bob", "tablet")
    await world.expire_after(91)
    assert await world.is_online("bob")
    assert [source.session for source in await world.live.sources(BOB)] == ["tablet"]


async def test_who_comes_back_is_online_since_then(world: World) -> None:
    await world.calm()
    await world.touch("bob", keepalive=True)
    (first,) = await world.live.presence([BOB])
    await world.expire_after(100)
    await world.touch("bob")
    (second,) = await world.live.presence([BOB])
    assert first.since is not None
    assert second.since is not None
    assert second.since - first.since >= timedelta(seconds=100)


async def test_presence_names_the_newest_room_and_the_role_in_it(world: World) -> None:
    await world.go_live("r1", "ann")
    await world.open_room("r2", "eve")
    await world.enter_as_anchor("bob", "r1")
    world.clock.advance(1)
    await world.enter("bob", "r2", "tablet")
    (bob,) = await world.live.presence([BOB])
    assert (bob.room, bob.role) == ("r2", Role.AUDIENCE)
    (ann,) = await world.live.presence([UserId("ann")])
    assert ann.room == "r1"
    assert ann.role is not Role.AUDIENCE


async def test_sources_say_what_vouches_for_a_session_and_until_when(world: World) -> None:
    await world.touch("bob", "phone", keepalive=True)
    await world.touch("bob", "tablet")
    phone, tablet = sorted(await world.live.sources(BOB), key=lambda source: source.session)
    assert (phone.source, tablet.source) == ("keepalive", "calls")
    assert phone.expires - phone.since == timedelta(seconds=90)
    assert tablet.expires - tablet.since == timedelta(minutes=30)
    assert phone.alive
    assert tablet.alive
    assert await world.live.sources(UserId("nobody")) == []


async def test_a_session_that_has_ended_is_refused_and_gets_no_lease(world: World) -> None:
    await world.touch("bob")
    await world.live.end_sessions(EndedSessions(BOB, (SessionId("bob-1"),), world.clock.now()))
    assert not await world.is_online("bob")
    with pytest.raises(TokenInvalid):
        await world.touch("bob")
    with pytest.raises(TokenInvalid):
        await world.live.claim_presence(PresenceClaim(world.heartbeat("bob"), RoomId("r1"), EntryId("p"), host=False))
    assert not await world.is_online("bob")
    assert await world.live.entries(BOB) == []


async def test_ending_one_session_leaves_the_user_s_others_and_other_users_alone(world: World) -> None:
    for user, session in (("bob", "one"), ("bob", "two"), ("eve", "one")):
        await world.touch(user, session)
    await world.live.end_sessions(EndedSessions(BOB, (SessionId("one"),), world.clock.now()))
    await world.touch("bob", "two")
    await world.touch("eve", "one")
    assert await world.is_online("bob")


async def test_an_ended_session_stays_ended_for_a_month(world: World) -> None:
    await world.live.end_sessions(EndedSessions(BOB, (SessionId("bob-1"),), world.clock.now()))
    for _ in range(3):
        await world.expire_after(10 * 24 * HOUR)
    with pytest.raises(TokenInvalid):
        await world.touch("bob")


async def test_sessions_of_the_original_end_when_their_token_is_older(world: World) -> None:
    now = world.clock.now()
    old = world.heartbeat("bob", "~old", issued=now - timedelta(hours=2))
    new = world.heartbeat("bob", "~new", issued=now - timedelta(minutes=1))
    ours = world.heartbeat("bob", "ours", issued=now - timedelta(hours=2))
    for heartbeat in (old, new, ours):
        await world.live.touch(heartbeat)
    await world.live.end_sessions(EndedSessions(BOB, (), now, original_before=now - timedelta(hours=1)))
    with pytest.raises(TokenInvalid):
        await world.live.touch(old)
    for heartbeat in (new, ours, world.heartbeat("bob", "~newest")):
        await world.live.touch(heartbeat)
    assert sorted(source.session for source in await world.live.sources(BOB)) == ["ours", "~new", "~newest"]
    with pytest.raises(TokenInvalid):
        await world.live.touch(world.heartbeat("bob", "~unseen", issued=now - timedelta(hours=2)))


async def test_a_session_is_known_from_its_first_verdict_until_it_ends(world: World) -> None:
    heartbeat = world.heartbeat("bob")
    assert not world.live.knows(heartbeat)
    await world.live.touch(heartbeat)
    await eventually(lambda: world.live.knows(heartbeat))
    assert not world.live.knows(world.heartbeat("bob", "other"))
    await world.live.end_sessions(EndedSessions(BOB, (heartbeat.session,), world.clock.now()))
    await eventually(lambda: not world.live.knows(heartbeat))


async def test_an_original_session_is_not_known_any_more_after_its_end(world: World) -> None:
    heartbeat = world.heartbeat("bob", "~old", issued=world.clock.now() - timedelta(hours=2))
    await world.live.touch(heartbeat)
    await eventually(lambda: world.live.knows(heartbeat))
    now = world.clock.now()
    await world.live.end_sessions(EndedSessions(BOB, (), now, original_before=now))
    await eventually(lambda: not world.live.knows(heartbeat))


async def test_the_users_with_a_live_lease_are_counted(world: World) -> None:
    await world.calm()
    for user in ("ann", "bob", "eve"):
        await world.touch(user, keepalive=True)
    await world.touch("bob", "tablet", keepalive=True)
    assert await world.live.online() == 3
    await world.expire_after(91)
    assert await world.live.online() == 0


async def test_a_profile_is_kept_with_an_online_user_s_record_only(live: Live, world: World) -> None:
    await live.put_profile(BOB, Profile("Bob", "b.png"))
    assert (await world.take("bob", "r1")).profile is None
    await live.put_profile(BOB, Profile("Bob", "b.png"))
    assert (await world.take("bob", "r2")).profile == Profile("Bob", "b.png")


async def test_who_has_blocked_a_user_is_kept_with_their_profile(live: Live, world: World) -> None:
    await world.take("bob", "r1")
    await live.put_profile(BOB, Profile("Bob", "b.png"), (UserId("ann"), UserId("eve")), first=True)
    await live.put_profile(BOB, Profile("Rob", "r.png"), (), first=True)
    claimed = await world.take("bob", "r2")
    assert (claimed.profile, claimed.blockers) == (Profile("Bob", "b.png"), ("ann", "eve"))
    await live.put_profile(BOB, Profile("Rob", "r.png"), ())
    claimed = await world.take("bob", "r1")
    assert (claimed.profile, claimed.blockers) == (Profile("Rob", "r.png"), ())


async def test_a_new_name_reaches_the_rooms_that_the_user_is_in(world: World) -> None:
    await world.go_live()
    await world.enter("bob")
    before = await world.room()
    await world.live.put_profile(BOB, Profile("Robert", "r.png"))
    member = await world.live.member(RoomId("r1"), BOB)
    assert member is not None
    assert (member.name, member.avatar) == ("Robert", "r.png")
    assert (await world.room()).version > before.version
    await world.save()
    assert [stay.name for stay in world.recovery.of(BOB)] == ["Robert"]
