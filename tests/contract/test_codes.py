"""Every error code of the contract: each has a call that is answered with it, or is named as never or later sent."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from liveroom.api.codes import Code
from liveroom.api.sentences import sentence
from liveroom.app.backends import make_live
from liveroom.domain.errors import DatabaseUnavailable, LiveUnavailable
from liveroom.domain.ids import UserId
from liveroom.domain.tenants.model import Language, Quotas
from liveroom.simulate.endpoint import Mood
from tests.consoles import signed_in, with_second_factor
from tests.contract.conftest import EMBEDDED, Serving
from tests.contract.envelope_scenes import ENVELOPE_CASES
from tests.contract.money_codes import MONEY_CASES
from tests.contract.protection_codes import ASKING, PROTECTION_CASES
from tests.contract.recording_scenes import RECORDING_CASES
from tests.contract.settlement_codes import SETTLEMENT_CASES
from tests.contract.show_codes import BLOCKED_WORDS, PROVOKED, Provoke, a_message_with_a_word_of_the_list
from tests.contract.store_scenes import STORE_CASES
from tests.outages import Switch
from tests.service import TEST_CODES, Answer, Service
from tests.vendors.codes import code_vendors

NEVER: Final = frozenset({-1, -2, 211, 2006})
"""Codes of the original or of its clients that are never sent (API.md, Error codes)."""
RESERVED: Final = frozenset({1000, 1001, 1002})
"""Codes of the original's unpublished parts, ours to use for the same meaning."""
PROMISED: Final = frozenset(
    {0, *range(98, 105), 120, *range(200, 211), *range(2000, 2006), *range(3000, 3020), *range(3030, 3033)}
    | {*range(3040, 3043), *range(3050, 3059), *range(3060, 3064), *range(3070, 3076), *range(3077, 3082)}
    | {
        *range(3084, 3087),
        *range(3090, 3099),
        3110,
        3120,
        3121,
        *range(3130, 3134),
        *range(3140, 3144),
        *range(3150, 3153),
        4000,
        4002,
        *range(4100, 4104),
        4200,
        4201,
    },
)

Case = Callable[[Serving], Awaitable[Answer]]
CASES: Final[dict[Code, list[Case]]] = {}


def case(code: Code) -> Callable[[Case], Case]:
    """Name the decorated function as a way to be answered with the code."""

    def add(provoke: Case) -> Case:
        CASES.setdefault(code, []).append(provoke)
        return provoke

    return add


def on_a_service(code: Code, **settings: Any) -> Callable[[Callable[[Service], Awaitable[Answer]]], Case]:
    """Name the decorated function as such a way, on a fresh service with these settings."""

    def add(provoke: Callable[[Service], Awaitable[Answer]]) -> Case:
        async def run(embedded: Serving) -> Answer:
            async with embedded(**settings) as service:
                return await provoke(service)

        run.__name__ = provoke.__name__
        return case(code)(run)

    return add


@on_a_service(Code.Success)
async def a_keepalive(service: Service) -> Answer:
    return await (await service.sign_up()).call("auth_users/user_keepalive")


@on_a_service(Code.SystemVerifyError)
async def a_taken_name_with_the_same_salt(service: Service) -> Answer:
    account = await service.register()
    return await account.call("oauth/register", {"username": account.username.upper(), "salt": account.salt})


@on_a_service(Code.SystemVerifyError)
async def an_unknown_name(service: Service) -> Answer:
    return await service.call("oauth/signature", service.sign("nobody", "no-salt"))


@on_a_service(Code.SystemVerifyError)
async def a_wrong_signature(service: Service) -> Answer:
    account = await service.register()
    return await account.call("oauth/signature", service.sign(account.username, "another-salt"))


@on_a_service(Code.SystemVerifyError)
async def an_account_call_without_a_token(service: Service) -> Answer:
    return await service.call("auth_users/user_keepalive", {"userId": "40000001"})


@on_a_service(Code.SystemVerifyError)
async def an_account_call_without_a_user(service: Service) -> Answer:
    device = await service.sign_up()
    return await service.call("auth_users/user_keepalive", {"token": device.token})


@on_a_service(Code.SystemVerifyError)
async def a_name_that_is_too_long(service: Service) -> Answer:
    return await (await service.sign_up()).call("auth_users/user_update", {"name": "名" * 126})


@on_a_service(Code.SystemError)
async def a_path_that_no_client_knows(service: Service) -> Answer:
    answer = await service.call("rooms/no_such_method")
    assert answer.status == 404
    return answer


for protecting, provokes in PROTECTION_CASES.items():
    for provoke_protection in provokes:
        on_a_service(protecting, **ASKING)(provoke_protection)


@case(Code.ServiceUnavailable)
async def an_enter_while_the_live_store_is_down(embedded: Serving) -> Answer:
    live = Switch(LiveUnavailable)
    async with embedded(make=lambda *parts: live.over(make_live(*parts))) as service:
        device = await service.sign_up()
        live.down = True
        return await device.enter(role="anchor")


@case(Code.ServiceDBFailed)
async def a_login_while_the_database_is_down(embedded: Serving) -> Answer:
    sql = Switch(DatabaseUnavailable)
    async with embedded(through=sql.over) as service:
        account = await service.register()
        sql.down = True
        return await account.call("oauth/signature", service.sign(account.username, account.salt))


@case(Code.BattleLimit)
async def a_battle_where_there_may_be_none(embedded: Serving) -> Answer:
    async with embedded(battle_limit="0 00:00-00:00 UTC") as service:
        device, other = await service.sign_up(), await service.sign_up()
        rooms = [await device.go_live(), await other.go_live()]
        return await device.call("battles/invite", {"roomId": rooms[0], "roomIds": rooms[1]})


@case(Code.ServiceUnavailable)
async def a_code_while_the_captcha_is_down(embedded: Serving) -> Answer:
    async with code_vendors(embedded) as (service, vendors):
        vendors.tencent.captcha.endpoint.mood = Mood.DOWN
        return await vendors.ask(service)


@case(Code.ServiceResponseInvalid)
async def a_code_while_the_captcha_talks_nonsense(embedded: Serving) -> Answer:
    async with code_vendors(embedded) as (service, vendors):
        vendors.tencent.captcha.endpoint.mood = Mood.NONSENSE
        return await vendors.ask(service)


@case(Code.SystemVerifyError)
async def a_code_without_a_solved_captcha(embedded: Serving) -> Answer:
    async with code_vendors(embedded) as (service, vendors):
        return await vendors.ask(service, ticket="not solved")


@case(Code.ServiceSmsFailed)
async def a_code_to_a_number_that_is_refused(embedded: Serving) -> Answer:
    async with code_vendors(embedded) as (service, vendors):
        vendors.tencent.sms.refused_numbers.add("+8613800000000")
        return await vendors.ask(service)


@case(Code.ServiceUnknownError)
async def a_code_while_the_mail_server_refuses(embedded: Serving) -> Answer:
    async with code_vendors(embedded) as (service, vendors):
        vendors.mail.refuses = True
        return await vendors.ask(service, phone="", email="alice@example.com")


@on_a_service(Code.UserCodeInvalid, test_codes=TEST_CODES)
async def a_wrong_code(service: Service) -> Answer:
    return await service.call("auth_users/user_login_code", {**await service.ask_code(), "code": "000000"})


@on_a_service(Code.UserCodeExpired, test_codes=TEST_CODES)
async def a_code_of_five_minutes_ago(service: Service) -> Answer:
    proof = await service.ask_code()
    service.clock.advance(300)
    return await service.call("auth_users/user_login_code", proof)


@on_a_service(Code.UserCodeConsumed, test_codes=TEST_CODES)
async def a_code_for_the_second_time(service: Service) -> Answer:
    proof = await service.ask_code()
    assert (await service.call("auth_users/user_login_code", proof)).code == 0
    return await service.call("auth_users/user_login_code", proof)


@on_a_service(Code.UserEmailInvalid)
async def a_code_to_what_is_no_mailbox(service: Service) -> Answer:
    return await service.call("auth_users/user_verify_by_picture", {"email": "alice"})


@on_a_service(Code.RateLimited, test_codes=TEST_CODES)
async def a_second_code_within_a_minute(service: Service) -> Answer:
    proof = await service.ask_code()
    return await service.call("auth_users/user_verify_by_picture", {"phone": proof["phone"]})


@on_a_service(Code.ConfirmationRequired)
async def something_dangerous_ten_minutes_after_the_password(service: Service) -> Answer:
    browser = await signed_in(service)
    service.clock.advance(600)
    return await browser.call("admin/delete_user", {"userId": "40000001"})


@on_a_service(Code.SecondFactorRequired)
async def a_console_without_the_code_of_its_second_factor(service: Service) -> Answer:
    return await (await with_second_factor(service)).browser.sign_in("with-a-factor")


@on_a_service(Code.NotOffered, sms="none")
async def a_code_by_text_message_where_none_are_sent(service: Service) -> Answer:
    return await service.call("auth_users/user_verify_by_picture", {"phone": "8613800000000"})


@on_a_service(Code.SystemVerifyError, test_codes=TEST_CODES)
async def a_number_of_another_account(service: Service) -> Answer:
    proof = await service.ask_code()
    assert (await service.call("auth_users/user_login_code", proof)).code == 0
    service.clock.advance(61)
    device = await service.sign_up()
    return await device.call("auth_users/user_update", await service.ask_code(phone=proof["phone"]))


@on_a_service(Code.Maintenance, maintenance=True, maintenance_en="Back at noon.")
async def any_call_while_the_operator_maintains(service: Service) -> Answer:
    answer = await service.call("gslb")
    assert set(answer.body["notice"]) == {"zh", "en"}
    assert answer.body["notice"]["en"] == "Back at noon."
    return answer


@on_a_service(Code.UserTokenExpired)
async def a_call_after_thirty_days(service: Service) -> Answer:
    device = await service.sign_up()
    service.clock.advance(timedelta(days=30, seconds=1))
    return await device.call("auth_users/user_login_token")


@on_a_service(Code.UserTokenInvalid)
async def a_call_with_a_token_that_is_none(service: Service) -> Answer:
    return await service.call("auth_users/user_keepalive", {"userId": "40000001", "token": "rubbish"})


@on_a_service(Code.UserTokenInvalid)
async def a_call_with_the_token_of_another_user(service: Service) -> Answer:
    one, other = await service.sign_up(), await service.sign_up()
    return await one.call("auth_users/user_keepalive", {"token": other.token})


@on_a_service(Code.UserTokenInvalid)
async def a_call_after_a_logout(service: Service) -> Answer:
    device = await service.sign_up()
    await device.call("auth_users/user_logout")
    return await device.call("rooms/query_room")


@on_a_service(Code.UseInfoEmpty)
async def an_update_that_names_nothing(service: Service) -> Answer:
    return await (await service.sign_up()).call("auth_users/user_update")


@on_a_service(Code.UserNotExists)
async def a_search_for_nobody(service: Service) -> Answer:
    return await (await service.sign_up()).call("auth_users/user_query", {"searchUserId": "39999999"})


@on_a_service(Code.UserQueryParams)
async def a_search_by_a_phone_number_that_is_none(service: Service) -> Answer:
    return await (await service.sign_up()).call("auth_users/user_query", {"searchPhone": "not a number"})


@on_a_service(Code.UserQueryLimit)
async def the_sixty_first_search_of_a_minute(service: Service) -> Answer:
    device = await service.sign_up()
    for _ in range(60):
        assert (await device.call("auth_users/user_query")).code == 0
    return await device.call("auth_users/user_query")


@on_a_service(Code.UserOAuthParams)
async def a_signature_of_the_day_before_yesterday(service: Service) -> Answer:
    account = await service.register()
    old = str(int((service.clock.now() - timedelta(hours=25)).timestamp() * 1000))
    return await account.call("oauth/signature", service.sign(account.username, account.salt, ts=old))


@on_a_service(Code.UserOAuthParams)
async def a_signature_by_an_unknown_hash(service: Service) -> Answer:
    account = await service.register()
    return await account.call("oauth/signature", service.sign(account.username, account.salt, hash="crc32"))


@on_a_service(Code.RoomCreateParams)
async def a_room_id_that_nobody_may_choose(service: Service) -> Answer:
    return await (await service.sign_up()).enter("007", "anchor")


@on_a_service(Code.RoomDestroyParams)
async def a_destruction_of_nothing(service: Service) -> Answer:
    return await (await service.sign_up()).call("rooms/destroy_room")


@on_a_service(Code.RoomQueryParams)
async def a_page_of_a_hundred_and_one(service: Service) -> Answer:
    return await (await service.sign_up()).call("rooms/query_room", {"limit": "101"})


@on_a_service(Code.RoomLeaveParams)
async def a_leave_of_nothing(service: Service) -> Answer:
    return await (await service.sign_up()).call("rooms/leave_room")


@on_a_service(Code.RoomNotExists)
async def an_audience_before_the_host(service: Service) -> Answer:
    device, host = await service.sign_up(), await service.sign_up()
    return await device.enter(host.user, "audience")


@on_a_service(Code.PermissionDenied)
async def a_destruction_by_a_guest(service: Service) -> Answer:
    host, guest = await service.sign_up(), await service.sign_up()
    return await guest.call("rooms/destroy_room", {"roomId": await host.go_live()})


@on_a_service(Code.RoomFull)
async def an_enter_into_a_full_room(service: Service) -> Answer:
    host, guest = await service.sign_up(), await service.sign_up()
    return await guest.enter(await host.go_live(capacity=1), "audience")


@on_a_service(Code.UserBanned)
async def a_login_of_a_banned_user(service: Service) -> Answer:
    device = await service.sign_up()
    until = datetime.max.replace(tzinfo=UTC)
    await service.core.moderation.ban(UserId(device.user), until, "spam")
    return await device.account.call("oauth/signature", service.sign(device.account.username, device.account.salt))


@on_a_service(Code.RateLimited)
async def an_eleventh_login_after_ten_wrong_ones(service: Service) -> Answer:
    account = await service.register()
    for _ in range(10):
        await account.call("oauth/signature", service.sign(account.username, "wrong"))
    return await account.call("oauth/signature", service.sign(account.username, account.salt))


@on_a_service(Code.QuotaExceeded)
async def a_user_more_than_the_tenant_may_have(service: Service) -> Answer:
    await service.make_tenant("small", quotas=Quotas(users=1))
    account = await service.register(app="small")
    return await account.call("oauth/register", {"username": "one-more", "salt": account.salt})


@on_a_service(Code.QuotaExceeded)
async def a_guest_more_than_the_tenant_may_have(service: Service) -> Answer:
    await service.make_tenant("small", quotas=Quotas(users=1))
    assert (await service.call("auth_users/guest", {"apaasAppId": "small"})).code == 0
    return await service.call("auth_users/guest", {"apaasAppId": "small"})


@on_a_service(Code.RateLimited)
async def one_guest_more_than_an_address_may_make(service: Service) -> Answer:
    for _ in range(200):
        assert (await service.call("auth_users/guest")).code == 0
    return await service.call("auth_users/guest")


@on_a_service(Code.NotInRoom)
async def a_credential_for_a_room_that_one_has_left(service: Service) -> Answer:
    host, guest = await service.sign_up(), await service.sign_up()
    room = await host.go_live()
    await guest.enter(room, "audience")
    await guest.leave(room)
    return await guest.call("rtc/credential", {"roomId": room})


@on_a_service(Code.UserNotExists)
async def a_signal_to_somebody_who_is_not_in_the_room(service: Service) -> Answer:
    host, guest = await service.sign_up(), await service.sign_up()
    return await host.call("rtc/signal", {"roomId": await host.go_live(), "to": guest.user, "payload": "bye"})


@on_a_service(Code.NotOffered, guests=False)
async def a_guest_where_none_are_welcome(service: Service) -> Answer:
    return await service.call("auth_users/guest")


@on_a_service(Code.NotOffered)
async def a_declared_method_of_another_service(service: Service) -> Answer:
    return await service.call("music/query_token")


@on_a_service(Code.NotOffered, modules="all,-presence")
async def a_method_of_a_module_that_is_switched_off(service: Service) -> Answer:
    return await (await service.sign_up()).call("presence/query", {"userIds": ["1"]})


@on_a_service(Code.NotOffered, registration="closed")
async def a_registration_where_it_is_closed(service: Service) -> Answer:
    return await service.call("oauth/register", {"username": "somebody", "salt": "0" * 32})


on_a_service(Code.ContentRefused, blocked_words=BLOCKED_WORDS)(a_message_with_a_word_of_the_list)


def _each_of(cases: Mapping[Code, Sequence[Callable[[Any], Awaitable[Answer]]]]) -> list[Any]:
    return [
        pytest.param(code, provoke, id=f"{int(code)} {provoke.__name__}")
        for code, provokes in cases.items()
        for provoke in provokes
    ]


@pytest.mark.parametrize(("code", "provoke"), _each_of(CASES))
async def test_the_case_is_answered_with_the_code(code: Code, provoke: Case, embedded: Serving) -> None:
    _check(await provoke(embedded), code)


IN_ROOMS: Final = {**PROVOKED, **MONEY_CASES, **STORE_CASES, **SETTLEMENT_CASES, **ENVELOPE_CASES, **RECORDING_CASES}


@pytest.mark.parametrize("backend", [EMBEDDED], indirect=True, scope="module")
@pytest.mark.parametrize(("code", "provoke"), _each_of(IN_ROOMS))
async def test_so_is_a_case_in_a_room(code: Code, provoke: Provoke, service: Service) -> None:
    _check(await provoke(service), code)


def _check(answer: Answer, code: Code) -> None:
    assert answer.code == code, answer.text
    assert answer.body["errorMessage"]
    assert answer.body.get("codeStr") == (code.name if code else None)
    assert "errorStack" not in answer.body
    assert answer.status == (404 if code is Code.SystemError else 200)


@pytest.mark.parametrize("code", list(Code), ids=lambda code: f"{int(code)} {code.name}")
def test_every_code_has_a_case(code: Code) -> None:
    assert code in CASES or code in IN_ROOMS
    assert all(sentence(code, language) for language in Language)


def test_the_codes_are_those_of_the_contract() -> None:
    codes: Mapping[int, str] = {int(code): code.name for code in Code}
    assert set(codes) == PROMISED
    assert not NEVER & set(codes)
    assert not RESERVED & set(codes), "a reserved code is declared by the issue that uses it"
