"""An operator's own users: one account whoever comes first, what is told of it, and what outages do to its logins."""

import asyncio
import hashlib
import hmac
import itertools
from collections.abc import Awaitable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from liveroom.domain.accounts.signatures import LoginSignature
from liveroom.domain.accounts.users import User
from liveroom.domain.errors import DatabaseUnavailable, KeyMissing, SignatureRefused
from liveroom.domain.ids import DEFAULT_TENANT
from liveroom.usecases.accounts.own_users import OwnUsers
from liveroom.usecases.accounts.sessions import Login
from liveroom.usecases.tenants.keys import FixedSecrets
from tests.recorded_events.rebuilding import everybody, read_events
from tests.service import Service, serving
from tests.usecases.conftest import World

TAG = "player"
_numbers = itertools.count()


async def make_secret(service: Service) -> str:
    added = await service.services.own_users.secrets.add(DEFAULT_TENANT, TAG)
    await service.core.jobs.configuration.refresh()
    return added.secret


def sign(service: Service, secret: str, name: str = "our-7") -> LoginSignature:
    ts, nonce = str(int(service.clock.now().timestamp() * 1000)), f"n{next(_numbers)}"
    made = hmac.new(secret.encode(), f"{name}-{TAG}-{ts}-{nonce}".encode(), hashlib.sha256).hexdigest()
    return LoginSignature(name, made, TAG, ts, nonce, "hmac-sha256")


def sign_in(service: Service, signature: LoginSignature, own: OwnUsers | None = None, **more: str) -> Awaitable[Login]:
    own = own or service.services.own_users
    return own.sign_in(service.services.tenants.default, "192.0.2.7", signature, **more)


class Down:
    """A live store that answers nothing: a login counts no attempt, and keeps its renewal for the next batch."""

    async def hit(self, _: str, **__: object) -> bool:
        return True

    def renew(self, _: object) -> None: ...

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"a login asked the live store for {name}")


async def test_no_outage_of_the_live_store_stops_an_own_users_login(world: World) -> None:
    secret, down, own = await make_secret(world.service), Down(), world.service.services.own_users
    own = replace(own, sessions=replace(own.sessions, live=down))  # type: ignore[arg-type]
    login = await sign_in(world.service, sign(world.service, secret), own)
    assert (await sign_in(world.service, sign(world.service, secret), own)).user.id == login.user.id


async def test_without_sql_nobody_signs_in_and_nothing_is_half_made(world: World) -> None:
    secret = await make_secret(world.service)
    signature = sign(world.service, secret)
    world.sql.down = True
    with pytest.raises(DatabaseUnavailable):
        await sign_in(world.service, signature)
    world.sql.down = False
    assert (await sign_in(world.service, signature)).user.name == ""


async def test_two_processes_that_meet_a_user_at_once_make_one_account(world: World) -> None:
    secret = await make_secret(world.service)
    async with world.neighbour() as other:
        for number in range(10):
            signatures = [sign(world.service, secret, f"both-{number}") for _ in range(4)]
            own_users = [world.service.services.own_users, other.services.own_users] * 2
            logins = await asyncio.gather(
                *(sign_in(world.service, *pair) for pair in zip(signatures, own_users, strict=True))
            )
            assert len({login.user.id for login in logins}) == 1
            assert len({login.token for login in logins}) == 4


async def test_an_account_that_a_process_of_the_release_before_deleted_is_made_anew(world: World) -> None:
    """It leaves the operator's name with the account that is gone: it does not know such names."""
    secret = await make_secret(world.service)
    gone = (await sign_in(world.service, sign(world.service, secret))).user
    now = world.service.clock.now()
    await world.core.db.users.put(User(gone.id, gone.tenant, gone.created, now, ended=now, deleted=now))
    fresh = (await sign_in(world.service, sign(world.service, secret))).user
    assert fresh.id != gone.id
    assert (await sign_in(world.service, sign(world.service, secret))).user.id == fresh.id


async def test_a_retry_after_the_deletion_signs_nobody_in(world: World) -> None:
    secret = await make_secret(world.service)
    signature = sign(world.service, secret)
    login = await sign_in(world.service, signature)
    await world.core.moderation.delete(login.user.id)
    with pytest.raises(SignatureRefused):
        await sign_in(world.service, signature)
    assert await world.core.db.own_users.get(DEFAULT_TENANT, TAG, "our-7") is None


async def test_what_becomes_of_an_own_user_is_told(tmp_path: Path) -> None:
    async with serving(tmp_path, others=everybody) as service:
        secret = await make_secret(service)
        login = await sign_in(service, sign(service, secret))
        await sign_in(service, sign(service, secret), nickname="小明")
        await sign_in(service, sign(service, secret), nickname="other")
        events = [event for event in await read_events(service.core.db) if event.stream == f"user:{login.user.id}"]
        assert [event.kind for event in events] == ["user.registered", "user.updated"]
        assert (events[0].data["door"], events[0].data["username"]) == ("own", "our-7")
        assert events[1].data["name"] == "小明"


async def test_a_secret_that_no_key_opens_vouches_for_nobody_and_stops_nothing(world: World) -> None:
    secret = await make_secret(world.service)
    secrets = world.service.services.own_users.secrets

    class Shut:
        def open(self, *_: str) -> str:
            raise KeyMissing("put the old key back")

    locked = FixedSecrets(secrets.db, Shut(), secrets.clock)  # type: ignore[arg-type]
    await locked.reload()
    assert list(locked.of(DEFAULT_TENANT, TAG)) == []
    await secrets.reload()
    assert list(secrets.of(DEFAULT_TENANT, TAG)) == [secret]
