"""An operator's own users: its server signs, with the secret of a tag, and nobody has registered."""

import asyncio
import hashlib
import hmac
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import DEFAULT_TENANT, TenantName, UserId
from liveroom.domain.tenants.model import Quotas
from tests.contract.conftest import Serving
from tests.service import Answer, Service, session_of

SECRET = "fixed-secret-0123456789-abcdefghijklmnop"
OTHER = "other-secret-0123456789-abcdefghijklmnop"
THIRD = "third-secret-0123456789-abcdefghijklmnop"
OLD = "older-secret-0123456789-abcdefghijklmnop"
NEW = "newer-secret-0123456789-abcdefghijklmnop"


async def add_secret(service: Service, tag: str, secret: str = SECRET, tenant: TenantName = DEFAULT_TENANT) -> str:
    added = await service.services.own_users.secrets.add(tenant, tag, secret)
    await service.core.jobs.configuration.refresh()
    return added.id


async def remove_secret(service: Service, id: str, tenant: TenantName = DEFAULT_TENANT) -> None:
    await service.services.own_users.secrets.remove(id, tenant)
    await service.core.jobs.configuration.refresh()


async def sign_in(service: Service, username: str, tag: str, secret: str = SECRET, **more: Any) -> Answer:
    return await service.call("oauth/signature", service.sign(username, secret, tag=tag, **more))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tag(service: Service) -> str:
    await add_secret(service, "player")
    return "player"


async def test_a_user_who_never_registered_is_signed_in_and_is_the_same_ever_after(service: Service, tag: str) -> None:
    first = await sign_in(service, "u-1", tag)
    again = await sign_in(service, "u-1", tag)
    assert first.data["userId"] == again.data["userId"]
    assert session_of(first.data["token"]) != session_of(again.data["token"])
    identity = {"userId": first.data["userId"], "token": first.data["token"]}
    assert (await service.call("rooms/generate_roomid", identity)).code == 0
    assert (await sign_in(service, "u-2", tag)).data["userId"] != first.data["userId"]


@pytest.mark.parametrize("name", ["md5", "sha1", "sha256", "sha512"])
async def test_every_hash_signs(name: str, service: Service, tag: str) -> None:
    assert (await sign_in(service, f"hash-{name}", tag, hash=name)).code == 0


def keyed(service: Service, username: str, tag: str, secret: str) -> dict[str, str]:
    """Return a login signed by HMAC, the secret being the key."""
    signed = service.sign(username, "", tag=tag, hash="hmac-sha256")
    text = "-".join((username, tag, signed["ts"], signed["nonce"]))
    return {**signed, "signature": hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()}


async def test_a_keyed_hash_signs_too_and_for_registered_accounts_as_well(service: Service, tag: str) -> None:
    assert (await service.call("oauth/signature", keyed(service, "hmac-1", tag, SECRET))).code == 0
    assert (await service.call("oauth/signature", keyed(service, "hmac-1", tag, OTHER))).code == 98
    account = await service.register()
    assert (await service.call("oauth/signature", keyed(service, account.username, tag, account.salt))).code == 0


async def test_names_count_to_the_letter(service: Service, tag: str) -> None:
    names = ("Zoë", "zoë", "Zoe\u0308", "ZOË", "Zoë2")
    users = [(await sign_in(service, name, tag)).data["userId"] for name in names]
    assert len(set(users)) == len(names)
    assert [(await sign_in(service, name, tag)).data["userId"] for name in names] == users


@pytest.mark.parametrize("name", [" a", "a ", "a\x00", "名" * 129])
async def test_a_name_that_cannot_be_one_is_refused(name: str, service: Service, tag: str) -> None:
    assert (await sign_in(service, name, tag)).code == 98


async def test_the_same_name_under_another_tag_is_another_user(service: Service, tag: str) -> None:
    await add_secret(service, "karaoke", OTHER)
    mine = (await sign_in(service, "the-same", tag)).data["userId"]
    theirs = (await sign_in(service, "the-same", "karaoke", OTHER)).data["userId"]
    assert mine != theirs
    assert (await sign_in(service, "the-same", "karaoke", SECRET)).code == 98
    assert (await sign_in(service, "the-same", tag, OTHER)).code == 98


async def test_a_secret_of_one_tenant_opens_nothing_in_another(service: Service, tag: str) -> None:
    await service.make_tenant("shop")
    await add_secret(service, "player", THIRD, TenantName("shop"))
    named = {"apaasAppId": "shop"}
    foreign = await service.call("oauth/signature", {**service.sign("u-1", SECRET, tag=tag), **named})
    assert foreign.code == 98
    own = await service.call("oauth/signature", {**service.sign("u-1", THIRD, tag=tag), **named})
    assert own.data["userId"].startswith("shop-")
    assert (await sign_in(service, "u-1", tag, THIRD)).code == 98


async def test_registered_accounts_go_on_with_the_tag_and_nobody_takes_anybody_over(service: Service, tag: str) -> None:
    """The operator's `alice` and whoever has registered `alice` are two people."""
    account = await service.register("alice")
    registered = (await account.sign_in(tag=tag)).user
    own = (await sign_in(service, "alice", tag)).data["userId"]
    assert own != registered
    assert (await account.sign_in(tag=tag)).user == registered
    assert (await account.sign_in(tag="another")).user == registered
    assert (await sign_in(service, "alice", "another")).code == 98, "the secret belongs to its tag"
    taken = await service.call("oauth/register", {"username": "alice", "salt": account.salt})
    assert taken.code == 98
    free = await service.call("oauth/register", {"username": "u-1", "salt": account.salt})
    assert free.code == 0, "a registration asks nothing about the operator's names"


async def test_what_is_refused_is_refused_alike_whoever_there_is(service: Service, tag: str) -> None:
    account = await service.register()
    await sign_in(service, "known", tag)
    answers = [await sign_in(service, name, tag, "wrong") for name in ("known", "unknown", account.username)]
    assert {answer.code for answer in answers} == {98}
    assert len({answer.body["errorMessage"] for answer in answers}) == 1
    hashes = [await sign_in(service, name, tag, hash="crc32") for name in ("known", "unknown", account.username)]
    assert {answer.code for answer in hashes} == {210}


async def test_nobody_chooses_a_name_that_signs_for_somebody_else(service: Service, tag: str) -> None:
    """`ann-player-<time>-x` is signed as `ann` is, with the rest as the nonce."""
    ts = str(int(service.clock.now().timestamp() * 1000))
    signed = service.sign(f"ann-{tag}-{ts}-x", SECRET, tag=tag)
    stolen = {**signed, "username": "ann", "ts": ts, "nonce": f"x-{tag}-{signed['ts']}-{signed['nonce']}"}
    assert (await service.call("oauth/signature", stolen)).code == 98
    assert (await service.call("oauth/signature", signed)).code == 98
    assert (await sign_in(service, f"ann-{tag}-x", tag)).code == 0


async def test_a_secret_signs_for_one_tag_of_one_tenant(service: Service, tag: str) -> None:
    for tenant, other in ((DEFAULT_TENANT, "second"), (DEFAULT_TENANT, tag), (TenantName("third"), tag)):
        with pytest.raises(BadRequest, match="in use already"):
            await service.services.own_users.secrets.add(tenant, other, SECRET)


@pytest.mark.parametrize(("seconds", "code"), [(-301, 210), (-299, 0), (299, 0), (301, 210)], ids=str)
async def test_the_operators_clock_may_be_five_minutes_off(seconds: int, code: int, service: Service, tag: str) -> None:
    at = service.clock.now() + timedelta(seconds=seconds)
    assert (await sign_in(service, "clock", tag, ts=str(int(at.timestamp() * 1000)))).code == code


async def test_a_signature_without_its_time_is_refused(service: Service, tag: str) -> None:
    answer = await sign_in(service, "timeless", tag, ts="")
    assert answer.code == 210


async def test_each_signature_counts_once_and_a_retry_gets_its_session(service: Service, tag: str) -> None:
    signed = service.sign("once", SECRET, tag=tag)
    first = await service.call("oauth/signature", signed)
    service.clock.advance(9)
    second = await service.call("oauth/signature", signed)
    assert session_of(first.data["token"]) == session_of(second.data["token"])
    service.clock.advance(2)
    assert (await service.call("oauth/signature", signed)).code == 210


async def test_two_first_logins_at_once_make_one_account(service: Service, tag: str) -> None:
    for round_ in range(5):
        answers = await asyncio.gather(*(sign_in(service, f"rush-{round_}", tag) for _ in range(6)))
        assert len({answer.data["userId"] for answer in answers}) == 1


async def test_two_secrets_are_good_while_one_takes_over_from_the_other(service: Service) -> None:
    first = await add_secret(service, "turning", OLD)
    user = (await sign_in(service, "u-1", "turning", OLD)).data["userId"]
    second = await add_secret(service, "turning", NEW)
    for secret in (OLD, NEW):
        assert (await sign_in(service, "u-1", "turning", secret)).data["userId"] == user
    await remove_secret(service, first)
    assert (await sign_in(service, "u-1", "turning", NEW)).data["userId"] == user
    assert (await sign_in(service, "u-1", "turning", OLD)).code == 98
    await remove_secret(service, second)
    assert (await sign_in(service, "u-1", "turning", NEW)).code == 98


async def test_empty_profiles_are_filled_and_nothing_else(service: Service, tag: str) -> None:
    made = await sign_in(service, "named", tag, nickname="Ann", avatar="")
    assert (made.data["name"], made.data["avatar"]) == ("Ann", "")
    again = await sign_in(service, "named", tag, nickname="Bob", avatar="http://a/b.png")
    assert (again.data["name"], again.data["avatar"]) == ("Ann", "http://a/b.png")


async def test_who_is_banned_stays_out_and_who_was_deleted_comes_as_somebody_new(service: Service, tag: str) -> None:
    made = await sign_in(service, "leaving", tag)
    user = UserId(made.data["userId"])
    await service.core.moderation.ban(user, service.clock.now() + timedelta(hours=1), "")
    assert (await sign_in(service, "leaving", tag)).code == 3002
    await service.core.moderation.unban(user)
    back = await sign_in(service, "leaving", tag)
    assert back.data["userId"] == user
    signed = service.sign("leaving", SECRET, tag=tag)
    opened = await service.call("oauth/signature", signed)
    identity = {"userId": user, "token": opened.data["token"]}
    assert (await service.call("auth_users/user_delete", identity)).code == 0
    assert (await service.call("oauth/signature", signed)).code == 210, "its session was the deleted account's"
    fresh = await sign_in(service, "leaving", tag)
    assert fresh.data["userId"] != user
    assert await service.core.db.own_users.get(DEFAULT_TENANT, tag, "leaving") == fresh.data["userId"]


async def test_a_quota_counts_own_users_too(service: Service) -> None:
    tenant = await service.make_tenant("small", quotas=Quotas(users=1))
    secret = "small-" * 6
    await add_secret(service, "player", secret, tenant.name)
    named = {"apaasAppId": "small"}
    codes = [
        (await service.call("oauth/signature", {**service.sign(name, secret, tag="player"), **named})).code
        for name in ("a", "b", "a")
    ]
    assert codes == [0, 3005, 0]


async def test_wrong_logins_close_a_name_to_guesses_and_not_to_the_operator(embedded: Serving) -> None:
    """Ten guesses of a stranger refused the operator's own signature for ten minutes."""
    async with embedded() as service:
        await add_secret(service, "player")
        for _ in range(10):
            assert (await sign_in(service, "guessed", "player", "wrong")).code == 98
        assert (await sign_in(service, "guessed", "player", "wrong")).code == 3004
        assert (await sign_in(service, "guessed", "player")).code == 0


async def test_closed_registration_is_not_the_operators(embedded: Serving) -> None:
    async with embedded(registration="closed") as service:
        await add_secret(service, "player")
        assert (await sign_in(service, "u-1", "player")).code == 0
