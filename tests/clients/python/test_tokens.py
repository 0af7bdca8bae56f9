"""Where a login is kept, and how long its token lasts."""

from pathlib import Path

import pytest

from liveroom_client import FileStore, Liveroom, User
from liveroom_client.tokens import MONTH, lifetime_of


def test_an_address_that_is_none_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="http"):
        Liveroom("live.example.com")


def test_a_file_that_holds_something_else_is_no_login(tmp_path: Path) -> None:
    path = tmp_path / "login.json"
    assert FileStore(path).load() is None
    path.write_text('{"something": "else"}')
    assert FileStore(path).load() is None
    FileStore(path).save(User("1", "Ann", "", "t"))
    assert FileStore(path).load() == User("1", "Ann", "", "t")


def test_a_token_that_does_not_say_how_long_it_lasts_is_taken_for_the_usual() -> None:
    assert lifetime_of("nonsense") == MONTH
    assert lifetime_of("a.bm90IGpzb24.c") == MONTH
