"""What an operator may call its users, their tag, and the secret that vouches for them."""

from datetime import UTC, datetime

import pytest

from liveroom.domain.accounts.own_users import FixedSecret, fresh_secret, read_own_name, read_secret, read_tag
from liveroom.domain.errors import BadRequest
from liveroom.domain.ids import TenantName
from liveroom.domain.tenants.app_signatures import AppKey

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize("name", ["7", "Zoë", "Zoe\u0308", "u@shop", "a b", "名" * 128])
def test_an_operators_name_for_a_user_is_kept_as_it_is(name: str) -> None:
    assert read_own_name(name) == name


@pytest.mark.parametrize("name", ["", " ", " a", "a ", "a\u3000", "a\n", "a\x00b", "a\ud800", "名" * 129])
def test_what_databases_disagree_about_is_no_name(name: str) -> None:
    with pytest.raises(BadRequest):
        read_own_name(name)


@pytest.mark.parametrize("tag", ["", " ", "a b", "a ", "标签", "x" * 33])
def test_a_tag_is_short_and_plain(tag: str) -> None:
    assert read_tag("player") == "player"
    with pytest.raises(BadRequest):
        read_tag(tag)


def test_a_secret_of_ones_own_is_long_enough() -> None:
    assert read_secret("\n " + "s" * 32 + "\n") == "s" * 32
    for text in ("s" * 31, "s" * 257, "s" * 31 + " s", "密" * 40, ""):
        with pytest.raises(BadRequest):
            read_secret(text)


def test_a_fresh_secret_is_one_and_never_the_same() -> None:
    assert len({read_secret(fresh_secret()) for _ in range(100)}) == 100


def test_secrets_are_not_printed() -> None:
    assert "hush" not in repr(FixedSecret("fs_1", TenantName(""), "player", "hush", NOW))
    assert "hush" not in repr(AppKey("ak_1", TenantName(""), "name", "hush", NOW))
