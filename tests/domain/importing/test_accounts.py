"""The original's derivation of user ids, to the last bit, and who stands in for whom."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from liveroom.domain.accounts.users import User
from liveroom.domain.ids import DEFAULT_TENANT, UserId
from liveroom.domain.importing.accounts import Binding, derived_id, has_login, in_place_of

VECTORS = [
    ("e706d76a96fb6435897815f6956313ee", "user", "", "33474428"),
    ("e706d76a96fb6435897815f6956313ee", "user", "xiaozhibo", "15338976"),
    ("1e80a39bf9e1cb8e97cdaee2ace85281", "alice", "player", "17421755"),
    ("bacae7c8bb6d344f09f7491f62447c82", "u78", "xiaozhibo", "18234800"),
]
NOW = datetime(2025, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(("salt", "name", "tag", "user"), VECTORS)
def test_an_id_is_derived_as_the_original_derives_it(salt: str, name: str, tag: str, user: str) -> None:
    assert derived_id(salt, name, tag) == user


def with_powers_of_python(salt: str, name: str, tag: str) -> str:
    digits = hashlib.md5(f"{salt}-{name}-{tag}".encode(), usedforsecurity=False).hexdigest()
    return str(int(sum((ord(digit) * 10.0**place for place, digit in enumerate(digits)), start=0.0) % 0x1FFFFFF))


def with_whole_numbers(salt: str, name: str, tag: str) -> str:
    digits = hashlib.md5(f"{salt}-{name}-{tag}".encode(), usedforsecurity=False).hexdigest()
    return str(sum(ord(digit) * 10**place for place, digit in enumerate(digits)) % 0x1FFFFFF)


def test_python_s_own_powers_of_ten_would_miss_the_last_one_only() -> None:
    found = [with_powers_of_python(salt, name, tag) == user for salt, name, tag, user in VECTORS]
    assert found == [True, True, True, False]


def test_whole_numbers_would_miss_them_all() -> None:
    assert not any(with_whole_numbers(salt, name, tag) == user for salt, name, tag, user in VECTORS)


def test_a_name_that_is_no_valid_text_has_an_id_too() -> None:
    assert derived_id("s", "\ud800", "").isdigit()


def binding(tag: str, user: str, since: int | None) -> Binding:
    bound = None if since is None else NOW + timedelta(seconds=since)
    return Binding(DEFAULT_TENANT, "alice", tag, UserId(user), bound)


def test_the_main_tag_stands_in_first_then_whoever_was_bound_first() -> None:
    found = in_place_of(
        [binding("", "1", 0), binding("player", "2", 0), binding("other", "3", -5), binding("xiaozhibo", "4", 9)]
    )
    assert [one.user for one in found] == ["4", "3", "2", "1"]


def test_nobody_stands_in_for_another_whom_two_names_claim() -> None:
    assert in_place_of([binding("xiaozhibo", "1", None)]) == []


@pytest.mark.parametrize(
    ("fields", "may"),
    [({}, True), ({"phone": "+8613800000000"}, False), ({"email": "a@b.cd"}, False), ({"deleted": NOW}, False)],
    ids=str,
)
def test_a_username_leads_to_users_that_the_original_knew_by_signature(fields: dict[str, str], may: bool) -> None:
    assert has_login(User(UserId("1"), DEFAULT_TENANT, NOW, NOW, **fields)) is may  # type: ignore[arg-type]
    assert not has_login(None)
