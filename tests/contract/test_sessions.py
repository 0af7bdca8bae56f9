"""Sessions: one login each, ended by logout, deletion and ban, everywhere and for good."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest

from liveroom.api.declare import Method, Who
from liveroom.domain.ids import UserId
from tests.contract.conftest import SERVICES, Backend
from tests.contract.scene import set_stage
from tests.contract.stages import OFFERED, SCENES, name_of
from tests.service import Device, Service, serving, session_of

TOKEN_METHODS = [method for method in OFFERED if method.who is not Who.ANYONE]


async def _again(device: Device) -> Device:
    """Return the device with the new token that a token login gives."""
    login = (await device.call("auth_users/user_login_token")).data
    return Device(device.account, login["userId"], login["token"])


async def test_a_new_token_is_of_the_same_session_and_leaves_older_ones_good(service: Service) -> None:
    first = await service.sign_up()
    service.clock.advance(1)
    second = await _again(first)
    third = await _again(second)
    assert first.token != second.token
    assert {session_of(device.token) for device in (first, second, third)} == {session_of(first.token)}
    for device in (first, second, third):
        assert (await device.call("auth_users/user_keepalive")).code == 0


async def test_a_logout_ends_every_token_of_its_login_and_no_other(service: Service) -> None:
    phone = await service.sign_up()
    service.clock.advance(1)
    renewed = await _again(phone)
    tablet = await phone.account.sign_in()
    assert (await renewed.call("auth_users/user_logout")).code == 0
    for ended in (phone, renewed):
        assert (await ended.call("auth_users/user_login_token")).code == 204
        assert (await ended.call("rooms/query_room")).code == 204
    assert (await tablet.call("auth_users/user_keepalive")).code == 0


@pytest.mark.parametrize("method", TOKEN_METHODS, ids=lambda method: method.path)
async def test_an_ended_session_may_call_nothing(method: Method, service: Service) -> None:
    scene = await SCENES[method.path](await set_stage(service))
    await scene.device.call("auth_users/user_logout")
    assert (await scene.device.call(name_of(method), scene.params)).code == 204


async def test_a_logout_ends_the_sessions_places(service: Service) -> None:
    host, guest = await service.sign_up(), await service.sign_up()
    room = await host.go_live()
    await guest.enter(room, "audience")
    await guest.call("auth_users/user_logout")
    service.clock.advance(2)
    await service.tick()
    assert await host.members(room) == [host.user]


async def test_nobody_ends_the_session_of_another(service: Service) -> None:
    mine, theirs = await service.sign_up(), await service.sign_up()
    answer = await service.call("auth_users/user_logout", {"userId": mine.user, "token": theirs.token})
    assert answer.code == 0
    assert (await theirs.call("auth_users/user_keepalive")).code == 0


async def test_a_deletion_is_repeated_without_harm_and_frees_the_name(service: Service) -> None:
    phone = await service.sign_up()
    tablet = await phone.account.sign_in()
    room = await phone.go_live()
    witness = await service.sign_up()
    await witness.enter(room, "audience")
    assert (await phone.call("auth_users/user_delete")).code == 0
    assert (await phone.call("auth_users/user_delete")).code == 0
    assert (await tablet.call("auth_users/user_delete")).code == 0
    for device in (phone, tablet):
        for method in ("auth_users/user_keepalive", "auth_users/user_login_token", "rooms/query_room"):
            assert (await device.call(method)).code == 204
    assert (await witness.detail(room)).code == 2004
    assert (await witness.call("auth_users/user_query", {"searchUserId": phone.user})).code == 206
    again = await service.sign_up(phone.account.username)
    assert int(again.user) > int(phone.user)
    assert (await witness.enter(room, "audience")).code == 2004


async def test_a_token_that_was_logged_out_deletes_nothing(service: Service) -> None:
    phone = await service.sign_up()
    tablet = await phone.account.sign_in()
    await phone.call("auth_users/user_logout")
    assert (await phone.call("auth_users/user_delete")).code == 204
    assert (await tablet.call("auth_users/user_keepalive")).code == 0


async def test_a_ban_ends_every_session_and_place(service: Service) -> None:
    host, guest = await service.sign_up(), await service.sign_up()
    room = await host.go_live()
    await guest.enter(room, "audience")
    await service.core.moderation.ban(UserId(guest.user), datetime.max.replace(tzinfo=UTC), "spam")
    service.clock.advance(2)
    await service.tick()
    assert (await guest.call("rooms/query_room")).code == 204
    assert await host.members(room) == [host.user]
    refused = await guest.account.call("oauth/signature", service.sign(guest.account.username, guest.account.salt))
    assert refused.code == 3002
    await service.core.moderation.unban(UserId(guest.user))
    await guest.account.sign_in()


@pytest.mark.parametrize(
    "token", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiI0MDAwMDAwMSJ9.", "🔑" * 10, "x" * 5000]
)
async def test_what_is_no_token_is_refused_by_its_code(token: str, service: Service) -> None:
    device = await service.sign_up()
    answer = await device.call("auth_users/user_keepalive", {"token": token})
    assert answer.code == (204 if token else 98)


async def test_a_token_signed_by_another_secret_or_without_end_is_invalid(service: Service) -> None:
    device = await service.sign_up()
    good = jwt.decode(device.token, options={"verify_signature": False})
    endless = {name: value for name, value in good.items() if name != "exp"}
    secret = service.core.keys.signing.secret
    forged = [
        jwt.encode(good, "another-secret-0123456789-abcdefghij", "HS256"),
        jwt.encode(endless, secret, "HS256"),
        jwt.encode(good, secret + b"0" * 64, "HS512"),
        jwt.encode(good, "", "none"),
    ]
    for token in forged:
        assert (await device.call("auth_users/user_login_token", {"token": token})).code == 204


async def test_a_token_of_the_original_service_is_taken(service: Service) -> None:
    """The original's tokens name a user only; their session is a hash of the token (API.md, Accounts)."""
    device = await service.sign_up()
    original = _of_original(service, device)
    assert (await original.call("auth_users/user_login_token")).code == 0
    await original.call("auth_users/user_logout")
    assert (await original.call("auth_users/user_login_token")).code == 204
    assert (await device.call("auth_users/user_login_token")).code == 0


async def test_a_banned_user_deletes_nothing_with_a_token_of_the_original_service(service: Service) -> None:
    """Deleted and made anew, the account would have no ban."""
    device = await service.sign_up()
    original = _of_original(service, device)
    await service.core.moderation.ban(UserId(device.user), service.clock.now() + timedelta(hours=1), "")
    assert (await original.call("auth_users/user_delete")).code == 204
    user = await service.core.db.users.get(UserId(device.user))
    assert user is not None
    assert user.deleted is None


def _of_original(service: Service, device: Device) -> Device:
    issued = int(service.clock.now().timestamp())
    payload = {"v": 1, "userId": device.user, "iat": issued, "exp": issued + 2_592_000}
    return Device(device.account, device.user, jwt.encode(payload, service.core.keys.signing.secret, "HS256"))


@pytest.mark.parametrize("backend", [SERVICES], indirect=True, scope="module")
async def test_a_logout_is_known_to_every_process_within_a_second(backend: Backend, tmp_path: Path) -> None:
    async with serving(tmp_path / "one", **backend) as one, serving(tmp_path / "two", **backend) as two:
        device = await one.sign_up()
        elsewhere = replace(device, account=replace(device.account, caller=two))
        assert (await elsewhere.call("auth_users/user_keepalive")).code == 0
        await device.call("auth_users/user_logout")
        async with asyncio.timeout(1):
            codes = [(await elsewhere.call("rooms/query_room")).code]
            while codes[-1] != 204:
                codes.append((await elsewhere.call("rooms/query_room")).code)


async def test_a_login_outlives_a_restart_of_everything(tmp_path: Path) -> None:
    async with serving(tmp_path / "kept") as service:
        device, ended = await service.sign_up(), await service.sign_up()
        await ended.call("auth_users/user_logout")
    async with serving(tmp_path / "kept") as service:
        assert (await service.call("auth_users/user_login_token", device.identity)).code == 0
        assert (await service.call("auth_users/user_keepalive", ended.identity)).code == 204
