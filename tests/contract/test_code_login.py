"""Code login from end to end: a solved captcha, a text message or a mail, a session; and no trace of the code."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from liveroom.settings import Settings, SettingsError, load_settings
from liveroom.simulate.endpoint import Mood
from tests.contract.conftest import Backend, Serving
from tests.service import CODE, SECRET, TEST_CODES, Answer, Form, Service, serving
from tests.store.sql.looking import rows_of
from tests.vendors.codes import CodeVendors, code_vendors
from tests.vendors.simulator import MINI

ASK, LOGIN = "auth_users/user_verify_by_picture", "auth_users/user_login_code"
PHONE, MAIL = "8613800000000", "Alice@Example.com"


@asynccontextmanager
async def _vendors(tmp_path: Path, backend: Backend) -> AsyncIterator[tuple[Service, CodeVendors]]:
    def start(**settings: Any) -> Any:
        return serving(tmp_path / "data", **settings, **backend)

    async with code_vendors(start, log_level="debug") as (service, vendors):
        yield service, vendors


async def _login(service: Service, asked: Answer, code: str, **contact: str) -> Answer:
    return await service.call(LOGIN, {"sessionId": asked.data["sessionId"], "code": code, **contact})


async def test_by_text_message_and_by_mail_and_nobody_reads_the_code_anywhere(
    tmp_path: Path, backend: Backend, written_log: io.StringIO
) -> None:
    async with _vendors(tmp_path, backend) as (service, vendors):
        texted = await vendors.ask(service, phone=PHONE)
        by_text = vendors.texted()
        stored = str(await rows_of(service.core.db, "SELECT * FROM lr_codes"))
        mailed = await vendors.ask(service, phone="", email=MAIL)
        by_mail = vendors.mail.code()
        stored += str(await rows_of(service.core.db, "SELECT * FROM lr_codes"))
        login = (await _login(service, texted, by_text, phone=f"+{PHONE}")).data
        assert (login["phone"], login["email"], login["name"]) == ("+8613800000000", "", "")
        other = (await _login(service, mailed, by_mail, email=MAIL)).data
        assert (other["phone"], other["email"]) == ("", "alice@example.com")
        assert login["userId"] != other["userId"]
        for one in (login, other):
            answer = await service.call("auth_users/user_keepalive", {"userId": one["userId"], "token": one["token"]})
            assert answer.code == 0
    assert vendors.mail.recipients == ["alice@example.com"]
    log = written_log.getvalue()
    assert "code.sent" in log
    for secret in (by_text, by_mail, "13800000000", "alice@example.com", str(texted.data["sessionId"])):
        assert secret not in log
    for secret in (by_text, by_mail, "13800000000", "alice@example.com"):
        assert secret not in stored


@pytest.mark.parametrize("form", list(Form))
async def test_in_every_form_of_a_request(form: Form, embedded: Serving) -> None:
    async with code_vendors(embedded) as (service, vendors):
        asked = await service.call(ASK, {**vendors.solve("t"), "phone": PHONE, "email": ""}, form=form)
        login = {"sessionId": asked.data["sessionId"], "code": vendors.texted(), "phone": PHONE, "email": ""}
        assert (await service.call(LOGIN, login, form=form)).code == 0


async def test_from_a_mini_program_whose_captcha_id_is_a_number(embedded: Serving) -> None:
    async with code_vendors(embedded) as (service, vendors):
        ticket = {**vendors.solve("t"), "appId": MINI, "type": "wxmini"}
        assert (await service.call(ASK, {**ticket, "phone": PHONE})).code == 0
        assert vendors.asked() == ["DescribeCaptchaMiniResult", "SendSms"]


async def test_an_error_keeps_data_an_object(service: Service) -> None:
    proof = await service.ask_code()
    mistakes: list[dict[str, Any]] = [
        {},
        {"code": "000000"},
        {"code": ""},
        {"phone": ""},
        {"sessionId": {}},
        {"phone": "1"},
    ]
    for wrong in mistakes:
        answer = await service.call(LOGIN, {**proof, **wrong} if wrong else {})
        assert (answer.status, answer.body["data"]) == (200, {})
        assert answer.code in (98, 200)


async def test_parameters_that_cannot_be_meant_are_98_or_207(service: Service) -> None:
    for params in ({}, {"phone": "12"}, {"phone": "", "email": ""}, {"phone": "x@example.com"}):
        assert (await service.call(ASK, params)).code == 98
    assert (await service.call(ASK, {"email": "13800000000"})).code == 207


async def test_a_captcha_refused_says_what_to_do(embedded: Serving) -> None:
    async with code_vendors(embedded) as (service, vendors):
        answer = await vendors.ask(service, ticket="never solved")
        assert answer.code == 98
        assert "solve it again" in answer.body["errorMessage"]
        assert vendors.tencent.sms.sent() == []


async def _at_once(service: Service, *logins: dict[str, str]) -> list[Answer]:
    return list(await asyncio.gather(*(service.call(LOGIN, login) for login in logins)))


async def test_two_first_logins_at_once_make_one_account(service: Service) -> None:
    first = await service.ask_code()
    service.clock.advance(61)
    second = await service.ask_code(phone=first["phone"])
    answers = await _at_once(service, first, second)
    assert len({answer.data["userId"] for answer in answers}) == 1


async def test_one_code_at_once_signs_in_once_and_guesses_at_once_are_counted(service: Service) -> None:
    proof = await service.ask_code()
    codes = sorted(answer.code for answer in await _at_once(service, *[proof] * 6))
    assert codes == [0] + [202] * 5
    proof = {**await service.ask_code(), "code": "000000"}
    codes = sorted(answer.code for answer in await _at_once(service, *[proof] * 6))
    assert codes == [200] * 3 + [202] * 3


async def test_a_double_tap_has_one_code_sent(service: Service) -> None:
    phone = (await service.ask_code())["phone"]
    service.clock.advance(61)
    answers = await asyncio.gather(*(service.call(ASK, {"phone": phone}) for _ in range(5)))
    assert sorted(answer.code for answer in answers) == [0] + [3004] * 4


async def test_a_code_may_come_as_a_number(service: Service) -> None:
    proof = await service.ask_code()
    answer = await service.call(LOGIN, {**proof, "code": int(proof["code"]), "phone": int(proof["phone"])})
    assert answer.code == 0


async def test_a_number_bound_at_once_by_two_is_one_accounts(service: Service) -> None:
    one, other = await service.sign_up(), await service.sign_up()
    first = await service.ask_code()
    service.clock.advance(61)
    second = await service.ask_code(phone=first["phone"])
    answers = await asyncio.gather(
        one.call("auth_users/user_update", first), other.call("auth_users/user_update", second)
    )
    assert sorted(answer.code for answer in answers) == [0, 98]


async def test_a_vendor_that_is_down_sends_nothing_and_the_next_try_a_minute_later_does(embedded: Serving) -> None:
    async with code_vendors(embedded) as (service, vendors):
        vendors.tencent.captcha.endpoint.mood = Mood.BROKEN
        assert (await vendors.ask(service)).code == 100
        vendors.tencent.captcha.endpoint.mood = Mood.WELL
        vendors.tencent.sms.refused_numbers.add(f"+{PHONE}")
        assert (await vendors.ask(service)).code == 102
        vendors.tencent.sms.refused_numbers.clear()
        service.clock.advance(61)
        assert (await vendors.ask(service)).code == 0


async def test_phone_and_mailbox_of_one_account_sign_in_to_it(service: Service) -> None:
    login = (await service.call(LOGIN, await service.ask_code())).data
    identity = {"userId": login["userId"], "token": login["token"]}
    number = int(login["phone"][-8:])
    mailbox = f"tester{number}@example.com"
    proof = await service.ask_code(email=mailbox)
    wrong = await service.call("auth_users/user_update", {**identity, **proof, "code": "000000", "name": "Alice"})
    assert wrong.code == 200
    bound = await service.call("auth_users/user_update", {**identity, **proof, "name": "Alice"})
    assert bound.code == 0
    service.clock.advance(61)
    again = (await service.call(LOGIN, await service.ask_code(email=mailbox))).data
    assert (again["userId"], again["name"], again["email"]) == (login["userId"], "Alice", mailbox)
    assert again["phone"] == login["phone"]


async def test_a_number_is_not_changed_without_a_code(service: Service) -> None:
    device = await service.sign_up()
    answer = await device.call("auth_users/user_update", {"phone": PHONE, "name": "Mallory"})
    assert answer.code == 98
    assert "code" in answer.body["errorMessage"]
    both = await device.call("auth_users/user_update", {"phone": PHONE, "email": MAIL, "code": CODE, "sessionId": "s"})
    assert both.code == 98
    assert (await device.call("auth_users/user_login_token")).data["phone"] == ""


async def test_a_number_finds_its_user_and_is_not_given_out(service: Service) -> None:
    proof = await service.ask_code()
    login = (await service.call(LOGIN, proof)).data
    device = await service.sign_up()
    for written in (proof["phone"], f"+{proof['phone']}", proof["phone"].removeprefix("86")):
        found = await device.call("auth_users/user_query", {"searchPhone": written})
        assert (found.data["userId"], found.data["phone"]) == (login["userId"], "")
        assert proof["phone"] not in found.text


async def test_the_default_sender_writes_the_code_to_the_log_of_an_installation_that_serves_nobody(
    embedded: Serving, written_log: io.StringIO
) -> None:
    async with embedded() as service:
        asked = await service.call(ASK, {"phone": PHONE})
        (line,) = [line for line in written_log.getvalue().splitlines() if "code.only_logged" in line]
        code = line.partition('"code": "')[2][:6]
        assert (await _login(service, asked, code, phone=PHONE)).code == 0
        assert PHONE not in line


def _settings(folder: Path, **given: str) -> Settings:
    return load_settings({"data_dir": folder, "secret": SECRET, **given}, environ={}, dotenv=None)


@pytest.mark.parametrize("name", ["sms", "email"])
def test_with_mysql_or_redis_codes_are_not_written_to_the_log(name: str, tmp_path: Path) -> None:
    for stores in ({"redis_url": "redis://127.0.0.1"}, {"database_url": "mysql://u:p@127.0.0.1/d"}):
        with pytest.raises(SettingsError, match="set up a sender, or choose none"):
            _settings(tmp_path, **{name: "log"}, **stores)
        assert getattr(_settings(tmp_path, **stores), name) == "none"


async def test_a_set_code_signs_in_where_nothing_is_sent(
    tmp_path: Path, backend: Backend, written_log: io.StringIO
) -> None:
    async with serving(tmp_path / "data", test_codes=TEST_CODES, sms="none", email="none", **backend) as service:
        assert (await service.call(LOGIN, await service.ask_code())).code == 0
        assert (await service.call(ASK, {"phone": PHONE})).code == 3008
    assert CODE not in written_log.getvalue()
    assert ("codes.set" in written_log.getvalue()) is bool(backend)


def test_a_set_code_for_what_is_no_contact_stops_the_start(tmp_path: Path) -> None:
    async def start() -> None:
        async with serving(tmp_path, test_codes="12:123456"):
            raise AssertionError("it has started")

    with pytest.raises(SettingsError, match="neither a phone number nor a mailbox"):
        asyncio.run(start())
