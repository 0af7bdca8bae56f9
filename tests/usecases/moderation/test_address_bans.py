"""Bans that cover addresses: what is made after them does not bring anybody back, and nobody else is evicted."""

from datetime import timedelta
from typing import Any

import pytest

from liveroom.domain.accounts.users import FOR_EVER
from liveroom.domain.errors import AddressBanned
from liveroom.domain.ids import UserId
from liveroom.domain.moderation.address_bans import COVERED_MAX
from tests.service import Service
from tests.usecases.conftest import World

BAD, GOOD = {"X-Forwarded-For": "203.0.113.7"}, {"X-Forwarded-For": "198.51.100.1"}
REFUSED = "new accounts are not accepted from your network"


async def guest(service: Service, headers: dict[str, str]) -> dict[str, Any]:
    return dict((await service.call("auth_users/guest", {}, headers=headers)).data)


async def ban(world: World, user: str, **given: Any) -> None:
    """Ban a user, and let this process hear of it."""
    await world.core.moderation.ban(UserId(user), FOR_EVER, "", **given)
    await world.core.jobs.configuration.refresh()


async def test_a_banned_guest_does_not_come_back_with_a_new_account(world: World) -> None:
    """A new account got straight back in."""
    service = world.service
    await ban(world, (await guest(service, BAD))["userId"], with_address=True)
    again = await service.call("auth_users/guest", {}, headers=BAD)
    assert again.code == 3002
    assert REFUSED in again.body["errorMessage"]
    registering = {"username": "eve", "salt": "5a" * 16}
    assert (await service.call("oauth/register", registering, headers=BAD)).code == 3002
    assert (await service.call("auth_users/guest", {}, headers=GOOD)).code == 0
    world.pass_by(timedelta(hours=24).total_seconds() + 1)
    assert (await service.call("auth_users/guest", {}, headers=BAD)).code == 0


async def test_a_ban_covers_no_address_unless_it_is_asked_to(world: World) -> None:
    await ban(world, (await guest(world.service, BAD))["userId"])
    assert (await world.service.call("auth_users/guest", {}, headers=BAD)).code == 0


async def test_accounts_that_were_there_go_on_and_those_made_elsewhere_meanwhile_do_not(world: World) -> None:
    service = world.service
    neighbour = await service.register(headers=BAD)
    banned = await guest(service, BAD)
    world.pass_by()
    await ban(world, banned["userId"], with_address=True)
    world.pass_by()
    later = await service.register(headers=GOOD)
    signed = service.sign(neighbour.username, neighbour.salt)
    assert (await service.call("oauth/signature", signed, headers=BAD)).code == 0
    signed = service.sign(later.username, later.salt)
    assert (await service.call("oauth/signature", signed, headers=BAD)).code == 3002
    signed = service.sign(later.username, later.salt)
    assert (await service.call("oauth/signature", signed, headers=GOOD)).code == 0


async def test_a_ban_ends_with_the_user_s_and_before_a_day_is_over(world: World) -> None:
    service, user = world.service, (await guest(world.service, BAD))["userId"]
    now = service.clock.now()
    await world.core.moderation.ban(UserId(user), now + timedelta(minutes=5), "", with_address=True)
    await world.core.jobs.configuration.refresh()
    assert (await service.call("auth_users/guest", {}, headers=BAD)).code == 3002
    world.pass_by(301)
    assert (await service.call("auth_users/guest", {}, headers=BAD)).code == 0


async def test_unbanning_uncovers_the_address(world: World) -> None:
    user = (await guest(world.service, BAD))["userId"]
    await ban(world, user, with_address=True)
    await world.core.moderation.unban(UserId(user))
    await world.core.jobs.configuration.refresh()
    assert (await world.service.call("auth_users/guest", {}, headers=BAD)).code == 0


async def test_another_tenant_is_not_concerned_and_addresses_are_kept_as_digests(world: World) -> None:
    await ban(world, (await guest(world.service, BAD))["userId"], with_address=True)
    game = await world.service.make_tenant("game")
    bans = world.core.services.own_users.logins.address_bans
    bans.check(game.name, "203.0.113.7")
    with pytest.raises(AddressBanned):
        bans.check(world.core.services.tenants.default.name, "203.0.113.7")
    stored = await world.core.db.address_bans.list(world.service.clock.now())
    assert ["203.0.113" in ban.address for ban in stored] == [False]


async def test_the_newest_addresses_of_a_user_are_covered_and_an_ipv6_network_whole(world: World) -> None:
    service, account = world.service, await world.service.register()
    for number in range(COVERED_MAX + 1):
        world.pass_by()
        signed = service.sign(account.username, account.salt)
        login = await service.call("oauth/signature", signed, headers={"X-Forwarded-For": f"2001:db8:0:{number}::1"})
    await ban(world, str(login.data["userId"]), with_address=True)
    codes = [
        (await service.call("auth_users/guest", {}, headers={"X-Forwarded-For": f"2001:db8:0:{number}::2"})).code
        for number in range(COVERED_MAX + 1)
    ]
    assert codes == [0, *[3002] * COVERED_MAX]


async def test_admins_ask_for_it_where_they_ban_from_the_whole_tenant(world: World) -> None:
    service = world.service
    admin, user = await service.sign_up(), (await guest(service, BAD))["userId"]
    await service.name_admin(admin)
    room = await admin.go_live()
    asked = {"targetId": user, "withAddress": "true"}
    assert (await admin.call("moderation/ban", {**asked, "roomId": room})).code == 2002
    assert (await admin.call("moderation/ban", asked)).code == 0
    await world.core.jobs.configuration.refresh()
    assert (await service.call("auth_users/guest", {}, headers=BAD)).code == 3002


async def test_a_deleted_users_addresses_are_forgotten(world: World) -> None:
    user = UserId((await guest(world.service, BAD))["userId"])
    await world.core.moderation.delete(user)
    await world.core.jobs.deleted_users.erase()
    assert list(await world.core.db.sessions.addresses(user, COVERED_MAX)) == []
