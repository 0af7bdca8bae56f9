"""Signing in by signature: made with the account's salt, once, in time, and not too often wrong."""

import hashlib
from datetime import timedelta

import pytest

from liveroom.domain.accounts.signatures import LoginSignature
from liveroom.domain.errors import CredentialsWrong
from tests.contract.conftest import Serving
from tests.service import Account, Answer, Service, salt_of, session_of


async def _sign_in(service: Service, account: Account, address: str = "", **changes: str) -> Answer:
    return await _send(service, service.sign(account.username, account.salt, **changes), address)


async def _send(service: Service, signed: dict[str, str], address: str = "") -> Answer:
    headers = {"x-forwarded-for": address} if address else {}
    return await service.call("oauth/signature", signed, headers=headers)


async def test_a_retried_login_gets_the_same_session_for_ten_seconds(service: Service) -> None:
    account = await service.register()
    signed = service.sign(account.username, account.salt)
    first = await _send(service, signed)
    service.clock.advance(9)
    second = await _send(service, signed)
    assert session_of(first.data["token"]) == session_of(second.data["token"])
    service.clock.advance(2)
    assert (await _send(service, signed)).code == 210
    assert (await _send(service, {**signed, "signature": signed["signature"].upper()})).code == 210


async def test_each_signature_opens_a_session_of_its_own(service: Service) -> None:
    account = await service.register()
    answers = [await _sign_in(service, account) for _ in range(3)]
    assert len({session_of(answer.data["token"]) for answer in answers}) == 3
    assert len({answer.data["userId"] for answer in answers}) == 1


async def test_an_account_is_one_user_whatever_the_tag(service: Service) -> None:
    account = await service.register()
    answers = [await _sign_in(service, account, tag=tag) for tag in ("xiaozhibo", "karaoke", "player", "")]
    assert len({answer.data["userId"] for answer in answers}) == 1


@pytest.mark.parametrize(("hours", "code"), [(-25, 210), (-23, 0), (23, 0), (25, 210)], ids=str)
async def test_a_phones_clock_may_be_a_day_off(hours: int, code: int, service: Service) -> None:
    account = await service.register()
    at = service.clock.now() + timedelta(hours=hours)
    assert (await _sign_in(service, account, ts=str(int(at.timestamp() * 1000)))).code == code


@pytest.mark.parametrize(
    ("ts", "code"), [("999999999999999", 210), ("0", 210), ("12.5", 98), ("yesterday", 98), ("-1", 98), ("1" * 33, 98)]
)
async def test_a_time_that_is_none_is_refused(ts: str, code: int, service: Service) -> None:
    assert (await _sign_in(service, await service.register(), ts=ts)).code == code


@pytest.mark.parametrize("name", ["md5", "sha1", "sha256", "sha512", "MD5"])
async def test_every_hash_that_is_known_is_taken(name: str, service: Service) -> None:
    account = await service.register()
    signed = service.sign(account.username, account.salt, hash=name.lower())
    assert (await _send(service, {**signed, "hash": name})).code == 0


@pytest.mark.parametrize("name", ["crc32", "none", "md4", "shake_128", "__class__"])
async def test_an_unknown_hash_is_refused(name: str, service: Service) -> None:
    account = await service.register()
    signed = service.sign(account.username, account.salt)
    assert (await _send(service, {**signed, "hash": name})).code == 210


async def test_an_unkeyed_signature_is_refused(service: Service) -> None:
    """The hands-on lab's apps sign with nothing secret (CLIENTS.md 4.1)."""
    account = await service.register()
    for text in (f"{account.username}karaokemd5", f"{account.username}md5", account.username):
        signature = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
        signed = {"username": account.username, "hash": "md5", "tag": "karaoke", "signature": signature}
        assert (await _send(service, signed)).code == 98


async def test_whether_a_name_exists_cannot_be_told(service: Service) -> None:
    account = await service.register()
    known = await _send(service, service.sign(account.username, "wrong-salt"))
    unknown = await _send(service, service.sign("nobody-by-this-name", "wrong-salt"))
    assert known.code == unknown.code == 98
    assert known.body["errorMessage"] == unknown.body["errorMessage"]


async def test_names_are_equal_without_case_and_composition(service: Service) -> None:
    account = await service.register("Zoë-Ångström")
    for spelling in ("zoë-ångström", "ZOË-ÅNGSTRÖM", "Zoe\u0308-A\u030angstro\u0308m"):
        assert (await _send(service, service.sign(spelling, account.salt))).code == 0
        taken = await service.call("oauth/register", {"username": spelling, "salt": account.salt})
        assert taken.code == 98


@pytest.mark.parametrize(
    ("username", "salt", "code"),
    [
        ("n", "0" * 32, 0),
        ("名" * 128, "0" * 32, 0),
        ("名" * 129, "0" * 32, 98),
        ("  ", "0" * 32, 98),
        ("a\x07b", "0" * 32, 98),
        ("a\x00b", "0" * 32, 98),
        ("with short salt", "0" * 31, 98),
        ("with long salt", "0" * 256, 0),
        ("with longer salt", "0" * 257, 98),
        ("", "0" * 32, 98),
        ("without salt", "", 98),
    ],
)
async def test_a_registration_has_a_name_and_a_salt(username: str, salt: str, code: int, service: Service) -> None:
    answer = await service.call("oauth/register", {"username": username, "salt": salt})
    assert answer.code == code, answer.text


async def test_a_nickname_and_an_avatar_fill_what_is_empty(service: Service) -> None:
    account = await service.register()
    url = "https://example.com/1.png"
    first = await _send(service, service.sign(account.username, account.salt) | {"nickname": "小明 😀", "avatar": url})
    assert (first.data["name"], first.data["avatar"]) == ("小明 😀", url)
    second = await _send(service, service.sign(account.username, account.salt) | {"nickname": "other", "avatar": "x"})
    assert (second.data["name"], second.data["avatar"]) == ("小明 😀", url)


async def test_a_signature_without_its_time_is_taken_and_limited(service: Service) -> None:
    account = await service.register()
    for _ in range(60):
        assert (await _sign_in(service, account, ts="")).code == 0
    assert (await _sign_in(service, account, ts="")).code == 3004
    assert (await _sign_in(service, account, tag="another app")).code == 0
    service.clock.advance(timedelta(minutes=10, seconds=1))
    assert (await _sign_in(service, account, ts="")).code == 0


async def test_a_signature_without_its_time_is_refused_where_the_operator_says_so(embedded: Serving) -> None:
    async with embedded(signature_ts="required") as service:
        account = await service.register()
        assert (await _sign_in(service, account, ts="")).code == 210
        assert (await _sign_in(service, account)).code == 0


async def test_ten_wrong_logins_slow_strangers_down_for_ten_minutes_and_not_the_owner(embedded: Serving) -> None:
    """Wrong logins of strangers closed an account to its owner."""
    async with embedded() as service:
        account, other = await service.register(), await service.register()
        assert (await _sign_in(service, account, "192.0.2.7")).code == 0
        for number in range(11):
            wrong = service.sign(account.username.upper() if number % 2 else account.username, "wrong")
            assert (await _send(service, wrong, f"198.51.100.{number}")).code == 98
        refused = await _sign_in(service, account, "203.0.113.9")
        assert (refused.code, "3 s" in refused.body["errorMessage"]) == (3004, True)
        assert (await _sign_in(service, account, "192.0.2.7")).code == 0
        assert (await _sign_in(service, other, "198.51.100.1")).code == 0
        service.clock.advance(timedelta(minutes=10, seconds=1))
        assert (await _sign_in(service, account, "203.0.113.9")).code == 0


async def test_a_hundred_wrong_logins_close_an_address(embedded: Serving) -> None:
    async with embedded() as service:
        account = await service.register()
        for number in range(100):
            assert (await _send(service, service.sign(f"name-{number}", "wrong"), "198.51.100.7")).code == 98
        assert (await _sign_in(service, account, "198.51.100.7")).code == 3004
        assert (await _sign_in(service, account, "198.51.100.8")).code == 0


async def test_an_address_counts_only_where_a_trusted_proxy_tells_it(embedded: Serving) -> None:
    async with embedded(trusted_proxies="10.0.0.0/8") as service:
        for number in range(100):
            await _send(service, service.sign(f"name-{number}", "wrong"), f"198.51.100.{number}")
        assert (await _sign_in(service, await service.register(), "203.0.113.1")).code == 3004


async def test_right_logins_are_not_counted(service: Service) -> None:
    account = await service.register()
    for _ in range(30):
        assert (await _sign_in(service, account)).code == 0


USER_SALT = "e706d76a96fb6435897815f6956313ee"
ALICE_SALT = "1e80a39bf9e1cb8e97cdaee2ace85281"


async def test_the_apps_salt_and_signature_are_taken(service: Service) -> None:
    """The vectors are those of the protocol: user `user`, password `xxx`, nothing else signed."""
    assert salt_of("user", "xxx") == USER_SALT
    await service.call("oauth/register", {"username": "user", "salt": USER_SALT})
    signed = {"username": "user", "signature": "07a386fbc4316bbc7a0283df6f060e70"}
    assert (await _send(service, signed)).code == 0
    assert (await _send(service, {**signed, "username": "User"})).code == 98, "the name is signed as it was typed"


def test_the_signature_of_the_documents_example_is_right() -> None:
    alice = LoginSignature("alice", "88928a80e8463bf2710f4c639b6d1c2b", "player", "1634543466000", "o29dmek")
    alice.check(ALICE_SALT)
    with pytest.raises(CredentialsWrong):
        alice.check(USER_SALT)
