"""Operators of the console: how they come in, what they may, what ends their sessions, and what the audit keeps."""

import asyncio
from datetime import timedelta

import pyotp
import pytest

from liveroom.api.codes import Code
from liveroom.domain.moderation.audit import AuditEntry
from liveroom.usecases.operators.console import GrantState
from tests.consoles import CHROME, PASSWORD, Browser, invite, secret_of, signed_in
from tests.contract.conftest import Serving
from tests.service import Service


async def audited(service: Service, actor: str) -> list[AuditEntry]:
    """Return what an operator did, the newest first."""
    await service.core.jobs.key_uses.flush()
    return [*await service.services.audit.newest(actor=f"operator:{actor}")]


async def test_an_invitation_sets_the_password_signs_in_and_works_once(service: Service) -> None:
    browser, token = Browser(service), await invite(service, "moderator")
    shown = (await browser.call("operators/invitation", {"token": token})).data
    assert shown["name"].startswith("operator-")
    assert not shown["needsTotp"]
    accepted = await browser.call("operators/accept_invitation", {"token": token, "password": PASSWORD})
    assert accepted.data["recoveryCodes"] == []
    assert accepted.data["me"]["roles"] == ["moderator"]
    assert (await browser.call("operators/me")).data == accepted.data["me"]
    for method in ("operators/invitation", "operators/accept_invitation"):
        assert (await browser.call(method, {"token": token, "password": PASSWORD})).code == Code.UserCodeExpired


async def test_an_invitation_is_over_after_a_day(embedded: Serving) -> None:
    async with embedded() as service:
        token = await invite(service)
        service.clock.advance(timedelta(hours=24))
        assert (await Browser(service).call("operators/invitation", {"token": token})).code == Code.UserCodeExpired


async def test_of_two_who_use_one_link_at_once_one_is_let_in(service: Service) -> None:
    given = {"token": await invite(service), "password": PASSWORD}
    answers = await asyncio.gather(*(Browser(service).call("operators/accept_invitation", given) for _ in range(2)))
    assert sorted(answer.code for answer in answers) == [0, Code.UserCodeExpired]


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaa", "x" * 201])
async def test_a_password_that_is_easily_guessed_is_refused_and_the_link_stays(password: str, service: Service) -> None:
    browser, token = Browser(service), await invite(service)
    refused = await browser.call("operators/accept_invitation", {"token": token, "password": password})
    assert refused.code == Code.SystemVerifyError
    assert (await browser.call("operators/invitation", {"token": token})).code == 0


async def test_the_cookie_is_for_the_console_alone(service: Service) -> None:
    browser = await signed_in(service, "viewer")
    answer = await Browser(service).sign_in(browser.name)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-liveroom=")
    assert cookie.endswith("; Max-Age=43200; Path=/; HttpOnly; SameSite=Strict; Secure")
    local = await Browser(service).sign_in(browser.name, host="127.0.0.1:9000")
    assert local.headers["set-cookie"].startswith("liveroom=")
    assert "Secure" not in local.headers["set-cookie"]


async def test_a_password_is_not_taken_unencrypted_from_a_network(service: Service) -> None:
    browser = await signed_in(service, "viewer")
    assert (await Browser(service).sign_in(browser.name, origin="http://live.example.com")).code == 3000
    assert (await Browser(service).sign_in(browser.name, origin="https://live.example.com")).code == 0


async def test_a_wrong_name_a_wrong_password_and_a_disabled_operator_are_refused_alike(service: Service) -> None:
    browser, chief = await signed_in(service, "viewer"), await signed_in(service)
    wrong = [await Browser(service).sign_in("nobody"), await Browser(service).sign_in(browser.name, "another password")]
    disabled = {"operatorId": browser.operator}
    assert (await chief.call("admin/disable_operator", disabled)).data["state"] == "disabled"
    wrong.append(await Browser(service).sign_in(browser.name))
    assert {answer.code for answer in wrong} == {Code.SystemVerifyError}
    assert [entry.code for entry in await audited(service, "-")] == [98]
    assert [entry.code for entry in await audited(service, browser.operator)] == [98, 98, 0]
    assert len({answer.body["errorMessage"] for answer in wrong}) == 1
    assert (await browser.call("operators/me")).code == Code.UserTokenInvalid
    assert (await chief.call("admin/disable_operator", {**disabled, "disabled": False})).data["state"] == "active"
    assert (await Browser(service).sign_in(browser.name)).code == 0


async def test_wrong_passwords_are_slowed_down_by_name_and_address(embedded: Serving) -> None:
    async with embedded() as service:
        browser = await signed_in(service, "viewer")
        codes = [(await Browser(service).sign_in(browser.name, "another password")).code for _ in range(11)]
        assert codes == [98] * 10 + [Code.RateLimited]
        refused = await Browser(service).sign_in(browser.name)
        assert refused.code == Code.RateLimited
        assert refused.body["retryAfter"] > 0


async def test_of_guesses_made_all_at_once_a_right_one_cannot_be_told(embedded: Serving) -> None:
    async with embedded() as service:
        browser = await signed_in(service, "viewer")
        guesses = [*["another password"] * 12, PASSWORD]
        tries = [Browser(service).sign_in(browser.name, guess) for guess in guesses]
        codes = [answer.code for answer in await asyncio.gather(*tries)]
        assert codes[-1] == Code.RateLimited
        assert codes.count(98) == 10


async def test_an_operator_may_what_their_roles_say_and_the_audit_has_it(service: Service) -> None:
    browser = await signed_in(service, "viewer")
    assert (await browser.call("admin/list_rooms", {"why": "having a look"})).code == 0
    refused = await browser.call("admin/close_room", {"roomId": "1", "why": "curious"})
    assert refused.code == Code.PermissionDenied
    assert "rooms.moderate" in refused.body["errorMessage"]
    close, look, accepted = await audited(service, browser.operator)
    assert (accepted.action, accepted.code) == ("base/v1/operators/accept_invitation", 0)
    assert (look.action, look.reason, look.code) == ("base/v1/admin/list_rooms", "having a look", 0)
    assert (close.subject, close.reason, close.code) == ("room:1", "curious", 3000)
    assert close.address


async def test_operators_know_the_names_of_those_who_act_where_they_do_and_of_no_others(service: Service) -> None:
    for tenant in ("mint", "basil"):
        await service.make_tenant(tenant)
    mint, basil = [await signed_in(service, "viewer", tenants=[name]) for name in ("mint", "basil")]
    both = await signed_in(service, "viewer", tenants=["mint", "basil"])
    names = {one["actor"]: one["displayName"] for one in (await mint.call("operators/colleagues")).data}
    assert names[f"operator:{mint.operator}"] == mint.name
    assert f"operator:{both.operator}" in names
    assert f"operator:{basil.operator}" not in names
    assert (await Browser(service).call("operators/colleagues")).code == Code.UserTokenInvalid


async def test_an_operator_acts_in_their_tenants_alone(service: Service) -> None:
    await service.make_tenant("acme")
    browser = await signed_in(service, "viewer", tenants=["acme"])
    assert (await browser.call("operators/me")).data["tenants"] == ["acme"]
    assert (await browser.call("admin/list_users", {"apaasAppId": "acme"})).code == 0
    assert (await browser.call("admin/list_users")).code == 0
    assert (await browser.call("admin/list_users", {"apaasAppId": "nowhere"})).code == Code.PermissionDenied
    default, everywhere = await signed_in(service, "viewer", tenants=["default"]), await signed_in(service, "viewer")
    assert (await default.call("admin/list_users", {"apaasAppId": "acme"})).code == Code.PermissionDenied
    assert (await everywhere.call("admin/list_users", {"apaasAppId": "acme"})).code == 0
    assert (await audited(service, everywhere.operator))[0].tenant == "acme"


async def test_nobody_is_signed_in_without_a_cookie_or_with_one_that_is_made_up(service: Service) -> None:
    for cookies in ("", "__Host-liveroom=x", f"__Host-liveroom={'A' * 43}", "liveroom=" + "A" * 43):
        assert (await Browser(service, cookies).call("admin/list_rooms")).code == Code.UserTokenInvalid


async def test_what_a_page_of_another_origin_sends_is_refused(service: Service) -> None:
    browser = await signed_in(service)
    for headers in (
        {"x-liveroom-console": ""},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "none"},
        {"origin": "https://evil.example.com"},
        {"origin": "null"},
    ):
        assert (await browser.call("admin/list_rooms", headers=headers)).code == Code.PermissionDenied, headers
        assert (await browser.call("operators/sign_out", headers=headers)).code == Code.PermissionDenied, headers
    assert (await browser.call("admin/list_rooms", headers={"origin": "https://live.example.com"})).code == 0
    by_get = {"cookie": browser.cookies, "x-liveroom-console": "1"}
    assert (await service.send("GET", "/base/v1/admin/list_rooms", headers=by_get)).code == Code.PermissionDenied


async def test_no_other_origin_is_allowed_to_send_the_header_of_the_console(service: Service) -> None:
    asked = {"origin": "https://evil.example.com", "access-control-request-headers": "content-type,x-liveroom-console"}
    answer = await service.send("OPTIONS", "/base/v1/admin/list_rooms", headers=asked)
    assert "console" not in answer.headers["access-control-allow-headers"].lower()
    assert "access-control-allow-credentials" not in answer.headers


async def test_signing_in_makes_a_new_session_and_ends_the_one_before(service: Service) -> None:
    browser = await signed_in(service)
    planted = Browser(service, browser.cookies)
    assert (await browser.sign_in(browser.name)).code == 0
    assert browser.cookies != planted.cookies
    assert (await planted.call("operators/me")).code == Code.UserTokenInvalid
    assert (await Browser(service, f"{browser.cookies}; __Host-liveroom=x").call("operators/me")).code == 204


async def test_sessions_are_listed_with_device_and_address_and_ended_by_id_or_everywhere(service: Service) -> None:
    browser = await signed_in(service)
    other = Browser(service)
    assert (await other.sign_in(browser.name, **{"user-agent": "Phone"})).code == 0
    first, second = (await browser.call("operators/sessions")).data
    assert [one["device"] for one in (first, second)] == [CHROME, "Phone"]
    assert [one["current"] for one in (first, second)] == [True, False]
    assert first["address"]
    assert (await browser.call("operators/end_session", {"sessionId": second["sessionId"]})).code == 0
    assert (await other.call("operators/me")).code == Code.UserTokenInvalid
    await other.sign_in(browser.name)
    stolen = Browser(service, other.cookies)
    assert (await browser.call("operators/sign_out_everywhere")).code == 0
    for ended in (browser, other, stolen):
        assert (await ended.call("operators/me")).code == Code.UserTokenInvalid


async def test_a_new_password_needs_the_old_one_and_ends_the_other_sessions(service: Service) -> None:
    browser, other = await signed_in(service), Browser(service)
    assert (await other.sign_in(browser.name)).code == 0
    fresh = {"password": "another good password"}
    for current in ("", "not the password"):
        refused = await browser.call("operators/change_password", {**fresh, "current": current})
        assert refused.code == Code.SystemVerifyError
    assert (await other.call("operators/me")).code == 0
    assert (await browser.call("operators/change_password", {**fresh, "current": PASSWORD})).code == 0
    assert (await browser.call("operators/me")).code == 0
    assert (await other.call("operators/me")).code == Code.UserTokenInvalid
    assert (await other.sign_in(browser.name)).code == Code.SystemVerifyError
    assert (await other.sign_in(browser.name, fresh["password"])).code == 0


async def test_a_session_ends_when_nothing_is_called_and_in_any_case(embedded: Serving) -> None:
    async with embedded(operator_idle="30m", operator_session="2h") as service:
        browser = await signed_in(service)
        for _ in range(4):
            service.clock.advance(timedelta(minutes=29))
            assert (await browser.call("operators/me")).code == 0
        service.clock.advance(timedelta(minutes=5))
        assert (await browser.call("operators/me")).code == Code.UserTokenInvalid
        await browser.sign_in(browser.name)
        service.clock.advance(timedelta(minutes=31))
        assert (await browser.call("operators/me")).code == Code.UserTokenInvalid
        service.clock.advance(timedelta(hours=2))
        assert (await service.tick())["purged"] == 1


async def test_whoever_only_listens_has_not_called(embedded: Serving) -> None:
    """A page that was left open kept its session for ever: its socket asks each second whether that lasts."""
    async with embedded(operator_idle="30m") as service:
        browser, console = await signed_in(service, "viewer"), service.services.console
        grant, _ = console.access.read((await browser.call("admin/socket_token")).data["token"])
        for _ in range(31):
            service.clock.advance(timedelta(minutes=1))
            standing = await console.access.standing(grant)
        assert standing is GrantState.ENDED
        assert (await browser.call("operators/me")).code == Code.UserTokenInvalid


async def test_a_session_that_another_process_ended_is_over_within_a_second(service: Service) -> None:
    browser = await signed_in(service)
    assert (await browser.call("operators/me")).code == 0
    await service.core.db.operator_sessions.end_all(browser.operator)
    service.clock.advance(timedelta(seconds=1))
    assert (await browser.call("operators/me")).code == Code.UserTokenInvalid


async def test_with_a_second_factor_a_code_counts_once_and_recovery_codes_too(service: Service) -> None:
    browser, token = Browser(service), await invite(service)
    shown = (await browser.call("operators/invitation", {"token": token})).data
    totp = pyotp.TOTP(secret_of(shown["totpUri"]))
    given = {"token": token, "password": PASSWORD}
    assert (await browser.call("operators/accept_invitation", {**given, "code": "000000"})).code == Code.UserCodeInvalid
    accepted = (await browser.call("operators/accept_invitation", {**given, "code": totp.at(service.clock.now())})).data
    assert accepted["me"]["hasTotp"]
    assert (await browser.sign_in(shown["name"])).code == Code.SecondFactorRequired
    service.clock.advance(timedelta(seconds=60))
    code = totp.at(service.clock.now())
    assert [(await browser.sign_in(shown["name"], code=code)).code for _ in range(2)] == [0, Code.UserCodeInvalid]
    recovery = accepted["recoveryCodes"][3].upper()
    assert [(await browser.sign_in(shown["name"], code=recovery)).code for _ in range(2)] == [0, Code.UserCodeInvalid]


async def test_one_code_at_two_places_at_once_opens_one_session(service: Service) -> None:
    browser, token = Browser(service), await invite(service)
    shown = (await browser.call("operators/invitation", {"token": token})).data
    totp = pyotp.TOTP(shown["totpSecret"])
    given = {"token": token, "password": PASSWORD, "code": totp.at(service.clock.now())}
    assert (await browser.call("operators/accept_invitation", given)).code == 0
    service.clock.advance(timedelta(seconds=60))
    code = totp.at(service.clock.now())
    answers = await asyncio.gather(*(Browser(service).sign_in(shown["name"], code=code) for _ in range(2)))
    assert sorted(answer.code for answer in answers) == [0, Code.UserCodeInvalid]


async def test_where_a_second_factor_is_a_must_nobody_comes_in_without(embedded: Serving) -> None:
    async with embedded(operator_totp="required") as service:
        token = await invite(service, name="ann")
        given = {"token": token, "password": PASSWORD}
        browser = Browser(service)
        assert (await browser.call("operators/invitation", {"token": token})).data["needsTotp"]
        assert (await browser.call("operators/accept_invitation", given)).code == Code.SecondFactorRequired


async def test_something_dangerous_needs_the_password_of_the_last_five_minutes(embedded: Serving) -> None:
    async with embedded() as service:
        browser = await signed_in(service)
        user = (await service.sign_up()).user
        admin = {"userId": user, "admin": 1}
        assert (await browser.call("admin/set_admin", admin)).code == 0
        service.clock.advance(timedelta(minutes=6))
        assert (await browser.call("admin/set_admin", admin)).code == Code.ConfirmationRequired
        assert (await browser.call("admin/list_rooms")).code == 0
        assert (await browser.call("operators/confirm", {"password": "another password"})).code == 98
        assert (await browser.call("admin/set_admin", admin)).code == Code.ConfirmationRequired
        assert (await browser.call("operators/confirm", {"password": PASSWORD})).code == 0
        assert (await browser.call("admin/set_admin", admin)).code == 0
        keyed = await service.make_key("", "admin:users")
        assert (await keyed.call("admin/set_admin", admin)).code == 0


async def test_what_is_for_the_console_is_for_nobody_else(service: Service) -> None:
    device, keyed = await service.sign_up(), await service.make_key()
    for method in ("operators/me", "operators/sign_out_everywhere", "operators/sign_in"):
        params = {"name": "x", "password": "y"}
        assert (await service.call(method, params)).code == Code.PermissionDenied
        assert (await device.call(method, params)).code == Code.PermissionDenied
        assert (await keyed.call(method, params)).code == Code.PermissionDenied


async def test_the_console_is_asked_for_no_session_where_none_is_needed(service: Service) -> None:
    assert (await Browser(service).call("gslb")).code == 0
    device = await service.sign_up()
    headers = {"x-liveroom-console": "1", "cookie": "__Host-liveroom=x"}
    assert (await service.call("auth_users/user_keepalive", device.identity, headers=headers)).code == 0
