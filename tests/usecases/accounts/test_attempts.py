"""Guesses at accounts: limited for whoever makes them, without locking the owner out."""

import asyncio
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

import pytest

from liveroom.domain.accounts.signatures import LoginSignature
from liveroom.domain.errors import CredentialsWrong, RateLimited
from liveroom.domain.tenants.model import Tenant
from liveroom.usecases.accounts.attempts import ACCOUNT_FAILURES, ADDRESS_FAILURES, TURN
from liveroom.usecases.accounts.logins import Logins
from liveroom.usecases.accounts.registration import Registration
from liveroom.usecases.accounts.sessions import Login
from tests.service import salt_of
from tests.usecases.conftest import World

HOME = "192.0.2.7"
AWAY = "198.51.100.1"
EVIL = "203.0.113.9"


@dataclass
class CodeClient:
    """Registers and signs in; ``numbers`` make each signature another."""

    registration: Registration
    logins: Logins
    tenant: Tenant
    world: World
    numbers: Iterator[int] = field(default_factory=count)

    async def register(self, name: str = "alice") -> None:
        await self.registration.register(self.tenant, HOME, name, salt_of(name, "password"))

    async def sign_in(self, address: str, name: str = "alice", secret: str = "") -> Login:
        nonce, ts = f"n{next(self.numbers)}", str(int(self.world.service.clock.now().timestamp() * 1000))
        text = f"{name}-tag-{ts}-{nonce}-{secret or salt_of(name, 'password')}"
        made = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
        return await self.logins.sign_in(self.tenant, address, LoginSignature(name, made, "tag", ts, nonce))

    async def fail(self, address: str, name: str = "alice") -> None:
        with pytest.raises(CredentialsWrong):
            await self.sign_in(address, name, "wrong")

    async def is_refused(self, address: str, name: str = "alice", secret: str = "") -> timedelta:
        """Be refused; return how long to wait."""
        with pytest.raises(RateLimited) as limited:
            await self.sign_in(address, name, secret)
        wait = limited.value.retry_after
        assert limited.value.detail == f"{wait // timedelta(seconds=1)} s"
        return wait

    async def attack(self, name: str = "alice") -> None:
        """Let ten addresses guess once each, and an eleventh take the strangers' turn."""
        for number in range(ACCOUNT_FAILURES + 1):
            await self.fail(f"203.0.113.{100 + number}", name)


@pytest.fixture
def client(world: World) -> CodeClient:
    services = world.core.services
    return CodeClient(services.registration, services.own_users.logins, services.tenants.default, world)


async def test_a_stranger_cannot_lock_the_owner_out(client: CodeClient) -> None:
    """Ten wrong signatures of anybody closed an account to everybody for ten minutes."""
    await client.register()
    await client.sign_in(HOME)
    for _ in range(ACCOUNT_FAILURES):
        await client.fail(EVIL)
    assert await client.is_refused(EVIL) == timedelta(minutes=10)
    await client.sign_in(HOME)


async def test_nor_can_many_of_them(client: CodeClient) -> None:
    await client.register()
    await client.sign_in(HOME)
    await client.attack()
    await client.sign_in(HOME)


async def test_a_refusal_says_how_long_to_wait(client: CodeClient) -> None:
    await client.register()
    await client.fail(AWAY)
    client.world.pass_by(100)
    for _ in range(ACCOUNT_FAILURES - 1):
        await client.fail(AWAY)
    assert await client.is_refused(AWAY) == timedelta(seconds=500)
    client.world.pass_by(500)
    await client.sign_in(AWAY)


async def test_while_a_name_is_under_attack_strangers_share_one_try_every_few_seconds(client: CodeClient) -> None:
    await client.register()
    await client.attack()
    assert await client.is_refused(EVIL, secret="wrong") == TURN
    assert await client.is_refused(AWAY) == TURN
    client.world.pass_by(TURN.total_seconds())
    await client.sign_in(AWAY)
    await client.sign_in(AWAY)
    assert await client.is_refused(EVIL) == TURN
    client.world.pass_by(601)
    await client.sign_in(EVIL)


async def test_whoever_has_used_up_their_own_tries_takes_no_turn_from_others(client: CodeClient) -> None:
    await client.register()
    for _ in range(ACCOUNT_FAILURES):
        await client.fail(EVIL)
    await client.is_refused(EVIL)
    await client.sign_in(AWAY)


async def test_an_owners_failures_count_where_they_are_made_and_put_nobody_off(client: CodeClient) -> None:
    await client.register()
    await client.sign_in(HOME)
    for _ in range(ACCOUNT_FAILURES):
        await client.fail(HOME)
    await client.is_refused(HOME)
    await client.sign_in(AWAY)
    await client.sign_in(EVIL)


async def test_a_hundred_failures_close_an_address_to_all_but_those_who_signed_in_there_before(
    client: CodeClient,
) -> None:
    """A neighbour behind the carrier's address kept everybody there from signing in."""
    await client.register()
    await client.register("bob")
    await client.sign_in(HOME)
    for number in range(ADDRESS_FAILURES):
        await client.fail(HOME, f"guess{number}")
    await client.sign_in(HOME)
    await client.is_refused(HOME, "bob")
    await client.sign_in(AWAY, "bob")


async def test_an_ipv6_network_is_one_address(client: CodeClient) -> None:
    """A server with a /64 had as many tries as it wanted."""
    await client.register()
    for number in range(ACCOUNT_FAILURES):
        await client.fail(f"2001:db8:1:2::{number:x}")
    await client.is_refused("2001:db8:1:2:ffff::1")
    await client.sign_in("2001:db8:1:3::1")


async def test_an_address_is_known_for_half_a_month_and_forgotten_after_a_whole_one(client: CodeClient) -> None:
    await client.register()
    await client.sign_in(HOME)
    client.world.pass_by(timedelta(days=15).total_seconds())
    await client.attack()
    await client.sign_in(HOME)
    client.world.pass_by(timedelta(days=31).total_seconds())
    await client.attack()
    assert await client.is_refused(HOME) == TURN


async def test_guesses_made_at_once_from_many_addresses_are_limited_and_the_right_one_is_not_told(
    client: CodeClient,
) -> None:
    """Every guess of a burst passed the check before the first was counted."""
    await client.register()
    guesses = [client.sign_in(f"203.0.113.{number}", secret="wrong") for number in range(50)]
    outcomes = await asyncio.gather(*guesses, client.sign_in(AWAY), return_exceptions=True)
    kinds = [type(outcome) for outcome in outcomes]
    assert kinds.count(CredentialsWrong) == ACCOUNT_FAILURES + 1
    assert kinds[-1] is RateLimited


async def test_a_token_is_renewed_whoever_guesses_at_the_name(client: CodeClient) -> None:
    await client.register()
    login = await client.sign_in(HOME)
    await client.attack()
    who = {"userId": login.user.id, "token": login.token}
    assert (await client.world.service.call("auth_users/user_login_token", who)).code == 0


async def test_logins_go_on_while_nobody_can_say_who_is_known(client: CodeClient) -> None:
    await client.register()
    client.world.live.down = True
    await client.sign_in(HOME)
