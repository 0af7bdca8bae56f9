"""Accounts: limits on attempts, signatures used once, deletion, and what an outage of the live store does to logins."""

import asyncio
import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from liveroom.app.services import Services
from liveroom.domain.accounts.sessions import Actor
from liveroom.domain.accounts.signatures import LoginSignature
from liveroom.domain.errors import (
    CredentialsWrong,
    DatabaseUnavailable,
    Failure,
    KeyMissing,
    NameTaken,
    NotOffered,
    PermissionDenied,
    QuotaExceeded,
    RateLimited,
    SignatureRefused,
    TokenInvalid,
    UserBanned,
)
from liveroom.domain.ids import TenantName
from liveroom.domain.tenants.model import Quotas, Tenant
from liveroom.keys import KeyRing
from liveroom.ports import Vault
from liveroom.settings import NamedSecret, Secret
from liveroom.usecases.accounts.attempts import ACCOUNT_FAILURES
from liveroom.usecases.accounts.logins import TIMELESS_LOGINS, Logins
from liveroom.usecases.accounts.registration import Registration
from liveroom.usecases.accounts.sessions import Login
from tests.service import salt_of, serving
from tests.usecases.conftest import World

ADDRESS = "192.0.2.7"


@dataclass
class CodeClient:
    """Registers and signs in as the shipped apps do."""

    registration: Registration
    logins: Logins
    tenant: Tenant
    world: World
    made: int = 0

    @property
    def services(self) -> Services:
        return self.world.core.services

    async def register(self, name: str = "alice") -> None:
        await self.registration.register(self.tenant, ADDRESS, name, salt_of(name, "password"))

    def sign(self, name: str = "alice", *, secret: str = "", timeless: bool = False) -> LoginSignature:
        self.made += 1
        ts = "" if timeless else str(int(self.world.service.clock.now().timestamp() * 1000))
        text = f"{name}-tag-{ts}-n{self.made}-{secret or salt_of(name, 'password')}"
        made = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
        return LoginSignature(name, made, "tag", ts, f"n{self.made}")

    async def sign_in(self, signature: LoginSignature | None = None, address: str = ADDRESS) -> Login:
        return await self.logins.sign_in(self.tenant, address, signature or self.sign())

    async def fail(self, name: str = "alice", address: str = ADDRESS) -> None:
        with pytest.raises(CredentialsWrong):
            await self.sign_in(self.sign(name, secret="wrong"), address)


@pytest.fixture
def client(world: World) -> CodeClient:
    services = world.core.services
    return CodeClient(services.registration, services.own_users.logins, services.tenants.default, world)


class Together:
    """A database, or its users, that says whose a name is once so many have asked: nobody is ahead of the others."""

    def __init__(self, inner: Any, all_of_them: asyncio.Barrier) -> None:
        self._inner = inner
        self._all = all_of_them

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    @property
    def users(self) -> Any:
        return Together(self._inner.users, self._all)

    async def credential(self, *asked: Any) -> Any:
        await self._all.wait()
        return await self._inner.credential(*asked)


async def test_nine_failures_close_nothing_and_a_login_does_not_count(client: CodeClient) -> None:
    await client.register()
    for _ in range(ACCOUNT_FAILURES - 1):
        await client.fail()
        await client.sign_in()
    await client.sign_in()


async def test_guesses_made_all_at_once_are_limited_too_and_the_right_one_among_them_cannot_be_told(
    client: CodeClient,
) -> None:
    """Every guess of a burst passed the check before the first was counted."""
    await client.register()
    together: Any = Together(client.world.core.db, asyncio.Barrier(51))
    signatures = replace(client.logins.signatures, db=together)
    client.logins = replace(client.logins, signatures=signatures)
    guesses = [client.sign(secret=f"guess{number}") for number in range(50)]
    sent = [*guesses[:40], client.sign(), *guesses[40:]]
    outcomes = await asyncio.gather(*map(client.sign_in, sent), return_exceptions=True)
    kinds = [type(outcome) for outcome in outcomes]
    assert kinds.count(CredentialsWrong) == ACCOUNT_FAILURES
    assert kinds.count(RateLimited) == 41
    assert kinds[40] is RateLimited


async def test_an_address_registers_so_many_accounts_in_ten_minutes_and_no_more(client: CodeClient) -> None:
    """Three hundred accounts were made from one address in 0.1 s."""
    client.registration = replace(client.registration, limit=20)
    for number in range(19):
        await client.register(f"user{number}")
    with pytest.raises(NameTaken):
        await client.register("user0")
    with pytest.raises(RateLimited):
        await client.register("user20")
    await client.registration.register(client.tenant, "198.51.100.1", "user20", "5a" * 16)
    client.world.pass_by(601)
    await client.register("user21")


async def test_the_setting_is_two_hundred_unless_it_is_set(world: World) -> None:
    assert world.core.services.registration.limit == 200


async def test_an_account_of_another_tenant_has_a_count_of_its_own(client: CodeClient) -> None:
    await client.register()
    for _ in range(ACCOUNT_FAILURES):
        await client.fail()
    game = CodeClient(client.registration, client.logins, await client.world.service.make_tenant("game"), client.world)
    await game.register()
    await game.sign_in()


async def test_a_login_without_its_time_is_limited_and_one_with_it_is_not(client: CodeClient) -> None:
    await client.register()
    for _ in range(TIMELESS_LOGINS):
        await client.sign_in(client.sign(timeless=True))
    with pytest.raises(RateLimited):
        await client.sign_in(client.sign(timeless=True))
    await client.sign_in()


async def test_a_signature_opens_one_session_for_ten_seconds_and_then_none(client: CodeClient) -> None:
    await client.register()
    signature = client.sign()
    first = await client.sign_in(signature)
    client.world.pass_by(9)
    again = await client.sign_in(signature)
    assert session_of(client, first) == session_of(client, again)
    client.world.pass_by(2)
    with pytest.raises(SignatureRefused, match="used"):
        await client.sign_in(signature)


async def test_a_signature_used_twice_at_once_opens_one_session(client: CodeClient) -> None:
    await client.register()
    signature = client.sign()
    logins = await asyncio.gather(*(client.sign_in(signature) for _ in range(8)))
    assert len({session_of(client, login) for login in logins}) == 1


def session_of(client: CodeClient, login: Login) -> str:
    return client.services.login_tokens.tokens.read(login.token, client.world.service.clock.now()).session


class Down:
    """A live store that does not answer: it limits nobody, and takes renewals for later."""

    async def hit(self, *_: object, **__: object) -> bool:
        return True

    def renew(self, _: object) -> None:
        """Keep the renewal for the next batch."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"a login asked the live store for {name}")


async def test_no_outage_of_the_live_store_stops_a_login(client: CodeClient) -> None:
    await client.register()
    down: Any = Down()
    logins = client.logins
    signatures, sessions = replace(logins.signatures, live=down), replace(logins.sessions, live=down)
    client.logins = replace(logins, signatures=signatures, sessions=sessions)
    await client.fail()
    await client.sign_in(client.sign(timeless=True))
    login = await client.sign_in()
    await client.services.login_tokens.renew(actor_of(client, login))


async def test_without_sql_nobody_signs_in_and_nobody_is_called_wrong(client: CodeClient) -> None:
    await client.register()
    login = await client.sign_in()
    client.world.sql.down = True
    with pytest.raises(DatabaseUnavailable):
        await client.sign_in()
    with pytest.raises(DatabaseUnavailable):
        await client.fail()
    with pytest.raises(DatabaseUnavailable):
        await client.services.login_tokens.renew(actor_of(client, login))


def actor_of(client: CodeClient, login: Login) -> Actor:
    claims = client.services.login_tokens.tokens.read(login.token, client.world.service.clock.now())
    return Actor(claims.user, claims.session, client.tenant)


async def test_a_name_is_taken_whatever_its_case_and_salt_and_by_whom_of_two_at_once(client: CodeClient) -> None:
    made = await asyncio.gather(*(client.register("straße") for _ in range(2)), return_exceptions=True)
    assert [type(one) for one in made if one is not None] == [NameTaken]
    with pytest.raises(NameTaken):
        await client.register("STRASSE")


async def test_a_quota_of_users_counts_those_who_are_there(client: CodeClient) -> None:
    small = replace(client.tenant, quotas=Quotas(users=2))
    client.tenant = small
    await client.register("a")
    await client.register("b")
    with pytest.raises(QuotaExceeded):
        await client.register("c")
    await client.services.deletion.delete(actor_of(client, await client.sign_in(client.sign("a"))))
    await client.register("c")


async def test_registration_may_be_closed_and_a_time_required(client: CodeClient) -> None:
    await client.register()
    client.registration = replace(client.registration, is_open=False)
    client.logins = replace(client.logins, signatures=replace(client.logins.signatures, needs_time=True))
    with pytest.raises(NotOffered):
        await client.register("bob")
    with pytest.raises(SignatureRefused, match="required"):
        await client.sign_in(client.sign(timeless=True))
    await client.sign_in()


async def test_a_banned_user_gets_no_session_and_no_new_token_until_the_ban_is_over(client: CodeClient) -> None:
    await client.register()
    login = await client.sign_in()
    now = client.world.service.clock.now()
    await client.world.core.db.users.put(replace(login.user, banned_until=now + timedelta(hours=1)))
    with pytest.raises(UserBanned):
        await client.sign_in()
    with pytest.raises(UserBanned):
        await client.services.login_tokens.renew(actor_of(client, login))
    client.world.pass_by(3601)
    await client.sign_in()


async def test_a_wrong_signature_does_not_tell_that_a_user_is_banned(client: CodeClient) -> None:
    await client.register()
    login = await client.sign_in()
    await client.world.core.db.users.put(replace(login.user, banned_until=login.expires))
    await client.fail()


async def test_nickname_and_picture_fill_what_is_empty_once(client: CodeClient) -> None:
    await client.register()
    first = await client.logins.sign_in(client.tenant, ADDRESS, client.sign(), nickname="小明", avatar="a.png")
    second = await client.logins.sign_in(client.tenant, ADDRESS, client.sign(), nickname="other", avatar="b.png")
    assert (first.user.name, first.user.avatar) == (second.user.name, second.user.avatar) == ("小明", "a.png")


async def test_a_deleted_account_frees_its_name_and_never_its_id(client: CodeClient) -> None:
    await client.register()
    login = await client.sign_in()
    actor = actor_of(client, login)
    await client.services.deletion.delete(actor)
    await client.services.deletion.delete(actor)
    with pytest.raises(TokenInvalid):
        await client.services.login_tokens.renew(actor)
    await client.fail()
    await client.register()
    assert (await client.sign_in()).user.id != login.user.id


async def test_a_session_that_was_logged_out_deletes_nothing(client: CodeClient) -> None:
    await client.register()
    login = await client.sign_in()
    await client.services.logouts.sign_out(login.token, "")
    with pytest.raises(TokenInvalid):
        await client.services.deletion.delete(actor_of(client, login))
    await client.sign_in()


@pytest.mark.parametrize("token", ["", "rubbish", "a.b.c", "\udc80", "x" * 10_000])
async def test_rubbish_ends_no_session(token: str, client: CodeClient) -> None:
    await client.register()
    login = await client.sign_in()
    await client.services.logouts.sign_out(token, login.user.id)
    await client.services.logouts.sign_out(login.token, "somebody else")
    await client.services.login_tokens.renew(actor_of(client, login))


async def test_a_logout_that_is_repeated_tells_once(client: CodeClient) -> None:
    await client.register()
    login = await client.sign_in()
    for _ in range(3):
        await client.services.logouts.sign_out(login.token, login.user.id)
    far = client.world.service.clock.now() + timedelta(days=1)
    assert len(await client.world.core.db.outbox.due(far, 10)) == 1


async def test_a_token_of_another_tenants_user_gets_no_new_one(client: CodeClient) -> None:
    await client.register()
    stranger = actor_of(client, await client.sign_in())._replace(tenant=Tenant(TenantName("game")))
    with pytest.raises(TokenInvalid):
        await client.services.login_tokens.renew(stranger)


async def test_one_signs_for_oneself_and_ones_music_alone(client: CodeClient) -> None:
    await client.register()
    actor = actor_of(client, await client.sign_in())
    for mine in (str(actor.user), f"{actor.user}_music"):
        user, sig = client.services.login_tokens.sign_for(actor, mine)
        assert user == mine
        assert sig
    for other in ("", "7", f"{actor.user}_music_music", f"{actor.user}0"):
        with pytest.raises(PermissionDenied):
            client.services.login_tokens.sign_for(actor, other)


async def test_a_salt_whose_key_is_gone_is_the_operators_trouble_and_no_wrong_password(client: CodeClient) -> None:
    await client.register()
    keys = KeyRing([NamedSecret("new", Secret("a secret that sealed nothing yet"))])
    client.logins = replace(client.logins, signatures=replace(client.logins.signatures, vault=keys))
    with pytest.raises(KeyMissing):
        await client.sign_in()


async def test_the_operator_opens_a_session_that_lasts_like_any_other(client: CodeClient) -> None:
    await client.register()
    login = await client.sign_in()
    token = await client.services.admin_users.sessions.open_for(login.user)
    claims = client.services.login_tokens.tokens.read(token, client.world.service.clock.now())
    assert claims.user == login.user.id
    assert claims.session != session_of(client, login)
    await client.services.login_tokens.renew(Actor(claims.user, claims.session, client.tenant))
    await client.services.logouts.sign_out(token, "")
    with pytest.raises(TokenInvalid):
        await client.services.login_tokens.renew(Actor(claims.user, claims.session, client.tenant))


async def test_without_an_sdk_app_id_nobody_is_signed_in_at_trtc(tmp_path: Path) -> None:
    async with serving(tmp_path, trtc_sdk_app_id=0, trtc_secret=None) as service:
        user = await service.sign_up()
        answer = await user.call("auth_users/user_login_token")
    assert (answer.data["sdkAppId"], answer.data["userSig"], answer.data["sdkUserSig"]) == (0, "", "")


class Counting:
    """A vault that counts what it is asked for."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self.uses = 0

    def seal(self, text: str, context: str) -> str:
        self.uses += 1
        return self._vault.seal(text, context)

    def open(self, sealed: str, context: str) -> str:
        self.uses += 1
        return self._vault.open(sealed, context)

    def is_current(self, sealed: str) -> bool:
        return self._vault.is_current(sealed)


async def test_a_name_that_nobody_has_costs_as_much_as_one_that_somebody_has(client: CodeClient) -> None:
    """Opening the salt took longer, which told strangers what names there are; so did the code of an odd hash."""
    await client.register()
    uses, refusals = [], []
    for name in ("alice", "nobody"):
        vault = Counting(client.logins.signatures.vault)
        logins = replace(client.logins, signatures=replace(client.logins.signatures, vault=vault))
        for signature in (client.sign(name, secret="wrong"), replace(client.sign(name), hash="rot13")):
            with pytest.raises(Failure) as refused:
                await logins.sign_in(client.tenant, ADDRESS, signature)
            refusals.append(type(refused.value))
        uses.append(vault.uses)
    assert uses[0] == uses[1] > 0
    assert refusals[:2] == refusals[2:]


async def test_no_name_is_registered_that_looks_like_another(client: CodeClient) -> None:
    """Beside ``admin`` there could be one in full-width letters, with a zero-width space, in Cyrillic."""
    await client.register("admin")
    for name in ("ａdmin", "ad\u200bmin", "аdmіn", "adrnin", "ADMIN"):
        with pytest.raises(NameTaken):
            await client.register(name)
    await client.register("admins")
    login = await client.sign_in(client.sign("admin"))
    await client.services.deletion.delete(actor_of(client, login))
    await client.register("аdmіn")
    assert (await client.sign_in(client.sign("аdmіn"))).user.id != login.user.id, "what is signed is the name as it is"
