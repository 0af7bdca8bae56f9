"""Sockets as signs of life: their leases beside the calls' one, other devices, and what outlives a lost store."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from liveroom.domain.accounts.sessions import EndedSessions, SessionEnd
from liveroom.domain.errors import DeviceRefused, TokenInvalid
from liveroom.domain.events.model import Devices, Socket
from liveroom.domain.ids import EntryId, RoomId, SessionId, UserId
from liveroom.ports import PresenceClaim
from tests.store.live.listener import listen
from tests.store.live.world import World, eventually

BOB = UserId("bob")
PHONE, TABLET = SessionId("phone"), SessionId("tablet")
RENEWAL = 25
MINUTE = 60
HOUR = 3600


def socket(client: str, session: str = "phone", user: str = "bob") -> Socket:
    return Socket(client, UserId(user), SessionId(session))


async def connect(world: World, opened: Socket, devices: Devices = Devices.ALLOW) -> Sequence[SessionId]:
    issued = world.clock.now() - timedelta(seconds=1)
    return await world.live.sockets.open(opened, issued=issued, devices=devices)


async def keep_open(world: World, seconds: int, *sockets: Socket) -> None:
    """Let time pass as a hub does that renews its sockets, with expiry at work."""
    for _ in range(0, seconds, RENEWAL):
        assert await world.expire_after(RENEWAL) == []
        assert await world.live.sockets.renew(sockets) == []


# --- leases --------------------------------------------------------------------------------------------------------


async def test_an_open_socket_keeps_its_user_online_without_any_call(world: World) -> None:
    await world.calm()
    one = socket("c1")
    before = world.clock.now()
    assert await connect(world, one) == []
    await keep_open(world, 600, one)
    (bob,) = await world.live.presence([BOB])
    assert bob.online
    assert bob.since is not None
    assert abs(bob.since - before) < timedelta(seconds=5)
    assert await world.live.online() == 1


async def test_a_socket_that_nobody_renews_vouches_for_75_seconds(world: World) -> None:
    await world.calm()
    await connect(world, socket("c1"))
    await world.expire_after(74)
    assert await world.is_online("bob")
    world.clock.advance(2)
    assert not await world.is_online("bob")
    await world.expire()
    assert await world.live.online() == 0


async def test_a_closed_socket_vouches_for_20_seconds_more(world: World) -> None:
    await world.calm()
    one = socket("c1")
    await connect(world, one)
    await keep_open(world, 100, one)
    await world.live.sockets.close([one])
    await world.expire_after(19)
    assert await world.is_online("bob")
    await world.expire_after(2)
    assert not await world.is_online("bob")
    assert await world.live.online() == 0


async def test_a_late_close_does_not_make_a_lease_longer(world: World) -> None:
    await world.calm()
    one = socket("c1")
    await connect(world, one)
    await world.expire_after(70)
    await world.live.sockets.close([one])
    await world.expire_after(6)
    assert not await world.is_online("bob")


async def test_a_renewal_that_comes_after_the_close_does_not_open_the_socket_again(world: World) -> None:
    await world.calm()
    one = socket("c1")
    await connect(world, one)
    await world.live.sockets.close([one])
    assert await world.live.sockets.renew([one]) == []
    await world.live.sockets.close([one])
    await world.expire_after(21)
    assert not await world.is_online("bob")


async def test_closing_what_is_not_known_changes_nothing(world: World) -> None:
    await world.touch("bob", "phone")
    await world.live.sockets.close([socket("c1"), socket("c1", "tablet"), socket("c1", "phone", "nobody")])
    assert [source.source for source in await world.live.sources(BOB)] == ["calls"]
    assert not await world.is_online("nobody")


async def test_the_end_of_one_of_two_sockets_of_a_session_leaves_it_to_the_other(world: World) -> None:
    await world.calm()
    one, two = socket("c1"), socket("c2")
    await connect(world, one)
    await connect(world, two)
    await world.live.sockets.close([one])
    await keep_open(world, 100, two)
    assert await world.is_online("bob")
    await world.live.sockets.close([two])
    await world.expire_after(21)
    assert not await world.is_online("bob")


async def test_sockets_of_two_sessions_are_the_business_of_each(world: World) -> None:
    await world.calm()
    phone, tablet = socket("c1", "phone"), socket("c2", "tablet")
    await connect(world, phone)
    await connect(world, tablet)
    await world.live.sockets.close([phone])
    await keep_open(world, 50, tablet)
    assert {source.session for source in await world.live.sources(BOB)} == {TABLET}
    await world.live.end_sessions(EndedSessions(BOB, (TABLET,), world.clock.now()))
    assert not await world.is_online("bob")


async def test_many_sockets_of_one_session_cost_no_more_than_64(world: World) -> None:
    for number in range(70):
        await connect(world, socket(f"c{number}"))
    assert len(await world.live.sources(BOB)) == 64
    assert await world.live.sockets.renew([socket(f"c{number}") for number in range(70)]) == []
    assert len(await world.live.sources(BOB)) == 64


# --- sockets and calls ---------------------------------------------------------------------------------------------


async def test_keepalives_outlast_a_closed_socket(world: World) -> None:
    await world.calm()
    one = socket("c1")
    await world.touch("bob", "phone", keepalive=True)
    await connect(world, one)
    await world.live.sockets.close([one])
    world.clock.advance(60)
    await world.touch("bob", "phone", keepalive=True)
    await world.expire_after(85)
    assert await world.is_online("bob")
    assert [source.source for source in await world.live.sources(BOB)] == ["keepalive"]
    await world.expire_after(6)
    assert not await world.is_online("bob")


async def test_a_socket_outlasts_keepalives_that_stop(world: World) -> None:
    await world.calm()
    one = socket("c1")
    await world.touch("bob", "phone", keepalive=True)
    await connect(world, one)
    await keep_open(world, 200, one)
    assert await world.is_online("bob")


async def test_calls_of_a_session_that_has_had_a_socket_vouch_for_90_seconds(world: World) -> None:
    await world.calm()
    one = socket("c1")
    await world.touch("bob", "phone")
    await connect(world, one)
    await world.live.sockets.close([one])
    await world.expire_after(88)
    assert await world.is_online("bob")
    await world.touch("bob", "phone")
    await world.expire_after(88)
    assert await world.is_online("bob")
    await world.expire_after(4)
    assert not await world.is_online("bob")


async def test_a_silent_host_without_a_socket_is_not_judged_by_a_socket_of_another_session(world: World) -> None:
    await world.calm()
    one = socket("c1", "tablet", "ann")
    await world.take("ann", "r1", "phone", host=True)
    await connect(world, one)
    await world.live.sockets.close([one])
    assert await world.expire_after(4 * HOUR - MINUTE) == []
    assert await world.is_online("ann")
    assert [entry.user for entry in await world.expire_after(2 * MINUTE)] == ["ann"]


async def test_places_go_when_the_last_socket_is_over(world: World) -> None:
    await world.calm()
    one = socket("c1")
    await connect(world, one)
    await take_by_socket(world)
    await keep_open(world, 100, one)
    await world.live.sockets.close([one])
    assert await world.expire_after(19) == []
    assert [entry.id for entry in await world.expire_after(2)] == ["p"]


async def test_a_call_by_socket_is_no_sign_of_life(world: World) -> None:
    await world.calm()
    one = socket("c1")
    await connect(world, one)
    world.clock.advance(70)
    heartbeat = world.heartbeat("bob", "phone", keepalive=True)._replace(by_socket=True)
    await world.live.touch(heartbeat)
    world.live.renew(heartbeat)
    await world.live.flush()
    await take_by_socket(world)
    assert [source.source for source in await world.live.sources(BOB)] == ["socket"]
    await world.expire_after(6)
    assert not await world.is_online("bob")


async def test_a_call_by_socket_of_an_unknown_user_makes_nobody_known(world: World) -> None:
    await world.live.touch(world.heartbeat("bob", "phone")._replace(by_socket=True))
    assert await world.live.sources(BOB) == []
    assert await world.live.online() == 0


async def test_a_call_by_socket_is_refused_when_its_session_has_ended(world: World) -> None:
    await connect(world, socket("c1"))
    await world.live.end_sessions(EndedSessions(BOB, (PHONE,), world.clock.now()))
    with pytest.raises(TokenInvalid):
        await world.live.touch(world.heartbeat("bob", "phone")._replace(by_socket=True))
    with pytest.raises(TokenInvalid):
        await take_by_socket(world)
    assert not await world.is_online("bob")


async def take_by_socket(world: World) -> None:
    heartbeat = world.heartbeat("bob", "phone")._replace(by_socket=True)
    await world.live.claim_presence(PresenceClaim(heartbeat, RoomId("r1"), EntryId("p"), host=False))


# --- the end of sessions -------------------------------------------------------------------------------------------


async def test_a_socket_of_an_ended_session_is_refused_and_named_by_the_next_renewal(world: World) -> None:
    one, two = socket("c1", "phone"), socket("c2", "tablet")
    await connect(world, one)
    await connect(world, two)
    await world.live.end_sessions(EndedSessions(BOB, (PHONE,), world.clock.now()))
    assert await world.live.sockets.renew([one, two, socket("c3", "phone", "eve")]) == [one]
    with pytest.raises(TokenInvalid):
        await connect(world, one)
    assert {source.session for source in await world.live.sources(BOB)} == {TABLET}


async def test_a_ban_ends_sockets_of_sessions_of_the_original(world: World) -> None:
    old, new = socket("c1", "~old"), socket("c2", "~new")
    now = world.clock.now()
    await world.live.sockets.open(old, issued=now - timedelta(hours=2), devices=Devices.ALLOW)
    await world.live.sockets.open(new, issued=now, devices=Devices.ALLOW)
    await world.live.end_sessions(EndedSessions(BOB, (), now, original_before=now - timedelta(hours=1)))
    assert await world.live.sockets.renew([old, new]) == [old]
    with pytest.raises(TokenInvalid):
        await world.live.sockets.open(old, issued=now - timedelta(hours=2), devices=Devices.ALLOW)


async def test_a_session_is_known_from_its_first_socket(world: World) -> None:
    heartbeat = world.heartbeat("bob", "phone")
    await connect(world, socket("c1"))
    await eventually(lambda: world.live.knows(heartbeat))


@pytest.mark.parametrize("why", SessionEnd)
async def test_the_listener_is_told_whose_sessions_end_and_why(world: World, why: SessionEnd) -> None:
    listener = await listen(world)
    heartbeat = world.heartbeat("bob", "phone")
    await world.live.touch(heartbeat)
    await eventually(lambda: world.live.knows(heartbeat))
    now = world.clock.now()
    before = now if why in (SessionEnd.BANNED, SessionEnd.DELETED) else None
    await world.live.end_sessions(EndedSessions(BOB, (PHONE, TABLET), now, before, why))
    await eventually(lambda: bool(listener.ended))
    (ended,) = listener.ended
    assert (ended.user, ended.sessions, ended.why) == (BOB, (PHONE, TABLET), why)
    assert abs(ended.at - now) < timedelta(seconds=2)
    assert (ended.original_before is None) == (before is None)


# --- devices -------------------------------------------------------------------------------------------------------


async def test_other_devices_are_left_alone_unless_the_operator_says_otherwise(world: World) -> None:
    await connect(world, socket("c1", "phone"))
    assert await connect(world, socket("c2", "tablet")) == []


async def test_a_new_device_replaces_those_that_are_connected(world: World) -> None:
    await connect(world, socket("c1", "phone"))
    await connect(world, socket("c2", "phone"))
    await connect(world, socket("c3", "phone", "eve"))
    await world.touch("bob", "watch", keepalive=True)
    assert await connect(world, socket("c4", "tablet"), Devices.REPLACE) == [PHONE]
    await world.live.end_sessions(EndedSessions(BOB, (PHONE,), world.clock.now(), why=SessionEnd.REPLACED))
    assert await connect(world, socket("c5", "tablet"), Devices.REPLACE) == []


async def test_a_second_device_is_refused_while_another_is_connected(world: World) -> None:
    await world.calm()
    phone, tablet = socket("c1", "phone"), socket("c2", "tablet")
    await connect(world, phone, Devices.REFUSE)
    assert await connect(world, socket("c3", "phone"), Devices.REFUSE) == []
    with pytest.raises(DeviceRefused):
        await connect(world, tablet, Devices.REFUSE)
    assert {source.session for source in await world.live.sources(BOB)} == {PHONE}
    await world.expire_after(76)
    assert await connect(world, tablet, Devices.REFUSE) == []


@pytest.mark.parametrize("devices", [Devices.REPLACE, Devices.REFUSE])
async def test_a_device_that_has_just_hung_up_is_in_nobody_s_way(world: World, devices: Devices) -> None:
    phone = socket("c1", "phone")
    await connect(world, phone, devices)
    await world.live.sockets.close([phone])
    assert await connect(world, socket("c2", "tablet"), devices) == []


async def test_of_devices_that_come_at_once_one_stays(world: World) -> None:
    devices = [socket(f"c{number}", f"s{number}") for number in range(8)]
    answers = await asyncio.gather(
        *(connect(world, device, Devices.REFUSE) for device in devices), return_exceptions=True
    )
    assert sum(answer == [] for answer in answers) == 1
    assert sum(isinstance(answer, DeviceRefused) for answer in answers) == 7


async def test_of_devices_that_replace_each_other_at_once_one_is_replaced_by_nobody(world: World) -> None:
    devices = [socket(f"c{number}", f"s{number}") for number in range(8)]
    answers = await asyncio.gather(*(connect(world, device, Devices.REPLACE) for device in devices))
    replaced = {session for answer in answers for session in answer}
    assert len(replaced) == 7


async def test_an_ended_session_is_not_told_of_other_devices(world: World) -> None:
    await connect(world, socket("c1", "phone"))
    await world.live.end_sessions(EndedSessions(BOB, (TABLET,), world.clock.now()))
    with pytest.raises(TokenInvalid):
        await connect(world, socket("c2", "tablet"), Devices.REFUSE)


# --- what a lost store is told again -------------------------------------------------------------------------------


async def test_a_renewal_brings_a_lost_socket_back(world: World) -> None:
    one = socket("c1")
    await connect(world, one)
    await world.lose()
    assert not await world.is_online("bob")
    assert await world.live.sockets.renew([one]) == []
    assert await world.is_online("bob")
    await world.calm()
    assert await world.live.sockets.renew([one]) == []
    await world.expire_after(74)
    assert await world.is_online("bob")
    await world.expire_after(2)
    assert not await world.is_online("bob")


async def test_a_renewal_after_the_loss_does_not_bring_back_what_has_ended(world: World) -> None:
    one, old = socket("c1"), socket("c2", "~old")
    await connect(world, one)
    await connect(world, old)
    now = world.clock.now()
    world.recovery.ended.append(EndedSessions(BOB, (PHONE,), now, original_before=now))
    await world.lose()
    assert await world.live.sockets.renew([one, old]) == [one, old]
    assert not await world.is_online("bob")


async def test_a_restored_session_is_judged_again_once_its_socket_is_renewed(world: World) -> None:
    one = socket("c1")
    await world.go_live()
    await world.enter("bob", "r1", "phone")
    await connect(world, one)
    await world.lose()
    await world.calm()
    assert await world.live.sockets.renew([one]) == []
    await world.live.sockets.close([one])
    await world.expire_after(92)
    assert not await world.is_online("bob")


async def test_a_place_taken_by_socket_right_after_the_loss_is_kept_until_the_renewal(world: World) -> None:
    one = socket("c1")
    await connect(world, one)
    await world.lose()
    await take_by_socket(world)
    assert await world.expire_after(RENEWAL) == []
    await world.live.sockets.renew([one])
    await world.calm()
    assert [source.source for source in await world.live.sources(BOB) if source.alive] != ["calls"]


# --- explaining ----------------------------------------------------------------------------------------------------


async def test_sources_tell_calls_from_sockets(world: World) -> None:
    await world.touch("bob", "phone", keepalive=True)
    await connect(world, socket("c1", "phone"))
    await connect(world, socket("c2", "tablet"))
    found = sorted(await world.live.sources(BOB), key=lambda source: (source.session, source.source))
    assert [(source.session, source.source) for source in found] == [
        ("phone", "keepalive"), ("phone", "socket"), ("tablet", "socket"),
    ]  # fmt: skip
    assert all(source.alive for source in found)
    lasts = found[1].expires - found[1].since
    assert timedelta(seconds=75) <= lasts < timedelta(seconds=76)
    world.clock.advance(80)
    assert [source.alive for source in await world.live.sources(BOB)].count(True) == 1


# --- which are open ------------------------------------------------------------------------------------------------


async def test_the_open_sockets_of_a_user_are_known_on_every_process(world: World) -> None:
    one, two, tablet = socket("c1"), socket("c2"), socket("c3", "tablet")
    for opened in (one, two, tablet, socket("c4", "hers", "ann")):
        await connect(world, opened)
    assert set(await world.live.sockets.of(BOB)) == {one, two, tablet}
    await world.live.sockets.close([one])
    assert set(await world.live.sockets.of(BOB)) == {two, tablet}
    await world.live.end_sessions(EndedSessions(BOB, (TABLET,), world.clock.now()))
    assert list(await world.live.sockets.of(BOB)) == [two]
    assert list(await world.live.sockets.of(UserId("nobody"))) == []


async def test_a_socket_that_nobody_renewed_is_not_open_any_more(world: World) -> None:
    await connect(world, socket("c1"))
    world.clock.advance(76)
    assert list(await world.live.sockets.of(BOB)) == []
